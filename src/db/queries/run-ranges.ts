import type pg from 'pg'
import type { Database, Reader } from '../connect.ts'
import type { RunCounts } from '../tables.ts'

/** Some households of a run, done in one transaction by one worker. */
export interface RunRange {
  readonly number: number
  readonly householdIds: readonly string[]
}

/** A household that could not be checked; the code tells the kind, the log of the worker the rest. */
export interface RunFailure {
  readonly householdId: string
  readonly code: string
}

/** Adds the ranges of a run in the transaction that makes it. */
export async function addRanges(client: pg.ClientBase, runId: string, ranges: readonly RunRange[]): Promise<void> {
  for (const { number, householdIds } of ranges) {
    await client.query('insert into run_range (run_id, number, household_ids) values ($1, $2, $3)', [
      runId,
      number,
      householdIds,
    ])
  }
}

/** Runs that go on: neither ended nor stopped. */
const GOING_ON = `(select e.action from run_event e where e.run_id = run.id order by e.number desc limit 1) in ('created', 'resumed')`

const UNDONE = `not exists (select from run_range_done d where d.run_id = r.run_id and d.number = r.number)`

/** A worker that hangs in the middle of a range, its machine stopped say, lets go of it after so long. */
const HOLDS_AT_MOST = '120s'

/**
 * Takes a range that is not done and that nobody holds, in the client's transaction: a worker that dies lets go of it.
 * `number`: that one and no other. Undefined where there is none to take, or the run was stopped.
 */
export async function claimRange(
  client: pg.ClientBase,
  runId: string,
  number: number | null = null,
): Promise<RunRange | undefined> {
  await client.query(`set local idle_in_transaction_session_timeout = '${HOLDS_AT_MOST}'`)
  for (;;) {
    const { rows } = await client.query(
      `select r.number, r.household_ids as "householdIds" from run_range r
       where r.run_id = $1 and ($2::integer is null or r.number = $2) and ${UNDONE}
         and exists (select from run where run.id = r.run_id and ${GOING_ON})
       order by r.number limit 1 for update skip locked`,
      [runId, number],
    )
    const [range] = rows
    if (!range) return undefined
    // Someone may have done it and let go of it between the first look at it and the lock.
    const { rows: done } = await client.query('select from run_range_done where run_id = $1 and number = $2', [
      runId,
      range.number,
    ])
    if (done.length === 0) return range
  }
}

/** What a set that ran beside came to in a range. */
export interface ShadowDone {
  readonly run: string
  readonly ruleSet: string
  readonly counts: RunCounts
  /** Results that are unverifiable because a rule of it threw. */
  readonly ruleErrors: number
  readonly failed: string | null
}

export interface DoneRange {
  readonly number: number
  readonly worker: string
  readonly finishedAt: Date
  readonly counts: RunCounts
  readonly failures: readonly RunFailure[]
  readonly shadows: readonly ShadowDone[]
}

