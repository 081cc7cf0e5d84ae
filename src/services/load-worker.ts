import { parentPort, workerData } from 'node:worker_threads'
import { createIdentityHasher, HASH_BYTES } from '../domain/identity-hash.ts'
import { HeduiError } from '../errors.ts'
import type { Manifest } from '../feeds/manifest.ts'
import { compileManifest } from '../feeds/map-row.ts'
import type { SeenComment } from '../feeds/readers/batch-lines.ts'
import { compileDropper } from '../feeds/readers/drop-strangers.ts'
import { type FilePart, isTextFormat, type PartColumns, readPart } from '../feeds/readers/read-part.ts'
import type { RowStatisticsState } from '../feeds/row-statistics.ts'
import { createIdentityVault } from './identity-vault.ts'
import { SharedRegister } from './shared-register.ts'
import type { SentError } from './thread-error.ts'
import { ROW_TABLES, RowWriter, type WrittenRows } from './write-rows.ts'

/** What a worker is given when it starts. */
export interface WorkerSetup {
  readonly manifest: Manifest
  readonly columns: PartColumns
  readonly path: string
  readonly deliveryId: string
  readonly secret: Uint8Array
  readonly register: SharedArrayBuffer
  readonly retain: 'all' | 'known'
}

/** What a worker has made of a part of the file. */
export interface LoadedPart extends WrittenRows {
  readonly index: number
  readonly comments: { readonly seen: SeenComment[]; readonly rows: number }
  readonly seen: { readonly further: readonly string[]; readonly absent: readonly string[] } | null
}

/** A part to load; or, after the last, the question what was gathered over all of them. */
export type WorkerRequest = FilePart | 'statistics'

export type WorkerAnswer =
  | LoadedPart
  | { readonly statistics: RowStatisticsState }
  | {
      readonly index: number
      readonly failure: SentError
    }

const setup = workerData as WorkerSetup
const { manifest, columns, path, deliveryId, retain } = setup
const format = manifest.file
const mapper = compileManifest(manifest)
const secret = Buffer.from(setup.secret)
const hasher = createIdentityHasher(secret)
const register = SharedRegister.of(setup.register)
const writer = new RowWriter({
  deliveryId,
  mapper,
  hasher,
  vault: createIdentityVault(secret),
  register,
  retain,
  date1904: false,
})
const person = new Uint8Array(HASH_BYTES)
const isStranger = (bytes: Uint8Array, from: number) => {
  hasher.numberAt(bytes, from, person)
  return !register.has(person)
}
const dropper = retain === 'known' ? compileDropper(manifest, columns.names, isStranger) : null

async function load(given: FilePart): Promise<LoadedPart> {
  if (!isTextFormat(format)) throw new Error('a workbook has no parts')
  const kept = dropper?.(given, columns.rowsFrom) ?? { bytes: given.bytes, dropped: 0 }
  const { part, rows } = readPart({ ...given, bytes: kept.bytes }, format, columns, path)
  for await (const batch of rows) for (const row of batch) writer.take(row)
  writer.addDropped(kept.dropped)
  const { seen } = part
  return {
    index: given.index,
    ...writer.flush(),
    comments: { seen: part.comments.seen, rows: part.comments.rows + kept.dropped },
    seen: seen && { further: [...seen.further], absent: [...seen.absent] },
  }
}

parentPort!.on('message', async (request: WorkerRequest) => {
  if (request === 'statistics') {
    parentPort!.postMessage({ statistics: writer.statistics.state } satisfies WorkerAnswer)
    return
  }
  const part = request
  try {
    const loaded = await load(part)
    const { rows, keys } = loaded
    const moved = [...ROW_TABLES.map((table) => rows[table].buffer), keys.hashes.buffer, keys.people.buffer]
    parentPort!.postMessage(loaded, moved)
  } catch (error) {
    const { message } = error as Error
    // Not by sendError: it knows the database's errors, and this thread starts faster without the driver.
    const failure: SentError =
      error instanceof HeduiError
        ? { code: error.code, message, place: error.place, away: false }
        : { code: null, message: (error as Error).stack ?? message, place: {}, away: false }
    parentPort!.postMessage({ index: part.index, failure })
  }
})
