import type { DeliveredRow } from '../delivered-row.ts'
import type { Comments } from './batch-lines.ts'
import { isBlank, type TextLines } from './text-lines.ts'

/** Rows that are handed over at a time: enough to make the wait between them small, little enough to hold. */
export const BATCH_ROWS = 1_000

/** Takes the row that starts at the current line and passes its lines; null where the window must reach further first. */
export type TakeRow = (lines: TextLines) => DeliveredRow | null

/** Passes comments and blank lines; the current line is then a header or a row, or the text has ended (false). */
export async function skipToData(lines: TextLines, batch: Comments): Promise<boolean> {
  for (;;) {
    const line = lines.peek()
    if (line === undefined) {
      if (!(await lines.more()) && lines.ended) return false
    } else if (batch.takes(line, lines.number) || isBlank(line)) lines.advance(1)
    else return true
  }
}

/** All rows of a text in batches; at the end they are held against the head and the tail. */
export async function* readRows(
  lines: TextLines,
  batch: Comments,
  takeRow: TakeRow,
): AsyncGenerator<readonly DeliveredRow[]> {
  let rows: DeliveredRow[] = []
  for (;;) {
    const line = lines.peek()
    if (line === undefined) {
      if (!(await lines.more()) && lines.ended) break
      continue
    }
    if (batch.takes(line, lines.number) || isBlank(line)) {
      lines.advance(1)
      continue
    }
    const row = takeRow(lines)
    if (row === null) {
      await lines.more()
      continue
    }
    batch.countRow()
    rows.push(row)
    if (rows.length === BATCH_ROWS) {
      yield rows
      rows = []
    }
  }
  if (rows.length > 0) yield rows
  batch.check()
}
