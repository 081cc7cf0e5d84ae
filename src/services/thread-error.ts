import { CATALOGUE, type ErrorCode, HeduiError } from '../errors.ts'
import { asSourceError, isDatabaseAway } from './as-source-error.ts'

/** An error as it crosses from thread to thread. */
export interface SentError {
  /** null: a defect. */
  readonly code: string | null
  readonly message: string
  readonly place: object
  /** The database is away and comes back (isDatabaseAway). */
  readonly away: boolean
}

/** An error ready to be posted to another thread; of a defect its stack. */
export function sendError(error: unknown): SentError {
  const told = asSourceError(error) ?? error
  const away = isDatabaseAway(told)
  if (told instanceof HeduiError) return { code: told.code, message: told.message, place: { ...told.place }, away }
  return { code: null, message: (told as Error)?.stack ?? String(told), place: {}, away }
}

/** The error again, on the other side. */
export function reviveError({ code, message, place, away }: SentError): Error {
  if (code === null || !(code in CATALOGUE)) return new Error(message)
  return new HeduiError(code as ErrorCode, message, { ...place, ...(away ? { cause: 'the database is away' } : {}) })
}
