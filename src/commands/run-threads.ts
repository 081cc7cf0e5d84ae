import { openQueue } from '../jobs/queue.ts'
import type { OnError } from '../services/check-households.ts'
import type { Hedui } from '../services/open-hedui.ts'
import { RangePool } from '../services/range-pool.ts'

/** What threads need to open the same database and the same adapters. */
function setupOf({ config, database }: Hedui) {
  return {
    connectionString: database.pool.options.connectionString!,
    adaptersFolder: config.adaptersFolder,
    worker: String(process.pid),
  }
}

export interface ThreadNotices {
  readonly onRuleError: OnError
  readonly onBroken: (error: unknown, householdId: string) => void
}

/** Threads that check the ranges of runs; they start with the first range. */
export function startThreads(hedui: Hedui, { onRuleError, onBroken }: ThreadNotices, size?: number): RangePool {
  return new RangePool(setupOf(hedui), {
    size: size ?? hedui.config.threads,
    onNotice: ({ rule, householdId, message }) => {
      const error = new Error(message)
      if (rule === null) onBroken(error, householdId)
      else onRuleError(error, rule, householdId)
    },
  })
}

/** Tells workers in other processes of a run. Where that fails they find it by themselves, some seconds later. */
export async function announceRun({ config, database }: Hedui, run: string, ranges: number): Promise<void> {
  try {
    const queue = await openQueue(database.pool.options.connectionString!, {
      worker: false,
      citus: config.citus,
      onError: () => {},
    })
    await queue.announceRanges(run, ranges).finally(() => queue.close())
  } catch {}
}
