import { ID_LENGTH, isIdNumberAt } from '../../domain/id-number.ts'
import type { Manifest } from '../manifest.ts'
import { delimiterByte, endOfField, endOfLine, isPlainRow } from './byte-fields.ts'
import { ByteLines } from './byte-lines.ts'
import { quotedFields } from './quoted-fields.ts'
import type { FilePart } from './read-part.ts'

const LINE_FEED = 10
const QUOTE = 34

export interface KeptBytes {
  /** The part with nothing left of a dropped row but its line feed, so that lines keep their numbers. */
  readonly bytes: Uint8Array
  readonly dropped: number
}

export type Dropper = (part: FilePart, rowsFrom: number) => KeptBytes

/**
 * Drops the rows of strangers by their bytes, before anything is decoded or parsed: a row whose number column holds 18
 * digits that are a valid number of nobody in the register, which `isStranger` is asked of the bytes. Every other row stays for the reader to judge: with more than plain
 * quotes, with another number of columns, with a number written in any other way, of an organization. Null where the format
 * does not allow it: where the delimiter could be the second byte of a character.
 */
export function compileDropper(
  manifest: Manifest,
  names: readonly string[],
  isStranger: (bytes: Uint8Array, from: number) => boolean,
): Dropper | null {
  const { file, identity } = manifest
  if (file.format !== 'delimited') return null
  const delimiter = delimiterByte(file)
  if (delimiter === null) return null
  const quotes = file.quote === '"'
  const numberAt = names.indexOf(identity.idNumber)
  const typeAt =
    identity.idType === undefined || identity.organizations.length === 0 ? -1 : names.indexOf(identity.idType)
  const decoder = new TextDecoder(file.encoding)
  const organizations = new Set(identity.organizations.map((word) => word.normalize('NFKC').trim()))
  const mark = file.comment?.charCodeAt(0)
  const width = names.length
  const isOrganization = compileLookup((bytes) => organizations.has(decoder.decode(bytes).normalize('NFKC').trim()))

  /** Whether the line from `start` to `end` (without its line feed) is a row to drop. */
  const isDropped = (bytes: Buffer, start: number, end: number): boolean => {
    let number = -1
    let column = 0
    for (let at = start; ; at++) {
      const to = endOfField(bytes, at, end, delimiter, quotes)
      if (to === -1) return false
      const mark = quotes && bytes[at] === QUOTE ? 1 : 0
      if (column === numberAt) {
        if (to - at - 2 * mark !== ID_LENGTH) return false
        number = at + mark
      } else if (column === typeAt && isOrganization(bytes, at + mark, to - mark)) return false
      column++
      at = to
      if (at >= end) break
    }
    // A valid number as it stands: anything else is for the reader to tidy.
    return column === width && number >= 0 && isIdNumberAt(bytes, number) && isStranger(bytes, number)
  }

  return (part, rowsFrom) => {
    const bytes = Buffer.from(part.bytes.buffer, part.bytes.byteOffset, part.bytes.byteLength)
    const kept = Buffer.allocUnsafe(bytes.length)
    let length = 0
    let dropped = 0
    let line = part.line
    const nextQuote = (from: number) => {
      const at = quotes ? bytes.indexOf(QUOTE, from) : -1
      return at === -1 ? bytes.length : at
    }
    let quote = -1
    /** Up to here the reader looks at lines to give a broken row up; without them it would come to something else. */
    let lookedAt = 0
    const keep = (from: number, to: number) => {
      length += bytes.copy(kept, length, from, to)
    }
    for (let start = 0; start < bytes.length; ) {
      const feed = bytes.indexOf(LINE_FEED, start)
      const next = feed === -1 ? bytes.length : feed + 1
      const end = endOfLine(bytes, start, feed)
      // A comment may be the tail, and rows are counted before it and behind it: such a part is read whole.
      if (mark !== undefined && bytes[start] === mark) return { bytes: part.bytes, dropped: 0 }
      if (line < rowsFrom) {
        keep(start, next)
        start = next
        line++
        continue
      }
      if (start >= lookedAt && isDropped(bytes, start, end)) {
        dropped++
        if (feed !== -1) kept[length++] = LINE_FEED
        start = next
        line++
        continue
      }
      if (quote < start) quote = nextQuote(start)
      if (quote < end && !isPlainRow(bytes, start, end, delimiter)) {
        const window = new ByteLines(bytes, start, { decoder, atEnd: true })
        const taken = quotedFields(window, file.delimiter, width)
        const lines = taken !== null && 'lines' in taken ? taken.lines : 1
        const after = window.startOf(lines) ?? bytes.length
        lookedAt = Math.max(lookedAt, window.reached)
        keep(start, after)
        start = after
        line += lines
        continue
      }
      keep(start, next)
      start = next
      line++
    }
    return { bytes: kept.subarray(0, length), dropped }
  }
}

/** Answers for fields of which one follows the other with the same few contents: most are the one before. */
function compileLookup(answerOf: (field: Buffer) => boolean) {
  const known = new Map<string, boolean>()
  let before: Buffer = Buffer.alloc(0)
  let answer: boolean | undefined
  return (bytes: Buffer, from: number, to: number): boolean => {
    let same = answer !== undefined && before.length === to - from
    for (let i = 0; same && i < before.length; i++) same = before[i] === bytes[from + i]
    if (same) return answer!
    before = Buffer.from(bytes.subarray(from, to))
    const key = before.toString('latin1')
    answer = known.get(key) ?? answerOf(before)
    if (known.size < 1000) known.set(key, answer)
    return answer
  }
}
