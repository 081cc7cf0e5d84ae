import { monthsBefore } from '../dates.ts'
import type { CaseDecision, CasePacket, CaseState, CaseWarning } from './case-state.ts'
import type { CountedDeadline } from './counted-deadline.ts'
import type { AnyCaseEvent, CaseWarningFacts, EventPayloads } from './events.ts'
import { ADVERSE, type CaseStateName, LIVE, type WarningState } from './words.ts'

/** The state after one more event, but for what every event changes: who acted, since when, the head. */
export function changeCase(state: CaseState, event: AnyCaseEvent): CaseState {
  switch (event.kind) {
    case 'opened':
      return state
    case 'tip-off-linked':
      return { ...state, tipOffs: [...state.tipOffs, event.payload.tipOff] }
    case 'warnings-added':
      return addWarnings(state, event.payload)
    case 'source-confirmed':
      return mapWarning(state, event.payload.warning, (warning) => ({
        confirmations: [
          ...warning.confirmations.filter(({ source }) => source !== event.payload.source),
          event.payload,
        ],
      }))
    case 'lead-settled':
      return { ...state, leads: [...state.leads, { ...event.payload, by: event.actor }] }
    case 'warning-confirmed':
      return mapWarning(state, event.payload.warning, () => ({
        state: 'confirmed',
        confirmedBy: event.actor,
        confirmedAt: event.at,
        reason: event.reason,
      }))
    case 'warning-dismissed':
      return dismissCase(mapWarning(state, event.payload.warning, () => ({ state: 'dismissed', reason: event.reason })))
    case 'warning-withdrawn':
      return dismissCase(
        mapWarning(state, event.payload.warning, () => ({
          state: 'withdrawn',
          reason: event.reason,
          // What a newer run no longer gives was not wrong; what a person takes back was.
          wrong: event.role !== 'system',
        })),
      )
    case 'visit-recorded':
      return { ...state, visits: [...state.visits, event.payload] }
    case 'packet-issued': {
      const { packet, id, sha256, code } = event.payload
      const issued = { id, sha256, code, issuedAt: event.at, issuedBy: event.actor }
      const next = mapPacket(state, packet, () => issued)
      return state.state === 'drafted' ? { ...next, state: 'confirmed' } : next
    }
    case 'served': {
      const { packet, deadline } = event.payload
      const next = mapPacket(state, packet, (each) => ({ service: event.payload, ...tell(each, deadline) }))
      return { ...next, state: 'served' }
    }
    case 'service-failed':
      return failService(state, event.payload)
    case 'deadline-extended':
      return mapPacket(state, event.payload.packet, (each) => ({
        ...tell(each, event.payload.deadline),
        extensions: each.extensions + event.payload.days,
      }))
    case 'deadline-settled':
      return mapPacket(state, event.payload.packet, (each) => tell(each, event.payload.deadline))
    case 'paused':
      return pauseCase(state, event.payload)
    case 'resumed':
      return resumeCase(state, event.payload)
    case 'rebutted':
      return takeRebuttal(state, event.payload)
    case 'rebuttal-assessed':
      return assessRebuttal(state, event.payload, event.actor)
    case 'expired':
      return expirePackets(state, event.payload)
    case 'contacted-again':
      return { ...state, contactsAgain: [...state.contactsAgain, event.payload] }
    case 'decided':
      return decideCase(state, event)
    case 'outcome-served':
      return serveOutcome(state, event.payload)
    case 'award-recorded':
      return { ...state, award: event.payload }
    case 'escalated':
      return { ...state, escalated: true }
    case 'lapsed':
      return lapseCase(state)
    case 'closed':
      return { ...state, state: 'closed' }
  }
}

function mapWarning(state: CaseState, id: string, update: (warning: CaseWarning) => Partial<CaseWarning>): CaseState {
  return { ...state, warnings: state.warnings.map((each) => (each.id === id ? { ...each, ...update(each) } : each)) }
}

function mapPacket(state: CaseState, number: number, update: (packet: CasePacket) => Partial<CasePacket>): CaseState {
  return {
    ...state,
    packets: state.packets.map((each) => (each.number === number ? { ...each, ...update(each) } : each)),
  }
}

/**
 * A warning that a newer run gives again stands in the place of the one that was not issued yet, and is to be confirmed
 * anew. What sources stated of the same records holds on.
 */
