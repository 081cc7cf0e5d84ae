import { parseIdNumber } from '../../domain/id-number.ts'
import type { Manifest } from '../manifest.ts'
import { ByteLines } from './byte-lines.ts'
import { quotedFields } from './quoted-fields.ts'
import type { FilePart } from './read-part.ts'

const LINE_FEED = 10
const RETURN = 13
const QUOTE = 34
const ID_LENGTH = 18

export interface KeptBytes {
  /** The part with nothing left of a dropped row but its line feed, so that lines keep their numbers. */
  readonly bytes: Uint8Array
  readonly dropped: number
}

export type Dropper = (part: FilePart, rowsFrom: number) => KeptBytes

/**
 * Drops the rows of strangers by their bytes, before anything is decoded or parsed: a row whose number column holds 18
 * digits that are a valid number of nobody in the register. Every other row stays for the reader to judge: with quotes,
 * with another number of columns, with a number written in any other way, of an organization. Null where the format
 * does not allow it: where the delimiter could be the second byte of a character.
 */
export function compileDropper(
  manifest: Manifest,
  names: readonly string[],
  isStranger: (idNumber: string) => boolean,
): Dropper | null {
  const { file, identity } = manifest
  if (file.format !== 'delimited') return null
  const delimiter = file.delimiter.charCodeAt(0)
  if (delimiter > 127 || (file.encoding !== 'utf-8' && delimiter >= 0x30)) return null
  const numberAt = names.indexOf(identity.idNumber)
  const typeAt =
    identity.idType === undefined || identity.organizations.length === 0 ? -1 : names.indexOf(identity.idType)
  const decoder = new TextDecoder(file.encoding)
  const organizations = new Set(identity.organizations.map((word) => word.normalize('NFKC').trim()))
  const mark = file.comment?.charCodeAt(0)
  const width = names.length
  /** Whether the bytes of an identity document's name mean an organization; there are few different ones. */
  const known = new Map<string, boolean>()
  const isOrganization = (bytes: Buffer): boolean => {
    const key = bytes.toString('latin1')
    let answer = known.get(key)
    if (answer === undefined) {
      answer = organizations.has(decoder.decode(bytes).normalize('NFKC').trim())
      if (known.size < 1000) known.set(key, answer)
    }
    return answer
  }

  /** Whether the line from `start` to `end` (without its line feed) is a row to drop. */
  const isDropped = (bytes: Buffer, start: number, end: number): boolean => {
    let column = 0
    let from = start
    let number: string | null = null
    for (let at = start; at <= end; at++) {
      if (at < end && bytes[at] !== delimiter) continue
      if (column === numberAt) {
        if (at - from !== ID_LENGTH) return false
        number = bytes.toString('latin1', from, at)
      } else if (column === typeAt && isOrganization(bytes.subarray(from, at))) return false
      column++
      from = at + 1
    }
    // A valid number as it stands: anything else is for the reader to tidy.
    return column === width && number !== null && parseIdNumber(number) === number && isStranger(number)
  }

  return (part, rowsFrom) => {
    const bytes = Buffer.from(part.bytes.buffer, part.bytes.byteOffset, part.bytes.byteLength)
    const kept = Buffer.allocUnsafe(bytes.length)
    let length = 0
    let dropped = 0
    let line = part.line
    const nextQuote = (from: number) => {
      const at = file.quote === '"' ? bytes.indexOf(QUOTE, from) : -1
      return at === -1 ? bytes.length : at
    }
    let quote = -1
    const keep = (from: number, to: number) => {
      length += bytes.copy(kept, length, from, to)
    }
    for (let start = 0; start < bytes.length; ) {
      const feed = bytes.indexOf(LINE_FEED, start)
      const next = feed === -1 ? bytes.length : feed + 1
      const end = feed > start && bytes[feed - 1] === RETURN ? feed - 1 : feed === -1 ? bytes.length : feed
      // A comment may be the tail, and rows are counted before it and behind it: such a part is read whole.
      if (mark !== undefined && bytes[start] === mark) return { bytes: part.bytes, dropped: 0 }
      if (line < rowsFrom) {
        keep(start, next)
        start = next
        line++
        continue
      }
      if (quote < start) quote = nextQuote(start)
      if (quote < end) {
        const window = new ByteLines(bytes, start, { decoder, atEnd: true })
        const taken = quotedFields(window, file.delimiter, width)
        const lines = taken !== null && 'lines' in taken ? taken.lines : 1
        const after = window.startOf(lines) ?? bytes.length
        keep(start, after)
        start = after
        line += lines
        continue
      }
      if (isDropped(bytes, start, end)) {
        dropped++
        if (feed !== -1) kept[length++] = LINE_FEED
      } else keep(start, next)
      start = next
      line++
    }
    return { bytes: kept.subarray(0, length), dropped }
  }
}
