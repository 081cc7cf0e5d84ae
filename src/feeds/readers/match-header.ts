import { didYouMean } from '../../domain/closest-word.ts'
import { HeduiError, type Place } from '../../errors.ts'

/** Where in a row the columns asked for stand, and what else there is. */
export interface MatchedHeader {
  /** Position of each column that was asked for, in the order asked. */
  readonly positions: readonly number[]
  readonly furtherColumns: ReadonlySet<string>
}

function missing(wanted: readonly string[], names: readonly string[], hint: string, place: Place): HeduiError {
  // A name is suggested where the line is a header beyond doubt: in a file without one it would be a person's data.
  const isHeader = names.length > wanted.length && names.every((name) => !/[\r\d]/.test(name))
  const spare = isHeader ? names.filter((name) => name !== '') : []
  const list = wanted.map((column) => `${column}${didYouMean(column, spare)}`)
  const what = wanted.length === 1 ? 'a column' : `${wanted.length} columns`
  return new HeduiError(
    'SOURCE_COLUMNS',
    `the file lacks ${what} that the adapter maps: ${list.join(', ')}${hint}`,
    place,
  )
}

/**
 * Finds the columns that the adapter maps among the names of a header. `hint` is asked for only where some are missing.
 * Throws HeduiError SOURCE_COLUMNS where one is missing or stands twice.
 */
export function matchHeader(
  names: readonly string[],
  columns: readonly string[],
  place: Place,
  hint: (missing: readonly string[]) => string = () => '',
): MatchedHeader {
  const absent = columns.filter((column) => !names.includes(column))
  if (absent.length > 0) throw missing(absent, names, hint(absent), place)
  const twice = columns.filter((column) => names.indexOf(column) !== names.lastIndexOf(column))
  if (twice.length > 0) {
    throw new HeduiError('SOURCE_COLUMNS', `columns that the adapter maps stand twice: ${twice.join(', ')}`, place)
  }
  const furtherColumns = new Set(names.filter((name) => name !== '' && !columns.includes(name)))
  return { positions: columns.map((column) => names.indexOf(column)), furtherColumns }
}