function addWarnings(state: CaseState, { packet, warnings: added }: EventPayloads['warnings-added']): CaseState {
  const ids = new Set(added.map(({ id }) => id))
  const kept = (facts: CaseWarningFacts) =>
    state.warnings.find(({ id, fingerprint }) => id === facts.id && fingerprint === facts.fingerprint)
  const fresh = added.map(
    (facts): CaseWarning => ({
      ...facts,
      state: 'proposed',
      packet,
      confirmations: kept(facts)?.confirmations ?? [],
      confirmedBy: null,
      confirmedAt: null,
      reason: null,
      wrong: false,
    }),
  )
  const warnings = [...state.warnings.filter(({ id }) => !ids.has(id)), ...fresh]
  const packets = state.packets.some(({ number }) => number === packet)
    ? state.packets
    : [...state.packets, emptyPacket(packet)]
  return { ...state, warnings, packets }
}

const emptyPacket = (number: number): CasePacket => ({
  number,
  id: null,
  issuedAt: null,
  issuedBy: null,
  sha256: null,
  code: null,
  service: null,
  failures: [],
  deadline: null,
  told: null,
  extensions: 0,
  daysLeft: null,
  answered: false,
  expired: false,
})

/** A drafted case ends where nothing of it is left to ask. */
function dismissCase(state: CaseState): CaseState {
  const isLeft = state.warnings.some((warning) => warning.state === 'proposed' || LIVE.includes(warning.state))
  return state.state === 'drafted' && !isLeft ? { ...state, state: 'dismissed' } : state
}

/** A last day as the household is told of it. */
const tell = ({ told }: CasePacket, deadline: CountedDeadline): Pick<CasePacket, 'deadline' | 'told'> => ({
  deadline,
  told: told !== null && told > deadline.date ? told : deadline.date,
})

/**
 * A packet that does not arrive. One that was thought to be served (a letter that comes back) was not: its clock never
 * ran, and what was decided on it does not stand.
 */
function failService(state: CaseState, failure: EventPayloads['service-failed']): CaseState {
  const wasServed = state.packets.some(({ number, service }) => number === failure.packet && service !== null)
  const next = mapPacket(state, failure.packet, ({ failures, ...packet }) => ({
    failures: [...failures, failure],
    ...(packet.service ? { service: null, deadline: null, told: null, extensions: 0, expired: false } : {}),
  }))
  if (!wasServed) {
    // A further packet that does not arrive leaves the case where the first one brought it.
    return state.state === 'confirmed' ? { ...next, state: 'undeliverable' } : next
  }
  const open = setAside(next)
  return open.state === 'served' || open.state === 'unanswered' ? { ...open, state: stateOfPackets(open) } : open
}

/** Where a case stands by what became of its packets. */
function stateOfPackets({ packets }: CaseState): CaseStateName {
  if (packets.some(({ deadline, expired }) => deadline !== null && !expired)) return 'served'
  // Whoever answered one of two packets is not silent.
  if (packets.some(({ answered }) => answered)) return 'rebutted'
  return packets.some(({ expired }) => expired) ? 'unanswered' : 'undeliverable'
}

function expirePackets(state: CaseState, { packets: over }: EventPayloads['expired']): CaseState {
  const packets = state.packets.map((packet) => (over.includes(packet.number) ? { ...packet, expired: true } : packet))
  const next = { ...state, packets }
  return state.state === 'served' ? { ...next, state: stateOfPackets(next) } : next
}

/** The case as it was before the decision, which does not stand; as it is where there is none. */
function setAside(state: CaseState): CaseState {
  if (!state.decision || state.state !== 'decided') return state
  const warnings = state.warnings.map(
    (warning): CaseWarning => (warning.state === 'upheld' ? { ...warning, state: 'rebutted-refused' } : warning),
  )
  return { ...state, warnings, state: state.decision.from, decision: null, outcomeService: null }
}

/** The benefit stays as it is: a decision against the household that it was never told of binds nobody. */
function lapseCase(state: CaseState): CaseState {
  const isBinding = !state.decision || !ADVERSE.includes(state.decision.outcome) || state.outcomeService !== null
  return { ...(isBinding ? state : setAside(state)), state: 'lapsed', pause: null }
}

