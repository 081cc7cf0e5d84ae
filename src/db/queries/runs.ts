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

export async function insertRun(
  { kysely }: Database,
  run: {
    id: string
    asOf: string
    scope: unknown
    ruleSet: string
    trial: boolean
    actor: string
    deliveries: readonly string[]
    startedAt: Date
  },
): Promise<void> {
  await kysely
    .insertInto('run')
    .values({
      id: run.id,
      as_of: run.asOf,
      scope: JSON.stringify(run.scope),
      rule_set: run.ruleSet,
      trial: run.trial,
      actor: run.actor,
      deliveries: JSON.stringify(run.deliveries),
      started_at: run.startedAt,
    })
    .execute()
}

export async function finishRun({ kysely }: Database, id: string, counts: RunCounts, at: Date): Promise<void> {
  await kysely
    .updateTable('run')
    .set({ finished_at: at, counts: JSON.stringify(counts) })
    .where('id', '=', id)
    .execute()
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
