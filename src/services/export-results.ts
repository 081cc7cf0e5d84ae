import type { RunFailure } from '../db/queries/run-ranges.ts'
import type { CheckResult, Missing, RuleResult } from '../domain/check-result.ts'
import { BYTE_ORDER_MARK, csvLine } from '../domain/csv-line.ts'
import { HeduiError } from '../errors.ts'
import { createWorkbookWriter, SHEET_ROWS } from '../sample/workbook-writer.ts'

export const RESULT_FORMATS = ['ndjson', 'csv', 'xlsx'] as const
export type ResultFormat = (typeof RESULT_FORMATS)[number]

export const RESULT_TYPES: Readonly<Record<ResultFormat, string>> = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

const HEAD = [
  'household',
  'as of',
  'household outcome',
  'rule',
  'person',
  'outcome',
  'unit',
  'measure',
  'limit',
  'reason',
  'missing',
  'evidence rows',
  'note',
]

type Cell = string | number | null
type Row = readonly Cell[]

export interface ResultsToExport {
  readonly lines: AsyncIterable<readonly string[]>
  readonly asOf: string
  /** Households of which there is no line. */
  readonly failures: readonly RunFailure[]
}

/**
 * Writes the lines of a run's results in one of the formats. NDJSON is each result as it is; a table (CSV, XLSX) has a
 * row for every rule that is warned or unverifiable, and one for a household of which none is: a clear rule says no more
 * than its household. Households that could not be checked stand at the table's end, so that nobody takes them for clear.
 * Throws HeduiError INPUT_TOO_LARGE where a sheet is full.
 */
export async function exportResults(
  results: ResultsToExport,
  format: ResultFormat,
  sink: (piece: string | Uint8Array) => Promise<void>,
): Promise<void> {
  if (format === 'ndjson') {
    for await (const some of results.lines) {
      if (some.length > 0) await sink(some.map((line) => `${line}\n`).join(''))
    }
  } else if (format === 'csv') {
    await sink(BYTE_ORDER_MARK + csvLine(HEAD))
    for await (const rows of rowsOf(results)) await sink(rows.map(csvLine).join(''))
  } else await writeWorkbook(rowsOf(results), sink)
}

async function* rowsOf({ lines, asOf, failures }: ResultsToExport): AsyncGenerator<Row[]> {
  for await (const some of lines) yield some.flatMap(rowsOfLine)
  if (failures.length > 0)
    yield failures.map(({ householdId, code }) => rowOf([householdId, asOf, 'not checked'], code))
}

async function writeWorkbook(
  pages: AsyncIterable<readonly Row[]>,
  sink: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  const pieces: Uint8Array[] = []
  const flush = async () => {
    for (const piece of pieces.splice(0)) await sink(piece)
  }
  const writer = createWorkbookWriter(
    { write: (bytes) => void pieces.push(bytes) },
    { sheet: '核对结果', shared: [], dates: [] },
  )
  let count = 1
  writer.add(HEAD)
  for await (const rows of pages) {
    count += rows.length
    if (count > SHEET_ROWS)
      throw new HeduiError('INPUT_TOO_LARGE', `a sheet holds ${SHEET_ROWS} rows, and this run has more: ask for csv`)
    for (const row of rows) writer.add(row.map(numberCell))
    await flush()
  }
  writer.close()
  await flush()
}

const AMOUNTS = [HEAD.indexOf('measure'), HEAD.indexOf('limit')]

/** Money as a number, so that a spreadsheet can add it up: a double holds the fen of any amount below 10^13 yuan. */
function numberCell(cell: Cell, column: number): Cell {
  const isMoney = AMOUNTS.includes(column) && /^-?\d{1,13}\.\d{2}$/.test(String(cell))
  return isMoney ? Number(cell) : cell
}

/** A row that says nothing of a rule. */
const rowOf = (household: readonly Cell[], note: Cell = null): Row => [
  ...household,
  ...Array<null>(HEAD.length - household.length - 1).fill(null),
  note,
]

function rowsOfLine(line: string): Row[] {
  const { householdId, asOf, outcome, results } = JSON.parse(line) as CheckResult
  const told = results.filter((result) => result.outcome === 'warned' || result.outcome === 'unverifiable')
  if (told.length === 0) return [rowOf([householdId, asOf, outcome])]
  return told.map((result) => [householdId, asOf, outcome, ...cellsOf(result)])
}

function cellsOf(result: RuleResult): Cell[] {
  const { rule, person, outcome, unit, measure, limit, reason, missing, evidence, note } = result
  const why = missing.map(describeMissing).join('; ') || null
  return [rule, person, outcome, unit, measure, limit, reason?.zh ?? null, why, evidence.length, note ?? null]
}

const describeMissing = ({ why, source, person, parameter }: Missing) =>
  [why, source, person, parameter].filter((part) => part !== undefined).join(' ')
