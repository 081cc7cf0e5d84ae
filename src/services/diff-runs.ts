import type { Database } from '../db/connect.ts'
import { addAudit } from '../db/queries/audit.ts'
import { type Run, readResultPairs } from '../db/queries/runs.ts'
import type { CheckResult, HouseholdOutcome } from '../domain/check-result.ts'
import type { ResultChange } from '../domain/rule-comparison.ts'
import { HeduiError } from '../errors.ts'
import { compareResults } from '../rules/compare-results.ts'
import type { QueryReason } from './check-application.ts'
import { requireRun } from './open-run.ts'

/** What became of a household from one run to another. */
export interface HouseholdDifference {
  readonly household: string
  /** null: the run did not check it. */
  readonly from: HouseholdOutcome | null
  readonly to: HouseholdOutcome | null
  readonly changes: readonly ResultChange[]
}

export interface RunDifference {
  readonly from: string
  readonly to: string
  readonly households: number
  readonly differing: number
  readonly becameWarned: number
  readonly noLongerWarned: number
  readonly becameUnverifiable: number
  readonly becameClear: number
  readonly changedAmounts: number
  readonly onlyInFrom: number
  readonly onlyInTo: number
}

export interface DiffRequest {
  readonly from: string
  readonly to: string
  readonly actor: string
  readonly role: string
  /** Why it is asked; a review unless said otherwise. */
  readonly reason?: QueryReason | undefined
}

/**
 * What differs between the results of two finished runs, household by household in the order of their ids; `difference`
 * is given each that does. Asking is audited. Throws HeduiError INPUT_NOT_FOUND, STATE_RUN for a run that has not ended.
 */
export async function diffRuns(
  { database, now }: { readonly database: Database; now(): Date },
  { from, to, actor, role, reason = 'review' }: DiffRequest,
  difference: (one: HouseholdDifference) => Promise<void> = async () => {},
): Promise<RunDifference> {
  const [old, other] = [await requireFinished(database, from), await requireFinished(database, to)]
  const subject = { from, to }
  await addAudit(database, { at: now(), actor, role, action: 'compare runs', reason, subject })
  const sum = {
    households: 0,
    differing: 0,
    becameWarned: 0,
    noLongerWarned: 0,
    becameUnverifiable: 0,
    becameClear: 0,
    changedAmounts: 0,
    onlyInFrom: 0,
    onlyInTo: 0,
  }
  for await (const pairs of readResultPairs(database, old, other)) {
    for (const { household, before, after } of pairs) {
      sum.households += 1
      const one = differ(household, before as CheckResult | null, after as CheckResult | null)
      if (!one) continue
      count(sum, one)
      await difference(one)
    }
  }
  return { from, to, ...sum }
}

async function requireFinished(database: Database, id: string): Promise<Run> {
  const run = await requireRun(database.pool, id)
  if (!run.finished_at)
    throw new HeduiError('STATE_RUN', `the run ${id} has not ended: only finished runs are compared`)
  return run
}

function differ(household: string, before: CheckResult | null, after: CheckResult | null): HouseholdDifference | null {
  const changes = before && after ? compareResults(before, after) : []
  const [from, to] = [before?.outcome ?? null, after?.outcome ?? null]
  return from === to && changes.length === 0 ? null : { household, from, to, changes }
}

function count(sum: Record<keyof Omit<RunDifference, 'from' | 'to'>, number>, one: HouseholdDifference): void {
  const { from, to, changes } = one
  sum.differing += 1
  if (from === null) sum.onlyInTo += 1
  else if (to === null) sum.onlyInFrom += 1
  else if (from !== to) {
    if (to === 'warned') sum.becameWarned += 1
    if (from === 'warned') sum.noLongerWarned += 1
    if (to === 'unverifiable') sum.becameUnverifiable += 1
    if (to === 'clear') sum.becameClear += 1
  }
  if (changes.some(({ kinds }) => kinds.includes('changed-amount'))) sum.changedAmounts += 1
}
