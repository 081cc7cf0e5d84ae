import { fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedServer } from '../src/db/embedded-server.ts'
import type { Measured, Task } from './checks-child.ts'
import { type ChecksDatabase, openChecksDatabase } from './checks-database.ts'
import { requireEqual } from './checks-outcome.ts'
import { serverCpuSeconds, watchFamily } from './checks-processes.ts'
import { measureSingle, type SingleResult } from './checks-single.ts'
import {
  conclude,
  RUN_TITLES,
  runRow,
  SINGLE_TITLES,
  type SizeResult,
  singleRows,
  type Taken,
  type TaskName,
} from './checks-table.ts'
import { measureTwoWorkers } from './checks-workers.ts'
import { BENCH_FOLDER } from './ingest-data.ts'

export interface ChecksBenchOptions {
  /** Ascending. */
  readonly households: readonly number[]
  readonly repeats: number
  /** Folder for --cpu-prof of each measured run. */
  readonly profile?: string
}

const say = (text: string) => process.stdout.write(`${text}\n`)
const whisper = (text: string) => void process.stderr.write(`  ${text}\n`)
const load = () =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')

/**
 * Measures a whole run against eight statements of SQL (a) and the gather alone (b) at each size, and single checks
 * against a bare route at the largest, on the embedded server in a home of its own with fsync on. The last line is JSON.
 * Throws where engine and SQL do not come to the same results.
 */
export async function benchChecks({ households, repeats, profile }: ChecksBenchOptions): Promise<void> {
  mkdirSync(BENCH_FOLDER, { recursive: true, mode: 0o711 })
  const begun = performance.now()
  const server = await openEmbeddedServer({ home: join(BENCH_FOLDER, 'checks-home'), durable: true, notice: say })
  // What is being measured ends, what comes next does not begin, and the server is stopped on the way out.
  const interruption = new AbortController()
  const { signal } = interruption
  const interrupted = () => interruption.abort()
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    say(
      `machine: ${availableParallelism()} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, node ${process.version}, load ${load()}\n\n${RUN_TITLES}`,
    )
    const sizes: SizeResult[] = []
    const singles: SingleResult[] = []
    let twoWorkers: number | null = null
    for (const count of households) {
      signal.throwIfAborted()
      const database = await openChecksDatabase(server, count, { say: whisper, signal })
      try {
        sizes.push(await measureSize({ database, signal, ...(profile ? { profile } : {}) }, repeats))
        if (count !== households.at(-1)) continue
        twoWorkers = await measureTwoWorkers(database, { say: whisper, signal })
        say(`\n${SINGLE_TITLES}`)
        const tell = (result: SingleResult) => singleRows(result).forEach(say)
        singles.push(...(await measureSingle(database, signal, tell)))
      } finally {
        await database.drop()
      }
    }
    const seconds = Math.round((performance.now() - begun) / 1000)
    say(`\nloads of the machine (1, 5, 15 minutes) at the end: ${load()}; ${seconds} s in all`)
    say(JSON.stringify(conclude(sizes, singles, twoWorkers)))
  } catch (error) {
    if (!signal.aborted) throw error
    whisper('interrupted')
    process.exitCode = 130
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await server.close()
  }
}

interface Bench {
  readonly database: ChecksDatabase
  readonly signal: AbortSignal
  readonly profile?: string
}

/** A size that takes long is measured less often: the whole shall end within a quarter of an hour. */
const MOST_SECONDS_OF_REPETITIONS = 150

/** First a run whose results are compared with the statements', which warms the caches too; then (a), (b) and run in turns. */
async function measureSize(bench: Bench, repeats: number): Promise<SizeResult> {
  const { households } = bench.database
  const verified = await measure(bench, 'verify')
  const taken = { sql: [] as Taken[], gather: [] as Taken[], run: [] as Taken[] } satisfies Record<TaskName, Taken[]>
  const begun = performance.now()
  for (let time = 0; time < repeats; time++) {
    if (time > 0 && performance.now() - begun > MOST_SECONDS_OF_REPETITIONS * 1000) break
    for (const task of ['sql', 'gather', 'run'] as const) {
      const { outcomes, ...one } = await measure(bench, task)
      if (task === 'sql') requireEqual(verified.outcomes, outcomes)
      taken[task].push(one)
    }
  }
  const result = { households, taken }
  for (const task of ['sql', 'gather', 'run'] as const) say(runRow(result, task))
  return result
}

type Result = Taken & Pick<Measured, 'outcomes'>

/** Runs one task in a process of its own. */
async function measure({ database, signal, profile }: Bench, task: Task): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Measured>()
  const execArgv =
    profile && task === 'run' ? ['--cpu-prof', `--cpu-prof-dir=${join(profile, `${database.households}`)}`] : []
  const before = serverCpuSeconds(database.postmaster)
  const env = { ...process.env, ...database.environment }
  const child = fork(join(import.meta.dirname, 'checks-child.ts'), { env, execArgv, signal })
  const stopWatching = watchFamily(child.pid!)
  let measured: Measured | undefined
  child.once('message', (answer: Measured) => {
    measured = answer
  })
  child.once('error', reject)
  child.once('exit', (code) =>
    measured ? resolve(measured) : reject(new Error(`the measured process ended with ${code}`)),
  )
  child.send(task)
  const done = await promise.finally(stopWatching)
  const use = stopWatching()
  const after = serverCpuSeconds(database.postmaster)
  const result = {
    seconds: done.seconds,
    cpuSeconds: done.cpuSeconds + use.childrenCpuSeconds,
    serverCpuSeconds: before !== null && after !== null ? after - before : null,
    rssMb: Math.max(done.rssMb, use.rssMb),
    parts: done.parts,
    outcomes: done.outcomes,
  }
  const parts = Object.entries(done.parts).map(([name, value]) => `${name} ${value.toFixed(2)}`)
  process.stderr.write(
    `  ${database.households} ${task}: ${result.seconds.toFixed(2)} s, CPU ${result.cpuSeconds.toFixed(2)} s, ` +
      `of the server ${result.serverCpuSeconds?.toFixed(2) ?? '-'} s, ${result.rssMb} MB, load ${load()}${parts.length > 0 ? `; ${parts.join(', ')}` : ''}\n`,
  )
  return result
}
