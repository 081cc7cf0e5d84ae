import { type Cell, type DeliveredRow, NumberCell, type OpenedFile } from '../delivered-row.ts'
import type { JsonLinesFormat } from '../file-format.ts'
import { BatchLines } from './batch-lines.ts'
import { brokenRow, malformed, undecodable } from './defects.ts'
import { type OpenedText, openText } from './open-text.ts'
import { parseExactly } from './parse-exactly.ts'
import type { PartReader } from './read-part.ts'
import { readRows, type TakeRow } from './read-rows.ts'
import { BAD_CHARACTER, LONGEST_LINE } from './text-lines.ts'

/** Names of further columns that are kept; a file that uses values as keys has as many as it has rows. */
const MOST_FURTHER = 200

/** Keys that are reported. Anything else could be a value used as a key, and a value can be a person's data. */
const NAME_OF_FIELD = /^[A-Za-z_][A-Za-z_0-9.-]{0,31}$/

/** Escapes can write what the encoding cannot hold: U+FFFD, NUL, half of a pair of surrogates. */
const isBad = (text: string) => BAD_CHARACTER.test(text) || !text.isWellFormed()

type Parsed = Readonly<Record<string, unknown>>

function parseObject(line: string): Parsed | null {
  try {
    const value = parseExactly(line)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && !(value instanceof NumberCell) ? (value as Parsed) : null
  } catch {
    return null
  }
}

function holdsBad(value: unknown): boolean {
  if (typeof value === 'string') return isBad(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, inner]) => isBad(key) || holdsBad(inner))
}

/** The property to blame for a bad character, null where it is a name, and undefined where there is none. */
function badColumn(record: Parsed): string | null | undefined {
  try {
    const bad = Object.keys(record).find((key) => holdsBad(record[key]))
    return bad ?? (Object.keys(record).some(isBad) ? null : undefined)
  } catch {
    return null // nested too deeply to be looked through
  }
}

/** A value as a cell; null for an object or an array, which no cell can hold. */
function toCell(value: unknown): Cell | null {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return undefined
  if (typeof value === 'number') return new NumberCell(String(value))
  if (typeof value === 'boolean') return String(value)
  return value instanceof NumberCell ? value : null
}

/** What the rows read so far say about the columns. */
class SeenColumns {
  readonly further = new Set<string>()
  readonly absent: Set<string>
  readonly #asked: ReadonlySet<string>

  constructor(asked: readonly string[]) {
    this.#asked = new Set(asked)
    this.absent = new Set(asked)
  }

  add(record: Parsed): void {
    for (const key in record) {
      if (!this.#asked.has(key)) {
        if (this.further.size < MOST_FURTHER && NAME_OF_FIELD.test(key)) this.further.add(key)
      } else if (this.absent.size > 0) this.absent.delete(key)
    }
  }
}

function toRow(line: number, record: Parsed, columns: readonly string[]): DeliveredRow {
  const cells = new Array<Cell>(columns.length)
  let nested: string | undefined
  for (let i = 0; i < columns.length; i += 1) {
    const column = columns[i]!
    const cell = Object.hasOwn(record, column) ? toCell(record[column]) : undefined
    if (cell === null) nested ??= column
    cells[i] = cell ?? undefined
  }
  if (nested === undefined) return { line, cells }
  return { line, cells, defect: malformed('holds an object or an array, not a value', nested) }
}

function rowTaker(columns: readonly string[], seen: SeenColumns): TakeRow {
  return (lines) => {
    const line = lines.number
    const text = lines.peek()!
    lines.advance(1)
    if (text.length > LONGEST_LINE) return brokenRow(line, columns.length, malformed('the line is longer than 1 MB'))
    const record = parseObject(text)
    const bad = lines.suspect && BAD_CHARACTER.test(text)
    if (record === null)
      return brokenRow(line, columns.length, bad ? undecodable(null) : malformed('is no JSON object'))
    seen.add(record)
    const row = toRow(line, record, columns)
    if (!bad && !text.includes('\\u')) return row
    const column = badColumn(record)
    return column === undefined && !bad ? row : { ...row, defect: undecodable(column ?? null) }
  }
}

/** Opens a file of one JSON object a line. Throws as `openFile` does. */
export function openJsonLines(
  path: string,
  format: JsonLinesFormat,
  columns: readonly string[],
  chunkBytes?: number,
): Promise<OpenedFile> {
  const read = async ({ lines }: OpenedText) => {
    const seen = new SeenColumns(columns)
    const rows = readRows(lines, new BatchLines(undefined, path), rowTaker(columns, seen))
    return { head: null, furtherColumns: seen.further, absentColumns: seen.absent, rows }
  }
  return openText(path, format.encoding, read, chunkBytes)
}

/** The rows of a part of a file of JSON lines; tells the columns it saw. */
export const readJsonLinesPart: PartReader<JsonLinesFormat> = (part, _format, { columns }) => {
  const seen = new SeenColumns(columns)
  part.seen = { further: seen.further, absent: seen.absent }
  return readRows(part.lines, part.comments, rowTaker(columns, seen))
}
