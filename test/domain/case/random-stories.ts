import { type ActContext, SYSTEM } from '../../../src/domain/case/act-context.ts'
import { ACTS, type Act, ALLOWED } from '../../../src/domain/case/allowed-acts.ts'
import { applyEvent, type CaseState } from '../../../src/domain/case/case-state.ts'
import { planAward, planClosing, planDecision, planOutcomeService } from '../../../src/domain/case/decisions.ts'
import { chainEvents } from '../../../src/domain/case/event-chain.ts'
import type { AnyCaseEvent, NewEvent } from '../../../src/domain/case/events.ts'
import { planLimits } from '../../../src/domain/case/limits.ts'
import * as prepare from '../../../src/domain/case/prepare.ts'
import { planAssessment, planRebuttal } from '../../../src/domain/case/rebuttals.ts'
import * as serving from '../../../src/domain/case/serving.ts'
import { LIVE, OUTCOMES, type Outcome, SERVICE_METHODS, VERDICTS } from '../../../src/domain/case/words.ts'
import { addCalendarDays, monthsBefore } from '../../../src/domain/dates.ts'
import type { WorkingCalendar } from '../../../src/domain/working-days.ts'
import { calendarOf, madeUpYear } from '../calendars.ts'
import * as story from './stories.ts'

/** What decides one step: any six numbers make one. */
export type Step = readonly [act: number, days: number, who: number, first: number, second: number, odd: number]

/** 2027 is not known at first, and comes to be known with little or with much time off. */
export const CALENDARS: readonly WorkingCalendar[] = [
  calendarOf([2026]),
  calendarOf(
    [2026],
    [
      madeUpYear(2027, [
        ['01-01', '01-01'],
        ['02-06', '02-08'],
      ]),
    ],
  ),
  calendarOf(
    [2026],
    [
      madeUpYear(2027, [
        ['01-01', '01-08'],
        ['02-01', '02-14'],
      ]),
    ],
  ),
]

/** People who may act, those who more often decide, and whoever may not. */
const PEOPLE = [story.CONFIRMER, story.CONFIRMER, story.CONFIRMER, '己', '庚', story.DECIDER]
const DECIDERS = [story.DECIDER, '辛', '辛', '壬', '壬', story.CONFIRMER]
const NOBODY = [story.COUSIN, 'hedui', '', ` ${story.CONFIRMER}`, '\u3164', 'ＨＥＤＵＩ']

/** How often an act is tried among those that are allowed; 2 unless told. What ends a case is tried seldom. */
const WEIGHTS: Partial<Record<Act, number>> = {
  ...{ confirm: 8, serve: 10, rebut: 6, assess: 14, expire: 12, 'contact-again': 12, decide: 16, resume: 6 },
  ...{ 'record-award': 6, 'serve-outcome': 8, close: 4, 'add-warnings': 3, visit: 5 },
  ...{ dismiss: 1, withdraw: 1, lapse: 1, escalate: 1, pause: 2 },
}
const DAYS = [0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 11, 16]

const RULES = ['deposits', 'vehicles', 'wage-below-minimum', 'property']

export interface World {
  readonly state: CaseState
  readonly events: readonly AnyCaseEvent[]
  readonly today: string
  readonly calendar: WorkingCalendar
}

export interface Tried {
  readonly act: Act
  readonly context: ActContext
  readonly before: World
  readonly after: World
  /** What refused it, if anything did. */
  readonly error: unknown
}

const pick = <T>(items: readonly T[], by: number): T => items[by % items.length]!

/** How a case begins: what is protected, how many warnings, when. */
export function begin(seed: number): World {
  const warnings = RULES.slice(0, 1 + (seed % 3)).map((rule) => story.found(rule))
  const guarded = seed % 5 === 0 ? [{ person: 'P1', why: ['age-unknown' as const] }] : []
  const kin = seed % 6 === 0 ? [story.COUSIN] : []
  const tipOff = seed % 11 === 0 ? 'T0' : null
  const { events, state } = story.opened({ warnings, opened: { protected: guarded, kin, tipOff } })
  // Some run up to the end of the year, whose next nobody knows yet.
  const today = addCalendarDays('2026-03-02', (seed >> 3) % 300)
  return { state, events, today, calendar: CALENDARS[0]! }
}

