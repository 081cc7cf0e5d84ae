import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type t from 'tap'
import { type ActContext, SYSTEM } from '../../../src/domain/case/act-context.ts'
import { applyEvent, type CaseState, foldCase } from '../../../src/domain/case/case-state.ts'
import { type DecisionInput, planAward, planDecision, planOutcomeService } from '../../../src/domain/case/decisions.ts'
import { chainEvents } from '../../../src/domain/case/event-chain.ts'
import type { AnyCaseEvent, EventPayloads, NewEvent, Recovery } from '../../../src/domain/case/events.ts'
import { type FoundWarning, planConfirmation, planDismissal, planFindings } from '../../../src/domain/case/prepare.ts'
import { planAssessment, planRebuttal } from '../../../src/domain/case/rebuttals.ts'
import {
  packetToIssue,
  planExpiry,
  planFailedService,
  planIssue,
  planPause,
  planSecondContact,
  planService,
  type ServiceInput,
} from '../../../src/domain/case/serving.ts'
import type { CaseStateName, Verdict } from '../../../src/domain/case/words.ts'
import { parseProcedures } from '../../../src/domain/parse-procedures.ts'
import { procedureOf } from '../../../src/domain/procedure.ts'
import { parseCalendar } from '../../../src/domain/working-calendar.ts'
import { HeduiError } from '../../../src/errors.ts'
import { CALENDAR_TEXT } from '../calendars.ts'

export const CALENDAR = parseCalendar([{ file: 'CN.yaml', text: CALENDAR_TEXT }])

const NATIONAL = readFileSync(join(import.meta.dirname, '../../../rules/procedure/national.yaml'), 'utf8')
export const PROCEDURE = procedureOf(parseProcedures([{ file: 'national.yaml', text: NATIONAL }]), '369901003')

/** Two people who act, and the household's cousin who must not. */
export const CONFIRMER = '甲审核'
export const DECIDER = '乙决定'
export const COUSIN = '丙近亲'

/** A case as it went: its events, and what stands of it. */
export interface Story {
  readonly events: readonly AnyCaseEvent[]
  readonly state: CaseState
}

export interface Act {
  readonly on: string
  readonly by?: string
  readonly role?: string
}

export const contextOf = ({ on, by = CONFIRMER, role = 'reviewer' }: Act): ActContext => ({
  actor: by,
  role,
  today: on,
  calendar: CALENDAR,
  procedure: PROCEDURE,
})

export type Plan = (state: CaseState, context: ActContext) => readonly NewEvent[]

/** A story with one act more. At nine in the morning in China. */
export function tell(story: Story, act: Act, plan: Plan): Story {
  const news = plan(story.state, contextOf(act))
  return add(story, act, news)
}

export function add(
  { events, state }: Story,
  { on, by = CONFIRMER, role = 'reviewer' }: Act,
  news: readonly NewEvent[],
) {
  const next = chainEvents(news, { caseId: 'C1', at: `${on}T01:00:00.000Z`, actor: by, role }, state.head)
  return { events: [...events, ...next], state: next.reduce<CaseState>(applyEvent, state) }
}

/** A warning that a run found; its rule and person tell it apart. */
export function found(rule: string, more: Partial<FoundWarning> = {}): FoundWarning {
  const person = more.people?.[0] ?? 'P1'
  return {
    run: 'run-1',
    asOf: '2026-02-28',
    ruleSet: 'sha256:0',
    result: {
      rule,
      person,
      outcome: 'warned',
      unit: 'fen',
      measure: '86400.00',
      limit: '20000.00',
      reason: null,
      missing: [],
      evidence: [],
    },
    accepts: ['medical-fund', 'held-for-another'],
    sources: ['bank'],
    questions: [],
    leads: [],
    people: [person],
    fingerprint: `records of ${rule}`,
    ...more,
  }
}

export interface Beginning {
  readonly warnings?: readonly FoundWarning[]
  readonly opened?: Partial<EventPayloads['opened']>
}

