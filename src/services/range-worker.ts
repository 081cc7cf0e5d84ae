import { parentPort, workerData } from 'node:worker_threads'
import { connect } from '../db/connect.ts'
import { type CheckedRange, checkRange } from './check-range.ts'
import { loadAdapters } from './load-adapters.ts'
import { type OpenRun, openRun } from './open-run.ts'
import { type SentError, sendError } from './thread-error.ts'

/** What a thread is given when it starts. */
export interface RangeWorkerSetup {
  readonly connectionString: string
  readonly adaptersFolder: string
  readonly worker: string
}

/** Which range to do: of a number, or any that is left. */
export interface RangeRequest {
  readonly run: string
  readonly number: number | null
}

/** Said while a range is done: a rule that failed, or a household that could not be checked. */
export interface RangeNotice {
  readonly householdId: string
  /** null: not a rule but the household itself. */
  readonly rule: string | null
  readonly message: string
}

export type RangeAnswer =
  | { readonly done: CheckedRange | null }
  | { readonly notice: RangeNotice }
  | { readonly failure: SentError }

async function serve({ connectionString, adaptersFolder, worker }: RangeWorkerSetup): Promise<void> {
  const port = parentPort!
  // One range is one transaction on one connection; another opens the run.
  const database = await connect(connectionString, { connections: 2 })
  const adapters = await loadAdapters(adaptersFolder)
  const tell = (notice: RangeNotice) => port.postMessage({ notice } satisfies RangeAnswer)
  const context = {
    database,
    adapters,
    worker,
    now: () => new Date(),
    onRuleError: (error: unknown, rule: string, householdId: string) =>
      tell({ householdId, rule, message: messageOf(error) }),
    onBroken: (error: unknown, householdId: string) =>
      tell({ householdId, rule: null, message: (error as Error)?.stack ?? String(error) }),
  }
  let open: OpenRun | undefined
  port.on('message', async ({ run, number }: RangeRequest) => {
    try {
      if (open?.row.id !== run) open = await openRun(context, run)
      port.postMessage({ done: await checkRange(context, open, number) } satisfies RangeAnswer)
    } catch (error) {
      port.postMessage({ failure: sendError(error) } satisfies RangeAnswer)
    }
  })
}

const messageOf = (error: unknown) => {
  const { summary, message } = error as { summary?: string; message?: string }
  return summary ?? message ?? String(error)
}

if (workerData) await serve(workerData as RangeWorkerSetup)
