import type pg from 'pg'
import { type Database, inTransaction } from '../db/connect.ts'
import { gatherHouseholds } from '../db/queries/households.ts'
import { holdPartitions } from '../db/queries/records.ts'
import { addDoneRange, claimRange, type RunFailure, type RunRange, type ShadowDone } from '../db/queries/run-ranges.ts'
import { addResults, type StoredResult, tryInside } from '../db/queries/runs.ts'
import type { RunCounts } from '../db/tables.ts'
import type { Dossier } from '../domain/dossier.ts'
import { HeduiError } from '../errors.ts'
import { checkDossier } from '../rules/check-dossier.ts'
import type { OnError } from '../rules/evaluate-rule.ts'
import { type GatherContext, prepareDossiers, toCandidate } from './gather-dossiers.ts'
import type { Adapters } from './load-adapters.ts'
import { describeFailure, type OpenRun, type OpenShadow } from './open-run.ts'
import { Tally } from './tally-results.ts'

export interface RangeContext {
  readonly database: Database
  readonly adapters: Adapters
  /** Who does it, for the record. */
  readonly worker: string
  /** Told of rules that fail while they run. */
  readonly onRuleError: OnError
  /** Told of a household that could not be checked: a defect, for the log. */
  readonly onBroken: (error: unknown, householdId: string) => void
  now(): Date
}

export interface CheckedRange {
  readonly number: number
  readonly counts: RunCounts
  readonly failures: readonly RunFailure[]
}

/**
 * Does one range of a run, in one transaction: takes it, gathers its households' dossiers in a handful of statements,
 * evaluates them, keeps the results and marks the range as done. `number`: that range and no other. Null where there is
 * none to take; done twice, a range leaves one result a household.
 */
export async function checkRange(
  context: RangeContext,
  run: OpenRun,
  number: number | null = null,
): Promise<CheckedRange | null> {
  return inTransaction(context.database, async (client) => {
    const range = await claimRange(client, run.row.id, number)
    if (!range) return null
    const done = await checkHouseholdsOf(context, { client, run, range })
    const kept = await addDoneRange(client, run.row.id, { ...done, worker: context.worker, finishedAt: context.now() })
    // The claim makes this impossible; were it not, two results for a household would be worse than an error.
    if (!kept) throw new Error('the range was done by someone else meanwhile')
    return done
  })
}

interface RangeWork {
  readonly client: pg.PoolClient
  readonly run: OpenRun
  readonly range: RunRange
}

interface Checked {
  readonly householdId: string
  readonly versionId: string
  readonly dossier: Dossier
}

async function checkHouseholdsOf(context: RangeContext, work: RangeWork) {
  const { client, run, range } = work
  const checked: Checked[] = []
  const results: StoredResult[] = []
  const failures: RunFailure[] = []
  const tally = new Tally()
  for (const { householdId, versionId, dossier } of await gatherRange(context, work)) {
    try {
      const made = dossier()
      const result = checkDossier(run.ruleSet, made, run.row.id, context.onRuleError)
      results.push({ householdId, versionId, outcome: result.outcome, line: JSON.stringify(result) })
      tally.add(result)
      if (run.shadows.length > 0) checked.push({ householdId, versionId, dossier: made })
    } catch (error) {
      // One household that cannot be used must not keep the others from their answer.
      failures.push({ householdId, code: error instanceof HeduiError ? error.code : 'DEFECT' })
      context.onBroken(error, householdId)
    }
  }
  await addResults(client, { id: run.row.id, trial: run.row.trial }, results)
  const shadows: ShadowDone[] = []
  for (const shadow of run.shadows) shadows.push(await checkShadow(client, shadow, checked))
  return { number: range.number, counts: tally.counts(), failures, shadows }
}

async function gatherRange({ adapters }: RangeContext, { client, run, range }: RangeWork) {
  const { row, deliveries } = run
  await holdPartitions(
    client,
    deliveries.flatMap(({ layers }) => layers.flatMap(({ id, discarded }) => (discarded ? [] : [id]))),
  )
  const sets = [run.ruleSet, ...run.shadows.flatMap(({ ruleSet }) => ruleSet ?? [])]
  const gather: GatherContext = {
    reader: client,
    adapters,
    sources: [...new Set(sets.flatMap(({ sources }) => sources))].sort(),
    otherSchemes: sets.some(({ readsOtherSchemes }) => readsOtherSchemes),
    deliveries,
    asOf: row.as_of,
    knownAt: row.known_at,
  }
  const households = await gatherHouseholds(client, range.householdIds, row.as_of, row.known_at)
  const dossiers = await prepareDossiers(gather, households.map(toCandidate))
  return households.map(({ householdId, versionId }, i) => ({ householdId, versionId, dossier: dossiers[i]! }))
}

/** Evaluates a shadow set on the same dossiers. Nothing that goes wrong in it reaches the live run. */
async function checkShadow(
  client: pg.ClientBase,
  { run, ruleSet, failed }: OpenShadow,
  households: readonly Checked[],
): Promise<ShadowDone> {
  const tally = new Tally()
  let ruleErrors = 0
  if (!ruleSet) return { run, counts: tally.counts(), ruleErrors, failed: failed ?? 'it cannot be loaded' }
  try {
    const results = households.map(({ householdId, versionId, dossier }) => {
      const result = checkDossier(ruleSet, dossier, run, () => ruleErrors++)
      tally.add(result)
      return { householdId, versionId, outcome: result.outcome, line: JSON.stringify(result) }
    })
    const kept = await tryInside(client, () => addResults(client, { id: run, trial: true }, results))
    return { run, counts: tally.counts(), ruleErrors, failed: kept ? null : 'its results could not be kept' }
  } catch (error) {
    return { run, counts: tally.counts(), ruleErrors, failed: describeFailure(error) }
  }
}