/** A case that the program opened on Monday, 2 March 2026; two warnings unless told otherwise. */
export function opened({
  warnings = [found('deposits'), found('vehicles')],
  opened: more = {},
}: Beginning = {}): Story {
  const payload: EventPayloads['opened'] = {
    householdId: 'H1',
    region: '369901003',
    origin: 'batch',
    run: 'run-1',
    tipOff: null,
    asOf: '2026-02-28',
    protected: [],
    applicant: 'P1',
    kin: [],
    ...more,
  }
  const stamp = { caseId: 'C1', at: '2026-03-02T01:00:00.000Z', ...SYSTEM }
  const events = chainEvents([{ kind: 'opened', reason: null, payload }], stamp, null)
  const story = { events, state: foldCase(events) }
  return tell(story, { on: '2026-03-02', by: SYSTEM.actor, role: SYSTEM.role }, (state) =>
    planFindings(state, { run: 'run-1', asOf: '2026-02-28', warnings, cleared: [] }),
  )
}

export const confirm = (story: Story, act: Act, warnings?: readonly string[]) =>
  tell(story, act, (state, context) => planConfirmation(state, { warnings, reason: '来源可靠' }, context))

export const dismiss = (story: Story, act: Act, warnings?: readonly string[]) =>
  tell(story, act, (state, context) => planDismissal(state, { warnings, reason: '金额有误' }, context))

/** Issues the packet that is ready. */
export const issue = (story: Story, act: Act) =>
  tell(story, act, (state, context) => {
    const number = packetToIssue(state)?.number
    return planIssue(state, { id: `packet-${number}`, sha256: '0'.repeat(64), code: 'ABCD' }, context)
  })

export const RECEIPT = { kind: '送达回证', reference: '2026-17', attachment: null } as const

export const SERVICE: Omit<ServiceInput, 'on'> = {
  method: 'in-person',
  by: '丁送达',
  receivedBy: '户主本人',
  guardianOf: [],
  proof: RECEIPT,
}

export const serve = (story: Story, act: Act, more: Partial<ServiceInput> = {}) =>
  tell(story, act, (state, context) => planService(state, { ...SERVICE, on: act.on, ...more }, context))

export const failService = (story: Story, act: Act, packet?: number) =>
  tell(story, act, (state, context) =>
    planFailedService(state, { packet, method: 'post', on: act.on, by: '丁送达', why: '查无此人' }, context),
  )

export const expire = (story: Story, on: string) =>
  tell(story, { on, by: SYSTEM.actor, role: SYSTEM.role }, (state, context) => planExpiry(state, context))

export const rebut = (story: Story, act: Act, warnings: readonly string[] = ['W1']) =>
  tell(story, act, (state, context) =>
    planRebuttal(
      state,
      {
        receivedOn: act.on,
        answers: warnings.map((warning) => ({ warning, evidenceKinds: ['medical-fund'], statement: '医疗专用款' })),
        attachments: [],
        vouchedBy: { name: '戊', relation: '本人' },
      },
      context,
    ),
  )

export const assess = (story: Story, act: Act, verdict: Verdict, warning = 'W1') =>
  tell(story, act, (state, context) =>
    planAssessment(
      state,
      { warning, verdict, findings: '查看了单据', suppressUntil: null, correction: null, settles: null },
      context,
    ),
  )

export const pause = (story: Story, act: Act) =>
  tell(story, act, (state, context) =>
    planPause(state, { why: 'source', waitingFor: '银行复核', reason: '金额有争议' }, context),
  )

export const contactAgain = (story: Story, act: Act) =>
  tell(story, act, (state, context) =>
    planSecondContact(state, { method: 'phone', on: act.on, by: '丁', result: '已告知' }, context),
  )

/** One month of 745.00 without entitlement. */
export const RECOVERY: Recovery = {
  began: '2026-03',
  months: [{ month: '2026-03', paid: '745.00', standard: '745.00', size: 1, entitled: '0.00', recover: '745.00' }],
  total: '745.00',
}

const NOTHING = { effectiveFrom: null, newMonthlyBenefit: null, recovery: null, notice: null }
const FROM_APRIL = { ...NOTHING, effectiveFrom: '2026-04' }

