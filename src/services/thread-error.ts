import { CATALOGUE, type ErrorCode, HeduiError } from '../errors.ts'

/** An error as it crosses from thread to thread. */
export interface SentError {
  /** null: a defect. */
  readonly code: string | null
  readonly message: string
  readonly place: object
}

/** An error ready to be posted to another thread; of a defect its stack. */
export function sendError(error: unknown): SentError {
  if (error instanceof HeduiError) return { code: error.code, message: error.message, place: { ...error.place } }
  return { code: null, message: (error as Error)?.stack ?? String(error), place: {} }
}

/** The error again, on the other side. */
export function reviveError({ code, message, place }: SentError): Error {
  return code !== null && code in CATALOGUE ? new HeduiError(code as ErrorCode, message, place) : new Error(message)
}
