import type { Database } from '../db/connect.ts'
import { addAudit } from '../db/queries/audit.ts'
import { HeduiError } from '../errors.ts'
import type { QueryReason } from './check-application.ts'
import { exportResults, type ResultFormat } from './export-results.ts'
import { followResults, showRun } from './follow-run.ts'

export interface ResultsRequest {
  readonly run: string
  readonly format: ResultFormat
  readonly actor: string
  readonly role: string
  /** Why they are read; a review unless said otherwise. */
  readonly reason?: QueryReason | undefined
}

/**
 * Gives the results of a run to a reader, piece by piece: as NDJSON while the run goes on, too, as a table once it has
 * finished. Who read them and why is audited before the first piece. Throws HeduiError INPUT_NOT_FOUND, STATE_RUN where
 * the run stops before its end or a table is asked for before it, and the signal's reason.
 */
export async function readResults(
  context: { readonly database: Database; now(): Date },
  { run, format, actor, role, reason = 'review' }: ResultsRequest,
  sink: (piece: string | Uint8Array) => Promise<void>,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { state, asOf, households, failures } = await showRun(context, run)
  if (format !== 'ndjson' && state !== 'finished') {
    const instead = state === 'running' ? '; ndjson goes on with it' : ''
    throw new HeduiError('STATE_RUN', `the run is ${state}: a table is made of a finished one${instead}`)
  }
  const subject = { run, format, households }
  await addAudit(context.database, { at: context.now(), actor, role, action: 'read results', reason, subject })
  const lines = followResults(context, run, signal ? { signal } : {})
  await exportResults({ lines, asOf, failures }, format, sink)
}
