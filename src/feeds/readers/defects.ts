import type { Cell, DeliveredRow, RowDefect } from '../delivered-row.ts'

/** A row of which nothing can be used. */
export function brokenRow(line: number, width: number, defect: RowDefect): DeliveredRow {
  return { line, cells: new Array<Cell>(width).fill(undefined), defect }
}

export function malformed(reason: string, column: string | null = null): RowDefect {
  return { code: 'RECORD_MALFORMED', column, reason }
}

export function undecodable(column: string | null): RowDefect {
  const reason = 'holds bytes that are not of the declared encoding, the character U+FFFD or NUL'
  return { code: 'RECORD_UNDECODABLE', column, reason }
}

/** `over` is the number of lines that the row reaches over, `expected` says who expects how many columns. */
export function wrongColumns(has: number, over: number, expected: string): RowDefect {
  const span = over > 1 ? ` over ${over} lines` : ''
  return { code: 'RECORD_COLUMNS', column: null, reason: `has ${has} columns${span}, ${expected}` }
}
