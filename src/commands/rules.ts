import { resolve } from 'node:path'
import { loadAdapters } from '../services/load-adapters.ts'
import { checkRuleExamples, loadRuleSet } from '../services/load-rule-set.ts'
import { type Command, type CommandInput, JSON_OPTION } from './command.ts'

async function load({ config, positionals }: CommandInput) {
  const folder = positionals[0] ? resolve(config.callerFolder, positionals[0]) : config.rulesFolder
  return loadRuleSet(folder, await loadAdapters(config.adaptersFolder))
}

export const rulesCheck: Command = {
  name: 'rules check',
  usage: 'rules check [DIR]',
  summary: 'load rules and parameters, check their types, run their examples; needs no database',
  options: {},
  positionals: ['[DIR]'],
  run: async (input) => {
    const ruleSet = await load(input)
    const examples = checkRuleExamples(ruleSet)
    const { rules, parameters, version } = ruleSet
    await input.terminal.print(`${rules.length} rules, ${parameters.size} parameters, ${examples} examples: sound`)
    await input.terminal.print(`version ${version}`)
    return 0
  },
}

export const rulesList: Command = {
  name: 'rules list',
  usage: 'rules list [DIR] [--json]',
  summary: 'the rules in their order, with basis and sources',
  options: JSON_OPTION,
  positionals: ['[DIR]'],
  run: async (input) => {
    const { rules, version } = await load(input)
    const definitions = rules.map(({ definition }) => definition)
    if (input.values.json) {
      await input.terminal.print(JSON.stringify({ version, rules: definitions }))
      return 0
    }
    for (const { id, title, scope, basis, sources, region } of definitions) {
      const place = region ? ` in ${region}` : ''
      await input.terminal.print(
        `${id}${place}  ${title.zh} / ${title.en}  (${scope}, ${basis}, ${sources.join(', ') || 'no source'})`,
      )
    }
    return 0
  },
}
