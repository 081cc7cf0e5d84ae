import { isDate } from '../../domain/dates.ts'
import { HeduiError } from '../../errors.ts'
import type { BatchHead } from '../delivered-row.ts'

/** What the reader of rows tells of the lines that are none, and of how many rows there were. */
export interface Comments {
  /** Takes a line that is a comment; false for any other. */
  takes(line: string, number: number): boolean
  /** Counts one data row, sound or not. */
  countRow(): void
  /** At the end of the text. */
  check(): void
}

/** A comment line of a part of a file, and the rows of the part before it. */
export interface SeenComment {
  readonly line: string
  readonly number: number
  readonly rowsBefore: number
}

/** The comments of a part of a file that is read by itself: kept, to be judged where the parts come together. */
export class CommentLog implements Comments {
  readonly #mark: string | undefined
  readonly seen: SeenComment[] = []
  rows = 0

  constructor(mark: string | undefined) {
    this.#mark = mark
  }

  takes(line: string, number: number): boolean {
    if (this.#mark === undefined || !line.startsWith(this.#mark)) return false
    this.seen.push({ line, number, rowsBefore: this.rows })
    return true
  }

  countRow(): void {
    this.rows += 1
  }

  check(): void {}
}

const COUNT = /^\d{1,12}$/

const rowsOf = (count: number) => `${count} ${count === 1 ? 'row' : 'rows'}`

/**
 * The comment lines of a file, among them its head `#BATCH|<as-of>|<rows>` and its tail `#END|<rows>`, and the count
 * of its data rows that both are held against. Where the adapter declares no comment character, no line is a comment.
 */
export class BatchLines implements Comments {
  readonly #mark: number
  readonly #markLength: number
  readonly #file: string
  #head: BatchHead | null = null
  #tail: { readonly line: number; readonly rows: number } | null = null
  #rows = 0
  #afterTail = 0

  constructor(mark: string | undefined, file: string) {
    this.#mark = mark === undefined ? -1 : mark.codePointAt(0)!
    this.#markLength = mark?.length ?? 0
    this.#file = file
  }

  get head(): BatchHead | null {
    return this.#head
  }

  /** Takes a line that is a comment; false for any other. Throws HeduiError SOURCE_FILE for a malformed head or tail. */
  takes(line: string, number: number): boolean {
    if (this.#mark === -1 || line.codePointAt(0) !== this.#mark) return false
    const parts = line
      .slice(this.#markLength)
      .split('|')
      .map((part) => part.trim())
    if (parts[0] === 'BATCH' && this.#rows === 0) this.#takeHead(parts, number)
    else if (parts[0] === 'END') this.#takeTail(parts, number)
    return true
  }

  #takeHead([, asOf = '', rows = '', ...others]: readonly string[], line: number): void {
    if (this.#head) throw this.#malformed('there is a second head line', line)
    if (!isDate(asOf) || !COUNT.test(rows) || others.length > 0) {
      throw this.#malformed('the head line must be #BATCH|<YYYY-MM-DD>|<rows>, with a real date', line)
    }
    this.#head = { asOf, rows: Number(rows) }
  }

  #takeTail([, rows = '', ...others]: readonly string[], line: number): void {
    if (this.#tail) throw this.#malformed(`there is a second tail line; the first is line ${this.#tail.line}`, line)
    if (!COUNT.test(rows) || others.length > 0) throw this.#malformed('the tail line must be #END|<rows>', line)
    this.#tail = { line, rows: Number(rows) }
  }

  #malformed(message: string, line: number): HeduiError {
    return new HeduiError('SOURCE_FILE', message, { file: this.#file, line })
  }

  countRow(): void {
    this.#addRows(1)
  }

  #addRows(count: number): void {
    this.#rows += count
    if (this.#tail) this.#afterTail += count
  }

  /** Takes what a part of the file held; the parts in their order. Throws as `takes` does. */
  addPart({ seen, rows }: Pick<CommentLog, 'seen' | 'rows'>): void {
    let counted = 0
    for (const { line, number, rowsBefore } of seen) {
      this.#addRows(rowsBefore - counted)
      counted = rowsBefore
      this.takes(line, number)
    }
    this.#addRows(rows - counted)
  }

  /** At the end of the file: throws HeduiError SOURCE_TRUNCATED where head, tail and the rows read disagree. */
  check(): void {
    const wrong = this.#disagreement()
    if (wrong) throw new HeduiError('SOURCE_TRUNCATED', wrong, { file: this.#file })
  }

  #disagreement(): string | null {
    const head = this.#head
    const tail = this.#tail
    if (head && !tail) {
      return `the head line announces ${rowsOf(head.rows)}; the file ends after ${rowsOf(this.#rows)}, without a tail line`
    }
    if (tail && this.#afterTail > 0) return `${rowsOf(this.#afterTail)} after the tail line (line ${tail.line})`
    const said = [head && `the head line says ${rowsOf(head.rows)}`, tail && `the tail line says ${rowsOf(tail.rows)}`]
    const agrees = (head?.rows ?? this.#rows) === this.#rows && (tail?.rows ?? this.#rows) === this.#rows
    return agrees ? null : `${said.filter(Boolean).join(', ')}, the file has ${rowsOf(this.#rows)}`
  }
}
