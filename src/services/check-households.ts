import { randomUUIDv7 } from 'node:crypto'
import type pg from 'pg'
import { type Database, inTransaction, type Reader } from '../db/connect.ts'
import { listUsableDeliveries } from '../db/queries/deliveries.ts'
import { gatherHouseholds } from '../db/queries/households.ts'
import { holdPartitions } from '../db/queries/records.ts'
import { keepRuleSet } from '../db/queries/rule-sets.ts'
import { addResults, insertRun } from '../db/queries/runs.ts'
import type { RunCounts } from '../db/tables.ts'
import { checkDossier } from '../rules/check-dossier.ts'
import type { OnError } from '../rules/evaluate-rule.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import { type GatherContext, gatherDossiers, toCandidate } from './gather-dossiers.ts'
import { listScope, type RunScope } from './list-scope.ts'
import type { Adapters } from './load-adapters.ts'
import type { RunnableRuleSet } from './load-rule-set.ts'
import { openShadows, type ShadowRun, type ShadowSummary } from './shadow-runs.ts'
import { Tally } from './tally-results.ts'

export interface CheckContext {
  readonly database: Database
  readonly adapters: Adapters
  /** With the texts of its files, where they are known, so that they are kept. */
  readonly ruleSet: RunnableRuleSet
  /** Told of rules that fail while they run. */
  readonly onRuleError: OnError
  now(): Date
}

export type { RunScope }

export interface RunRequest {
  readonly scope: RunScope
  readonly asOf: string
  /** Rules that are not in force: the results are kept apart, no shadow runs beside them, no case comes of them. */
  readonly trial: boolean
  readonly actor: string
}

export interface RunSummary extends RunCounts {
  readonly run: string
  readonly asOf: string
  readonly ruleSet: string
  readonly trial: boolean
  /** Of the sets that ran beside it. */
  readonly shadows: readonly ShadowSummary[]
}

/** Households whose dossiers are gathered at once: enough to make statements few, few enough to keep memory flat. */
const CHUNK = 500

/**
 * Runs the rules over many households and keeps the results (design §9). `write` is given each NDJSON line, in the order
 * of the households' ids. Deliveries and household versions are those of the as-of date. Beside a live run the shadow
 * sets see the same dossiers; their results are kept apart and are never written. Throws HeduiError INPUT_NOT_FOUND where
 * a household asked for by id is not in the register.
 */
export async function checkHouseholds(
  context: CheckContext,
  request: RunRequest,
  { write = async () => {}, progress = () => {} }: CheckOutput = {},
): Promise<RunSummary> {
  const { database, ruleSet } = context
  const { asOf, trial } = request
  const run = randomUUIDv7()
  await keepRuleSet(database, ruleSet, context.now())
  const shadows = trial ? [] : await openShadows(context, { asOf, live: ruleSet.version })
  const startedAt = context.now()
  // Frozen: what is imported, published or discarded meanwhile does not leak in.
  const done = await inTransaction(
    database,
    async (client) => {
      const ids = await listScope(client, request.scope, { asOf, ruleSet })
      const gather = await prepareGather({ ...context, ruleSet: needsOf(ruleSet, shadows) }, client, asOf)
      const tally = new Tally()
      for (let start = 0; start < ids.length; start += CHUNK) {
        const chunk = { client, gather, run, trial, tally, shadows }
        const lines = await checkChunk(context, chunk, ids.slice(start, start + CHUNK))
        for (const line of lines) await write(line)
        progress(Math.min(start + CHUNK, ids.length), ids.length)
      }
      const ended = { ...request, id: run, ruleSet: ruleSet.version, startedAt, finishedAt: context.now() }
      const counts = tally.counts()
      await insertRun(client, { ...ended, deliveries: deliveriesOf(gather, ruleSet), counts })
      const beside: ShadowSummary[] = []
      for (const shadow of shadows) {
        const deliveries = shadow.ruleSet ? deliveriesOf(gather, shadow.ruleSet) : []
        beside.push(await shadow.finish(client, { ...ended, deliveries }))
      }
      return { ...counts, shadows: beside }
    },
    { frozen: true },
  )
  return { run, asOf, ruleSet: ruleSet.version, trial, ...done }
}

/** What must be gathered so that the live set and its shadows can all be evaluated. */
function needsOf(ruleSet: RuleSet, shadows: readonly ShadowRun[]): RuleNeeds {
  const all = [ruleSet, ...shadows.flatMap((shadow) => shadow.ruleSet ?? [])]
  return {
    sources: [...new Set(all.flatMap(({ sources }) => sources))].sort(),
    readsOtherSchemes: all.some(({ readsOtherSchemes }) => readsOtherSchemes),
  }
}

/** Ids of the deliveries that a set's results may rest on. */
function deliveriesOf({ deliveries }: GatherContext, { sources }: RuleSet): string[] {
  return deliveries.flatMap(({ source, layers }) => (sources.includes(source) ? layers.map(({ id }) => id) : []))
}

interface Chunk {
  readonly client: pg.PoolClient
  readonly gather: GatherContext
  readonly run: string
  readonly trial: boolean
  readonly tally: Tally
  readonly shadows: readonly ShadowRun[]
}

/** Checks some households, keeps their results and gives their lines; then lets the shadows see them. */
async function checkChunk(
  { ruleSet, onRuleError }: CheckContext,
  { client, gather, run, trial, tally, shadows }: Chunk,
  ids: readonly string[],
): Promise<string[]> {
  const households = await gatherHouseholds(client, ids, gather.asOf)
  const dossiers = await gatherDossiers(gather, households.map(toCandidate))
  const checked = dossiers.map((dossier, i) => {
    const { householdId, versionId } = households[i]!
    return { householdId, versionId, dossier }
  })
  const results = checked.map(({ householdId, versionId, dossier }) => {
    const result = checkDossier(ruleSet, dossier, run, onRuleError)
    tally.add(result)
    return { householdId, versionId, outcome: result.outcome, line: JSON.stringify(result) }
  })
  await addResults(client, { id: run, trial }, results)
  for (const shadow of shadows) await shadow.check(client, checked)
  return results.map(({ line }) => line)
}

export interface CheckOutput {
  readonly write?: (line: string) => Promise<void>
  readonly progress?: (done: number, total: number) => void
}

/** What a rule set needs to be gathered. */
export type RuleNeeds = Pick<RuleSet, 'sources' | 'readsOtherSchemes'>

/**
 * What a check on a date uses: the sources that the rules need and the deliveries published by then, whose rows stay
 * until the reader's transaction ends.
 */
export async function prepareGather(
  { adapters, ruleSet }: { readonly adapters: Adapters; readonly ruleSet: RuleNeeds },
  reader: Reader,
  asOf: string,
): Promise<GatherContext> {
  const deliveries = (await listUsableDeliveries(reader, asOf)).filter(({ source }) => ruleSet.sources.includes(source))
  await holdPartitions(
    reader,
    deliveries.flatMap(({ layers }) => layers.map(({ id }) => id)),
  )
  return { reader, adapters, sources: ruleSet.sources, otherSchemes: ruleSet.readsOtherSchemes, deliveries, asOf }
}
