import pino from 'pino'
import { runCaseClock } from '../jobs/case-clock.ts'
import { openQueue, type Queue } from '../jobs/queue.ts'
import { work as doWork } from '../jobs/work.ts'
import type { Hedui } from '../services/open-hedui.ts'
import { reportRuleErrors } from './check.ts'
import { type Command, numberOf } from './command.ts'
import { startThreads } from './run-threads.ts'
import { withHedui } from './with-hedui.ts'

export const work: Command = {
  name: 'work',
  usage: 'work [--threads N]',
  summary: 'check ranges of runs, together with any number of other processes, until Ctrl-C',
  options: { threads: { type: 'string' } },
  positionals: [],
  run: (input) => {
    const { config, terminal } = input
    const threads = numberOf(input, 'threads', { least: 1, otherwise: config.threads })
    return withHedui(input, async (hedui, interruption) => {
      const worker = await startWorker(hedui, { threads, early: true, say: (line) => terminal.say(line) })
      terminal.say(`working with ${threads} threads; Ctrl-C ends it after the ranges under way`)
      await interruption.wait()
      terminal.say('stopping …')
      await worker.stop()
      return 0
    })
  },
}

export interface StartedWorker {
  /** Tells other processes of a run; where that fails they find it by themselves. */
  readonly announce: Queue['announceRanges']
  /** Finishes the ranges under way, and takes no other. */
  stop(): Promise<void>
}

interface WorkerOptions {
  readonly threads: number
  /** Whether threads start before there is a range: a process that does nothing else loses no second of a run so. */
  readonly early?: boolean
  readonly say: (line: string) => void
}

/** Begins to check ranges of runs, and to do what happens in cases by the clock, in the background of this process. */
export async function startWorker(
  hedui: Hedui,
  { threads, early = false, say }: WorkerOptions,
): Promise<StartedWorker> {
  const logger = pino({ level: hedui.config.logLevel, base: null }, pino.destination(2))
  const onQueueError = (err: unknown) => logger.error({ err }, 'the queue failed; runs are found without it')
  const queue = await openQueue(hedui.database.pool.options.connectionString!, {
    worker: true,
    citus: hedui.config.citus,
    onError: onQueueError,
  }).catch((err) => {
    onQueueError(err)
    return null
  })
  const doer = startThreads(
    hedui,
    {
      onRuleError: reportRuleErrors(say),
      onBroken: (err, householdId) => logger.error({ err, householdId }, 'a household could not be checked'),
    },
    threads,
  )
  if (early) doer.start()
  const stopping = new AbortController()
  const working = doWork(hedui, {
    queue,
    doer,
    signal: stopping.signal,
    onError: (err, run) => logger.error({ err, run }, 'a range failed'),
  })
  const clock = runCaseClock(hedui, {
    signal: stopping.signal,
    onError: (err, what) => logger.error({ err }, `${what} failed; it comes again`),
  })
  return {
    announce: async (run, ranges) => queue?.announceRanges(run, ranges).catch(onQueueError),
    stop: async () => {
      stopping.abort()
      await Promise.all([working, clock])
      await queue?.close()
      await doer.close()
    },
  }
}
