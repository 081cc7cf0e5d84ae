import { NumberCell } from '../delivered-row.ts'

/**
 * A number that a double may not hold, or not write back, as it stands: 16 digits and more, an exponent, a fraction so
 * small that it would be written with one. Looked for after a colon, so that identity numbers in quotes do not match.
 */
const DELICATE = /:\s*-?(?:\d[\d.]{15}|\d[\d.]*[eE]|0\.000000)/

/** Since ES2026 the reviver is told the source text of primitive values; the compiler's library does not know it yet. */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

const keepNumbers: SourceReviver = (_key, value, { source }) =>
  typeof value === 'number' ? new NumberCell(source ?? String(value)) : value

/**
 * A JSON text as a value, in which numbers that a double might change are NumberCells with their text. The others stay
 * numbers, for the reviver makes parsing several times slower. Throws SyntaxError.
 */
export function parseExactly(text: string): unknown {
  return DELICATE.test(text)
    ? JSON.parse(text, keepNumbers as (key: string, value: unknown) => unknown)
    : JSON.parse(text)
}
