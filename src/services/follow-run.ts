import { setTimeout as wait } from 'node:timers/promises'
import type { Database } from '../db/connect.ts'
import {
  countDone,
  listRunEvents,
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
export function runStateOf(events: readonly Pick<RunEvent, 'action'>[]): RunState {
  switch (events.at(-1)?.action) {
    case 'cancelled':
      return 'cancelled'
    case 'failed':
      return 'failed'
    case 'finished':
      return 'finished'
    default:
      return events.length === 0 ? 'finished' : 'running'
  }
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
  const row = await requireRun(database, runId)
  // Before the events: a run that ends in between is shown as running and done, never as ended and half done.
  const { households: done, failures } = await countDone(database.pool, runId)
  const events = await listRunEvents(database.pool, runId)
  const last = events.at(-1)
  const state = row.shadow_of ? (row.finished_at ? 'finished' : 'running') : runStateOf(events)
  const begun = events.findLast(({ action }) => action === 'created' || action === 'resumed')?.at ?? row.started_at
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
    reason: state === 'failed' || state === 'cancelled' ? (last?.reason ?? null) : null,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    households: row.households,
    done: row.finished_at ? row.households : done,
    etaSeconds: state === 'running' ? etaOf({ begun, now: now(), done, households: row.households }) : null,
    counts: row.counts,
    failures,
  }
}

function etaOf({ begun, now, done, households }: { begun: Date; now: Date; done: number; households: number }) {
  const seconds = (now.getTime() - begun.getTime()) / 1000
  return done === 0 || seconds <= 0 ? null : Math.ceil((seconds / done) * (households - done))
}

const POLL_MS = 250

/** Waits until a run has ended or was stopped, telling its progress as it changes. */
export async function* watchRun(
  context: { readonly database: Database; now(): Date },
  runId: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<ShownRun> {
  let told = ''
  while (!signal?.aborted) {
    const shown = await showRun(context, runId)
    const key = `${shown.state} ${shown.done}`
    if (key !== told) yield shown
    told = key
    if (shown.state !== 'running') return
    await wait(POLL_MS, undefined, signal ? { signal } : {}).catch(() => {})
  }
}

/**
 * The lines of a run's results in the order of the households' ids, each range's as soon as it is done: also of a run
 * that is under way. Throws HeduiError STATE_RUN where the run stops before its end.
 */
export async function* followResults(
  context: { readonly database: Database; now(): Date },
  runId: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<string[]> {
  const { database } = context
  const run = await requireRun(database, runId)
  for (let number = 0; ; ) {
    const range = await readRangeIds(database.pool, runId, number)
    if (!range) return
    if (range.done) {
      yield await readRangeLines(database.pool, { runId, trial: run.trial, householdIds: range.householdIds })
      number += 1
      continue
    }
    if (signal?.aborted) return
    const { state, reason } = await showRun(context, runId)
    if (state !== 'running' && state !== 'finished') {
      throw new HeduiError('STATE_RUN', `the run is ${state}${reason ? `: ${reason}` : ''}; its results end here`)
    }
    await wait(POLL_MS, undefined, signal ? { signal } : {}).catch(() => {})
  }
}