/** What is sound for each outcome in March 2026. */
export const DECISIONS: Readonly<Record<DecisionInput['outcome'], DecisionInput>> = {
  continue: { ...NOTHING, outcome: 'continue', basis: '57号 第三十二条', reason: '解释成立' },
  adjust: {
    ...FROM_APRIL,
    outcome: 'adjust',
    newMonthlyBenefit: '320.00',
    basis: '57号 第三十二条',
    reason: '收入增加',
  },
  'deemed-withdrawal': { ...FROM_APRIL, outcome: 'deemed-withdrawal', basis: '57号 第三十二条', reason: '逾期未答复' },
  'cancel-and-recover': {
    ...FROM_APRIL,
    outcome: 'cancel-and-recover',
    basis: '649号 第六十八条',
    reason: '说明不实',
    recovery: RECOVERY,
  },
  arbitration: { ...NOTHING, outcome: 'arbitration', basis: '57号', reason: '工资低于最低工资' },
  'no-issue': { ...NOTHING, outcome: 'no-issue', basis: '57号', reason: '预警有误' },
}

export const decide = (
  story: Story,
  act: Act,
  outcome: DecisionInput['outcome'],
  more: Partial<DecisionInput> = {},
): Story =>
  tell(story, { by: DECIDER, ...act }, (state, context) =>
    planDecision(state, { ...DECISIONS[outcome], ...more }, context),
  )

export const serveOutcome = (story: Story, act: Act) =>
  tell(story, act, (state, context) =>
    planOutcomeService(
      state,
      { method: 'in-person', on: act.on, by: '丁', receivedBy: '户主', proof: RECEIPT },
      context,
    ),
  )

export const recordAward = (story: Story, act: Act) =>
  tell(story, act, (state, context) => planAward(state, { on: act.on, award: '补发工资', wage: '2200.00' }, context))

/** Wednesday, 4 March 2026; ten working days from then end on the 18th. */
const served = (beginning?: Beginning) => {
  const confirmed = issue(confirm(opened(beginning), { on: '2026-03-03' }), { on: '2026-03-03' })
  return serve(confirmed, { on: '2026-03-04' })
}

/** A case in each state. The last event of `unanswered` is of 19 March, of the others earlier. */
export const STORIES: Readonly<Record<CaseStateName, (beginning?: Beginning) => Story>> = {
  drafted: opened,
  confirmed: (beginning) => issue(confirm(opened(beginning), { on: '2026-03-03' }), { on: '2026-03-03' }),
  served,
  undeliverable: (beginning) => failService(STORIES.confirmed(beginning), { on: '2026-03-04' }),
  rebutted: (beginning) => rebut(served(beginning), { on: '2026-03-10' }),
  unanswered: (beginning) => expire(served(beginning), '2026-03-19'),
  paused: (beginning) => pause(served(beginning), { on: '2026-03-10' }),
  decided: (beginning) => decide(served(beginning), { on: '2026-03-10' }, 'no-issue'),
  closed: (beginning) =>
    add(STORIES.decided(beginning), { on: '2026-03-11' }, [
      { kind: 'closed', reason: '结案', payload: { on: '2026-03-11' } },
    ]),
  dismissed: (beginning) => dismiss(opened(beginning), { on: '2026-03-03' }),
  lapsed: (beginning) =>
    add(opened(beginning), { on: '2026-05-03', by: SYSTEM.actor, role: SYSTEM.role }, [
      { kind: 'lapsed', reason: 'nobody acted', payload: { state: 'drafted', days: 31, limit: 30 } },
    ]),
}

/** A household that does not answer, and was called on Friday, 20 March. */
export const calledAgain = (beginning?: Beginning) => contactAgain(STORIES.unanswered(beginning), { on: '2026-03-20' })

/** An answer to both warnings that was assessed, whose time is over: from 19 March on it can be decided. */
export const assessed = (verdict: Verdict) => {
  const answered = rebut(served(), { on: '2026-03-10' }, ['W1', 'W2'])
  return expire(
    assess(assess(answered, { on: '2026-03-11' }, verdict), { on: '2026-03-11' }, 'refused', 'W2'),
    '2026-03-19',
  )
}

type Test = Pick<typeof t, 'fail' | 'equal' | 'match'>

/** Makes sure that something is refused, with a code and a message; a refusal by STATE_CASE says what is allowed. */
export function refuses(t: Test, code: HeduiError['code'], message: RegExp, act: () => unknown): void {
  let error: unknown
  try {
    act()
  } catch (thrown) {
    error = thrown
  }
  if (!(error instanceof HeduiError)) {
    t.fail(`is refused with ${code} ${message}`, { found: error })
    return
  }
  t.equal(error.code, code, error.message)
  t.match(error.message, message)
  if (code === 'STATE_CASE') t.match(error.message, /allowed/, 'says what is allowed')
}
