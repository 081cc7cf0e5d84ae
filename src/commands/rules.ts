import { resolve } from 'node:path'
import { loadAdapters } from '../services/load-adapters.ts'
import { loadRuleSet } from '../services/load-rule-set.ts'
import { type Command, type CommandInput, JSON_OPTION } from './command.ts'

/** The folder that a command names, or the one of the settings. */
export const folderOf = ({ config, positionals }: CommandInput) =>
  positionals[0] ? resolve(config.callerFolder, positionals[0]) : config.rulesFolder

export const rulesList: Command = {
  name: 'rules list',
  usage: 'rules list [DIR] [--json]',
  summary: 'the rules in their order, with basis and sources',
  options: JSON_OPTION,
  positionals: ['[DIR]'],
  run: async (input) => {
    const { rules, version } = await loadRuleSet(folderOf(input), await loadAdapters(input.config.adaptersFolder))
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
