import { LONGEST_LINE, type TextLines } from './text-lines.ts'

/** Lines that can be looked at. */
export type LineWindow = Pick<TextLines, 'peek' | 'ended'>

const MOST_LINES = 1_000
/** So many columns too many are still counted for the reason; a row over several lines that has more is given up. */
const EXCESS_COLUMNS = 16

/** The fields of a row and the lines it reaches over, or why it cannot be taken apart. */
export type QuotedFields =
  | { readonly fields: string[]; readonly lines: number }
  | { readonly fields: null; readonly reason: string }

const broken = (reason: string): QuotedFields => ({ fields: null, reason })

/** A pen that moves over the lines of one row. */
class Pen {
  readonly lines: LineWindow
  ahead = 0
  text: string
  at = 0
  /** Why the field just read cannot end well. */
  reason: string | null = null

  constructor(lines: LineWindow) {
    this.lines = lines
    this.text = lines.peek()!
  }

  /** End of the line without its carriage return. */
  get end(): number {
    return this.text.charCodeAt(this.text.length - 1) === 13 ? this.text.length - 1 : this.text.length
  }

  /**
   * Reads a quoted field whose opening quote is at `at`, and stands after its closing quote; null where the window
   * ends within the field, or where the field cannot end well, which `reason` then says.
   */
  quoted(): string | null {
    const last = this.ahead + MOST_LINES
    let value = ''
    let from = this.at + 1
    for (;;) {
      const quote = this.text.indexOf('"', from)
      if (quote === -1) {
        value += `${this.text.slice(from)}\n`
        if (value.length > LONGEST_LINE) return this.fail('a quoted field is longer than 1 MB; a quote may be missing')
        const next = this.lines.peek(this.ahead + 1)
        if (next === undefined) {
          return this.lines.ended ? this.fail('a quoted field is not closed') : null
        }
        this.ahead += 1
        if (this.ahead >= last)
          return this.fail(`a quoted field is longer than ${MOST_LINES} lines; a quote may be missing`)
        this.text = next
        from = 0
      } else if (this.text.charCodeAt(quote + 1) === 34) {
        value += this.text.slice(from, quote + 1)
        from = quote + 2
      } else {
        value += this.text.slice(from, quote)
        if (value.length > LONGEST_LINE) return this.fail('a quoted field is longer than 1 MB; a quote may be missing')
        this.at = quote + 1
        return value
      }
    }
  }

  private fail(reason: string): null {
    this.reason = reason
    return null
  }

  /** Reads an unquoted field, to the next delimiter or the end of the line. */
  plain(delimiter: string): string {
    const next = this.text.indexOf(delimiter, this.at)
    const field = this.text.slice(this.at, next === -1 ? this.end : next)
    this.at = next === -1 ? this.end : next
    return field
  }
}

/**
 * The fields of the row that starts at the current line, with RFC 4180 quoting: a quote counts at the start of a field
 * only, is doubled within, and what stands between quotes may reach over several lines. Nothing is passed. null where
 * the window ends before the row does.
 *
 * A stray quote must not swallow the file, nor make the reader look at the same lines again for every line: hence the
 * limits on lines, characters and columns.
 */
export function quotedFields(lines: LineWindow, delimiter: string, width: number): QuotedFields | null {
  const pen = new Pen(lines)
  const fields: string[] = []
  for (;;) {
    const quoted = pen.text.charCodeAt(pen.at) === 34
    const field = quoted ? pen.quoted() : pen.plain(delimiter)
    if (field === null) return pen.reason === null ? null : broken(pen.reason)
    fields.push(field)
    if (pen.at >= pen.end) return { fields, lines: pen.ahead + 1 }
    if (!pen.text.startsWith(delimiter, pen.at)) return broken('a quoted field is followed by something else')
    pen.at += delimiter.length
    if (pen.ahead > 0 && fields.length > width + EXCESS_COLUMNS) {
      return broken(`reaches over ${pen.ahead + 1} lines and has far too many columns; a quote may be missing`)
    }
  }
}
