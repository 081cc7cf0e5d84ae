import { HeduiError } from '../../errors.ts'
import { dateInChina } from '../dates.ts'
import { visibleLetters } from '../rule-set-life.ts'
import { addWorkingDays, workingDaysBetween } from '../working-days.ts'
import {
  type ActContext,
  requireNoKin,
  requirePast,
  requirePerson,
  requireReason,
  requireService,
  requireText,
} from './act-context.ts'
import { refuse, requireAllowed } from './allowed-acts.ts'
import { type CasePacket, type CaseState, LIVE } from './case-state.ts'
import { countDeadline, isOver, notBefore, settleCounted } from './counted-deadline.ts'
import type { EventPayloads, NewEvent } from './events.ts'
import { ADVERSE, type PauseReason } from './words.ts'

/**
 * The packet that is ready to be issued: none of its warnings waits for a person, and one at least is confirmed; else
 * null.
 */
export function packetToIssue(
  state: CaseState,
): { readonly number: number; readonly warnings: readonly string[] } | null {
  const packet = state.packets.find(({ id }) => id === null)
  if (!packet) return null
  const own = state.warnings.filter((warning) => warning.packet === packet.number)
  const confirmed = own.filter((warning) => warning.state === 'confirmed')
  if (confirmed.length === 0 || own.some((warning) => warning.state === 'proposed')) return null
  return { number: packet.number, warnings: confirmed.map(({ id }) => id) }
}

/** Keeps that a packet was sealed. `sha256` is of its manifest. */
export function planIssue(
  state: CaseState,
  issued: Omit<EventPayloads['packet-issued'], 'packet' | 'warnings'>,
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'confirm')
  requirePerson(state, context)
  const ready = packetToIssue(state)
  if (!ready) throw refuse(state.state, 'no packet is ready to be issued')
  return [
    { kind: 'packet-issued', reason: null, payload: { ...issued, packet: ready.number, warnings: ready.warnings } },
  ]
}

export type ServiceInput = Omit<EventPayloads['served'], 'packet' | 'deadline' | 'days'> & {
  /** The packet's number; the one that waits unless given. */
  readonly packet?: number | undefined
  readonly reason?: string | undefined
}

/** Of a household as the register has it today: who applied, and who is protected. */
export type HouseholdToday = Pick<EventPayloads['opened'], 'applicant' | 'protected'>

/**
 * Keeps that a packet reached the household, with proof; the time to answer begins. Throws HeduiError INPUT_PROOF where
 * there is none: without it no clock runs. Throws STATE_PROTECTED where somebody whom the warnings concern is protected,
 * since the case was opened or as the register has it today, and neither the guardian received it nor a visit was made.
 */
export function planService(
  state: CaseState,
  input: ServiceInput,
  context: ActContext,
  household: HouseholdToday = state.opened,
): NewEvent[] {
  requireAllowed(state, 'serve')
  requirePerson(state, context)
  const { packet: number, reason, ...service } = input
  const packet = waitingPacket(state, number)
  requireService(service, chinaDate(packet.issuedAt!), context)
  if (service.method === 'public-notice' && packet.failures.length === 0)
    throw new HeduiError('INPUT_INVALID', 'a public notice is for what no other way delivered: record that first', {
      path: 'method',
    })
  requireNoKin(state, service.by, context)
  requireCared(state, protectedOf(state, packet.number, household), service)
  const days = context.procedure.rebuttalDays
  const deadline = countDeadline(context.calendar, service.on, days)
  return [
    { kind: 'served', reason: reason?.trim() || null, payload: { ...service, packet: packet.number, days, deadline } },
  ]
}

/**
 * Whom the confirmed warnings of a packet concern and who is protected, by id; the applicant, who receives it, always. Who
 * was protected when the case was opened stays so: nobody loses care to a change of the register.
 */
export function protectedOf(state: CaseState, packet: number, household: HouseholdToday = state.opened): string[] {
  const own = state.warnings.filter((warning) => warning.packet === packet && LIVE.includes(warning.state))
  const concerned = new Set([state.opened.applicant, household.applicant, ...own.flatMap(({ people }) => people)])
  const known = [...state.opened.protected, ...household.protected].map(({ person }) => person)
  return [...new Set(known)].filter((person) => concerned.has(person))
}

