import { countRanges } from '../db/queries/run-ranges.ts'
import { findRun } from '../db/queries/runs.ts'
import { type CreatedRun, createRun, type RunContext, type RunRequest } from './create-run.ts'

/** Makes a run, or finds the one that was made under the request's id before whoever made it could say so. */
export async function beginRun(context: RunContext, request: RunRequest): Promise<CreatedRun> {
  const { pool } = context.database
  const made = request.id === undefined ? undefined : await findRun(pool, request.id)
  if (!made) return createRun(context, request)
  return { run: made.id, households: made.households, ranges: await countRanges(pool, made.id) }
}
