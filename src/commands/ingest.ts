import { resolve } from 'node:path'
import { HeduiError } from '../errors.ts'
import { type DeliveryReport, ingestDelivery } from '../services/ingest-delivery.ts'
import { type Command, dateOf, JSON_OPTION, regionOf, textOf } from './command.ts'
import { withHedui } from './with-hedui.ts'

export const ingest: Command = {
  name: 'ingest',
  usage:
    'ingest SOURCE FILE [--as-of DATE] [--region CODE] [--retain all|known] [--mode snapshot|delta] [--password-file FILE] [--actor NAME] [--json]',
  summary: 'take the file of a department, also gzipped or zipped: read, identify, load, publish or hold',
  options: {
    'as-of': { type: 'string' },
    region: { type: 'string' },
    retain: { type: 'string' },
    mode: { type: 'string' },
    'password-file': { type: 'string' },
    actor: { type: 'string' },
    ...JSON_OPTION,
  },
  positionals: ['SOURCE', 'FILE'],
  run: (input) => {
    const { config, terminal, values, positionals } = input
    const [source, file] = positionals as [string, string]
    const asOf = dateOf(input, 'as-of')
    const region = regionOf(input)
    const retain = textOf(input, 'retain')
    if (retain !== undefined && retain !== 'all' && retain !== 'known') {
      throw new HeduiError('INPUT_USAGE', '--retain must be all or known')
    }
    const passwordFile = textOf(input, 'password-file')
    const mode = textOf(input, 'mode')
    if (mode !== undefined && mode !== 'snapshot' && mode !== 'delta') {
      throw new HeduiError('INPUT_USAGE', '--mode must be snapshot or delta')
    }
    return withHedui(input, async (hedui) => {
      const progress = terminal.progress(source, 'rows')
      const report = await ingestDelivery(
        hedui,
        {
          source,
          path: resolve(config.callerFolder, file),
          actor: textOf(input, 'actor') ?? config.user,
          ...(asOf ? { asOf } : {}),
          ...(region ? { region } : {}),
          ...(retain ? { retain } : {}),
          ...(mode ? { mode } : {}),
          ...(passwordFile ? { passwordFile: resolve(config.callerFolder, passwordFile) } : {}),
        },
        (rows) => progress.update(rows),
      ).finally(() => progress.end())
      for (const line of remarks(report)) terminal.say(line)
      await terminal.print(values.json ? JSON.stringify(report) : describeDelivery(report))
      return 0
    })
  },
}

const HELD = {
  empty: 'the file has no rows',
  'quarantined-share': 'more of its rows are quarantined than the adapter allows',
  'row-count': 'it has less than half the rows of the delivery before',
  overlap: 'fewer of the people of the delivery before are in it than the adapter demands',
} as Readonly<Record<string, string>>

/** Why a delivery is held, in words. */
export function describeHeld(heldBecause: readonly string[]): string {
  const inWords = (reason: string) => {
    const [kind, column] = reason.split(':')
    return kind === 'column-absent' ? `none of its rows has the column ${column}` : (HELD[reason] ?? reason)
  }
  return heldBecause.map(inWords).join('; ')
}

function remarks(report: DeliveryReport): string[] {
  const { delivery, furtherColumns, heldBecause, repeated, state } = report
  return [
    ...(repeated ? ['this file was delivered before: nothing was done'] : []),
    ...(furtherColumns.length > 0 ? [`columns that the adapter does not map: ${furtherColumns.join(', ')}`] : []),
    ...(state === 'held' ? [`held, not used by checks: ${describeHeld(heldBecause)}`] : []),
    ...(state === 'held' ? [`to use it all the same: hedui deliveries release ${delivery} --actor NAME`] : []),
    ...(report.quarantined > 0 ? [`to see what was quarantined: hedui quarantine show ${delivery}`] : []),
  ]
}

export function describeDelivery(report: DeliveryReport): string {
  const { delivery, source, asOf, state, rows, kept, dropped, quarantined, unidentified, leads } = report
  const { replaced, voided, voids, organizations } = report
  return (
    `${source} of ${asOf}: ${state} as ${delivery}: ${rows} rows: ${kept} kept, ${dropped} of people of no household dropped, ` +
    `${quarantined} quarantined, ${unidentified} unidentified, ${leads} leads, ${replaced} replaced, ` +
    `${voided} voided by ${voids} void rows, ${organizations} of organizations`
  )
}
