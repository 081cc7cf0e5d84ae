import { resolve } from 'node:path'
import { dateInChina } from '../domain/dates.ts'
import { type ImportReport, importHouseholds } from '../services/import-households.ts'
import { type Command, dateOf, JSON_OPTION, requireActor, textOf } from './command.ts'
import { withHedui } from './with-hedui.ts'

export const householdsImport: Command = {
  name: 'households import',
  usage: 'households import FILE [--as-of DATE] [--allow-renames] [--actor NAME] [--json]',
  summary: 'take a households file (NDJSON); a household that is known becomes a new version',
  options: {
    'as-of': { type: 'string' },
    'allow-renames': { type: 'boolean' },
    actor: { type: 'string' },
    ...JSON_OPTION,
  },
  positionals: ['FILE'],
  run: (input) => {
    const { config, terminal, values, positionals } = input
    const asOf = dateOf(input, 'as-of')
    const allowRenames = values['allow-renames'] === true
    const actor = allowRenames ? requireActor(input) : (textOf(input, 'actor') ?? config.user)
    return withHedui(input, async (hedui) => {
      const progress = terminal.progress('households', 'lines')
      const report = await importHouseholds(
        { ...hedui, sources: [...hedui.adapters.keys()] },
        {
          file: resolve(config.callerFolder, positionals[0]!),
          asOf: asOf ?? dateInChina(hedui.now()),
          actor,
          allowRenames,
        },
        (lines) => progress.update(lines),
      ).finally(() => progress.end())
      for (const line of describeRefusals(report)) terminal.say(line)
      if (values.json) await terminal.print(JSON.stringify(report))
      else await terminal.print(describeImport(report))
      return report.refused > 0 ? 1 : 0
    })
  },
}

function describeRefusals({ refusals, refused }: ImportReport): string[] {
  const lines = refusals.map(
    ({ line, code, field, message }) => `line ${line}${field ? ` ${field}` : ''}: ${code} ${message}`,
  )
  const told = new Set(refusals.map(({ line }) => line)).size
  return told < refused ? [...lines, `… ${refused - told} more lines refused`] : lines
}

export function describeImport({ lines, imported, updated, unchanged, refused, asOf }: ImportReport): string {
  return `${lines} households read: ${imported} new, ${updated} updated, ${unchanged} unchanged, ${refused} refused; valid from ${asOf}`
}
