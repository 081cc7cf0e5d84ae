import type { Database } from '../db/connect.ts'
import { listLastActions, listOpenRuns } from '../db/queries/run-ranges.ts'
import { listRuns, type Run } from '../db/queries/runs.ts'
import { type RunState, stateAfter } from './follow-run.ts'

interface Context {
  readonly database: Database
}

/** Ids of the runs that go on, oldest first. */
export const listRunsToDo = ({ database }: Context): Promise<string[]> => listOpenRuns(database)

export interface ListedRun {
  readonly run: string
  readonly asOf: string
  readonly ruleSet: string
  readonly trial: boolean
  readonly shadowOf: string | null
  readonly actor: string
  readonly state: RunState
  readonly households: number
  readonly startedAt: Date
  readonly finishedAt: Date | null
  readonly counts: Run['counts']
}

/** The latest runs first, trials and shadows among them. */
export async function listLatestRuns({ database }: Context, most: number): Promise<ListedRun[]> {
  const runs = await listRuns(database, most)
  // A shadow has the acts of its live run.
  const live = ({ id, shadow_of }: Run) => shadow_of ?? id
  const actions = await listLastActions(database.pool, runs.map(live))
  return runs.map((run) => ({
    run: run.id,
    asOf: run.as_of,
    ruleSet: run.rule_set,
    trial: run.trial,
    shadowOf: run.shadow_of,
    actor: run.actor,
    state: stateAfter(actions.get(live(run))),
    households: run.households,
    startedAt: run.started_at,
    finishedAt: run.finished_at,
    counts: run.counts,
  }))
}
