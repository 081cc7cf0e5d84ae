import type { Database } from '../../db/connect.ts'
import { listDecidedRules } from '../../db/queries/precision.ts'
import { addRuleStop, findLastActs, listRuleStops, type RuleStop } from '../../db/queries/rule-stops.ts'
import { requireReason, SYSTEM } from '../../domain/case/act-context.ts'
import { isBelowFloor } from '../../domain/case/precision.ts'
import type { Procedures } from '../../domain/procedure.ts'
import { HeduiError } from '../../errors.ts'
import { requireActor } from '../people-of-acts.ts'
import { countCases } from './count-cases.ts'
import { countAll, findWindow, floorOf, precisionRegions } from './decided-warnings.ts'

export interface PrecisionContext {
  readonly database: Database
  readonly procedures: Procedures
  now(): Date
}

/** An act on a rule: the program stopped it, or a person released it. */
export type RuleStopView = Omit<RuleStop, 'at'> & { readonly at: string }

const viewOf = (stop: RuleStop): RuleStopView => ({ ...stop, at: stop.at.toISOString() })

/**
 * Stops rules whose warnings turned out wrong too often (lessons 11): from then on none of them goes to a household until a
 * person releases the rule. After a release only what was decided since counts. Gives what it stopped; several processes
 * may do so at once.
 */
export async function stopRules({ database, procedures, now }: PrecisionContext): Promise<RuleStopView[]> {
  await countCases({ database })
  const last = await findLastActs(database.pool)
  const stopped: RuleStopView[] = []
  for (const region of precisionRegions(procedures)) {
    const floor = floorOf(procedures, region)
    for (const rule of await listDecidedRules(database.pool, region)) {
      const before = last.find((act) => act.rule === rule && act.region === region)
      if (before?.action === 'stopped') continue
      const counts = countAll(
        await findWindow(database.pool, { rule, region, after: before?.at ?? null, window: floor.window }),
      )
      if (!isBelowFloor(counts, floor)) continue
      const { right, decided } = counts
      const stop: RuleStop = {
        rule,
        region,
        number: (before?.number ?? 0) + 1,
        at: now(),
        actor: SYSTEM.actor,
        action: 'stopped',
        reason: `${right} of the last ${decided} decided warnings were right, less than ${floor.floorPercent} percent`,
        figures: { ...counts, ...floor },
      }
      if (await addRuleStop(database.pool, stop)) stopped.push(viewOf(stop))
    }
  }
  return stopped
}

export interface ReleaseRequest {
  readonly rule: string
  /** The region of the stop; "" unless given. */
  readonly region?: string | undefined
  readonly actor: string
  readonly role: string
  readonly reason: string
}

/** Lets a stopped rule issue packets again. Throws HeduiError INPUT_NOT_FOUND where it is not stopped, with those that are. */
export async function releaseRule(
  { database, now }: Pick<PrecisionContext, 'database' | 'now'>,
  request: ReleaseRequest,
): Promise<RuleStopView> {
  const actor = requireActor(request)
  const reason = requireReason(request.reason)
  const { rule, region = '' } = request
  const stops = (await findLastActs(database.pool)).filter(({ action }) => action === 'stopped')
  const stop = stops.find((each) => each.rule === rule && each.region === region)
  if (!stop) {
    const there = stops.map((each) => (each.region ? `${each.rule} in ${each.region}` : each.rule)).join(', ')
    const where = region ? ` in ${region}` : ''
    throw new HeduiError('INPUT_NOT_FOUND', `the rule "${rule}" is not stopped${where}; stopped: ${there || 'none'}`)
  }
  const release: RuleStop = { ...stop, number: stop.number + 1, at: now(), actor, action: 'released', reason }
  if (!(await addRuleStop(database.pool, release)))
    throw new HeduiError('STATE_BUSY', 'somebody else released the rule just now')
  return viewOf(release)
}

/** What was stopped and released, the latest first. */
export async function showRuleStops({ database }: Pick<PrecisionContext, 'database'>): Promise<RuleStopView[]> {
  return (await listRuleStops(database.pool)).map(viewOf)
}
