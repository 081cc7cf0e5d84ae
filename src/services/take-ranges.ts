import type { Database } from '../db/connect.ts'
import { HeduiError } from '../errors.ts'
import { isDatabaseAway } from './as-source-error.ts'
import type { CheckedRange } from './check-range.ts'
import type { RangeDoer } from './range-pool.ts'
import { failRun } from './steer-run.ts'

export interface Taking {
  readonly run: string
  readonly doer: RangeDoer
  /** No other range is begun after it. */
  readonly signal?: AbortSignal
  readonly onDone?: (range: CheckedRange) => Promise<void> | void
  /** Told of each range that failed, also where it is tried again. */
  readonly onError?: (error: unknown) => void
}

/** How often in a row a range may fail before the run does. */
const ATTEMPTS = 3

/**
 * Does ranges of a run, as many at once as the doer does, until none is left to take. What fails is tried again; throws
 * what failed too often or cannot be mended by trying, when every range under way has come to its end.
 */
export async function takeRanges({ run, doer, signal, onDone, onError }: Taking): Promise<void> {
  let failures = 0
  let last: { readonly error: unknown } | undefined
  const takeOn = async () => {
    while (!last && !signal?.aborted) {
      try {
        const done = await doer.take({ run, number: null })
        if (!done) return
        failures = 0
        await onDone?.(done)
      } catch (error) {
        failures += 1
        onError?.(error)
        const hopeless = error instanceof HeduiError || isDatabaseAway(error)
        if (hopeless || failures >= ATTEMPTS) last ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: doer.size }, takeOn))
  if (last) throw last.error
}

/**
 * Ends a run whose ranges cannot be done, with the reason. Where only the database is away it is left as it is: whoever
 * comes first when the database is back goes on.
 */
export async function giveUpRun(
  context: { readonly database: Database; now(): Date },
  run: string,
  error: unknown,
): Promise<void> {
  if (isDatabaseAway(error)) return
  const reason = error instanceof HeduiError ? `${error.code} ${error.message}` : 'a defect; see the log of the worker'
  await failRun(context, { run, actor: 'hedui', reason })
}
