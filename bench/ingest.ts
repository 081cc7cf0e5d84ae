import { fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedServer } from '../src/db/embedded-server.ts'
import type { Measured, Task } from './ingest-child.ts'
import { BENCH_FOLDER, type Dataset, ensureDataset, writeAdapters } from './ingest-data.ts'
import { type BenchDatabase, openBenchDatabase } from './ingest-database.ts'
import { median, type Result, row, TITLES } from './ingest-table.ts'

export interface IngestBenchOptions {
  /** Ascending. */
  readonly rows: readonly number[]
  readonly repeats: number
  /** Folder for --cpu-prof of each measured process. */
  readonly profile?: string
}

const say = (text: string) => process.stdout.write(`${text}\n`)
const load = () =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ')

/**
 * Measures COPY of canonical rows (a) in its text format and (a') in the binary one, ingest with `retain: all` (b) and `retain: known` (c), on files of the sample
 * generator, against the embedded server in a home of its own with fsync on. The last line is JSON.
 */
export async function benchIngest({ rows, repeats, profile }: IngestBenchOptions): Promise<void> {
  mkdirSync(BENCH_FOLDER, { recursive: true, mode: 0o711 })
  const begun = performance.now()
  const server = await openEmbeddedServer({ home: join(BENCH_FOLDER, 'home'), durable: true, notice: say })
  // What is being measured ends, what comes next does not begin, and the server is stopped on the way out.
  const interruption = new AbortController()
  const { signal } = interruption
  const interrupted = () => interruption.abort()
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    const adapters = await writeAdapters()
    const results: Result[] = []
    const datasets = rows.flatMap((count) => [
      ['vehicle', count] as const,
      ...(count === rows[0] ? ([['bank', count]] as const) : []),
    ])
    say(
      `machine: ${availableParallelism()} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, node ${process.version}`,
    )
    for (const [source, count] of datasets) {
      signal.throwIfAborted()
      const dataset = await ensureDataset(source, count)
      const database = await openBenchDatabase(server, dataset, adapters)
      const run = { dataset, database, signal, ...(profile ? { profile } : {}) }
      try {
        if (results.length === 0) say(`${await database.version()}; fsync on\n\n${TITLES}`)
        results.push(...(await measureDataset(run, count === rows[0] ? repeats : 1)))
      } finally {
        await database.close()
      }
    }
    say(
      `\nloads of the machine (1, 5, 15 minutes) at the end: ${load()}; ${Math.round((performance.now() - begun) / 1000)} s in all`,
    )
    say(JSON.stringify(conclude(results, rows)))
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await server.close()
  }
}

interface Run {
  readonly dataset: Dataset
  readonly database: BenchDatabase
  readonly signal: AbortSignal
  readonly profile?: string
}

/** A machine that does other work gets fewer repetitions: the whole shall end within 12 minutes. */
const MOST_SECONDS_OF_REPETITIONS = 120

/** a, b, c in turns. What (a) copies comes of a first ingest, which counts where there is only one. */
async function measureDataset(run: Run, repeats: number): Promise<Result[]> {
  const { dataset, database } = run
  const ingest = (retain: 'all' | 'known'): Task => ({
    kind: 'ingest',
    source: dataset.source,
    path: dataset.path,
    asOf: dataset.asOf,
    retain,
  })
  const measured = { a: [] as Measured[], "a'": [] as Measured[], b: [] as Measured[], c: [] as Measured[] }
  const first = await measure(run, 'b', ingest('all'))
  const canonical = await database.copyOut(first.report!.delivery)
  await database.discard(first.report!.delivery)
  if (repeats === 1) measured.b.push(first)
  const begun = performance.now()
  for (let time = 0; time < repeats; time++) {
    if (time > 0 && performance.now() - begun > MOST_SECONDS_OF_REPETITIONS * 1000) break
    for (const [name, format] of [
      ['a', 'text'],
      ["a'", 'binary'],
    ] as const) {
      const { deliveryId, files } = canonical
      measured[name].push(await measure(run, name, { kind: 'copy', deliveryId, file: files[format], format }))
      await database.dropCopied(canonical)
    }
    for (const [name, retain] of [
      ['b', 'all'],
      ['c', 'known'],
    ] as const) {
      if (name === 'b' && repeats === 1) continue
      const one = await measure(run, name, ingest(retain))
      measured[name].push(one)
      await database.discard(one.report!.delivery)
    }
  }
  const copySeconds = median(measured.a.map(({ seconds }) => seconds))
  const results = (['a', "a'", 'b', 'c'] as const).map((name) => ({ name, dataset, copySeconds, runs: measured[name] }))
  for (const result of results) say(row(result))
  return results
}

/** Runs one task in a process of its own. */
async function measure({ database, signal, profile, dataset }: Run, name: string, task: Task): Promise<Measured> {
  await database.checkpoint()
  const { promise, resolve, reject } = Promise.withResolvers<Measured>()
  const execArgv = profile
    ? ['--cpu-prof', `--cpu-prof-dir=${join(profile, `${dataset.source}-${dataset.rows}-${name}`)}`]
    : []
  const child = fork(join(import.meta.dirname, 'ingest-child.ts'), { env: database.environment, execArgv, signal })
  let measured: Measured | undefined
  child.once('message', (answer: Measured) => {
    measured = answer
  })
  child.once('error', reject)
  child.once('exit', (code) =>
    measured ? resolve(measured) : reject(new Error(`the measured process ended with ${code}`)),
  )
  child.send(task)
  const done = await promise
  const statements = done.statements.map(({ text, ms }) => `    ${String(ms).padStart(7)} ms  ${text}`)
  process.stderr.write(
    `  ${dataset.source} ${dataset.rows} ${name}: ${done.seconds.toFixed(2)} s, CPU of the process ${done.cpuSeconds.toFixed(2)} s, ` +
      `${done.rssMb} MB, load ${load()}\n${statements.map((line) => `${line}\n`).join('')}`,
  )
  return done
}

/** The worst of all sizes of the vehicle layout. */
function conclude(results: readonly Result[], rows: readonly number[]) {
  const round = (value: number) => Math.round(value * 100) / 100
  const of = (name: string) => results.filter((result) => result.name === name && result.dataset.source === 'vehicle')
  const ratio = ({ copySeconds, runs }: Result) => copySeconds / median(runs.map(({ seconds }) => seconds))
  const rss = (count: number) =>
    median(
      of('b')
        .find(({ dataset }) => dataset.rows === count)!
        .runs.map(({ rssMb }) => rssMb),
    )
  return {
    bench: 'ingest',
    allVsCopy: round(Math.min(...of('b').map(ratio))),
    knownVsCopy: round(Math.min(...of('c').map(ratio))),
    rssGrowth: rows.length > 1 ? round(rss(rows.at(-1)!) / rss(rows[0]!)) : null,
    peakRssMb: Math.max(
      ...results.filter(({ name }) => name === 'b').flatMap(({ runs }) => runs.map(({ rssMb }) => rssMb)),
    ),
  }
}
