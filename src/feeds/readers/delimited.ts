import { HeduiError } from '../../errors.ts'
import type { Cell, DeliveredRow, OpenedFile } from '../delivered-row.ts'
import type { DelimitedFormat } from '../file-format.ts'
import { BatchLines } from './batch-lines.ts'
import { brokenRow, malformed, undecodable, wrongColumns } from './defects.ts'
import { headerHint } from './header-hint.ts'
import { type MatchedHeader, matchHeader } from './match-header.ts'
import { type OpenedText, openText } from './open-text.ts'
import { type QuotedFields, quotedFields } from './quoted-fields.ts'
import type { PartReader } from './read-part.ts'
import { readRows, skipToData, type TakeRow } from './read-rows.ts'
import { BAD_CHARACTER, LONGEST_LINE, type TextLines, withoutReturn } from './text-lines.ts'

/** A header that is longer is taken for a file without line ends. */
const MOST_COLUMNS = 10_000

/** The fields of the current line, or of the lines over which its quoted fields reach; null where the window must grow. */
function takeFields(lines: TextLines, format: DelimitedFormat, width: number): QuotedFields | null {
  const line = lines.peek()!
  if (line.length > LONGEST_LINE) return { fields: null, reason: 'the line is longer than 1 MB' }
  if (format.quote === '"' && line.includes('"')) return quotedFields(lines, format.delimiter, width)
  const fields = line.split(format.delimiter)
  fields[fields.length - 1] = withoutReturn(fields[fields.length - 1]!)
  return { fields, lines: 1 }
}

async function takeHeader({ lines, path }: OpenedText, format: DelimitedFormat): Promise<string[]> {
  for (;;) {
    const taken = takeFields(lines, format, MOST_COLUMNS)
    if (taken === null) await lines.more()
    else if (taken.fields === null || taken.fields.length > MOST_COLUMNS) {
      const reason = taken.fields === null ? taken.reason : 'too many columns'
      throw new HeduiError('SOURCE_FILE', `the header line cannot be taken apart: ${reason}`, {
        file: path,
        line: lines.number,
      })
    } else {
      lines.advance(taken.lines)
      // trim() takes a byte-order mark for white space.
      return taken.fields.map((name) => name.trim())
    }
  }
}

/** How to take the rows of a file whose columns are `names`. */
function rowTaker(format: DelimitedFormat, names: readonly string[], { positions }: MatchedHeader): TakeRow {
  const width = names.length
  const expected = format.header ? `the header has ${width}` : `the adapter declares ${width}`
  const count = positions.length

  const toRow = (line: number, fields: readonly string[], suspect: boolean): DeliveredRow => {
    const cells = new Array<Cell>(count)
    for (let i = 0; i < count; i += 1) cells[i] = fields[positions[i]!]
    if (!suspect) return { line, cells }
    const bad = fields.findIndex((field) => BAD_CHARACTER.test(field))
    return bad === -1 ? { line, cells } : { line, cells, defect: undecodable(names[bad] || null) }
  }

  return (lines) => {
    const taken = takeFields(lines, format, width)
    if (taken === null) return null
    const line = lines.number
    if (taken.fields === null) {
      // Only the first line is given up: what follows may be sound rows.
      lines.advance(1)
      return brokenRow(line, count, malformed(taken.reason))
    }
    // One search of the line spares most rows a search of each field.
    const suspect = lines.suspect && (taken.lines > 1 || BAD_CHARACTER.test(lines.peek()!))
    lines.advance(taken.lines)
    const has = taken.fields.length
    if (has !== width) return brokenRow(line, count, wrongColumns(has, taken.lines, expected))
    return toRow(line, taken.fields, suspect)
  }
}

async function columnNames(text: OpenedText, format: DelimitedFormat, hasData: boolean): Promise<readonly string[]> {
  if (!format.header) return format.columns ?? []
  if (!hasData) throw new HeduiError('SOURCE_FILE', 'the file has no header line', { file: text.path })
  return takeHeader(text, format)
}

/** Opens a file of delimited lines (RFC 4180, or without quoting). Throws as `openFile` does. */
export function openDelimited(
  path: string,
  format: DelimitedFormat,
  columns: readonly string[],
  chunkBytes?: number,
): Promise<OpenedFile> {
  const read = async (text: OpenedText) => {
    const { lines } = text
    const batch = new BatchLines(format.comment, path)
    const hasData = await skipToData(lines, batch)
    const place = { file: path, line: format.header ? lines.number : undefined }
    const names = await columnNames(text, format, hasData)
    const header = matchHeader(names, columns, place, (missing) => headerHint(text.start, format.encoding, missing))
    const rowsFrom = lines.number
    // The head may stand below the header, too.
    if (format.header) await skipToData(lines, batch)
    const rows = readRows(lines, batch, rowTaker(format, names, header))
    return {
      head: batch.head,
      furtherColumns: header.furtherColumns,
      absentColumns: new Set<string>(),
      names,
      rowsFrom,
      rows,
    }
  }
  return openText(path, format.encoding, read, chunkBytes)
}

/** The rows of a part of a delimited file whose columns are `names`. */
export const readDelimitedPart: PartReader<DelimitedFormat> = ({ lines, comments, path }, format, { names, columns }) =>
  readRows(lines, comments, rowTaker(format, names, matchHeader(names, columns, { file: path })))
