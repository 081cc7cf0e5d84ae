import { setTimeout as wait } from 'node:timers/promises'
import { concludeRun } from '../services/conclude-run.ts'
import { listRunsToDo } from '../services/list-runs.ts'
import type { Hedui } from '../services/open-hedui.ts'
import type { RangeDoer } from '../services/range-pool.ts'
import { giveUpRun, takeRanges } from '../services/take-ranges.ts'
import type { Queue } from './queue.ts'

export interface WorkOptions {
  /** null: there is none; runs are found by looking for them. */
  readonly queue: Queue | null
  readonly doer: RangeDoer
  readonly signal: AbortSignal
  /** Told of what a log should hold. */
  readonly onError: (error: unknown, run: string) => void
  readonly onDone?: (run: string, range: number) => void
}

/** How often a worker looks for runs that nobody works on; a run whose jobs were lost is found so. */
const SWEEP_MS = 5_000

/** Does ranges of whatever runs there are until the signal, then finishes those under way. */
export async function work(hedui: Hedui, { queue, doer, signal, onError, onDone }: WorkOptions): Promise<void> {
  const under = new Map<string, Promise<void>>()

  const helpOn = async (run: string) => {
    try {
      const told = { onError: (error: unknown) => onError(error, run) }
      await takeRanges({ run, doer, signal, ...told, onDone: ({ number }) => onDone?.(run, number) })
    } catch (error) {
      return giveUpRun(hedui, run, error)
    }
    await concludeRun(hedui, run)
  }
  const help = (run: string) => {
    const helping = under.get(run) ?? helpOn(run).finally(() => under.delete(run))
    under.set(run, helping)
    return helping
  }

  await queue?.workRanges(async (jobs) => {
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
