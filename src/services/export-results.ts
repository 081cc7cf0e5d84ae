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

/**
 * Writes the lines of a run's results in one of the formats. NDJSON is each result as it is; a table (CSV, XLSX) has a
 * row for every rule that is warned or unverifiable, and one for a household of which none is: a clear rule says no more
 * than its household. Throws HeduiError INPUT_TOO_LARGE where a sheet is full.
 */
export async function exportResults(
  lines: AsyncIterable<readonly string[]>,
  format: ResultFormat,
  sink: (piece: string | Uint8Array) => Promise<void>,
): Promise<void> {
  if (format === 'ndjson') {
    for await (const some of lines) if (some.length > 0) await sink(some.map((line) => `${line}\n`).join(''))
  } else if (format === 'csv') {
    await sink(BYTE_ORDER_MARK + csvLine(HEAD))
    for await (const some of lines) await sink(some.flatMap(rowsOf).map(csvLine).join(''))
  } else await writeWorkbook(lines, sink)
}

async function writeWorkbook(
  lines: AsyncIterable<readonly string[]>,
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
  let rows = 1
  writer.add(HEAD)
  for await (const some of lines) {
    for (const row of some.flatMap(rowsOf)) {
      rows += 1
      if (rows > SHEET_ROWS)
        throw new HeduiError('INPUT_TOO_LARGE', `a sheet holds ${SHEET_ROWS} rows, and this run has more: ask for csv`)
      writer.add(row)
    }
    await flush()
  }
  writer.close()
  await flush()
}

function rowsOf(line: string): Cell[][] {
  const { householdId, asOf, outcome, results } = JSON.parse(line) as CheckResult
  const told = results.filter((result) => result.outcome === 'warned' || result.outcome === 'unverifiable')
  if (told.length === 0) return [[householdId, asOf, outcome, ...Array<null>(HEAD.length - 3).fill(null)]]
  return told.map((result) => [householdId, asOf, outcome, ...cellsOf(result)])
}

function cellsOf(result: RuleResult): Cell[] {
  const { rule, person, outcome, unit, measure, limit, reason, missing, evidence, note } = result
  const why = missing.map(describeMissing).join('; ') || null
  return [rule, person, outcome, unit, measure, limit, reason?.zh ?? null, why, evidence.length, note ?? null]
}

const describeMissing = ({ why, source, person, parameter }: Missing) =>
  [why, source, person, parameter].filter((part) => part !== undefined).join(' ')
