import { lintRules } from '../services/lint-rules.ts'
import { loadAdapters } from '../services/load-adapters.ts'
import { checkRuleSet } from '../services/load-rule-set.ts'
import { type Command, JSON_OPTION } from './command.ts'
import { folderOf } from './rules.ts'

type Finding = Awaited<ReturnType<typeof lintRules>>[number]

export const rulesCheck: Command = {
  name: 'rules check',
  usage: 'rules check [DIR] [--strict] [--json]',
  summary:
    'load rules and parameters, check types, units, periods, authorities and examples; warnings fail with --strict; needs no database',
  options: { ...JSON_OPTION, strict: { type: 'boolean' } },
  positionals: ['[DIR]'],
  run: async (input) => {
    const { terminal, values } = input
    const folder = folderOf(input)
    const adapters = await loadAdapters(input.config.adaptersFolder)
    const found = await lintRules(folder, adapters, input.config.rulesFolder)
    const findings = values.strict ? found.map((finding) => ({ ...finding, severity: 'error' as const })) : found
    const errors = findings.filter(({ severity }) => severity === 'error').length
    const code = errors > 0 ? 1 : 0
    if (values.json) {
      await terminal.print(JSON.stringify({ errors, warnings: findings.length - errors, findings }))
      return code
    }
    for (const finding of findings) terminal.say(lineOf(finding))
    if (code > 0) {
      terminal.say(`hedui: errors: ${errors}, warnings: ${findings.length - errors}`)
      return code
    }
    const { ruleSet, examples } = await checkRuleSet(folder, adapters)
    const { rules, parameters, version } = ruleSet
    await terminal.print(`${rules.length} rules, ${parameters.size} parameters, ${examples} examples: sound`)
    await terminal.print(`version ${version}`)
    return 0
  },
}

/** "hedui: DEFINITION_RULE rules/x.yaml:12:5 (limit): … [unlike-units]" */
function lineOf({ severity, check, code, file, line, column, path, message }: Finding): string {
  const at = [file, line, column].filter((part) => part !== null).join(':')
  const where = path === null ? at : `${at} (${path})`
  return `hedui: ${severity === 'error' ? code : 'warning'} ${where}: ${message} [${check}]`
}
