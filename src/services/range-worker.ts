import { parentPort, workerData } from 'node:worker_threads'
import { connect } from '../db/connect.ts'
import { type CheckedRange, checkRange, type RangeContext } from './check-range.ts'
import { loadAdapters } from './load-adapters.ts'
import { rememberRuns } from './remember-runs.ts'
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

const port = parentPort!
const answer = (said: RangeAnswer) => port.postMessage(said)

async function prepare({ connectionString, adaptersFolder, worker }: RangeWorkerSetup) {
  const adapters = await loadAdapters(adaptersFolder)
  // One range is one transaction on one connection; another opens the run.
  const database = await connect(connectionString, { connections: 2 })
  const tell = (notice: RangeNotice) => answer({ notice })
  const context: RangeContext = {
    database,
    adapters,
    worker,
    now: () => new Date(),
    onRuleError: (error: unknown, rule: string, householdId: string) =>
      tell({ householdId, rule, message: messageOf(error) }),
    onBroken: (error: unknown, householdId: string) =>
      tell({ householdId, rule: null, message: (error as Error)?.stack ?? String(error) }),
  }
  return { context, open: rememberRuns(context) }
}

function serve(setup: RangeWorkerSetup): void {
  let prepared: ReturnType<typeof prepare> | undefined
  const ready = () => {
    // A database that is away fails the range and not the thread: it is tried again with the next.
    prepared ??= prepare(setup).catch((error) => {
      prepared = undefined
      throw error
    })
    return prepared
  }
  // A thread may be started before there is a range: what it loads takes a second.
  ready().catch(() => {})
  port.on('message', async ({ run, number }: RangeRequest) => {
    try {
      const { context, open } = await ready()
      answer({ done: await checkRange(context, await open(run), number) })
    } catch (error) {
      answer({ failure: sendError(error) })
    }
  })
}

const messageOf = (error: unknown) => {
  const { summary, message } = error as { summary?: string; message?: string }
  return summary ?? message ?? String(error)
}

if (workerData) serve(workerData as RangeWorkerSetup)
