import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'

const SPECIAL = /[\\\t\n\r]/g
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** A text as a field of COPY's text format; null is NULL. */
export function copyText(value: string | null): string {
  if (value === null) return '\\N'
  return value.search(SPECIAL) < 0 ? value : value.replace(SPECIAL, (character) => ESCAPES[character]!)
}

/** Bytes as a field of COPY's text format. */
export function copyBytes(value: Buffer): string {
  return `\\\\x${value.toString('hex')}`
}

/** What stands before and behind rows of COPY's binary format: signature, no flags, no extension; -1 columns. */
const BINARY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const BINARY_TRAILER = Buffer.from('\xff\xff', 'latin1')

/**
 * Loads rows with back-pressure, in chunks of any size: lines of COPY's text format that end in a line feed each, or rows
 * of its binary format as CopyRows writes them.
 */
export async function copyInto(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  chunks: AsyncIterable<string | Uint8Array> | Iterable<Uint8Array>,
  format: 'text' | 'binary' = 'text',
) {
  const names = columns.map((name) => `"${name}"`).join(', ')
  const sink = client.query(from(`copy ${table} (${names}) from stdin with (format ${format})`))
  const source = format === 'text' ? chunks : enclosed(chunks)
  await pipeline(Readable.from(source, { objectMode: true, highWaterMark: 2 }), sink)
}

async function* enclosed(chunks: AsyncIterable<string | Uint8Array> | Iterable<Uint8Array>) {
  yield BINARY_HEADER
  yield* chunks
  yield BINARY_TRAILER
}

/** COPY may be this much behind, in characters or bytes. */
const MOST_WAITING = 4 << 20

/** A queue between producers and COPY: `write` waits when COPY is behind, `close` ends it. */
export class CopyQueue implements AsyncIterable<string | Uint8Array> {
  #chunks: (string | Uint8Array)[] = []
  /** Chunks before it are gone; moving the others up for each would cost the square of their number. */
  #head = 0
  #size = 0
  #closed = false
  #wakeReader: (() => void) | null = null
  #waitingWriters: (() => void)[] = []
  #failure: unknown = null

  /** Adds lines; gives a promise to wait for when the queue is full, else null. Throws where the reader has failed. */
  write(lines: string | Uint8Array): Promise<void> | null {
    if (this.#failure) throw this.#failure
    this.#chunks.push(lines)
    this.#size += lines.length
    this.#wakeReader?.()
    if (this.#size < MOST_WAITING) return null
    return new Promise((resolve) => {
      this.#waitingWriters.push(resolve)
    })
  }

  close(): void {
    this.#closed = true
    this.#wakeReader?.()
  }

  /** Ends the queue because its reader failed: the next write throws. */
  fail(error: unknown): void {
    this.#failure = error
    this.#wakeWriters()
  }

  #wakeWriters(): void {
    for (const wake of this.#waitingWriters.splice(0)) wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array> {
    for (;;) {
      const chunk = this.#chunks[this.#head]
      if (chunk !== undefined) {
        this.#head += 1
        // What is gone is let go of now and then; the queue may never be empty.
        if (this.#head === this.#chunks.length || this.#head === 64) {
          this.#chunks = this.#chunks.slice(this.#head)
          this.#head = 0
        }
        this.#size -= chunk.length
        if (this.#size < MOST_WAITING) this.#wakeWriters()
        yield chunk
      } else if (this.#closed) return
      else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve
        })
        this.#wakeReader = null
      }
    }
  }
}
