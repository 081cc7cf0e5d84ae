import { setTimeout as wait } from 'node:timers/promises'
import { HeduiError } from '../errors.ts'
import { concludeRun } from '../services/conclude-run.ts'
import { listRunsToDo } from '../services/list-runs.ts'
import type { Hedui } from '../services/open-hedui.ts'
import type { RangeDoer } from '../services/range-pool.ts'
import { failRun } from '../services/steer-run.ts'
import type { Queue } from './queue.ts'

export interface WorkOptions {
  readonly queue: Queue
  readonly doer: RangeDoer
  readonly signal: AbortSignal
  /** Told of what a log should hold. */
  readonly onError: (error: unknown, run: string) => void
  readonly onDone?: (run: string, range: number) => void
}

/** How often a worker looks for runs that nobody works on; a run whose jobs were lost is found so. */
const SWEEP_MS = 5_000
/** How often a range may fail in this process before the run does. */
const ATTEMPTS = 3

/** Does ranges of whatever runs there are until the signal, then finishes those under way. */
export async function work(hedui: Hedui, { queue, doer, signal, onError, onDone }: WorkOptions): Promise<void> {
  const under = new Map<string, Promise<void>>()
  const failures = new Map<string, number>()

  /** Does ranges of a run until none is left to take. */
  const drain = async (run: string) => {
    while (!signal.aborted) {
      try {
        const done = await doer.take({ run, number: null })
        if (!done) break
        onDone?.(run, done.number)
      } catch (error) {
        onError(error, run)
        const count = (failures.get(run) ?? 0) + 1
        failures.set(run, count)
        if (!(error instanceof HeduiError) && count < ATTEMPTS) continue
        // A database that is away comes back; the run waits for it.
        if (error instanceof HeduiError && error.code === 'SOURCE_DATABASE') return
        const reason =
          error instanceof HeduiError ? `${error.code} ${error.message}` : 'a defect; see the log of the worker'
        await failRun(hedui, { run, actor: 'hedui', reason })
        return
      }
    }
    if (!signal.aborted) await concludeRun(hedui, run)
  }
  const help = (run: string) => {
    const already = under.get(run)
    if (already) return already
    const helping = Promise.all(Array.from({ length: doer.size }, () => drain(run)))
      .then(() => {})
      .finally(() => under.delete(run))
    under.set(run, helping)
    return helping
  }

  await queue.workRanges(async (jobs) => {
    await Promise.all([...new Set(jobs.map(({ run }) => run))].map(help))
  })
  while (!signal.aborted) {
    for (const run of await listRunsToDo(hedui).catch((error) => {
      onError(error, '')
      return []
    })) {
      // Several at once are the jobs' part; here one after the other is enough.
      if (!signal.aborted) await help(run).catch((error) => onError(error, run))
    }
    await wait(SWEEP_MS, undefined, { signal }).catch(() => {})
  }
  await Promise.allSettled(under.values())
}
