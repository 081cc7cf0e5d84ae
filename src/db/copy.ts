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

/** Loads lines of COPY's text format (each ending in a line feed, chunks of any size) with back-pressure. */
export async function copyInto(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  chunks: AsyncIterable<string>,
) {
  const names = columns.map((name) => `"${name}"`).join(', ')
  const sink = client.query(from(`copy ${table} (${names}) from stdin`))
  await pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 2 }), sink)
}

/**
 * A queue between a producer and COPY: `write` waits when COPY is behind, `close` ends it. Lines are gathered into
 * chunks, for a write a line would cost more than the line.
 */
export class CopyQueue implements AsyncIterable<string> {
  #lines: string[] = []
  #size = 0
  #closed = false
  #wakeReader: (() => void) | null = null
  #wakeWriter: (() => void) | null = null
  #failure: unknown = null

  /** Adds a line; gives a promise to wait for when the queue is full, else null. */
  write(line: string): Promise<void> | null {
    if (this.#failure) throw this.#failure
    this.#lines.push(line)
    this.#size += line.length
    if (this.#size < 1 << 16) return null
    this.#wakeReader?.()
    return this.#size < 1 << 20
      ? null
      : new Promise((resolve) => {
          this.#wakeWriter = resolve
        })
  }

  close(): void {
    this.#closed = true
    this.#wakeReader?.()
  }

  /** Ends the queue because its reader failed: the next write throws. */
  fail(error: unknown): void {
    this.#failure = error
    this.#wakeWriter?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      if (this.#size >= 1 << 16 || (this.#closed && this.#lines.length > 0)) {
        const chunk = this.#lines.join('')
        this.#lines = []
        this.#size = 0
        this.#wakeWriter?.()
        this.#wakeWriter = null
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
