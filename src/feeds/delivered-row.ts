import type { ErrorCode } from '../errors.ts'

/**
 * A number that the file holds as a number (a cell of a workbook, a JSON number), as the text in which it stands there:
 * "30501.27", "43543", "3.6990119690913741E+17". Texts stay texts, so "0012" and 12 are told apart.
 */
export class NumberCell {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What stands in one column of one row; undefined where there is nothing (an empty cell, a missing or null property). */
export type Cell = string | NumberCell | undefined

/** Why a row cannot be used at all; `column` where one is to blame. */
export interface RowDefect {
  readonly code: Extract<ErrorCode, `RECORD_${string}`>
  readonly column: string | null
  /** For the department that sent the file; holds no value from it. */
  readonly reason: string
}

/** One row as delivered. `cells` are in the order of the columns that the reader was asked for. */
export interface DeliveredRow {
  /** The line on which the row starts, counted from 1 over line feeds (also those inside quotes); the sheet row in xlsx. */
  readonly line: number
  readonly cells: readonly Cell[]
  readonly defect?: RowDefect
}

/** What a file says of itself in its first line, `#BATCH|<as-of>|<rows>`. */
export interface BatchHead {
  readonly asOf: string
  readonly rows: number
}

/** A delivered file, opened: its head is read, its header checked, its rows not yet. */
export interface OpenedFile {
  /** Names of the file's columns in order, where a delimited file has them: what its parts are read with. */
  readonly names?: readonly string[]
  /** The line below the header, before which no row stands. */
  readonly rowsFrom?: number
  readonly head: BatchHead | null
  /** Columns of the header that the adapter does not map; for JSON lines complete only after the rows are read. */
  readonly furtherColumns: ReadonlySet<string>
  /** Columns asked for that no row of a JSON-lines file held; complete after the rows are read, empty for other formats. */
  readonly absentColumns: ReadonlySet<string>
  /** Whether the workbook counts its date serials from 1904 and not from 1900; not given for other formats. */
  readonly date1904?: boolean
  /**
   * The rows in file order, in batches. Throws HeduiError SOURCE_* where the file as a whole turns out unusable: broken,
   * or its row count disagrees with its head or tail. Can be read once; leaving the loop early closes the file.
   */
  rows(): AsyncGenerator<readonly DeliveredRow[]>
  /** Closes the file, also unread. */
  close(): Promise<void>
}