function requireCared(
  state: CaseState,
  known: readonly string[],
  { guardianOf }: Pick<ServiceInput, 'guardianOf'>,
): void {
  if (state.visits.length > 0) return
  const left = known.filter((person) => !guardianOf.includes(person))
  if (left.length === 0) return
  throw new HeduiError(
    'STATE_PROTECTED',
    `${left.join(', ')} is protected: the guardian receives the packet (guardianOf), or a visit is recorded first`,
  )
}

/** The date in China of an ISO instant. */
export const chinaDate = (at: string): string => dateInChina(new Date(at))

function waitingPacket(state: CaseState, number: number | undefined): CasePacket {
  const waiting = state.packets.filter(({ id, service }) => id !== null && service === null)
  const packet = number === undefined ? waiting[0] : waiting.find((each) => each.number === number)
  if (!packet) throw refuse(state.state, 'no packet waits to be served')
  if (!hasLive(state, packet.number)) throw refuse(state.state, `no warning of packet ${packet.number} stands any more`)
  return packet
}

/** Whether a packet still asks something. */
const hasLive = ({ warnings }: CaseState, number: number) =>
  warnings.some(({ packet, state }) => packet === number && LIVE.includes(state))

export type FailedServiceInput = Omit<EventPayloads['service-failed'], 'packet'> & {
  /** The packet's number; the one that waits unless given. One that was served, too, where its notice came back. */
  readonly packet?: number | undefined
}

/**
 * Keeps that a packet could not be delivered. No clock runs; that of a packet whose notice came back never ran, and what
 * was decided on it does not stand.
 */
export function planFailedService(state: CaseState, input: FailedServiceInput, context: ActContext): NewEvent[] {
  requireAllowed(state, 'fail-service')
  requirePerson(state, context)
  const { packet: number, ...failure } = input
  const served = state.packets.find((packet) => packet.number === number && packet.service !== null)
  if (served?.answered) throw refuse(state.state, `packet ${served.number} was answered: it arrived`)
  if (state.state === 'decided' && !(served && ADVERSE.includes(state.decision!.outcome)))
    throw refuse(state.state, 'nothing was decided against the household on a packet that came back')
  const packet = served ?? waitingPacket(state, number)
  requirePast(failure.on, context, 'on')
  if (visibleLetters(failure.why) === '') throw new HeduiError('INPUT_REASON', 'say why it could not be delivered')
  return [{ kind: 'service-failed', reason: null, payload: { ...failure, packet: packet.number } }]
}

const running = ({ packets }: CaseState) => packets.filter(({ deadline, expired }) => deadline !== null && !expired)

/** Gives more time on request. At most the procedure's days together; never shortens. */
export function planExtension(
  state: CaseState,
  {
    packet: number,
    days,
    reason,
  }: { readonly packet?: number | undefined; readonly days: number; readonly reason: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'extend')
  requirePerson(state, context)
  const text = requireReason(reason)
  const open = running(state)
  const packet = number === undefined ? open.at(-1) : open.find((each) => each.number === number)
  if (!packet) throw refuse(state.state, 'no packet’s time to answer runs')
  const most = context.procedure.extensionDays - packet.extensions
  if (!Number.isInteger(days) || days < 1 || days > most)
    throw new HeduiError('INPUT_INVALID', `must be a whole number of working days, 1 to ${most}`, { path: 'days' })
  const told = packet.deadline!
  const deadline = countDeadline(context.calendar, told.from, told.workingDays + days)
  // A provisional day that was told may lie later than the count: the days are added to it.
  const added = addWorkingDays(context.calendar, told.date, days)
  const later =
    added.date > deadline.date
      ? { ...deadline, date: added.date, provisional: added.provisional || deadline.provisional }
      : deadline
  return [{ kind: 'deadline-extended', reason: text, payload: { packet: packet.number, days, deadline: later } }]
}

/**
 * Deadlines by the calendar that is known now: later or the same, never earlier. Also one that was certain moves where a
 * later notice of the State Council makes its day one off.
 */
export function planSettledDeadlines(state: CaseState, { calendar }: Pick<ActContext, 'calendar'>): NewEvent[] {
  requireAllowed(state, 'settle-deadline')
  return running(state).flatMap(({ number, deadline }): NewEvent[] => {
    const settled = settleCounted(deadline!, calendar)
    if (settled.date === deadline!.date && settled.provisional === deadline!.provisional) return []
    return [{ kind: 'deadline-settled', reason: null, payload: { packet: number, deadline: settled } }]
  })
}

