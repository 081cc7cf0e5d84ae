import { ALLOWED } from '../../domain/case/allowed-acts.ts'
import type { CaseState } from '../../domain/case/case-state.ts'
import { limitDay } from '../../domain/case/limits.ts'
import { procedureOf } from '../../domain/procedure.ts'
import type { CaseContext } from './case-context.ts'
import type { CaseDue } from './case-view.ts'

/**
 * The last day on which nothing is overdue in a case: of the household's deadlines and the agency's limit the earliest.
 * On the day after, the clock (tick-cases.ts) has something to look at. null where nobody is waited for.
 */
export function dueOf(
  state: CaseState,
  { calendar, procedures }: Pick<CaseContext, 'calendar' | 'procedures'>,
): CaseDue | null {
  const isWaiting = ALLOWED[state.state].includes('expire')
  const deadlines = state.packets
    .filter(({ deadline, expired }) => isWaiting && deadline !== null && !expired)
    .map(({ deadline }): CaseDue => ({ on: deadline!.date, who: 'household', provisional: deadline!.provisional }))
  const limit = limitDay(state, { calendar, procedure: procedureOf(procedures, state.opened.region) })
  const agency: CaseDue[] = limit ? [{ on: limit.date, who: 'agency', provisional: limit.provisional }] : []
  return [...deadlines, ...agency].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))[0] ?? null
}
