import { resolve } from 'node:path'
import { describeLife, shortVersion } from '../services/choose-rule-set.ts'
import { listRuleSets, type RuleSetHistory, showRuleFiles, writeRuleFiles } from '../services/show-rule-sets.ts'
import { type Command, JSON_OPTION, textOf } from './command.ts'
import { withHedui } from './with-hedui.ts'

export const rulesHistory: Command = {
  name: 'rules history',
  usage: 'rules history [VERSION] [--json]',
  summary: 'every rule set ever kept: its state today, its runs, who drafted, approved and retired it, and why',
  options: JSON_OPTION,
  positionals: ['[VERSION]'],
  run: (input) =>
    withHedui(input, async (hedui) => {
      const { terminal, values, positionals } = input
      const sets = await listRuleSets(hedui, positionals[0])
      if (values.json) await terminal.print(JSON.stringify(sets))
      else if (sets.length === 0) await terminal.print('no rule set was kept yet: the first check or draft keeps one')
      else for (const line of sets.flatMap(describeSet)) await terminal.print(line)
      return 0
    }),
}

function describeSet(set: RuleSetHistory): string[] {
  const { version, shipped, shadow, liveRuns, trialRuns, shadowRuns, events } = set
  const marks = [shipped ? 'comes with the program' : '', shadow ? 'runs as a shadow' : ''].filter(Boolean)
  return [
    `${shortVersion(version)}  ${[describeLife(set), ...marks].join(', ')}  (runs: ${liveRuns} live, ${trialRuns} trial, ${shadowRuns} shadow)`,
    ...events.map(({ at, action, actor, effectiveFrom, reason }) => {
      const from = effectiveFrom ? ` from ${effectiveFrom}` : ''
      return `  ${at.toISOString()}  ${action}${from} by ${actor}: ${reason}`
    }),
  ]
}

export const rulesShow: Command = {
  name: 'rules show',
  usage: 'rules show VERSION [--out DIR] [--json]',
  summary: 'the files of a rule set that was kept; --out writes them back into a folder',
  options: { ...JSON_OPTION, out: { type: 'string' } },
  positionals: ['VERSION'],
  run: (input) =>
    withHedui(input, async (hedui) => {
      const { config, terminal, values, positionals } = input
      const out = textOf(input, 'out')
      const shown = await showRuleFiles(hedui, positionals[0]!)
      if (out !== undefined) {
        const folder = resolve(config.callerFolder, out)
        const files = await writeRuleFiles(hedui, { version: shown.version, folder })
        if (values.json) await terminal.print(JSON.stringify({ version: shown.version, folder, files }))
        else await terminal.print(`${files.length} files of ${shortVersion(shown.version)} written to ${folder}`)
        return 0
      }
      if (values.json) await terminal.print(JSON.stringify(shown))
      else for (const { file, text } of shown.files) await terminal.print(`# ${file}\n${text.trimEnd()}\n`)
      return 0
    }),
}
