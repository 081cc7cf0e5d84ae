import { databaseFailure } from '../db/connect.ts'
import type { HeduiError } from '../errors.ts'

/** An error of the database as HeduiError SOURCE_DATABASE, for whoever answers a person; null for any other. */
export function asSourceError(error: unknown): HeduiError | null {
  return databaseFailure(error)
}
