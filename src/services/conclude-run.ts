import type pg from 'pg'
import { type Database, inTransaction } from '../db/connect.ts'
import {
  addRunEvent,
  type DoneRange,
  finishRun,
  isAllDone,
  listDoneRanges,
  type RunFailure,
} from '../db/queries/run-ranges.ts'
import { dropTrialRun, listShadowRuns } from '../db/queries/runs.ts'
import type { RunCounts } from '../db/tables.ts'

/** What came of a set that ran beside the live one. */
export interface ShadowSummary {
  readonly ruleSet: string
  /** null where it failed: nothing of it is kept. */
  readonly run: string | null
  readonly counts: RunCounts | null
  /** Results that are unverifiable because a rule of it threw. */
  readonly ruleErrors: number
  readonly failed: string | null
}

/** Counts of some ranges together. */
export function addUp(ranges: readonly { readonly counts: RunCounts }[]): RunCounts {
  const total = { households: 0, warned: 0, unverifiable: 0, clear: 0, leads: 0 }
  const warningsByRule: Record<string, number> = {}
  for (const { counts } of ranges) {
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += counts[name]
    for (const [rule, count] of Object.entries(counts.warningsByRule)) {
      warningsByRule[rule] = (warningsByRule[rule] ?? 0) + count
    }
  }
  const { leads, ...outcomes } = total
  return { ...outcomes, warningsByRule, leads }
}

export interface ConcludedRun {
  readonly counts: RunCounts
  readonly failures: readonly RunFailure[]
  readonly shadows: readonly ShadowSummary[]
}

/**
 * Ends a run if all its ranges are done, and says what it came to; null where some are not. Whoever does the last range
 * calls it, and calling it twice changes nothing.
 */
export async function concludeRun(
  { database, now }: { readonly database: Database; now(): Date },
  runId: string,
): Promise<ConcludedRun | null> {
  if (!(await isAllDone(database.pool, runId))) return null
  const done = await listDoneRanges(database.pool, runId)
  const counts = addUp(done)
  const failures = done.flatMap((range) => range.failures)
  return inTransaction(database, async (client) => {
    const finishedAt = now()
    const ended = await finishRun(client, runId, { finishedAt, counts })
    const shadows: ShadowSummary[] = []
    for (const shadow of await listShadows(client, runId, done)) {
      const summary = summarizeShadow(shadow, done)
      shadows.push(summary)
      if (!ended) continue
      if (summary.counts) await finishRun(client, shadow.id, { finishedAt, counts: summary.counts })
      else await dropTrialRun(client, shadow.id)
    }
    if (ended) {
      const reason = failures.length > 0 ? `${failures.length} households could not be checked` : null
      await addRunEvent(client, runId, { at: finishedAt, action: 'finished', actor: 'hedui', reason })
    }
    return { counts, failures, shadows }
  })
}

interface Shadow {
  readonly id: string
  readonly ruleSet: string
}

/** The sets that ran beside a run. The run of one that failed is gone once somebody has ended the live one. */
async function listShadows(client: pg.ClientBase, runId: string, done: readonly DoneRange[]): Promise<Shadow[]> {
  const all = new Map((await listShadowRuns(client, runId)).map(({ id, ruleSet }) => [id, ruleSet]))
  for (const { shadows } of done) for (const { run, ruleSet } of shadows) all.set(run, ruleSet)
  return [...all].map(([id, ruleSet]) => ({ id, ruleSet })).sort((a, b) => (a.id < b.id ? -1 : 1))
}

function summarizeShadow({ id, ruleSet }: Shadow, done: readonly DoneRange[]): ShadowSummary {
  const own = done.flatMap(({ shadows }) => shadows.filter(({ run }) => run === id))
  const failed = own.find((shadow) => shadow.failed !== null)?.failed ?? null
  const ruleErrors = own.reduce((sum, shadow) => sum + shadow.ruleErrors, 0)
  if (failed !== null) return { ruleSet, run: null, counts: null, ruleErrors, failed }
  return { ruleSet, run: id, counts: addUp(own), ruleErrors, failed }
}
