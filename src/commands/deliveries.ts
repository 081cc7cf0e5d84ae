import { discardDelivery, releaseDelivery, requireDelivery } from '../services/release-delivery.ts'
import { listAllDeliveries, listDeliveryEvents, listQuarantined } from '../services/show-delivery.ts'
import { ACTOR_OPTION, type Command, type CommandInput, JSON_OPTION, requireActor, textOf } from './command.ts'
import { describeHeld } from './ingest.ts'
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
        for (const { id, source, asOf, region, state, counts } of deliveries) {
          const rows = counts ? `${counts.rows} rows, ${counts.quarantined} quarantined` : ''
          await terminal.print(`${id}  ${asOf}  ${state.padEnd(9)}  ${source}${region ? ` ${region}` : ''}  ${rows}`)
        }
      }
      return 0
    }),
}

export const deliveriesShow: Command = {
  name: 'deliveries show',
  usage: 'deliveries show DELIVERY [--json]',
  summary: 'one delivery: file, counts, what happened to it and who did it',
  options: JSON_OPTION,
  positionals: ['DELIVERY'],
  run: (input) =>
    withHedui(input, async ({ database }) => {
      const { terminal, values, positionals } = input
      const delivery = await requireDelivery(database, positionals[0]!)
      const events = await listDeliveryEvents(database, delivery.id)
      if (values.json) {
        await terminal.print(JSON.stringify({ ...delivery, events }))
        return 0
      }
      const {
        source,
        as_of,
        state,
        file_name,
        file_bytes,
        sha256,
        retain,
        region,
        counts,
        held_because,
        further_columns,
      } = delivery
      await terminal.print(`${source} of ${as_of}${region ? ` for ${region}` : ''}: ${state}`)
      await terminal.print(`  file ${file_name}, ${file_bytes} bytes, sha256 ${sha256}; retain ${retain}`)
      for (const [name, count] of Object.entries(counts ?? {})) await terminal.print(`  ${name.padEnd(14)} ${count}`)
      if (held_because?.length) await terminal.print(`  held because ${describeHeld(held_because)}`)
      if (further_columns?.length) await terminal.print(`  columns not mapped: ${further_columns.join(', ')}`)
      for (const { at, state: to, actor, reason } of events) {
        await terminal.print(`  ${at.toISOString()}  ${to} by ${actor}${reason ? `: ${reason}` : ''}`)
      }
      return 0
    }),
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
