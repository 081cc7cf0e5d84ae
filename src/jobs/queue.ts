/** A range of a run, for whichever worker comes first. */
export interface RangeJob {
  readonly run: string
  readonly number: number
}

const RANGES = 'run-range'

/**
 * The queue in the database (pg-boss, schema pgboss) by which processes tell each other of work. What is to be done
 * stands in the tables of runs; a job that is lost or done twice changes no result.
 */
export interface Queue {
  announceRanges(run: string, ranges: number): Promise<void>
  /** Calls `work` for jobs as they come, several at once; a job whose worker died comes again. */
  workRanges(work: (jobs: readonly RangeJob[], signal: AbortSignal) => Promise<void>): Promise<void>
  close(): Promise<void>
}

export interface QueueOptions {
  /** A worker also looks after jobs whose worker died; who only announces does not. */
  readonly worker: boolean
  /** The database is on Citus; the queue's tables stay on its coordinator. */
  readonly citus?: boolean
  /** Told of errors of the queue itself: a connection that was lost, say. */
  readonly onError: (error: unknown) => void
}

/** Opens the queue, making its tables at the first use. */
export async function openQueue(connectionString: string, { worker, citus, onError }: QueueOptions): Promise<Queue> {
  // Most commands use no queue: they need not load it.
  const { PgBoss } = await import('pg-boss')
  const boss = new PgBoss({
    connectionString,
    ...(citus ? { backend: 'citus' as const } : {}),
    application_name: 'hedui jobs',
    max: worker ? 4 : 1,
    // Nothing is done by the clock yet; cleaning up after dead workers is the workers' part.
    schedule: false,
    supervise: worker,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    useListenNotify: worker,
  })
  boss.on('error', onError)
  const close = () => boss.stop({ graceful: true, close: true, timeout: 5000 })
  try {
    await boss.start()
    // A worker that dies leaves its job without a sign of life for ten seconds; then the job comes again.
    await boss.createQueue(RANGES, {
      notify: true,
      retryLimit: 5,
      retryBackoff: true,
      retryDelay: 1,
      heartbeatSeconds: 10,
    })
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
  return {
    announceRanges: async (run, ranges) => {
      const jobs = Array.from({ length: ranges }, (_, number) => ({ data: { run, number } satisfies RangeJob }))
      if (jobs.length > 0) await boss.insert(RANGES, jobs)
    },
    workRanges: async (work) => {
      const options = { batchSize: 20, localConcurrency: 4, pollingIntervalSeconds: 1, burstWhenBatchFull: true }
      await boss.work<RangeJob>(RANGES, options, (jobs) =>
        work(
          jobs.map(({ data }) => data),
          jobs[0]!.signal,
        ),
      )
    },
    close,
  }
}
