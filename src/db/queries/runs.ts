import type { Selectable } from 'kysely'
import type pg from 'pg'
import type { Database } from '../connect.ts'
import { copyInto, copyText } from '../copy.ts'
import type { RunCounts, Tables } from '../tables.ts'

export type Run = Selectable<Tables['run']>

/** Keeps a rule set under its version, so that a result's version can be looked up for ever. */
export async function keepRuleSet({ kysely }: Database, version: string, content: unknown, at: Date): Promise<void> {
  await kysely
    .insertInto('rule_set')
    .values({ version, content: JSON.stringify(content), first_used_at: at })
    .onConflict((conflict) => conflict.column('version').doNothing())
    .execute()
}

export interface FinishedRun {
  readonly id: string
  readonly asOf: string
  readonly scope: unknown
  readonly ruleSet: string
  readonly trial: boolean
  readonly actor: string
  readonly deliveries: readonly string[]
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly counts: RunCounts
}

/** Keeps a run that has come to its end, in the transaction of its results. */
export async function insertRun(client: pg.ClientBase, run: FinishedRun): Promise<void> {
  const { id, asOf, scope, ruleSet, trial, actor, deliveries, startedAt, finishedAt, counts } = run
  await client.query(
    `insert into run (id, as_of, scope, rule_set, trial, actor, deliveries, started_at, finished_at, counts)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      id,
      asOf,
      JSON.stringify(scope),
      ruleSet,
      trial,
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

/** Adds results of a run, by COPY. */
export async function addResults(
  client: pg.ClientBase,
  runId: string,
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
  await copyInto(client, 'check_result', columns, lines())
}

/** The finished run that began last, or undefined. */
export function findLastRun({ kysely }: Database): Promise<Run | undefined> {
  return kysely
    .selectFrom('run')
    .selectAll()
    .where('finished_at', 'is not', null)
    .where('trial', '=', false)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst()
}
