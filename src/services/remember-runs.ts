import type { Database } from '../db/connect.ts'
import type { Adapters } from './load-adapters.ts'
import { type OpenRun, openRun } from './open-run.ts'

/** Runs at once between whose ranges a worker changes without opening them anew; one is a rule set in memory, or two. */
const REMEMBERED = 8

/** Opens runs as openRun, and keeps the last ones: their rules take far longer to load than a range to begin. */
export function rememberRuns(context: {
  readonly database: Database
  readonly adapters: Adapters
}): (runId: string) => Promise<OpenRun> {
  const runs = new Map<string, OpenRun>()
  return async (runId) => {
    const run = runs.get(runId) ?? (await openRun(context, runId))
    // Back to the end: the one that was used longest ago is first.
    runs.delete(runId)
    runs.set(runId, run)
    if (runs.size > REMEMBERED) runs.delete(runs.keys().next().value!)
    return run
  }
}
