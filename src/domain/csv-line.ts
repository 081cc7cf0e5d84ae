/** What makes Excel open a file as UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF'

const NUMBER = /^-?\d+(\.\d+)?$/
/** With one of these at its beginning a spreadsheet takes a text for a formula, also behind white space. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/

/**
 * A line of CSV (RFC 4180, CRLF) that a spreadsheet shows as it is meant: a text that would be a formula gets an
 * apostrophe in front, and is a text.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** The first cell of a line of CSV as csvLine wrote it, or as anybody else does. */
export function firstCell(line: string): string {
  const quoted = /^"((?:[^"]|"")*)"/.exec(line)?.[1]
  const text = quoted === undefined ? line.split(',')[0]! : quoted.replaceAll('""', '"')
  return text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text
}

function csvCell(cell: string | number | null): string {
  const text = String(cell ?? '')
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
