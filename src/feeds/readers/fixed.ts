import type { Cell, DeliveredRow, OpenedFile } from '../delivered-row.ts'
import type { FixedFormat } from '../file-format.ts'
import { BatchLines } from './batch-lines.ts'
import { brokenRow, malformed, undecodable } from './defects.ts'
import { matchHeader } from './match-header.ts'
import { type OpenedText, openText } from './open-text.ts'
import type { PartReader } from './read-part.ts'
import { readRows, skipToData, type TakeRow } from './read-rows.ts'
import { BAD_CHARACTER, LONGEST_LINE, withoutReturn } from './text-lines.ts'

const SURROGATE = /[\uD800-\uDFFF]/

interface Span {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** The columns with their ends counted from 0, whichever way the adapter counts. */
function spansOf(format: FixedFormat): Span[] {
  const base = format.columns.some((column) => column.start === 0) ? 0 : 1
  return format.columns.map(({ name, start, length }) => ({ name, from: start - base, to: start - base + length }))
}

/** Cuts a line by characters: one outside the basic plane, a rare name for one, takes two units and is one character. */
function cutter(line: string): { length: number; cut(from: number, to: number): string } {
  if (!SURROGATE.test(line)) return { length: line.length, cut: (from, to) => line.slice(from, to) }
  const characters = Array.from(line)
  return { length: characters.length, cut: (from, to) => characters.slice(from, to).join('') }
}

function rowTaker(spans: readonly Span[], positions: readonly number[]): TakeRow {
  const width = positions.length
  // A line that ends where the last column starts has lost only the blanks of that column.
  const least = Math.max(...spans.map((span) => span.from))
  const most = Math.max(...spans.map((span) => span.to))
  const columns = (reason: string) => ({ code: 'RECORD_COLUMNS', column: null, reason }) as const

  return (lines): DeliveredRow => {
    const line = lines.number
    const text = withoutReturn(lines.peek()!)
    lines.advance(1)
    if (text.length > LONGEST_LINE) return brokenRow(line, width, malformed('the line is longer than 1 MB'))
    const { length, cut } = cutter(text)
    // Before the length: a byte that cannot be decoded moves everything that follows it.
    if (lines.suspect && BAD_CHARACTER.test(text)) {
      const bad = spans.find((span) => BAD_CHARACTER.test(cut(span.from, span.to)))
      return brokenRow(line, width, undecodable(bad?.name ?? null))
    }
    if (length < least) {
      const reason = `has ${length} characters, the last column starts after ${least}`
      return brokenRow(line, width, columns(reason))
    }
    if (length > most && cut(most, length).trim() !== '') {
      return brokenRow(line, width, columns(`has ${length} characters, the columns end after ${most}`))
    }
    const cells = positions.map((position): Cell => cut(spans[position]!.from, spans[position]!.to))
    return { line, cells }
  }
}

/** Opens a file of lines whose columns have fixed places. Throws as `openFile` does. */
export function openFixed(
  path: string,
  format: FixedFormat,
  columns: readonly string[],
  chunkBytes?: number,
): Promise<OpenedFile> {
  const read = async ({ lines }: OpenedText) => {
    const spans = spansOf(format)
    const names = spans.map((span) => span.name)
    const { positions, furtherColumns } = matchHeader(names, columns, { file: path })
    const batch = new BatchLines(format.comment, path)
    await skipToData(lines, batch)
    const rows = readRows(lines, batch, rowTaker(spans, positions))
    return { head: batch.head, furtherColumns, absentColumns: new Set<string>(), rows }
  }
  return openText(path, format.encoding, read, chunkBytes)
}

/** The rows of a part of a file of fixed columns. */
export const readFixedPart: PartReader<FixedFormat> = (part, format, { columns }) => {
  const spans = spansOf(format)
  const { positions } = matchHeader(
    spans.map((span) => span.name),
    columns,
    { file: part.path },
  )
  return readRows(part.lines, part.comments, rowTaker(spans, positions))
}
