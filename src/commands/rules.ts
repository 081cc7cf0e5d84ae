import { resolve } from 'node:path'
import { loadAdapters } from '../services/load-adapters.ts'
import { loadRuleSet, type RuleSet } from '../services/load-rule-set.ts'
import { type Command, type CommandInput, JSON_OPTION } from './command.ts'
import { textTable } from './text-table.ts'

/** The folder that a command names, or the one of the settings. */
export const folderOf = ({ config, positionals }: CommandInput) =>
  positionals[0] ? resolve(config.callerFolder, positionals[0]) : config.rulesFolder

export const rulesList: Command = {
  name: 'rules list',
  usage: 'rules list [DIR] [--json]',
  summary: 'the rules in their order: where each holds, whether it is switched on, basis and sources',
  options: JSON_OPTION,
  positionals: ['[DIR]'],
  run: async (input) => {
    const { rules, version } = await loadRuleSet(folderOf(input), await loadAdapters(input.config.adaptersFolder))
    const definitions = rules.map(({ definition }) => definition)
    if (input.values.json) {
      await input.terminal.print(JSON.stringify({ version, rules: definitions }))
      return 0
    }
    for (const line of textTable([HEAD, ...definitions.map(describeRule)])) await input.terminal.print(line)
    return 0
  },
}

type Definition = RuleSet['rules'][number]['definition']

const HEAD = ['rule', 'where', 'switched', 'scope', 'basis', 'sources', 'title']

/** A rule of a region stands below the one whose place it takes there, which may be switched off everywhere else. */
function describeRule({ id, region, enabled, scope, basis, sources, title }: Definition): string[] {
  const switched = enabled === false ? 'off' : 'on'
  return [id, region ?? 'everywhere', switched, scope, basis, sources.join(', ') || 'none', `${title.zh} / ${title.en}`]
}
