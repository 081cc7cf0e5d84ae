import type { Database, Reader } from '../db/connect.ts'
import { findPinnedDeliveries, type UsableDelivery } from '../db/queries/deliveries.ts'
import { findRun, listShadowRuns, type Run } from '../db/queries/runs.ts'
import { HeduiError } from '../errors.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import type { Adapters } from './load-adapters.ts'
import { loadStoredRuleSet } from './load-stored-rule-set.ts'

/** A set that runs beside a live one, into a run of its own; without rules where it cannot be loaded any more. */
export interface OpenShadow {
  readonly run: string
  readonly version: string
  readonly ruleSet: RuleSet | null
  readonly failed: string | null
}

/** A run as whoever works on it needs it: what it pinned at its start, and nothing that came later. */
export interface OpenRun {
  readonly row: Run
  readonly ruleSet: RuleSet
  readonly shadows: readonly OpenShadow[]
  readonly deliveries: readonly UsableDelivery[]
}

/** Messages of defects stay out: they may hold what they failed on. */
export const describeFailure = (error: unknown) =>
  error instanceof HeduiError ? `${error.code} ${error.located}` : `a defect: ${(error as Error)?.name ?? 'unknown'}`

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Throws HeduiError INPUT_NOT_FOUND for a run that there is not. */
export async function requireRun(reader: Reader, runId: string): Promise<Run> {
  const run = UUID.test(runId) ? await findRun(reader, runId) : undefined
  if (!run) throw new HeduiError('INPUT_NOT_FOUND', 'there is no run of this id')
  return run
}

/** Opens a run by its id alone, so that any process can work on it. Throws HeduiError INPUT_NOT_FOUND, DEFINITION_*. */
export async function openRun(
  { database, adapters }: { readonly database: Database; readonly adapters: Adapters },
  runId: string,
): Promise<OpenRun> {
  const row = await requireRun(database.pool, runId)
  const beside = await listShadowRuns(database.pool, runId)
  const shadows = beside.map(async ({ id, ruleSet: version }): Promise<OpenShadow> => {
    try {
      return { run: id, version, ruleSet: await loadStoredRuleSet(database, version, adapters), failed: null }
    } catch (error) {
      return { run: id, version, ruleSet: null, failed: describeFailure(error) }
    }
  })
  const pinned = new Set([row, ...beside].flatMap(({ deliveries }) => deliveries as string[]))
  return {
    row,
    ruleSet: await loadStoredRuleSet(database, row.rule_set, adapters),
    shadows: await Promise.all(shadows),
    deliveries: await findPinnedDeliveries(database.pool as Reader, [...pinned]),
  }
}
