import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { type Database, inTransaction } from '../db/connect.ts'
import {
  countDone,
  listRunEvents,
  type RunAction,
  type RunEvent,
  type RunFailure,
  readRangeIds,
  readRangeLines,
} from '../db/queries/run-ranges.ts'
import type { RunCounts } from '../db/tables.ts'
import { HeduiError } from '../errors.ts'
import { requireRun } from './open-run.ts'

export type RunState = 'running' | 'finished' | 'cancelled' | 'failed'

/** The state of a run: a function of what was done with it, in order. */
export const runStateOf = (events: readonly Pick<RunEvent, 'action'>[]): RunState => stateAfter(events.at(-1)?.action)

/** The state of a run after the last that was done with it. */
export function stateAfter(action: RunAction | undefined): RunState {
  if (action === undefined) return 'finished'
  return action === 'created' || action === 'resumed' ? 'running' : action
}

/** A run as it stands. */
export interface ShownRun {
  readonly run: string
  readonly asOf: string
  readonly knownAt: Date
  readonly ruleSet: string
  readonly trial: boolean
  readonly shadowOf: string | null
  readonly actor: string
  readonly scope: unknown
  readonly state: RunState
  /** Why it failed or was cancelled; null otherwise. */
  readonly reason: string | null
  readonly startedAt: Date
  readonly finishedAt: Date | null
  /** How many households it has, and how many of them are done. */
  readonly households: number
  readonly done: number
  /** Seconds until it ends at the pace so far; null where that is not known. */
  readonly etaSeconds: number | null
  readonly counts: RunCounts | null
  readonly failures: readonly RunFailure[]
}

/** A run with its exact progress. Throws HeduiError INPUT_NOT_FOUND. */
export async function showRun(
  { database, now }: { readonly database: Database; now(): Date },
  runId: string,
): Promise<ShownRun> {
  // One look at all of it: a run that ends in between is never shown as ended and half done.
  const { row, done, state, reason, etaSeconds } = await inTransaction(
    database,
    (client) => readProgress({ reader: client, now }, runId),
    { frozen: true },
  )
  return {
    run: row.id,
    asOf: row.as_of,
    knownAt: row.known_at,
    ruleSet: row.rule_set,
    trial: row.trial,
    shadowOf: row.shadow_of,
    actor: row.actor,
    scope: row.scope,
    state,
    reason,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    households: row.households,
    done: row.finished_at ? row.households : done.households,
    etaSeconds,
    counts: row.counts,
    failures: done.failures,
  }
}

interface ProgressContext {
  readonly reader: pg.ClientBase
  now(): Date
}

async function readProgress({ reader, now }: ProgressContext, runId: string) {
  const row = await requireRun(reader, runId)
  // A shadow is done with the dossiers of its live run, range by range.
  const live = row.shadow_of ?? runId
  const events = await listRunEvents(reader, live)
  const state = runStateOf(events)
  const begun = events.findLast(({ action }) => action === 'created' || action === 'resumed')?.at ?? row.started_at
  const done = await countDone(reader, live, begun)
  const reason = state === 'failed' || state === 'cancelled' ? (events.at(-1)?.reason ?? null) : null
  const left = row.households - done.households
  const seconds = (now().getTime() - begun.getTime()) / 1000
  const known = state === 'running' && done.lately > 0 && seconds > 0
  return { row, done, state, reason, etaSeconds: known ? Math.ceil((seconds / done.lately) * left) : null }
}

const POLL_MS = 250

export interface Watching {
  /** Ends it. */
  readonly signal?: AbortSignal
  /** Gives null where nothing has changed for so long; never unless given. */
  readonly beatMs?: number
}

/** Waits until a run has ended or was stopped, telling its progress as it changes. */
export async function* watchRun(
  context: { readonly database: Database; now(): Date },
  runId: string,
  { signal, beatMs = Number.POSITIVE_INFINITY }: Watching = {},
): AsyncGenerator<ShownRun | null> {
  let told = ''
  let quietMs = 0
  while (!signal?.aborted) {
    const shown = await showRun(context, runId)
    const key = `${shown.state} ${shown.done}`
    if (key !== told || quietMs >= beatMs) {
      yield key === told ? null : shown
      quietMs = 0
    }
    told = key
    if (shown.state !== 'running') return
    await pause(signal)
    quietMs += POLL_MS
  }
}

const pause = (signal?: AbortSignal) => wait(POLL_MS, undefined, signal ? { signal } : {}).catch(() => {})

/**
 * The lines of a run's results in the order of the households' ids, each range's as soon as it is done: also of a run
 * that is under way. Throws HeduiError STATE_RUN where the run stops before its end, and the signal's reason where that
 * comes first: lines that end without an error are all of them.
 */
export async function* followResults(
  context: { readonly database: Database; now(): Date },
  runId: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<string[]> {
  const { database } = context
  const run = await requireRun(database.pool, runId)
  const live = run.shadow_of ?? runId
  for (let number = 0; ; ) {
    const range = await readRangeIds(database.pool, live, number)
    if (!range) return
    if (range.done) {
      yield await readRangeLines(database.pool, { runId, trial: run.trial, householdIds: range.householdIds })
      number += 1
      continue
    }
    signal?.throwIfAborted()
    const { state, reason } = await showRun(context, runId)
    if (state !== 'running' && state !== 'finished') {
      throw new HeduiError('STATE_RUN', `the run is ${state}${reason ? `: ${reason}` : ''}; its results end here`)
    }
    await pause(signal)
  }
}
