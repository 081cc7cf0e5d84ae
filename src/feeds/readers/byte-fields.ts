import type { DelimitedFormat } from '../file-format.ts'

const RETURN = 13
const QUOTE = 34

/** The byte that parts the fields of a line, or null where that byte can also be the second of a character. */
export function delimiterByte({ delimiter, encoding }: DelimitedFormat): number | null {
  const byte = delimiter.charCodeAt(0)
  return byte < 0x30 || (encoding === 'utf-8' && byte < 0x80) ? byte : null
}

/** Where the line from `start` to its line feed ends, without the carriage return; `feed` is -1 where there is none. */
export function endOfLine(bytes: Uint8Array, start: number, feed: number): number {
  if (feed === -1) return bytes.length
  return feed > start && bytes[feed - 1] === RETURN ? feed - 1 : feed
}

/**
 * Where the field that begins at `from` ends, at a delimiter or at the end of the line; behind its closing quote where it
 * is quoted. -1 where it is quoted and anything but plain: with a doubled quote, over several lines, broken.
 */
export function endOfField(bytes: Uint8Array, from: number, end: number, delimiter: number, quotes: boolean): number {
  let at = from
  if (!quotes || bytes[from] !== QUOTE) {
    while (at < end && bytes[at] !== delimiter) at++
    return at
  }
  do at++
  while (at < end && bytes[at] !== QUOTE)
  return at < end && (at + 1 === end || bytes[at + 1] === delimiter) ? at + 1 : -1
}

/** Whether a line is a row by itself, which its quotes do not carry on to the next: then all quoted fields are plain. */
export function isPlainRow(bytes: Uint8Array, start: number, end: number, delimiter: number): boolean {
  for (let at = start; ; at++) {
    at = endOfField(bytes, at, end, delimiter, true)
    if (at === -1) return false
    if (at >= end) return true
  }
}