/** Nothing is taken back before the household was told: where service comes late, the decision holds a month later. */
function serveOutcome(state: CaseState, service: EventPayloads['outcome-served']): CaseState {
  const { decision } = state
  const next = monthsBefore(service.on, -1)
  const isLate = decision?.effectiveFrom && decision.effectiveFrom < next
  return {
    ...state,
    outcomeService: service,
    decision: isLate ? { ...decision, effectiveFrom: next } : decision,
  }
}

function pauseCase(state: CaseState, { why, waitingFor, left }: EventPayloads['paused']): CaseState {
  const packets = state.packets.map((packet) => {
    const days = left.find(({ packet: number }) => number === packet.number)?.days
    return days === undefined ? packet : { ...packet, deadline: null, daysLeft: days }
  })
  return { ...state, packets, state: 'paused', pause: { why, waitingFor, back: state.state } }
}

function resumeCase(state: CaseState, { deadlines }: EventPayloads['resumed']): CaseState {
  const packets = state.packets.map((packet) => {
    const found = deadlines.find(({ packet: number }) => number === packet.number)
    return found ? { ...packet, ...tell(packet, found.deadline), daysLeft: null } : packet
  })
  // An award that was waited for is known now: the decision is to be made on it.
  const decision = state.pause?.why === 'arbitration' ? null : state.decision
  return { ...state, packets, decision, state: state.pause?.back ?? state.state, pause: null }
}

function takeRebuttal(state: CaseState, rebuttal: EventPayloads['rebutted']): CaseState {
  const answered = new Set(rebuttal.answers.map(({ warning }) => warning))
  const numbers = new Set(state.warnings.filter(({ id }) => answered.has(id)).map(({ packet }) => packet))
  const answers = rebuttal.answers.map((answer) => ({ ...answer, verdict: null, assessedBy: null }))
  const kept = { ...state, rebuttals: [...state.rebuttals, { ...rebuttal, answers }] }
  // A decision in the household's favor stands: nobody loses by answering again.
  if (state.state === 'decided' && !ADVERSE.includes(state.decision!.outcome)) return kept
  // What was decided without the answer does not stand.
  const open = setAside(kept)
  const next = {
    ...open,
    packets: open.packets.map((packet) => (numbers.has(packet.number) ? { ...packet, answered: true } : packet)),
    // An answer opens its warnings again, whatever was thought of an earlier one.
    warnings: open.warnings.map(
      (warning): CaseWarning =>
        answered.has(warning.id) && LIVE.includes(warning.state) ? { ...warning, state: 'confirmed' } : warning,
    ),
  }
  return state.pause ? { ...next, pause: { ...state.pause, back: 'rebutted' } } : { ...next, state: 'rebutted' }
}

function assessRebuttal(state: CaseState, payload: EventPayloads['rebuttal-assessed'], actor: string): CaseState {
  const { rebuttal, warning, verdict, settles } = payload
  const rebuttals = state.rebuttals.map((each) =>
    each.rebuttal === rebuttal
      ? {
          ...each,
          answers: each.answers.map((answer) =>
            answer.warning === warning ? { ...answer, verdict, assessedBy: actor } : answer,
          ),
        }
      : each,
  )
  const leads = settles ? [...state.leads, { lead: settles, answer: 'no' as const, by: actor }] : state.leads
  const next: WarningState = verdict === 'accepted' ? 'rebutted-accepted' : 'rebutted-refused'
  return mapWarning({ ...state, rebuttals, leads }, warning, () => ({ state: next }))
}

function decideCase(before: CaseState, event: Extract<AnyCaseEvent, { kind: 'decided' }>): CaseState {
  const { payload, actor: by, at, reason } = event
  // A decision that is made anew takes the place of the one before.
  const state = setAside(before)
  const decision: CaseDecision = { ...payload, from: state.state, by, at, reason: reason ?? '' }
  const { outcome } = payload
  // Arbitration decides nothing of the benefit: the case waits for the award (the event "paused" follows).
  if (outcome === 'arbitration') return { ...state, decision, award: null }
  const warnings = state.warnings.map((warning): CaseWarning => {
    if (outcome === 'no-issue' && LIVE.includes(warning.state)) return { ...warning, state: 'withdrawn', wrong: true }
    // Silence proves nothing: only an answer that was refused makes a warning an upheld one.
    if (ADVERSE.includes(outcome) && warning.state === 'rebutted-refused') return { ...warning, state: 'upheld' }
    return warning
  })
  return { ...state, decision, warnings, state: 'decided' }
}
