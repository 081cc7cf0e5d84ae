import { HeduiError } from '../../errors.ts'
import { delimiterByte, endOfLine, isPlainRow } from './byte-fields.ts'
import { ByteLines } from './byte-lines.ts'
import { FileBytes } from './file-bytes.ts'
import { quotedFields } from './quoted-fields.ts'
import type { FilePart, TextFormat } from './read-part.ts'
import { withoutReturn } from './text-lines.ts'

/** Longer without the end of a row, it is no file of rows. */
const MOST_HELD = 64 << 20

const LINE_FEED = 10
const QUOTE = 34

/** A row that was given up after its first line, and how far the reader had to look to know. */
interface GivenUp {
  readonly start: number
  readonly reach: number
}

/**
 * Position up to which the bytes hold whole rows, from a row boundary on. Only lines with a quote are looked at: those
 * may begin a row that reaches over more lines, which the reader's own function tells. `atEnd`: nothing follows.
 */
function lastBoundary(bytes: Buffer, format: TextFormat, options: CutOptions & { atEnd: boolean }): number {
  if (options.atEnd) return bytes.length
  const end = bytes.lastIndexOf(LINE_FEED) + 1
  if (format.format !== 'delimited' || format.quote === 'none') return end
  const givenUp: GivenUp[] = []
  const delimiter = delimiterByte(format)
  const { comment } = format
  for (let from = 0; from < end; ) {
    const quote = bytes.indexOf(QUOTE, from)
    if (quote === -1 || quote >= end) return end
    // A row begins at `from`, and every line in between is one, so the line of the quote begins one as well.
    const start = Math.max(from, bytes.lastIndexOf(LINE_FEED, quote) + 1)
    const feed = bytes.indexOf(LINE_FEED, quote)
    // Most rows with a quote are plain, and to see it takes a tenth of decoding them; a comment may hold anything.
    const canBePlain = delimiter !== null && comment === undefined
    if (canBePlain && isPlainRow(bytes, start, endOfLine(bytes, start, feed), delimiter)) {
      from = feed + 1
      continue
    }
    const window = new ByteLines(bytes, start, options)
    const isComment = comment !== undefined && withoutReturn(window.peek() ?? '').startsWith(comment)
    const taken = isComment ? { lines: 1 } : quotedFields(window, format.delimiter, options.width)
    if (taken !== null && !('lines' in taken)) givenUp.push({ start, reach: window.reached })
    const lines = taken === null ? undefined : 'lines' in taken ? taken.lines : 1
    const next = lines === undefined ? undefined : window.startOf(lines)
    if (next === undefined) return beforeGivenUp(start, givenUp)
    from = next
  }
  return end
}

/** A boundary that cuts off nothing of what the reader looks at to give a row up: it must come to the same reason. */
function beforeGivenUp(boundary: number, givenUp: readonly GivenUp[]): number {
  return givenUp.reduceRight((cut, { start, reach }) => (start < cut && cut < reach ? start : cut), boundary)
}

interface CutOptions {
  /** Number of the file's columns. */
  readonly width: number
  readonly decoder: TextDecoder
}

function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1
  return lines
}

/**
 * The bytes of a text file in parts that begin and end at row boundaries, so that each can be read by itself and all
 * together give the rows of the whole. `width` is the number of the file's columns,
 * `partBytes` about how long a part is.
 */
export async function* cutParts(
  path: string,
  format: TextFormat,
  width: number,
  partBytes: number,
): AsyncGenerator<FilePart> {
  const file = await FileBytes.open(path)
  const options = { width, decoder: new TextDecoder(format.encoding, { ignoreBOM: true }) }
  let held: Buffer = Buffer.alloc(0)
  let line = 1
  let index = 0
  const part = (bytes: Buffer): FilePart => {
    // A copy of its own: it is handed over to another thread, and what is held here goes on.
    const given = { index, bytes: Uint8Array.from(bytes), line }
    index += 1
    line += countLines(bytes)
    return given
  }
  try {
    for await (const chunk of file.chunks(partBytes)) {
      held = Buffer.concat([held, chunk])
      const cut = lastBoundary(held, format, { ...options, atEnd: false })
      if (cut === 0) {
        if (held.length < MOST_HELD) continue
        throw new HeduiError('SOURCE_FILE', `there is no end of a row within ${MOST_HELD >> 20} MB`, {
          file: path,
          line,
        })
      }
      yield part(held.subarray(0, cut))
      held = held.subarray(cut)
    }
    if (held.length > 0) yield part(held)
  } finally {
    await file.close()
  }
}