/** Does one step to a case: an act of somebody on some day, with an input that fits more often than not. */
export function tryStep(before: World, step: Step, without: readonly Act[] = []): Tried {
  const [which, days, who, first, second, odd] = step
  const { state } = before
  const today = addCalendarDays(before.today, days % 97 === 0 ? 60 : pick(DAYS, days))
  const calendar = odd % 40 === 0 && before.calendar === CALENDARS[0] ? CALENDARS[1 + (odd % 2)]! : before.calendar
  const possible = ALLOWED[state.state].filter((act) => !without.includes(act))
  const isTried = odd % 13 === 0 || possible.length === 0
  const act = isTried
    ? pick(
        ACTS.filter((each) => !without.includes(each)),
        which,
      )
    : pick(
        possible.flatMap((each) => Array<Act>(WEIGHTS[each] ?? 2).fill(each)),
        which,
      )
  const isProgram = ['add-warnings', 'expire', 'settle-deadline', 'escalate', 'lapse'].includes(act)
  const people = act === 'decide' ? DECIDERS : PEOPLE
  const actor = odd % 7 === 0 ? pick(NOBODY, who) : pick(people, who)
  const by = isProgram ? SYSTEM : { actor, role: who % 23 === 0 ? 'system' : 'reviewer' }
  const context = { ...by, today, calendar, procedure: story.PROCEDURE }
  try {
    let after: World = { ...before, today, calendar }
    after = take(after, context, planOf(act, state, { first, second, odd, context }))
    const isReady = ['confirm', 'dismiss', 'withdraw'].includes(act) && serving.packetToIssue(after.state)
    if (isReady) after = take(after, context, issueOf(after.state, context))
    return { act, context, before, after, error: null }
  } catch (error) {
    return { act, context, before, after: { ...before, today, calendar }, error }
  }
}

function take(world: World, { actor, role, today }: ActContext, news: readonly NewEvent[]): World {
  const stamp = { caseId: 'C1', at: `${today}T04:00:00.000Z`, actor, role }
  const added = chainEvents(news, stamp, world.state.head)
  const state = added.reduce<CaseState>(applyEvent, world.state)
  return { ...world, state, events: [...world.events, ...added] }
}

const issueOf = (state: CaseState, context: ActContext) =>
  serving.planIssue(state, { id: `K${state.packets.length}`, sha256: '0'.repeat(64), code: 'ABCD' }, context)

/** What a case of the kind often comes to; what is refused teaches little. */
function likelyOutcomes({ state, rebuttals }: CaseState): readonly Outcome[] {
  if (state === 'unanswered') return ['deemed-withdrawal', 'adjust', 'deemed-withdrawal', 'arbitration']
  if (state !== 'rebutted' && state !== 'decided') return ['arbitration', 'continue', 'adjust', 'no-issue']
  const isUntrue = rebuttals.some(({ answers }) => answers.some(({ verdict }) => verdict === 'untrue'))
  return isUntrue ? ['cancel-and-recover', 'adjust'] : ['adjust', 'continue', 'cancel-and-recover']
}

interface Chances {
  readonly first: number
  readonly second: number
  readonly odd: number
  readonly context: ActContext
}

