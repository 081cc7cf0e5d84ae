import { listDueCases, updateCaseRows } from '../../db/queries/cases.ts'
import { type ActContext, SYSTEM } from '../../domain/case/act-context.ts'
import { ALLOWED } from '../../domain/case/allowed-acts.ts'
import { applyEvent, type CaseState } from '../../domain/case/case-state.ts'
import type { NewEvent } from '../../domain/case/events.ts'
import { planLimits } from '../../domain/case/limits.ts'
import { planExpiry, planSettledDeadlines } from '../../domain/case/serving.ts'
import { isOpen } from '../../domain/case/words.ts'
import { dateInChina } from '../../domain/dates.ts'
import { actOnCase, chainNext } from './act-on-case.ts'
import type { CaseContext } from './case-context.ts'
import { dueOf } from './due-of.ts'
import { isCheckpointDue, makeCheckpoint } from './make-checkpoint.ts'

export interface TickReport {
  /** Cases looked at. */
  readonly looked: number
  readonly settled: number
  readonly expired: number
  readonly escalated: number
  readonly lapsed: number
  /** Cases that could not be looked at; the others were. */
  readonly failures: readonly { readonly case: string; readonly error: unknown }[]
  /** Whether all chains were signed now. */
  readonly checkpoint: boolean
}

const PAGE = 200

/**
 * What the clock does to open cases: deadlines whose year became known are settled, those that passed expire, cases that
 * nobody handles escalate and at last lapse in the household's favor; nothing else ever. Looks at what is due; once a day
 * at all, for limits may have changed, and then the ends of all chains are signed. Each case is a transaction of its own,
 * so any number of processes may call it.
 */
export async function tickCases(
  context: CaseContext,
  { all = false, signal }: { readonly all?: boolean; readonly signal?: AbortSignal } = {},
): Promise<TickReport> {
  const today = dateInChina(context.now())
  const isDaily = await isCheckpointDue(context.database.pool, today)
  const counts = { looked: 0, settled: 0, expired: 0, escalated: 0, lapsed: 0 }
  const failures: { case: string; error: unknown }[] = []
  for (let after = '00000000-0000-0000-0000-000000000000'; !signal?.aborted; ) {
    const page = { today, all: all || isDaily, after, count: PAGE }
    const ids = await listDueCases(context.database.pool, page)
    if (ids.length === 0) break
    for (const id of ids) {
      if (signal?.aborted) break
      counts.looked++
      try {
        for (const { kind } of await tickCase(context, id)) {
          if (kind === 'deadline-settled') counts.settled++
          if (kind === 'expired' || kind === 'escalated' || kind === 'lapsed') counts[kind]++
        }
      } catch (error) {
        failures.push({ case: id, error })
      }
    }
    after = ids.at(-1)!
  }
  const checkpoint = isDaily && !signal?.aborted && (await makeCheckpoint(context))
  return { ...counts, failures, checkpoint }
}

async function tickCase(context: CaseContext, id: string): Promise<readonly NewEvent[]> {
  let news: readonly NewEvent[] = []
  await actOnCase(context, { case: id, ...SYSTEM }, async (state, act, client) => {
    news = isOpen(state.state) ? planTick(state, act, context.now().toISOString()) : []
    // The calendar or the limits may have changed what is due.
    if (news.length === 0) await updateCaseRows(client, [{ state, due: dueOf(state, context) }])
    return news
  })
  return news
}

/** All that the clock does to a case now, one after the other. */
function planTick(before: CaseState, act: ActContext, at: string): NewEvent[] {
  let state = before
  const news: NewEvent[] = []
  const take = (events: readonly NewEvent[]) => {
    news.push(...events)
    state = chainNext(state, events, { ...SYSTEM, at }).reduce<CaseState>(applyEvent, state)
  }
  if (ALLOWED[state.state].includes('settle-deadline')) take(planSettledDeadlines(state, act))
  if (ALLOWED[state.state].includes('expire')) take(planExpiry(state, act))
  take(planLimits(state, act))
  return news
}
