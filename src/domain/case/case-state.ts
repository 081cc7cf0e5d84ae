import { changeCase } from './change-case.ts'
import type { CountedDeadline } from './counted-deadline.ts'
import type { AnyCaseEvent, CaseWarningFacts, EventPayloads, LeadKey, SourceConfirmation } from './events.ts'
import type { CaseStateName, Outcome, PauseReason, Verdict, WarningState } from './words.ts'

export { LIVE } from './words.ts'

/** What stands of a case: a function of its events, and of nothing else. */
export interface CaseState {
  readonly id: string
  readonly state: CaseStateName
  /** When the state began, as the event that brought it says. */
  readonly since: string
  /** Where the case was before, since the household last answered or was served: pausing gives the agency no new time. */
  readonly stretches: readonly Stretch[]
  readonly opened: EventPayloads['opened']
  readonly openedAt: string
  readonly tipOffs: readonly string[]
  readonly warnings: readonly CaseWarning[]
  readonly packets: readonly CasePacket[]
  readonly rebuttals: readonly CaseRebuttal[]
  readonly visits: readonly EventPayloads['visit-recorded'][]
  readonly contactsAgain: readonly EventPayloads['contacted-again'][]
  readonly leads: readonly (EventPayloads['lead-settled'] & { readonly by: string })[]
  /** Of a paused case: why, and the state that it goes back to. */
  readonly pause: { readonly why: PauseReason; readonly waitingFor: string; readonly back: CaseStateName } | null
  readonly award: EventPayloads['award-recorded'] | null
  /** The decision that stands. One that a late rebuttal set aside is in the events only. */
  readonly decision: CaseDecision | null
  readonly outcomeService: EventPayloads['outcome-served'] | null
  readonly escalated: boolean
  /** Everybody who acted in it, in the order of their first act; the program left out. */
  readonly actors: readonly string[]
  /** How many events, and the hash of the last. */
  readonly head: { readonly number: number; readonly hash: string }
}

/** A time in one state, as the events that began and ended it say. */
export interface Stretch {
  readonly state: CaseStateName
  readonly from: string
  readonly until: string
}

export interface CaseWarning extends CaseWarningFacts {
  readonly state: WarningState
  readonly packet: number
  readonly confirmations: readonly SourceConfirmation[]
  readonly confirmedBy: string | null
  readonly confirmedAt: string | null
  /** Of whoever confirmed, dismissed or withdrew it. */
  readonly reason: string | null
  /** A person took it back, or decided that there is no issue: counts against the rule's precision. */
  readonly wrong: boolean
}

export interface CasePacket {
  /** 1, 2, … within the case. */
  readonly number: number
  /** null until it is issued. */
  readonly id: string | null
  readonly issuedAt: string | null
  readonly issuedBy: string | null
  readonly sha256: string | null
  readonly code: string | null
  readonly service: EventPayloads['served'] | null
  readonly failures: readonly EventPayloads['service-failed'][]
  /** The last day to answer; null before service and while the case is paused. */
  readonly deadline: CountedDeadline | null
  /** The latest last day that the household was told; no later one is before it. */
  readonly told: string | null
  readonly extensions: number
  /** Working days left while the case is paused. */
  readonly daysLeft: number | null
  readonly answered: boolean
  readonly expired: boolean
}

export interface CaseRebuttal extends Omit<EventPayloads['rebutted'], 'answers'> {
  readonly answers: readonly (EventPayloads['rebutted']['answers'][number] & {
    readonly verdict: Verdict | null
    readonly assessedBy: string | null
  })[]
}

export interface CaseDecision {
  readonly outcome: Outcome
  /** The state that it was made in, and that the case goes back to where it is set aside. */
  readonly from: CaseStateName
  readonly by: string
  readonly at: string
  readonly reason: string
  readonly basis: string
  /** Never a month that began before the notice was served: it is later than in the event where service came late. */
  readonly effectiveFrom: string | null
  readonly newMonthlyBenefit: string | null
  readonly recovery: EventPayloads['decided']['recovery']
  readonly notice: EventPayloads['decided']['notice']
}

export const sameLead = (a: LeadKey, b: LeadKey): boolean =>
  a.source === b.source && a.delivery === b.delivery && a.row === b.row && a.person === b.person

/** The state of a case after some events; the first is `opened`. */
export function foldCase(events: readonly AnyCaseEvent[]): CaseState {
  let state: CaseState | undefined
  for (const event of events) state = applyEvent(state, event)
  if (!state) throw new Error('a case has at least the event that opened it')
  return state
}

/** The state after one more event. What may happen when is allowed-acts.ts's to say: an event that stands is taken as it is. */
export function applyEvent(state: CaseState | undefined, event: AnyCaseEvent): CaseState {
  if (event.kind === 'opened') return openState(event.payload, event)
  if (!state) throw new Error(`the event ${event.kind} comes before the case was opened`)
  const next = changeCase(state, event)
  const actors =
    event.role === 'system' || next.actors.includes(event.actor) ? next.actors : [...next.actors, event.actor]
  return { ...next, ...clockOf(state, next, event), actors, head: { number: event.number, hash: event.hash } }
}

/** Since when the agency's own limit counts. What the household does, or is served, begins it anew; a pause does not. */
function clockOf(
  before: CaseState,
  next: CaseState,
  { kind, at }: AnyCaseEvent,
): Pick<CaseState, 'since' | 'stretches' | 'escalated'> {
  const isNew = kind === 'served' || (kind === 'rebutted' && next.state !== before.state)
  // A served decision that a person replaces by a better one has its own notice to serve.
  const again = kind === 'decided' && before.state === 'decided' && before.outcomeService !== null
  if (again) return { since: at, stretches: [], escalated: false }
  if (next.state === before.state && !isNew) {
    return { since: before.since, stretches: before.stretches, escalated: next.escalated }
  }
  const { state, since: from } = before
  return { since: at, stretches: isNew ? [] : [...before.stretches, { state, from, until: at }], escalated: false }
}

function openState(opened: EventPayloads['opened'], event: AnyCaseEvent): CaseState {
  return {
    id: event.caseId,
    state: 'drafted',
    since: event.at,
    stretches: [],
    opened,
    openedAt: event.at,
    tipOffs: opened.tipOff ? [opened.tipOff] : [],
    warnings: [],
    packets: [],
    rebuttals: [],
    visits: [],
    contactsAgain: [],
    leads: [],
    pause: null,
    award: null,
    decision: null,
    outcomeService: null,
    escalated: false,
    actors: event.role === 'system' ? [] : [event.actor],
    head: { number: event.number, hash: event.hash },
  }
}
