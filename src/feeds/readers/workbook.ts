import { HeduiError } from '../../errors.ts'
import { type Cell, type DeliveredRow, NumberCell, type OpenedFile } from '../delivered-row.ts'
import type { WorkbookFormat } from '../file-format.ts'
import { undecodable, wrongColumns } from './defects.ts'
import { FileBytes } from './file-bytes.ts'
import { type MatchedHeader, matchHeader } from './match-header.ts'
import { BATCH_ROWS } from './read-rows.ts'
import { closing, once } from './reading-once.ts'
import { readSharedStrings } from './shared-strings.ts'
import { ERROR_CELL, type SheetCell, type SheetRow, SheetRows } from './sheet-rows.ts'
import { BAD_CHARACTER } from './text-lines.ts'
import { readLayout } from './workbook-layout.ts'
import { xmlEvents } from './xml-events.ts'
import { ZipParts } from './zip-parts.ts'

/** Compound File Binary: what .xls files are, and workbooks with a password. */
const COMPOUND_FILE = [0xd0, 0xcf, 0x11, 0xe0]
const ZIP = [0x50, 0x4b]

/** Throws HeduiError INPUT_FILE, or SOURCE_FILE for what is no zip archive. */
async function checkSignature(path: string): Promise<void> {
  const bytes = await FileBytes.open(path)
  const start = await bytes.start().finally(() => bytes.close())
  const startsWith = (signature: readonly number[]) => signature.every((byte, at) => start[at] === byte)
  if (startsWith(COMPOUND_FILE)) {
    const message = 'the file is an old .xls workbook or one with a password; save it as .xlsx without a password'
    throw new HeduiError('SOURCE_FILE', message, { file: path })
  }
  if (!startsWith(ZIP)) throw new HeduiError('SOURCE_FILE', 'the file is not an XLSX workbook', { file: path })
}

async function* sheetRows(parts: ZipParts, part: string, sheet: SheetRows, chunkBytes?: number) {
  for await (const _ of xmlEvents(parts.read(part, chunkBytes), sheet, parts.path)) {
    yield* sheet.rows.splice(0)
  }
}

const isBlankCell = (cell: SheetCell) => cell === undefined || (typeof cell === 'string' && cell.trim() === '')

/** Position after the last cell that holds something; 0 for an empty row. */
const widthOf = (cells: readonly SheetCell[]) => cells.findLastIndex((cell) => !isBlankCell(cell)) + 1

function nameOf(cell: SheetCell): string {
  if (cell instanceof NumberCell) return cell.text
  return typeof cell === 'string' ? cell.trim() : ''
}

const isBad = (cell: SheetCell) => typeof cell === 'string' && (BAD_CHARACTER.test(cell) || !cell.isWellFormed())

/** The row with the cells asked for; `width` is that of `row`, which is not empty. */
function toRow(
  { line, cells }: SheetRow,
  width: number,
  names: readonly string[],
  header: MatchedHeader,
): DeliveredRow {
  const values = header.positions.map((position): SheetCell => cells[position])
  const row = { line, cells: values.map((cell): Cell => (cell === ERROR_CELL ? undefined : cell)) }
  if (width > names.length) return { ...row, defect: wrongColumns(width, 1, `the header has ${names.length}`) }
  const bad = cells.findIndex(isBad)
  if (bad !== -1) return { ...row, defect: undecodable(names[bad] || null) }
  const error = values.indexOf(ERROR_CELL)
  if (error === -1) return row
  const column = names[header.positions[error]!]!
  return { ...row, defect: { code: 'RECORD_UNPARSEABLE', column, reason: 'holds an error value of the workbook' } }
}

async function* batches(rows: AsyncGenerator<SheetRow>, names: readonly string[], header: MatchedHeader) {
  let batch: DeliveredRow[] = []
  for await (const row of rows) {
    const width = widthOf(row.cells)
    if (width === 0) continue
    batch.push(toRow(row, width, names, header))
    if (batch.length < BATCH_ROWS) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

async function takeHeader(rows: AsyncGenerator<SheetRow>, file: string): Promise<{ line: number; names: string[] }> {
  for (;;) {
    const { done, value } = await rows.next()
    if (done) throw new HeduiError('SOURCE_FILE', 'the sheet has no header row', { file })
    const width = widthOf(value.cells)
    if (width > 0) return { line: value.line, names: value.cells.slice(0, width).map(nameOf) }
  }
}

/** Opens one sheet of an XLSX workbook. Its texts are held in memory, its rows are streamed. Throws as `openFile` does. */
export async function openWorkbook(
  path: string,
  format: WorkbookFormat,
  columns: readonly string[],
  chunkBytes?: number,
): Promise<OpenedFile> {
  await checkSignature(path)
  const parts = await ZipParts.open(path)
  const close = async () => parts.close()
  try {
    const { sheetPart, stringsPart, date1904 } = await readLayout(parts, format.sheet)
    const strings = await readSharedStrings(parts, stringsPart, chunkBytes)
    const sheet = sheetRows(parts, sheetPart, new SheetRows(strings, path), chunkBytes)
    const { line, names } = await takeHeader(sheet, path)
    const header = matchHeader(names, columns, { file: path, line })
    const { furtherColumns } = header
    const rows = once(() => closing(batches(sheet, names, header), { close }))
    return { head: null, furtherColumns, absentColumns: new Set(), date1904, rows, close }
  } catch (error) {
    parts.close()
    throw error
  }
}
