import type pg from 'pg'
import { type Database, inTransaction } from '../db/connect.ts'
import { findPinnedDeliveries } from '../db/queries/deliveries.ts'
import { gatherHouseholds, type StoredHousehold } from '../db/queries/households.ts'
import { holdPartitions } from '../db/queries/records.ts'
import { addDoneRange, claimRange, type RunFailure, type RunRange, type ShadowDone } from '../db/queries/run-ranges.ts'
import { addResults, type StoredResult, tryInside } from '../db/queries/runs.ts'
import type { RunCounts } from '../db/tables.ts'
import type { Dossier } from '../domain/dossier.ts'
import { requireSoundFacts } from '../domain/stored-facts.ts'
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
  try {
    return await attemptRange(context, run, number)
  } catch (error) {
    // The rows of a delivery are gone since the run was opened. Whose households used it, that is told by the next attempt.
    if ((error as { code?: unknown }).code !== UNDEFINED_TABLE) throw error
    return attemptRange(context, { ...run, deliveries: await findDeliveriesAnew(context, run) }, number)
  }
}

const UNDEFINED_TABLE = '42P01'

function findDeliveriesAnew({ database }: RangeContext, { deliveries }: OpenRun) {
  const ids = deliveries.flatMap(({ layers }) => layers.map(({ id }) => id))
  return findPinnedDeliveries(database.pool, ids)
}

function attemptRange(context: RangeContext, run: OpenRun, number: number | null): Promise<CheckedRange | null> {
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
  const fail = (householdId: string, error: unknown) => {
    failures.push({ householdId, code: error instanceof HeduiError ? error.code : 'DEFECT' })
    context.onBroken(error, householdId)
  }
  for (const { householdId, versionId, dossier } of await gatherRange(context, work, fail)) {
    try {
      const made = dossier()
      const result = checkDossier(run.ruleSet, made, run.row.id, context.onRuleError)
      results.push({ householdId, versionId, outcome: result.outcome, line: JSON.stringify(result) })
      tally.add(result)
      if (run.shadows.length > 0) checked.push({ householdId, versionId, dossier: made })
    } catch (error) {
      // One household that cannot be used must not keep the others from their answer.
      fail(householdId, error)
    }
  }
  await addResults(client, { id: run.row.id, trial: run.row.trial }, results)
  const shadows: ShadowDone[] = []
  for (const shadow of run.shadows) shadows.push(await checkShadow(client, shadow, checked))
  failures.sort((a, b) => (a.householdId < b.householdId ? -1 : 1))
  return { number: range.number, counts: tally.counts(), failures, shadows }
}

async function gatherRange({ adapters }: RangeContext, { client, run, range }: RangeWork, fail: Fail) {
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
  const households = takeSound(await gatherHouseholds(client, range.householdIds, row.as_of, row.known_at), range, fail)
  const dossiers = await prepareDossiers(gather, households.map(toCandidate))
  return households.map(({ householdId, versionId }, i) => ({ householdId, versionId, dossier: dossiers[i]! }))
}

type Fail = (householdId: string, error: unknown) => void

/** Those of a range's households of which the register keeps all it should; the others fail by themselves. */
function takeSound(households: readonly StoredHousehold[], { householdIds }: RunRange, fail: Fail): StoredHousehold[] {
  const found = new Map(households.map((household) => [household.householdId, household]))
  return householdIds.flatMap((id) => {
    const household = found.get(id)
    try {
      const people = household?.people.map(({ facts }) => facts)
      requireSoundFacts(id, household?.facts, people ?? [])
      return household!
    } catch (error) {
      fail(id, error)
      return []
    }
  })
}

/** Evaluates a shadow set on the same dossiers. Nothing that goes wrong in it reaches the live run. */
async function checkShadow(
  client: pg.ClientBase,
  { run, version, ruleSet, failed }: OpenShadow,
  households: readonly Checked[],
): Promise<ShadowDone> {
  const tally = new Tally()
  let ruleErrors = 0
  const done = (why: string | null) => ({ run, ruleSet: version, counts: tally.counts(), ruleErrors, failed: why })
  if (!ruleSet) return done(failed ?? 'it cannot be loaded')
  try {
    const results = households.map(({ householdId, versionId, dossier }) => {
      const result = checkDossier(ruleSet, dossier, run, () => ruleErrors++)
      tally.add(result)
      return { householdId, versionId, outcome: result.outcome, line: JSON.stringify(result) }
    })
    const kept = await tryInside(client, () => addResults(client, { id: run, trial: true }, results))
    return done(kept ? null : 'its results could not be kept')
  } catch (error) {
    return done(describeFailure(error))
  }
}
