import { type ColumnQuality, type QuarantineGroup, shareOf } from '../domain/quality-report.ts'
import type { RecordTypeName } from '../domain/record-types.ts'
import { type DeliveredRow, NumberCell, type RowDefect } from './delivered-row.ts'
import { DistinctSketch, type SketchState } from './distinct-sketch.ts'
import { isBlank, type RowMapper } from './map-row.ts'

/** Line numbers told of each reason for quarantine. */
const SAMPLE_LINES = 3

/**
 * Values are looked at for how many different ones there are on all lines up to here, and below on every sixteenth line,
 * drawn by the line number: hashing every value of a row costs a sixth of what loading it does.
 */
const LOOKED_AT_WHOLLY = 100_000
const isLookedAt = (line: number) => line <= LOOKED_AT_WHOLLY || Math.imul(line, 0x9e3779b1) >>> 28 === 0

/** What a thread has gathered, to be handed to another. */
export interface RowStatisticsState {
  readonly rowsOf: ReadonlyMap<RecordTypeName, number>
  readonly columns: readonly { readonly empty: number; readonly looked: number; readonly distinct: SketchState }[]
  readonly quarantine: readonly QuarantineGroup[]
}

interface Column {
  empty: number
  /** Values of which the sketch knows. */
  looked: number
  readonly distinct: DistinctSketch
}

interface TypeRows {
  rows: number
  /** Which columns rows of the type are asked for. */
  readonly at: readonly number[]
}

/**
 * Counts over the rows of a file, gathered as they are mapped. A column that only some record types take a value from is counted in their rows; one that says who, what type or
 * whether void, in all of them. Parts of a file, merged in any order, give the same as the whole.
 */
export class RowStatistics {
  readonly #names: readonly string[]
  readonly #columns: readonly Column[]
  readonly #types: ReadonlyMap<RecordTypeName, TypeRows>
  readonly #quarantine = new Map<string, { code: string; column: string | null; count: number; lines: number[] }>()

  constructor({ columns, columnsOf }: Pick<RowMapper, 'columns' | 'columnsOf'>) {
    this.#names = columns
    this.#columns = columns.map(() => ({ empty: 0, looked: 0, distinct: new DistinctSketch() }))
    const ofSome = new Set([...columnsOf.values()].flat())
    this.#types = new Map(
      [...columnsOf].map(([type, own]) => {
        const at = columns.flatMap((name, i) => (own.includes(name) || !ofSome.has(name) ? [i] : []))
        return [type, { rows: 0, at }]
      }),
    )
  }

  /** Counts a sound row. */
  addSound(type: RecordTypeName, { line, cells }: Pick<DeliveredRow, 'line' | 'cells'>): void {
    const rows = this.#types.get(type)!
    rows.rows++
    const { at } = rows
    const look = isLookedAt(line)
    for (let i = 0; i < at.length; i++) {
      const cell = cells[at[i]!]
      const column = this.#columns[at[i]!]!
      if (isBlank(cell)) column.empty++
      else if (look) {
        column.looked++
        column.distinct.add(cell instanceof NumberCell ? cell.text : cell)
      }
    }
  }

  /** Counts a quarantined row. Names of columns that the adapter does not map could be anything, and are not kept. */
  addQuarantined({ code, column }: Pick<RowDefect, 'code' | 'column'>, line: number): void {
    const mapped = column !== null && this.#names.includes(column) ? column : null
    this.#mergeGroup({ code, column: mapped, count: 1, lines: [line] })
  }

  #mergeGroup({ code, column, count, lines }: QuarantineGroup): void {
    const key = `${code} ${column ?? ''}`
    const group = this.#quarantine.get(key)
    if (!group) {
      this.#quarantine.set(key, { code, column, count, lines: [...lines] })
      return
    }
    group.count += count
    if (group.lines.length === SAMPLE_LINES && lines.every((line) => line > group.lines[SAMPLE_LINES - 1]!)) return
    group.lines = [...group.lines, ...lines].sort((a, b) => a - b).slice(0, SAMPLE_LINES)
  }

  get state(): RowStatisticsState {
    return {
      rowsOf: new Map([...this.#types].map(([type, { rows }]) => [type, rows])),
      columns: this.#columns.map(({ empty, looked, distinct }) => ({ empty, looked, distinct: distinct.state })),
      quarantine: [...this.#quarantine.values()],
    }
  }

  /** Takes over what other statistics of the same adapter hold. */
  merge({ rowsOf, columns, quarantine }: RowStatisticsState): void {
    for (const [type, rows] of rowsOf) this.#types.get(type)!.rows += rows
    for (const [i, { empty, looked, distinct }] of columns.entries()) {
      this.#columns[i]!.empty += empty
      this.#columns[i]!.looked += looked
      this.#columns[i]!.distinct.merge(distinct)
    }
    for (const group of quarantine) this.#mergeGroup(group)
  }

  /** The columns in the order of the adapter, the reasons for quarantine by how many rows they took. */
  report(): { columns: ColumnQuality[]; quarantine: QuarantineGroup[] } {
    const types = [...this.#types.values()]
    const columns = this.#columns.map(({ empty, looked, distinct }, i) => {
      const rows = types.reduce((sum, type) => (type.at.includes(i) ? sum + type.rows : sum), 0)
      const { count, isExact } = distinct
      return {
        column: this.#names[i]!,
        rows,
        empty,
        emptyShare: shareOf(empty, rows),
        looked,
        distinct: Math.min(count, looked),
        exact: isExact,
      }
    })
    const byCount = (a: QuarantineGroup, b: QuarantineGroup) => b.count - a.count || a.lines[0]! - b.lines[0]!
    return { columns, quarantine: [...this.#quarantine.values()].sort(byCount) }
  }
}
