import { randomUUIDv7 } from 'node:crypto'
import type pg from 'pg'
import { type Database, inTransaction } from '../db/connect.ts'
import { listUsableDeliveries, type UsableDelivery } from '../db/queries/deliveries.ts'
import { shareRegister } from '../db/queries/households.ts'
import { keepRuleSet, listRuleSetEvents } from '../db/queries/rule-sets.ts'
import { addRanges, addRunEvent } from '../db/queries/run-ranges.ts'
import { insertRun, readKnownMoment } from '../db/queries/runs.ts'
import { shadowsOn } from '../domain/rule-set-life.ts'
import { HeduiError } from '../errors.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import { concludeRun } from './conclude-run.ts'
import { listScope, type RunScope } from './list-scope.ts'
import type { Adapters } from './load-adapters.ts'
import type { RunnableRuleSet } from './load-rule-set.ts'
import { loadStoredRuleSet } from './load-stored-rule-set.ts'

export interface RunContext {
  readonly database: Database
  readonly adapters: Adapters
  /** With the texts of its files, where they are known, so that they are kept. */
  readonly ruleSet: RunnableRuleSet
  now(): Date
}

export interface RunRequest {
  /** The run's id, where it was chosen before; a new one otherwise. */
  readonly id?: string | undefined
  readonly scope: RunScope
  readonly asOf: string
  /** Only what had been published and imported by then; unless given, by now. */
  readonly knownAt?: Date | undefined
  /** Rules that are not in force: the results are kept apart, no shadow runs beside them, no case comes of them. */
  readonly trial: boolean
  readonly actor: string
}

export interface CreatedRun {
  readonly run: string
  readonly households: number
  readonly ranges: number
}

/** Households done in one transaction: enough to make statements few, few enough to lose little and keep memory flat. */
const RANGE = 500

/**
 * Makes a run and pins what it uses: rule set, deliveries, the moment by which household versions had to be imported,
 * the households themselves. What is published or imported afterwards does not leak in. Throws HeduiError
 * INPUT_NOT_FOUND where a household asked for by id is not in the register, INPUT_INVALID where `knownAt` lies ahead.
 */
export async function createRun(context: RunContext, request: RunRequest): Promise<CreatedRun> {
  const { database, ruleSet } = context
  await keepRuleSet(database, ruleSet, context.now())
  const shadows = request.trial ? [] : await findShadows(context, request.asOf)
  const created = await inTransaction(database, async (client) => {
    // No import is under way from here on, so that the moment parts what is known from what is not.
    await shareRegister(client)
    const known = await readKnownMoment(client, context.now())
    const knownAt = request.knownAt ?? known
    if (knownAt > known) throw new HeduiError('INPUT_INVALID', 'must not lie in the future', { path: 'knownAt' })
    const ids = await listScope(client, request.scope, { asOf: request.asOf, knownAt, ruleSet })
    const usable = await listUsableDeliveries(client, request.asOf, knownAt)
    const run = request.id ?? randomUUIDv7()
    const startedAt = context.now()
    const shared = { asOf: request.asOf, knownAt, scope: request.scope, actor: request.actor, startedAt }
    const size = { households: ids.length }
    await insertRun(client, {
      ...shared,
      ...size,
      id: run,
      trial: request.trial,
      ruleSet: ruleSet.version,
      deliveries: deliveriesOf(usable, ruleSet),
    })
    // Runs are listed by id: those of one millisecond would stand in any order.
    const shadowIds = shadows.map(() => randomUUIDv7()).sort()
    for (const [i, { version, set }] of shadows.entries()) {
      const deliveries = set ? deliveriesOf(usable, set) : []
      await insertRun(client, {
        ...shared,
        ...size,
        id: shadowIds[i]!,
        trial: true,
        shadowOf: run,
        ruleSet: version,
        deliveries,
      })
    }
    const ranges = await pinRanges(client, run, ids)
    const { actor } = request
    await addRunEvent(client, run, { at: startedAt, action: 'created', actor, reason: null })
    return { run, households: ids.length, ranges }
  })
  // There is no range whose end would be its end.
  if (created.ranges === 0) await concludeRun(context, created.run)
  return created
}

async function pinRanges(client: pg.ClientBase, run: string, ids: readonly string[]): Promise<number> {
  const ranges = Array.from({ length: Math.ceil(ids.length / RANGE) }, (_, number) => ({
    number,
    householdIds: ids.slice(number * RANGE, (number + 1) * RANGE),
  }))
  await addRanges(client, run, ranges)
  return ranges.length
}

/** The sets that run beside a live one on a day. One that cannot be loaded any more is there to be told, and runs nothing. */
async function findShadows({ database, adapters, ruleSet }: RunContext, asOf: string) {
  const versions = shadowsOn(await listRuleSetEvents(database), { on: asOf, shipped: ruleSet.version })
  return Promise.all(
    versions
      .filter((version) => version !== ruleSet.version)
      .map(async (version) => ({
        version,
        set: await loadStoredRuleSet(database, version, adapters).catch(() => null),
      })),
  )
}

/** Ids of the deliveries that a set's results may rest on. */
function deliveriesOf(usable: readonly UsableDelivery[], { sources }: RuleSet): string[] {
  return usable.flatMap(({ source, layers }) => (sources.includes(source) ? layers.map(({ id }) => id) : []))
}
