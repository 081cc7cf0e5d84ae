import type { Selectable } from 'kysely'
import type pg from 'pg'
import type { Database, Reader } from '../connect.ts'
import { copyInto, copyText } from '../copy.ts'
import type { Tables } from '../tables.ts'

export type Run = Selectable<Tables['run']>

export interface NewRun {
  readonly id: string
  readonly asOf: string
  /** What had been published and imported by then is what the run uses. */
  readonly knownAt: Date
  readonly scope: unknown
  readonly ruleSet: string
  /** A trial or a shadow: its results are apart, and no case comes of it. */
  readonly trial: boolean
  /** The live run whose dossiers a shadow saw. */
  readonly shadowOf?: string
  readonly actor: string
  readonly deliveries: readonly string[]
  readonly households: number
  readonly startedAt: Date
}

/** Keeps a run that begins, with what it pins. */
export async function insertRun(client: pg.ClientBase, run: NewRun): Promise<void> {
  const { id, asOf, knownAt, scope, ruleSet, trial, shadowOf, actor, deliveries, households, startedAt } = run
  await client.query(
    `insert into run (id, as_of, known_at, scope, rule_set, trial, shadow_of, actor, deliveries, households, started_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      id,
      asOf,
      knownAt,
      JSON.stringify(scope),
      ruleSet,
      trial,
      shadowOf ?? null,
      actor,
      JSON.stringify(deliveries),
      households,
      startedAt,
    ],
  )
}

/**
 * The moment that parts what is known from what is not, under the register's lock: now, and never before what has come
 * in already by the clock of a machine that is ahead of ours.
 */
export async function readKnownMoment(client: pg.ClientBase, now: Date): Promise<Date> {
  const { rows } = await client.query(
    `select greatest($1::timestamptz, (select max(imported_at) from household_import),
       (select max(at) from delivery_event)) as moment`,
    [now],
  )
  return rows[0].moment
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
  { id: runId, trial }: Pick<NewRun, 'id' | 'trial'>,
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

/** Removes a shadow's run that failed, and whatever it left. */
export async function dropTrialRun(client: pg.ClientBase, runId: string): Promise<void> {
  await client.query('delete from trial_result where run_id = $1', [runId])
  await client.query('delete from run where id = $1 and trial', [runId])
}

export async function findRun(reader: Reader, id: string): Promise<Run | undefined> {
  const { rows } = await reader.query('select * from run where id = $1', [id])
  return rows[0]
}

export interface ShadowRun {
  readonly id: string
  readonly ruleSet: string
  readonly deliveries: readonly string[]
}

/** The runs of the sets that run beside a live one. */
export async function listShadowRuns(reader: Reader, id: string): Promise<ShadowRun[]> {
  const { rows } = await reader.query(
    'select id, rule_set as "ruleSet", deliveries from run where shadow_of = $1 order by id',
    [id],
  )
  return rows
}

/** The latest runs, whatever they are. */
export function listRuns({ kysely }: Database, most: number): Promise<Run[]> {
  return kysely.selectFrom('run').selectAll().orderBy('started_at', 'desc').orderBy('id', 'desc').limit(most).execute()
}

export interface ResultPair {
  readonly household: string
  /** null: the run has no result of it. */
  readonly before: unknown
  readonly after: unknown
}

/** Results in memory at once. */
const PAIRS = 500

/** The results of two runs side by side, in the order of the households' ids, some hundred at a time. */
export async function* readResultPairs({ pool }: Database, from: Run, to: Run): AsyncGenerator<ResultPair[]> {
  const resultsOf = (run: Run) => (run.trial ? 'trial_result' : 'check_result')
  const page = (run: Run, parameter: string) =>
    `select household_id, body from ${resultsOf(run)} where run_id = ${parameter} and household_id > $3
     order by household_id limit $4`
  for (let after = ''; ; ) {
    const { rows } = await pool.query(
      `select household_id as household, a.body as before, b.body as after
       from (${page(from, '$1')}) a full join (${page(to, '$2')}) b using (household_id)
       order by household_id limit $4`,
      [from.id, to.id, after, PAIRS],
    )
    if (rows.length === 0) return
    yield rows
    after = rows.at(-1)!.household
  }
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
