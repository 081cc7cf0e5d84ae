import type { Readable } from 'node:stream'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { HeduiError } from '../../errors.ts'

/** A workbook of 100 sheets has some 300 parts; an archive of more than this is none. */
const MOST_PARTS = 10_000

/** The parts of a workbook, which is a zip archive. Names of parts are told apart without regard to case (OPC, 6.2.2.3). */
export class ZipParts {
  readonly path: string
  readonly #zip: ZipFile
  readonly #entries = new Map<string, Entry>()

  private constructor(path: string, zip: ZipFile) {
    this.path = path
    this.#zip = zip
  }

  /** Throws HeduiError SOURCE_FILE where the archive is broken. */
  static async open(path: string): Promise<ZipParts> {
    const zip = await openPromise(path, { autoClose: false, lazyEntries: true }).catch((cause) => {
      throw brokenZip(path, cause)
    })
    // What is wrong with a part is told to its reader; an event that nobody listens to would end the process.
    zip.on('error', () => {})
    const parts = new ZipParts(path, zip)
    try {
      await parts.#list()
    } catch (cause) {
      parts.close()
      throw brokenZip(path, cause)
    }
    return parts
  }

  async #list(): Promise<void> {
    for await (const entry of this.#zip.eachEntry()) {
      const name = entry.fileName.toLowerCase()
      if (!this.#entries.has(name)) this.#entries.set(name, entry)
      if (this.#entries.size > MOST_PARTS) throw new Error(`more than ${MOST_PARTS} parts`)
    }
  }

  /** Uncompressed bytes of a part as the archive declares them, which reading enforces; null where there is no such part. */
  sizeOf(name: string): number | null {
    return this.#entries.get(name.toLowerCase())?.uncompressedSize ?? null
  }

  /** The bytes of a part, at most `chunkBytes` at a time. Throws HeduiError SOURCE_FILE where it is missing or broken. */
  async *read(name: string, chunkBytes = 65_536): AsyncGenerator<Uint8Array> {
    const entry = this.#entries.get(name.toLowerCase())
    if (!entry) throw new HeduiError('SOURCE_FILE', `the workbook has no part ${name}`, { file: this.path })
    let stream: Readable | undefined
    try {
      stream = await this.#zip.openReadStreamPromise(entry)
      for await (const chunk of stream) {
        for (let at = 0; at < chunk.length; at += chunkBytes) yield chunk.subarray(at, at + chunkBytes)
      }
    } catch (cause) {
      throw brokenZip(this.path, cause)
    } finally {
      stream?.destroy()
    }
  }

  close(): void {
    this.#zip.close()
  }
}

function brokenZip(path: string, cause: unknown): HeduiError {
  if (cause instanceof HeduiError) return cause
  return new HeduiError('SOURCE_FILE', 'the workbook cannot be unpacked: its zip archive is broken or cut off', {
    file: path,
    cause,
  })
}
