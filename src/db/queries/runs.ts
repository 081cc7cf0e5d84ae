import type { Selectable } from 'kysely'
import type pg from 'pg'
import type { Database } from '../connect.ts'
import { copyInto, copyText } from '../copy.ts'
import type { RunCounts, Tables } from '../tables.ts'

export type Run = Selectable<Tables['run']>

export interface FinishedRun {
  readonly id: string
  readonly asOf: string
  readonly scope: unknown
  readonly ruleSet: string
  /** A trial or a shadow: its results are apart, and no case comes of it. */
  readonly trial: boolean
  /** The live run whose dossiers a shadow saw. */
  readonly shadowOf?: string
  readonly actor: string
  readonly deliveries: readonly string[]
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly counts: RunCounts
}

/** Keeps a run that has come to its end, in the transaction of its results. */
export async function insertRun(client: pg.ClientBase, run: FinishedRun): Promise<void> {
  const { id, asOf, scope, ruleSet, trial, shadowOf, actor, deliveries, startedAt, finishedAt, counts } = run
  await client.query(
    `insert into run (id, as_of, scope, rule_set, trial, shadow_of, actor, deliveries, started_at, finished_at, counts)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      id,
      asOf,
      JSON.stringify(scope),
      ruleSet,
      trial,
      shadowOf ?? null,
      actor,
      JSON.stringify(deliveries),
      startedAt,
      finishedAt,
      JSON.stringify(counts),
    ],
  )
}

export interface StoredResult {
  readonly householdId: string
  readonly versionId: string
  readonly outcome: string
  /** The NDJSON line. */
  readonly line: string
}

/** Adds results of a run, by COPY; those of a trial or a shadow to a table of their own. */
export async function addResults(
  client: pg.ClientBase,
  { id: runId, trial }: Pick<FinishedRun, 'id' | 'trial'>,
  results: readonly StoredResult[],
): Promise<void> {
  const columns = ['run_id', 'household_id', 'version_id', 'outcome', 'body']
  async function* lines() {
    yield results
      .map(
        ({ householdId, versionId, outcome, line }) =>
          `${runId}\t${copyText(householdId)}\t${versionId}\t${outcome}\t${copyText(line)}\n`,
      )
      .join('')
  }
  await copyInto(client, trial ? 'trial_result' : 'check_result', columns, lines())
}

/**
 * Runs `work` so that its failure leaves the transaction as it was before, and gives back whether it went well. For what
 * must not disturb the rest of the transaction.
 */
export async function tryInside(client: pg.ClientBase, work: () => Promise<void>): Promise<boolean> {
  await client.query('savepoint attempt')
  try {
    await work()
    await client.query('release savepoint attempt')
    return true
  } catch {
    await client.query('rollback to savepoint attempt')
    return false
  }
}

/** Removes what a shadow left that could not be finished, in the transaction that added it. */
export async function dropTrialResults(client: pg.ClientBase, runId: string): Promise<void> {
  await client.query('delete from trial_result where run_id = $1', [runId])
}

/** The finished run that began last, or undefined; trials and shadows are none. */
export function findLastRun({ kysely }: Database): Promise<Run | undefined> {
  return kysely
    .selectFrom('run')
    .selectAll()
    .where('finished_at', 'is not', null)
    .where('trial', '=', false)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
}
