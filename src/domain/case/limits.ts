import type { Procedure, StateLimit, WaitingState } from '../procedure.ts'
import { addWorkingDays, type Deadline, workingDaysBetween } from '../working-days.ts'
import type { ActContext } from './act-context.ts'
import { ALLOWED } from './allowed-acts.ts'
import type { CaseState } from './case-state.ts'
import type { NewEvent } from './events.ts'
import { chinaDate } from './serving.ts'

type LimitContext = Pick<ActContext, 'calendar' | 'procedure'>

/**
 * What the agency's own time limits do to a case (lessons 15): past the first it escalates, past the second it lapses in
 * the household's favor. A case that waits for the household, or whose outcome was served, has none.
 */
export function planLimits(
  state: CaseState,
  { today, calendar, procedure }: Omit<ActContext, 'actor' | 'role'>,
): NewEvent[] {
  const limit = limitOf(state, procedure)
  if (!limit || !ALLOWED[state.state].includes('lapse')) return []
  const days = daysBefore(state, { calendar }) + workingDaysBetween(calendar, chinaDate(state.since), today)
  const payload = (most: number) => ({ state: state.state, days, limit: most })
  if (days > limit.lapseDays) {
    const reason = `nobody acted within ${limit.lapseDays} working days: the benefit stays as it is`
    return [{ kind: 'lapsed', reason, payload: payload(limit.lapseDays) }]
  }
  if (days > limit.escalateDays && !state.escalated) {
    const reason = `nobody acted within ${limit.escalateDays} working days`
    return [{ kind: 'escalated', reason, payload: payload(limit.escalateDays) }]
  }
  return []
}

/** The limit that runs now; null where the agency owes nothing. */
export function limitOf({ state, outcomeService }: CaseState, { limits }: Procedure): StateLimit | null {
  if (state === 'decided' && outcomeService) return null
  return state in limits ? limits[state as WaitingState] : null
}

/** The last day on which the limit that comes next is kept; on the next working day planLimits has something to say. */
export function limitDay(state: CaseState, { calendar, procedure }: LimitContext): Deadline | null {
  const limit = limitOf(state, procedure)
  if (!limit) return null
  const since = chinaDate(state.since)
  const left = (state.escalated ? limit.lapseDays : limit.escalateDays) - daysBefore(state, { calendar })
  return left > 0 ? addWorkingDays(calendar, since, left) : { date: since, provisional: false }
}

/** Working days that a case was in its state before it was paused: who pauses gains no time. */
function daysBefore({ state, stretches }: CaseState, { calendar }: Pick<LimitContext, 'calendar'>): number {
  return stretches
    .filter((stretch) => stretch.state === state)
    .reduce((days, { from, until }) => days + workingDaysBetween(calendar, chinaDate(from), chinaDate(until)), 0)
}
