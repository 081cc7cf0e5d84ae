import type { Overlap } from '../domain/quality-report.ts'
import type { Adapter } from './load-adapters.ts'
import type { Loaded } from './load-request.ts'

/** What a delivery is held against, as far as there is one. */
export interface Before {
  /** Rows of the delivery before. */
  readonly rows: number | null
  readonly overlap: Overlap | null
}

/** With fewer people in the delivery before, chance alone can halve the overlap. */
const LEAST_PEOPLE = 100

/**
 * Why a person should look before a delivery is used (design §6): "empty", "quarantined-share", "row-count", "overlap",
 * "column-absent:<column>". Strangers' dropped rows are no part of the quarantined share.
 */
export function reasonsToHold(adapter: Adapter, loaded: Loaded, { rows: rowsBefore, overlap }: Before): string[] {
  const { manifest } = adapter
  const { rows, dropped, quarantined } = loaded.counts
  const reasons: string[] = []
  if (rows === 0) reasons.push('empty')
  if (quarantined > manifest.maxQuarantinedShare * (rows - dropped)) reasons.push('quarantined-share')
  if (rowsBefore !== null && rows < rowsBefore / 2) reasons.push('row-count')
  if (overlap && overlap.counted >= LEAST_PEOPLE && overlap.found < manifest.minOverlap * overlap.counted)
    reasons.push('overlap')
  return [...reasons, ...absentColumnReasons(adapter, loaded)]
}

/** So many rows of a type and not one with the column: it is gone, or has another name now. */
const TELLING_ROWS = 20

/**
 * Of a file whose rows say themselves which columns they have: mapped columns that none of the rows that need them had.
 * A field that a department renames would otherwise be missing everywhere, and a rule that rests on it clear for ever.
 */
function absentColumnReasons({ mapper }: Adapter, { counts, absentColumns }: Loaded): string[] {
  const needed = [...mapper.columnsOf]
    .filter(([type]) => (counts.byType[type] ?? 0) >= TELLING_ROWS)
    .flatMap(([, columns]) => columns)
  return [...new Set(needed)].filter((column) => absentColumns.has(column)).map((column) => `column-absent:${column}`)
}