function planOf(act: Act, state: CaseState, { first, second, odd, context }: Chances): readonly NewEvent[] {
  const { today } = context
  const reason = odd % 17 === 0 ? ' ' : '理由'
  const warning = pick(
    state.warnings.map(({ id }) => id),
    first,
  )
  const on = odd % 11 === 0 ? addCalendarDays(today, (second % 9) - 4) : today
  switch (act) {
    case 'add-warnings': {
      const run = `run-${state.head.number}`
      const warnings = [story.found(pick(RULES, first), { run, asOf: today, fingerprint: `records ${second % 3}` })]
      const cleared = second % 4 === 0 ? [{ rule: pick(RULES, second), person: 'P1' }] : []
      return prepare.planFindings(state, { run, asOf: today, warnings, cleared })
    }
    case 'link-tip-off':
      // Seldom: from then on the county has to visit.
      return second % 8 === 0 ? prepare.planTipOff(state, { tipOff: `T${first % 3}` }) : []
    case 'confirm-source': {
      const period = { from: '2025-01-01', until: '2026-01-31' }
      const stated = { warning, source: 'bank', amount: '1.00', access: second % 2 === 0, period, reference: '银函' }
      return prepare.planSourceConfirmation(state, stated, context)
    }
    case 'settle-lead': {
      const lead = { source: 'bank', delivery: 'D', row: 1, person: 'P1' }
      return prepare.planLeadAnswer(state, { lead, answer: 'no', reason }, context)
    }
    case 'confirm':
      return prepare.planConfirmation(state, { warnings: second % 3 === 0 ? [warning] : undefined, reason }, context)
    case 'dismiss':
      return prepare.planDismissal(state, { warnings: [warning], reason }, context)
    case 'withdraw':
      // Seldom, for it ends what the others begin.
      return second % 4 === 0 ? prepare.planWithdrawal(state, { warning, reason }, context) : []
    case 'visit':
      return prepare.planVisit(
        state,
        { on, visitors: ['甲', '乙'], findings: '…', by: second % 3 ? 'county' : 'township' },
        context,
      )
    case 'serve': {
      const proof = odd % 13 === 0 ? { kind: '', reference: '', attachment: null } : story.RECEIPT
      const guardianOf = second % 2 === 0 ? ['P1'] : []
      return serving.planService(
        state,
        { ...story.SERVICE, method: pick(SERVICE_METHODS, first), on, proof, guardianOf },
        context,
      )
    }
    case 'fail-service': {
      const packet = second % 3 === 0 ? 1 + (first % 2) : undefined
      return serving.planFailedService(state, { packet, method: 'post', on, by: '丁', why: '查无此人' }, context)
    }
    case 'extend':
      return serving.planExtension(state, { days: 1 + (first % 11), reason }, context)
    case 'settle-deadline':
      return serving.planSettledDeadlines(state, context)
    case 'pause':
      return serving.planPause(state, { why: 'source', waitingFor: '复核', reason }, context)
    case 'resume':
      return serving.planResume(state, { found: '属实', reason }, context)
    case 'rebut': {
      const live = state.warnings.filter((each) => LIVE.includes(each.state)).map(({ id }) => id)
      const answered = second % 3 === 0 ? [warning] : live
      const answers = answered.map((id) => ({ warning: id, evidenceKinds: ['other'], statement: '说明' }))
      const vouchedBy = { name: '戊', relation: '本人' }
      return planRebuttal(state, { receivedOn: on, answers, attachments: [], vouchedBy }, context)
    }
    case 'assess': {
      const found = { findings: reason, suppressUntil: null, correction: null, settles: null }
      return planAssessment(state, { warning, verdict: pick(VERDICTS, second), ...found }, context)
    }
    case 'expire':
      return serving.planExpiry(state, context)
    case 'contact-again':
      return serving.planSecondContact(state, { method: 'phone', on, by: '丁', result: '已告知' }, context)
    case 'decide': {
      const outcome = pick(odd % 3 === 0 ? OUTCOMES : likelyOutcomes(state), first)
      const decision = story.DECISIONS[outcome]
      const effectiveFrom = decision.effectiveFrom === null ? null : monthsBefore(today, odd % 19 === 0 ? 0 : -1)
      return planDecision(state, { ...decision, reason, effectiveFrom }, context)
    }
    case 'record-award':
      return planAward(state, { on, award: '补发工资', wage: null }, context)
    case 'serve-outcome': {
      const service = { method: 'in-person', on, by: '丁', receivedBy: '户主', proof: story.RECEIPT } as const
      return planOutcomeService(state, service, context)
    }
    case 'close':
      return planClosing(state, { reason }, context)
    case 'escalate':
    case 'lapse':
      return planLimits(state, context)
  }
}
