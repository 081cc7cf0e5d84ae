import type { StoredPacket } from '../../db/queries/packets.ts'
import type { ActContext } from '../../domain/case/act-context.ts'
import type { CaseState } from '../../domain/case/case-state.ts'
import type { AnyCaseEvent, EventPayloads } from '../../domain/case/events.ts'
import { chinaDate } from '../../domain/case/serving.ts'
import { rebuttalKinds } from '../../domain/rebuttal-kinds.ts'
import type { OutcomeNotice } from '../../packets/outcome-notice.ts'
import type { Packet } from '../../packets/packet.ts'
import type { CaseContext } from './case-context.ts'
import { openPacket } from './read-packet.ts'

export interface NoticeInput {
  readonly id: string
  readonly state: CaseState
  /** As the decision leaves it. */
  readonly after: Pick<CaseState, 'warnings'>
  readonly events: readonly AnyCaseEvent[]
  /** The case's packets as they were sealed, the latest last; one at least. */
  readonly packets: readonly Packet[]
  readonly decision: EventPayloads['decided'] & { readonly reason: string }
  /** What the household receives a month, as the register has it today. */
  readonly monthlyBenefit: string | null
  readonly at: string
}

/** The notice of a decision, of what the case holds and of what its packets said. */
export function buildNotice(context: CaseContext, input: NoticeInput, act: ActContext): OutcomeNotice {
  const { id, state, packets, decision, at } = input
  const { household, addressee } = packets.at(-1)!
  const { procedure } = act
  return {
    id,
    caseId: state.id,
    title: titleOf(packets.at(-1)!, chinaDate(at), input.events),
    decided: { at, on: chinaDate(at), by: act.actor.trim() },
    household,
    addressee,
    outcome: decision.outcome,
    packets: describePackets(state, packets),
    warnings: describeWarnings(context, input.after, packets),
    rebuttals: describeRebuttals(input),
    reason: decision.reason.trim(),
    basis: decision.basis.trim(),
    monthlyBenefit: input.monthlyBenefit,
    effectiveFrom: decision.effectiveFrom,
    newMonthlyBenefit: decision.newMonthlyBenefit,
    recovery: decision.recovery,
    legal: procedure.legalBasis
      .filter(({ use }) => use.includes('outcome') || (decision.recovery !== null && use.includes('recovery')))
      .map(({ id: text, authority, text: words }) => ({ id: text, authority, text: words })),
    office: procedure.offices.asks,
    review: {
      calendarDays: procedure.reviewCalendarDays,
      office: procedure.offices.review,
      suitMonths: procedure.suitMonths,
      court: procedure.offices.court,
    },
  }
}

/** "核决〔2026〕369901-1A2B3C4D-1": as the packets of the case are called, with the number of the decision in it. */
function titleOf({ title }: Packet, on: string, events: readonly AnyCaseEvent[]): string {
  const number = events.filter(({ kind }) => kind === 'decided').length + 1
  return title
    .replace('核告', '核决')
    .replace(/〔\d{4}〕/, `〔${on.slice(0, 4)}〕`)
    .replace(/-\d+$/, `-${number}`)
}

function describePackets(state: CaseState, packets: readonly Packet[]): OutcomeNotice['packets'] {
  return packets.map(({ number, title, issued }) => {
    const own = state.packets.find((each) => each.number === number)!
    return {
      number,
      title,
      issuedOn: issued.on,
      servedOn: own.service?.on ?? null,
      answerUntil: own.deadline?.date ?? null,
      contactedAgainOn: state.contactsAgain.map(({ on }) => on),
    }
  })
}

/** The warnings that were told; of those that were taken back before, nothing is said. */
function describeWarnings(
  { adapters }: Pick<CaseContext, 'adapters'>,
  { warnings: decided }: Pick<CaseState, 'warnings'>,
  packets: readonly Packet[],
): OutcomeNotice['warnings'] {
  const told = packets.flatMap(({ warnings, check }) => warnings.map((warning) => ({ ...warning, asOf: check.asOf })))
  return told.map(({ id, title, authority, asOf, result }) => ({
    id,
    title,
    authority: authority.zh,
    asOf,
    reason: result.reason?.zh ?? '',
    evidence: result.evidence.map(({ source, key, asOf: day }) => ({
      source: adapters.get(source)?.manifest.title.zh ?? source,
      key,
      asOf: day,
    })),
    state: decided.find((warning) => warning.id === id)!.state,
  }))
}

function describeRebuttals({ state, events }: NoticeInput): OutcomeNotice['rebuttals'] {
  const findingsOf = (rebuttal: string, warning: string) => {
    const found = events.findLast(
      (event) =>
        event.kind === 'rebuttal-assessed' && event.payload.rebuttal === rebuttal && event.payload.warning === warning,
    )
    return found?.kind === 'rebuttal-assessed' ? found.payload.findings : null
  }
  return state.rebuttals.map(({ rebuttal, receivedOn, late, vouchedBy, attachments, answers }) => ({
    id: rebuttal,
    receivedOn,
    late,
    vouchedBy,
    attachments: attachments.map(({ name, id }) => ({ name, sha256: id })),
    answers: answers.map(({ warning, evidenceKinds, statement, verdict, assessedBy }) => ({
      warning,
      kinds: rebuttalKinds(evidenceKinds).map(({ kind, zh }) => (kind === 'other' ? '其他' : zh)),
      statement,
      verdict,
      findings: findingsOf(rebuttal, warning),
      assessedBy,
    })),
  }))
}

/** What the case's packets say. */
export const openPackets = (context: Pick<CaseContext, 'vault'>, stored: readonly StoredPacket[]): Packet[] =>
  stored.map((packet) => openPacket(context, packet))