/** Ends the time to answer of packets whose last day has passed. Nothing but that, and a second contact, follows of it. */
export function planExpiry(state: CaseState, context: Pick<ActContext, 'today' | 'calendar'>): NewEvent[] {
  requireAllowed(state, 'expire')
  const past = running(state).filter(({ deadline }) => isOver(deadline!, context))
  if (past.length === 0) return []
  return [{ kind: 'expired', reason: null, payload: { packets: past.map(({ number }) => number) } }]
}

/** Stops the clocks while a source verifies anew or an arbitration runs. */
export function planPause(
  state: CaseState,
  { why, waitingFor, reason }: { readonly why: PauseReason; readonly waitingFor: string; readonly reason: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'pause')
  requirePerson(state, context)
  requireText(waitingFor, 'waitingFor', 'must say what is waited for')
  return [pauseEvent(state, { why, waitingFor: waitingFor.trim(), reason: requireReason(reason) }, context)]
}

/** The event that stops the clocks, with the working days that are left of each. */
export function pauseEvent(
  state: CaseState,
  { why, waitingFor, reason }: { readonly why: PauseReason; readonly waitingFor: string; readonly reason: string },
  { today, calendar }: ActContext,
): NewEvent {
  const left = running(state).map(({ number, deadline }) => ({
    packet: number,
    // The day of the pause itself counts as left: nobody loses a day to it.
    days: deadline!.date < today ? 0 : workingDaysBetween(calendar, today, deadline!.date) + 1,
  }))
  return { kind: 'paused', reason, payload: { why, waitingFor, on: today, left } }
}

/** Goes on after a pause: every clock has the days that it had left, at least one. */
export function planResume(
  state: CaseState,
  { found, reason }: { readonly found: string; readonly reason: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'resume')
  requirePerson(state, context)
  const text = requireReason(reason)
  requireText(found, 'found', 'must say what came of it')
  if (state.pause!.why === 'arbitration' && state.award === null)
    throw refuse(state.state, 'the arbitration’s award is not recorded')
  const { today, calendar } = context
  const deadlines = state.packets
    .filter(({ daysLeft }) => daysLeft !== null)
    .map(({ number, daysLeft, told }) => ({
      packet: number,
      // Nor is a day earlier than the one that stands in the household's notice.
      deadline: notBefore(told, countDeadline(calendar, today, Math.max(1, daysLeft!)), calendar),
    }))
  return [{ kind: 'resumed', reason: text, payload: { on: today, found: found.trim(), deadlines } }]
}

/** Packets of which a warning that stands has no answer. */
export function silentPackets({ packets, warnings, rebuttals }: CaseState): CasePacket[] {
  const answered = new Set(rebuttals.flatMap(({ answers }) => answers.map(({ warning }) => warning)))
  const silent = warnings.filter(({ id, state }) => LIVE.includes(state) && !answered.has(id))
  return packets.filter(({ number }) => silent.some(({ packet }) => packet === number))
}

/** Keeps a second attempt to reach a household that has not answered, by another channel than the notice came by. */
export function planSecondContact(
  state: CaseState,
  { reason, ...contact }: EventPayloads['contacted-again'] & { readonly reason?: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'contact-again')
  requirePerson(state, context)
  requirePast(contact.on, context, 'on')
  const over = silentPackets(state).flatMap(({ deadline }) => (deadline && isOver(deadline, context) ? [deadline] : []))
  if (over.length === 0) throw refuse(state.state, 'no packet’s time is over without an answer')
  const first = over.map(({ date }) => date).sort()[0]!
  if (contact.on <= first)
    throw new HeduiError('INPUT_INVALID', `must be after ${first}, the last day to answer`, { path: 'on' })
  const used = state.packets.flatMap(({ service }) => (service ? [service.method as string] : []))
  if (used.includes(contact.method))
    throw new HeduiError('INPUT_INVALID', `must be another way than the notice came by, ${used.join(', ')}`, {
      path: 'method',
    })
  requireText(contact.by, 'by', 'must say who tried')
  requireText(contact.result, 'result', 'must say what came of it')
  return [{ kind: 'contacted-again', reason: reason?.trim() || null, payload: contact }]
}