/** Marks a range as done, in the transaction of its results. False: it was done already, and this must be undone. */
export async function addDoneRange(client: pg.ClientBase, runId: string, done: DoneRange): Promise<boolean> {
  const { number, worker, finishedAt, counts, failures, shadows } = done
  const { rowCount } = await client.query(
    `insert into run_range_done (run_id, number, worker, finished_at, counts, failures, shadows)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [runId, number, worker, finishedAt, ...[counts, failures, shadows].map((value) => JSON.stringify(value))],
  )
  return rowCount === 1
}

/** What is done of a run: one entry a range, in their order. */
export async function listDoneRanges(reader: Reader, runId: string): Promise<DoneRange[]> {
  const { rows } = await reader.query(
    `select number, worker, finished_at as "finishedAt", counts, failures, shadows
     from run_range_done where run_id = $1 order by number`,
    [runId],
  )
  return rows
}

/** Whether nothing is left to do of a run. */
export async function isAllDone(reader: Reader, runId: string): Promise<boolean> {
  const { rows } = await reader.query(
    `select not exists (select from run_range r where r.run_id = $1 and ${UNDONE}) as done`,
    [runId],
  )
  return rows[0].done
}

export async function countRanges(reader: Reader, runId: string): Promise<number> {
  const { rows } = await reader.query('select count(*)::int as count from run_range where run_id = $1', [runId])
  return rows[0].count
}

/** Ends a run whose ranges are all done. False: it had ended already. */
export async function finishRun(
  client: pg.ClientBase,
  runId: string,
  { finishedAt, counts }: { finishedAt: Date; counts: RunCounts },
): Promise<boolean> {
  const { rowCount } = await client.query(
    'update run set finished_at = $2, counts = $3 where id = $1 and finished_at is null',
    [runId, finishedAt, JSON.stringify(counts)],
  )
  return rowCount === 1
}

export type RunAction = 'created' | 'cancelled' | 'resumed' | 'finished' | 'failed'

export interface RunEvent {
  readonly at: Date
  readonly action: RunAction
  readonly actor: string
  readonly reason: string | null
}

/** Adds what was done with a run, in a transaction that holds its lock (lockRun) or makes it. */
export async function addRunEvent(client: Reader, runId: string, event: RunEvent): Promise<void> {
  const { at, action, actor, reason } = event
  const { rows } = await client.query('select count(*)::int as before from run_event where run_id = $1', [runId])
  await client.query(
    'insert into run_event (run_id, number, at, action, actor, reason) values ($1, $2, $3, $4, $5, $6)',
    [runId, rows[0].before, at, action, actor, reason],
  )
}

/** What people and workers did with a run, in order. */
export async function listRunEvents(reader: Reader, runId: string): Promise<RunEvent[]> {
  const { rows } = await reader.query(
    'select at, action, actor, reason from run_event where run_id = $1 order by number',
    [runId],
  )
  return rows
}

/** What was done last with each of some runs. */
export async function listLastActions(reader: Reader, runIds: readonly string[]): Promise<Map<string, RunAction>> {
  const { rows } = await reader.query(
    'select distinct on (run_id) run_id, action from run_event where run_id = any($1) order by run_id, number desc',
    [runIds],
  )
  return new Map(rows.map(({ run_id, action }) => [run_id, action]))
}

/** Runs that began and neither ended nor were stopped, oldest first: a worker with nothing to do looks here. */
export async function listOpenRuns({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query(
    `select id from run where finished_at is null and shadow_of is null and ${GOING_ON} order by id`,
  )
  return rows.map(({ id }) => id)
}

/** Makes acts on one run come one after the other, until the client's transaction ends. */
export async function lockRun(client: pg.ClientBase, runId: string): Promise<void> {
  await client.query('select from run where id = $1 for update', [runId])
}

export interface Done {
  /** Those that failed among them. */
  readonly households: number
  /** Of these households those that were done at a moment or later. */
  readonly lately: number
  readonly ranges: number
  readonly failures: readonly RunFailure[]
}

/** How many households of a run are done, how many of them since a moment, and which failed. */
export async function countDone(reader: Reader, runId: string, since: Date | null = null): Promise<Done> {
  const size = `(counts ->> 'households')::integer + json_array_length(failures)`
  const { rows } = await reader.query(
    `select coalesce(sum(${size}), 0)::int as households,
       coalesce(sum(${size}) filter (where finished_at >= $2), 0)::int as lately,
       count(*)::int as ranges,
       coalesce(json_agg(failures order by number) filter (where json_array_length(failures) > 0), '[]') as failures
     from run_range_done where run_id = $1`,
    [runId, since],
  )
  return { ...rows[0], failures: rows[0].failures.flat() }
}

/** The households of a range and whether it is done; undefined where there is no such range. */
export async function readRangeIds(
  reader: Reader,
  runId: string,
  number: number,
): Promise<{ householdIds: string[]; done: boolean } | undefined> {
  const { rows } = await reader.query(
    `select r.household_ids as "householdIds", not (${UNDONE}) as done
     from run_range r where r.run_id = $1 and r.number = $2`,
    [runId, number],
  )
  return rows[0]
}

/** The lines of some households' results, in the order of their ids. */
export async function readRangeLines(
  reader: Reader,
  { runId, trial, householdIds }: { runId: string; trial: boolean; householdIds: readonly string[] },
): Promise<string[]> {
  const { rows } = await reader.query(
    `select body::text as line from ${trial ? 'trial_result' : 'check_result'}
     where run_id = $1 and household_id = any($2) order by household_id`,
    [runId, householdIds],
  )
  return rows.map(({ line }) => line)
}
