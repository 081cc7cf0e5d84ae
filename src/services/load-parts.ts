import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { BatchLines } from '../feeds/readers/batch-lines.ts'
import { cutParts } from '../feeds/readers/cut-parts.ts'
import { type FilePart, isTextFormat } from '../feeds/readers/read-part.ts'
import { RowStatistics, type RowStatisticsState } from '../feeds/row-statistics.ts'
import { type Loaded, type LoadRequest, PARTS, type WriteRows } from './load-request.ts'
import type { LoadedPart, WorkerAnswer, WorkerRequest, WorkerSetup } from './load-worker.ts'
import { RepeatedKeys } from './repeated-keys.ts'
import { reviveError } from './thread-error.ts'
import { addCounts, noRows, ROW_TABLES } from './write-rows.ts'

/** More threads than four wait for COPY; each holds two parts, so memory does not grow with the file. */
const MOST_WORKERS = 4
const PARTS_A_WORKER = 2

/**
 * Reads a text file with several threads: this one cuts it at row boundaries and hands the rows that come back to COPY.
 * Gives what the reader of the whole file gives, for the rows of a part are the same wherever it was cut.
 */
export async function loadInParts(
  request: LoadRequest,
  write: WriteRows,
  progress: (rows: number) => void,
): Promise<Loaded> {
  const { adapter, file, path } = request
  const format = adapter.manifest.file
  if (!isTextFormat(format)) throw new Error('a workbook has no parts')
  const names = file.names ?? []
  const pool = new WorkerPool(setupOf(request, names))
  const inOrder = new InOrder(new BatchLines('comment' in format ? format.comment : undefined, path))
  const total = noRows()
  const repeated = new RepeatedKeys()
  const take = async (part: LoadedPart) => {
    addCounts(total, part.counts)
    inOrder.add(part)
    repeated.add(part.keys)
    for (const table of ROW_TABLES) await write(table, part.rows[table])
    progress(total.rows)
  }
  try {
    for await (const part of cutParts(path, format, names.length, (request.parts ?? PARTS).bytes))
      await pool.give(part, take)
    await pool.finish()
    const columns = inOrder.finish() ?? file
    const statistics = new RowStatistics(adapter.mapper)
    for (const gathered of await pool.gather()) statistics.merge(gathered)
    const { furtherColumns, absentColumns } = columns
    return { counts: total, furtherColumns, absentColumns, repeated, statistics }
  } finally {
    await pool.close()
  }
}

function setupOf(request: LoadRequest, names: readonly string[]): WorkerSetup {
  const { adapter, file, path, deliveryId, secret, register, retain } = request
  const { manifest, mapper } = adapter
  return {
    manifest,
    columns: { names, rowsFrom: file.rowsFrom ?? 1, columns: mapper.columns },
    path,
    deliveryId,
    secret: Uint8Array.from(secret),
    register: register.memory,
    retain,
  }
}

/** Judges what parts told of their comments and columns, in the order of the file, as they come in any order. */
class InOrder {
  readonly #batch: BatchLines
  readonly #waiting = new Map<number, LoadedPart['comments']>()
  readonly #further = new Set<string>()
  #next = 0
  #absent: Set<string> | null = null

  constructor(batch: BatchLines) {
    this.#batch = batch
  }

  add({ index, comments, seen }: LoadedPart): void {
    if (seen) {
      for (const name of seen.further) this.#further.add(name)
      const absent = new Set(seen.absent)
      this.#absent = this.#absent?.intersection(absent) ?? absent
    }
    this.#waiting.set(index, comments)
    for (let part = this.#waiting.get(this.#next); part; part = this.#waiting.get(this.#next)) {
      this.#batch.addPart(part)
      this.#waiting.delete(this.#next++)
    }
  }

  /** Throws HeduiError SOURCE_TRUNCATED where head, tail and rows disagree. Gives what rows told of the columns. */
  finish(): Pick<Loaded, 'furtherColumns' | 'absentColumns'> | null {
    this.#batch.check()
    return this.#absent && { furtherColumns: this.#further, absentColumns: this.#absent }
  }
}

interface Thread {
  readonly worker: Worker
  /** Parts that it was given and that are not loaded yet, with what to do with each. */
  readonly under: Map<number, (part: LoadedPart) => Promise<void>>
  /** What it has gathered over all its parts, once it was asked. */
  statistics: RowStatisticsState | null
}

/** Threads that load parts, each a few at a time. The first failure of any ends them all. */
class WorkerPool {
  readonly #threads: Thread[]
  #failure: unknown = null
  #wake: (() => void) | null = null

  constructor(setup: WorkerSetup) {
    const count = Math.min(MOST_WORKERS, Math.max(1, availableParallelism()))
    this.#threads = Array.from({ length: count }, () => this.#start(setup))
  }

  #start(setup: WorkerSetup): Thread {
    const worker = new Worker(new URL('./load-worker.ts', import.meta.url), { workerData: setup })
    const thread: Thread = { worker, under: new Map(), statistics: null }
    worker.on('message', (answer: WorkerAnswer) => this.#receive(thread, answer))
    worker.on('error', (error) => this.#fail(error))
    return thread
  }

  async #receive(thread: Thread, answer: WorkerAnswer): Promise<void> {
    try {
      if ('failure' in answer) throw reviveError(answer.failure)
      if ('statistics' in answer) thread.statistics = answer.statistics
      else await this.#take(thread, answer)
      this.#wake?.()
    } catch (error) {
      this.#fail(error)
    }
  }

  async #take(thread: Thread, part: LoadedPart): Promise<void> {
    await thread.under.get(part.index)!(part)
    // Only now is there room for another part: what COPY has not taken counts as memory in use.
    thread.under.delete(part.index)
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    this.#wake?.()
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#failure) throw this.#failure
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = null
    }
    if (this.#failure) throw this.#failure
  }

  /** Gives a part to the thread that has the fewest, waiting until one has room. */
  async give(part: FilePart, take: (loaded: LoadedPart) => Promise<void>): Promise<void> {
    const freest = () => this.#threads.reduce((a, b) => (b.under.size < a.under.size ? b : a))
    await this.#until(() => freest().under.size < PARTS_A_WORKER)
    const thread = freest()
    thread.under.set(part.index, take)
    thread.worker.postMessage(part, [part.bytes.buffer as ArrayBuffer])
  }

  /** Waits until every part given has been taken. */
  finish(): Promise<void> {
    return this.#until(() => this.#threads.every(({ under }) => under.size === 0))
  }

  /** What every thread has gathered over its parts, when all are taken. */
  async gather(): Promise<RowStatisticsState[]> {
    const request: WorkerRequest = 'statistics'
    for (const { worker } of this.#threads) worker.postMessage(request)
    await this.#until(() => this.#threads.every(({ statistics }) => statistics !== null))
    return this.#threads.map(({ statistics }) => statistics!)
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }
}
