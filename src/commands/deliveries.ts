import { expireDeliveries } from '../services/expire-deliveries.ts'
import { discardDelivery, releaseDelivery, requireDelivery } from '../services/release-delivery.ts'
import { listAllDeliveries, listQuarantined, type ShownDelivery, showDelivery } from '../services/show-delivery.ts'
import {
  ACTOR_OPTION,
  type Command,
  type CommandInput,
  JSON_OPTION,
  numberOf,
  requireActor,
  textOf,
} from './command.ts'
import { describeHeld } from './ingest.ts'
import { describeQuality, describeRows } from './quality-page.ts'
import { withHedui } from './with-hedui.ts'

export const deliveriesList: Command = {
  name: 'deliveries list',
  usage: 'deliveries list [--json]',
  summary: 'every delivery, its state and what became of its rows',
  options: JSON_OPTION,
  positionals: [],
  run: (input) =>
    withHedui(input, async ({ database }) => {
      const { terminal, values } = input
      const deliveries = await listAllDeliveries(database)
      if (values.json) await terminal.print(JSON.stringify(deliveries))
      else if (deliveries.length === 0) await terminal.print('no delivery yet: hedui ingest SOURCE FILE --as-of DATE')
      else {
        for (const { id, source, asOf, region, state, supersededBy, counts } of deliveries) {
          const rows = counts ? `${counts.rows} rows, ${counts.quarantined} quarantined` : ''
          const by = supersededBy ? `, superseded by ${supersededBy}` : ''
          const where = `${source}${region ? ` ${region}` : ''}`
          await terminal.print(`${id}  ${asOf}  ${state.padEnd(10)}  ${where}  ${rows}${by}`)
        }
      }
      return 0
    }),
}

export const deliveriesShow: Command = {
  name: 'deliveries show',
  usage: 'deliveries show DELIVERY [--json]',
  summary: 'one delivery: file, quality report, what happened to it and who did it',
  options: JSON_OPTION,
  positionals: ['DELIVERY'],
  run: (input) =>
    withHedui(input, async ({ database }) => {
      const { terminal, values, positionals } = input
      const delivery = await showDelivery(database, positionals[0]!)
      if (values.json) await terminal.print(JSON.stringify(delivery))
      else for (const line of describeShown(delivery)) await terminal.print(line)
      return 0
    }),
}

function describeShown(delivery: ShownDelivery): string[] {
  const { source, as_of, region, state, superseded_by, held_because, further_columns, counts, quality } = delivery
  const { rows, ...outcomes } = counts ?? { rows: 0 }
  const events = delivery.events.map(
    ({ at, state: to, actor, reason }) => `  ${at.toISOString()}  ${to} by ${actor}${reason ? `: ${reason}` : ''}`,
  )
  return [
    `${source} of ${as_of}${region ? ` for ${region}` : ''}: ${state}${superseded_by ? ` by ${superseded_by}` : ''}`,
    `  file ${delivery.file_name}, ${delivery.file_bytes} bytes, sha256 ${delivery.sha256}; retain ${delivery.retain}`,
    ...(quality && quality.ageDays !== null ? [`  ${quality.ageDays} days old when it came`] : []),
    ...(held_because?.length ? [`  held because ${describeHeld(held_because)}`] : []),
    ...(further_columns?.length ? [`  columns not mapped: ${further_columns.join(', ')}`] : []),
    ...(counts ? ['', ...describeRows(rows, outcomes)] : []),
    ...(quality ? describeQuality(quality) : []),
    '',
    'what happened',
    ...events,
  ]
}

export const quarantineShow: Command = {
  name: 'quarantine show',
  usage: 'quarantine show DELIVERY [--json]',
  summary: 'the rows of a delivery that could not be used: line, code, column, reason',
  options: JSON_OPTION,
  positionals: ['DELIVERY'],
  run: (input) =>
    withHedui(input, async ({ database }) => {
      const { terminal, values, positionals } = input
      const { id } = await requireDelivery(database, positionals[0]!)
      for await (const row of listQuarantined(database, id)) {
        const text = `line ${row.row}: ${row.code}${row.column ? ` ${row.column}` : ''}: ${row.reason}`
        await terminal.print(values.json ? JSON.stringify(row) : text)
      }
      return 0
    }),
}

const ACT_OPTIONS = { ...ACTOR_OPTION, reason: { type: 'string' } } as const

const actOf = (input: CommandInput) => {
  const reason = textOf(input, 'reason')
  return { id: input.positionals[0]!, actor: requireActor(input), ...(reason ? { reason } : {}) }
}

export const deliveriesRelease: Command = {
  name: 'deliveries release',
  usage: 'deliveries release DELIVERY --actor NAME [--reason TEXT]',
  summary: 'publish a held delivery, on a person’s word',
  options: ACT_OPTIONS,
  positionals: ['DELIVERY'],
  run: (input) => {
    const act = actOf(input)
    return withHedui(input, async (hedui) => {
      await releaseDelivery(hedui, act)
      await input.terminal.print(`${act.id}: published by ${act.actor}`)
      return 0
    })
  },
}

export const deliveriesDiscard: Command = {
  name: 'deliveries discard',
  usage: 'deliveries discard DELIVERY --actor NAME [--reason TEXT]',
  summary: 'take a delivery out of use for good; the one before is used again',
  options: ACT_OPTIONS,
  positionals: ['DELIVERY'],
  run: (input) => {
    const act = actOf(input)
    return withHedui(input, async (hedui) => {
      await discardDelivery(hedui, act)
      await input.terminal.print(`${act.id}: discarded by ${act.actor}`)
      return 0
    })
  },
}

export const deliveriesExpire: Command = {
  name: 'deliveries expire',
  usage: 'deliveries expire [--days N] --actor NAME [--json]',
  summary: 'remove the rows of deliveries that have been superseded for longer than HEDUI_RETENTION_DAYS',
  options: { ...ACTOR_OPTION, ...JSON_OPTION, days: { type: 'string' } },
  positionals: [],
  run: (input) => {
    const { config, terminal, values } = input
    const actor = requireActor(input)
    const days = numberOf(input, 'days', { least: 0, otherwise: config.retentionDays })
    return withHedui(input, async (hedui) => {
      const expired = await expireDeliveries(hedui, { days, actor })
      if (values.json) await terminal.print(JSON.stringify({ days, expired }))
      else if (expired.length === 0) await terminal.print(`no delivery has been superseded for ${days} days`)
      else for (const id of expired) await terminal.print(`${id}: discarded by ${actor}: retention`)
      return 0
    })
  },
}
