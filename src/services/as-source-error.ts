import { databaseFailure } from '../db/connect.ts'
import { HeduiError } from '../errors.ts'

/** An error of the database as HeduiError SOURCE_DATABASE, for whoever answers a person; null for any other. */
export function asSourceError(error: unknown): HeduiError | null {
  return databaseFailure(error)
}

/**
 * Whether an error says that the database is away, and not that anything is wrong with what was asked of it: when it is
 * back, the same can be done again.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof HeduiError) return error.code === 'SOURCE_DATABASE' && error.cause !== undefined
  return databaseFailure(error) !== null
}
