import { setTimeout as wait } from 'node:timers/promises'
import { countDone, countRanges, type RunFailure } from '../db/queries/run-ranges.ts'
import type { RunCounts } from '../db/tables.ts'
import { HeduiError } from '../errors.ts'
import type { OnError } from '../rules/evaluate-rule.ts'
import { checkRange } from './check-range.ts'
import { concludeRun, type ShadowSummary } from './conclude-run.ts'
import { createRun, type RunContext, type RunRequest } from './create-run.ts'
import { followResults, showRun } from './follow-run.ts'
import type { RunScope } from './list-scope.ts'
import type { RangeDoer } from './range-pool.ts'
import { rememberRuns } from './remember-runs.ts'
import { giveUpRun, takeRanges } from './take-ranges.ts'

export type { OnError, RunRequest, RunScope, ShadowSummary }

export interface CheckContext extends RunContext {
  /** Told of rules that fail while they run. */
  readonly onRuleError: OnError
  /** Told of a household that could not be checked. */
  readonly onBroken?: (error: unknown, householdId: string) => void
}

export interface RunSummary extends RunCounts {
  readonly run: string
  readonly asOf: string
  readonly ruleSet: string
  readonly trial: boolean
  /** Of the sets that ran beside it. */
  readonly shadows: readonly ShadowSummary[]
  /** Households that could not be checked; the others' results stand. */
  readonly failures: readonly RunFailure[]
}

export interface CheckOutput {
  /** Given each NDJSON line, in the order of the households' ids. */
  readonly write?: (line: string) => Promise<void>
  readonly progress?: (done: number, total: number) => void
  /** Given the run's id as soon as there is one. */
  readonly begun?: (run: string) => void
  /** Threads that do the ranges of a large run; this thread does them otherwise. */
  readonly threads?: (() => RangeDoer) | undefined
  /** Tells other processes of the ranges there are. */
  readonly announce?: ((run: string, ranges: number) => Promise<void>) | undefined
}

/** Starting threads takes as long as checking so many households. */
const WORTH_THREADS = 4000

/**
 * Runs the rules over many households and keeps the results (design §9): makes the run, does its ranges together with
 * whoever else does, and waits for the last. Deliveries and household versions are those of the as-of date. Beside a live
 * run the shadow sets see the same dossiers; their results are kept apart and are never written. Throws HeduiError
 * INPUT_NOT_FOUND where a household asked for by id is not in the register, STATE_RUN where somebody stops the run.
 */
export async function checkHouseholds(
  context: CheckContext,
  request: RunRequest,
  { write, progress = () => {}, begun = () => {}, threads, announce }: CheckOutput = {},
): Promise<RunSummary> {
  const { run, households, ranges } = await createRun(context, request)
  begun(run)
  // Nobody waits for it: who hears of the run helps, and it is done without help too.
  const announced = ranges > 1 ? announce?.(run, ranges) : undefined
  const doer = threads && households >= WORTH_THREADS ? threads() : doHere(context)
  try {
    await doRanges(context, { run, doer, progress: (done) => progress(done, households) })
  } finally {
    await Promise.all([doer.close(), announced])
  }
  const concluded = (await concludeRun(context, run))!
  if (write) for await (const lines of followResults(context, run)) for (const line of lines) await write(line)
  const { counts, failures, shadows } = concluded
  const { asOf, trial } = request
  return { run, asOf, ruleSet: context.ruleSet.version, trial, ...counts, shadows, failures }
}

/** Does ranges in this thread and on this process's connections. */
function doHere(context: CheckContext): RangeDoer {
  const open = rememberRuns(context)
  const range = { ...context, worker: 'here', onBroken: context.onBroken ?? (() => {}) }
  return {
    size: 1,
    take: async ({ run, number }) => checkRange(range, await open(run), number),
    close: async () => {},
  }
}

interface Doing {
  readonly run: string
  readonly doer: RangeDoer
  progress(done: number): void
}

const POLL_MS = 200

/** Does what is left of a run, and waits for what others are at, until all of it is done. */
async function doRanges(context: CheckContext, { run, doer, progress }: Doing): Promise<void> {
  const { database } = context
  const total = await countRanges(database.pool, run)
  const tell = async () => {
    const { households, ranges } = await countDone(database.pool, run)
    progress(households)
    return ranges === total
  }
  const onDone = async () => void (await tell())
  try {
    for (;;) {
      await takeRanges({ run, doer, onDone })
      if (await tell()) return
      const { state, reason } = await showRun(context, run)
      if (state !== 'running')
        throw new HeduiError('STATE_RUN', `the run ${run} is ${state}${reason ? `: ${reason}` : ''}`)
      // Somebody else holds what is left; should they die, it can be taken.
      await wait(POLL_MS)
    }
  } catch (error) {
    const stopped = error instanceof HeduiError && error.code === 'STATE_RUN'
    if (!stopped) await giveUpRun(context, run, error).catch(() => {})
    throw error
  }
}
