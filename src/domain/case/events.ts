import type { RuleResult } from '../check-result.ts'
import type { CountedDeadline } from './counted-deadline.ts'
import type { Origin, Outcome, PauseReason, Protection, ServiceMethod, Verdict } from './words.ts'

/**
 * What happens in a case. The events are all there is of it: its state is a function of them (case-state.ts), and each is
 * hashed with the one before (event-chain.ts). Payloads hold ids, masked keys and what people state; no identity number.
 * Amounts are decimal strings of yuan, dates "YYYY-MM-DD".
 */
export interface CaseEvent<K extends EventKind = EventKind> {
  readonly caseId: string
  /** 1, 2, … without a gap. */
  readonly number: number
  /** ISO 8601 in UTC with milliseconds. */
  readonly at: string
  /** A person's name, or "hedui" where the program does it. */
  readonly actor: string
  /** "system" where the program does it: no adverse outcome comes of that. */
  readonly role: string
  readonly kind: K
  readonly reason: string | null
  readonly payload: EventPayloads[K]
  /** The hash of the event before, in hexadecimal; 64 zeros before the first. */
  readonly previous: string
  readonly hash: string
}

/** An event of any kind, told apart by it. */
export type AnyCaseEvent = { [K in EventKind]: CaseEvent<K> }[EventKind]

/** What an act wants to have written; the rest is the log's to give. */
export type NewEvent = {
  [K in EventKind]: { readonly kind: K; readonly reason: string | null; readonly payload: EventPayloads[K] }
}[EventKind]

export type EventKind = keyof EventPayloads

export interface EventPayloads {
  opened: {
    readonly householdId: string
    readonly region: string
    readonly origin: Origin
    /** The run whose warnings began it. */
    readonly run: string | null
    readonly tipOff: string | null
    readonly asOf: string
    /** Everybody in the household who is protected, by id. */
    readonly protected: readonly { readonly person: string; readonly why: readonly Protection[] }[]
    readonly applicant: string
    /** Handlers who are near kin of somebody in it: none of them may act, and the county visits. */
    readonly kin: readonly string[]
  }
  'tip-off-linked': { readonly tipOff: string }
  'warnings-added': {
    readonly run: string
    readonly asOf: string
    readonly packet: number
    readonly warnings: readonly CaseWarningFacts[]
  }
  'source-confirmed': SourceConfirmation
  'lead-settled': { readonly lead: LeadKey; readonly answer: 'yes' | 'no' | 'unsure' }
  'warning-confirmed': { readonly warning: string }
  'warning-dismissed': { readonly warning: string }
  'warning-withdrawn': { readonly warning: string }
  'visit-recorded': {
    readonly on: string
    readonly visitors: readonly string[]
    readonly findings: string
    readonly by: 'township' | 'county'
  }
  'packet-issued': {
    readonly packet: number
    readonly id: string
    readonly warnings: readonly string[]
    readonly sha256: string
    readonly code: string
  }
  served: {
    readonly packet: number
    readonly method: ServiceMethod
    readonly on: string
    readonly by: string
    readonly receivedBy: string
    /** Of whom the receiver is the guardian. */
    readonly guardianOf: readonly string[]
    readonly proof: Proof
    readonly deadline: CountedDeadline
    readonly days: number
  }
  'service-failed': {
    readonly packet: number
    readonly method: ServiceMethod
    readonly on: string
    readonly by: string
    readonly why: string
  }
  'deadline-extended': { readonly packet: number; readonly days: number; readonly deadline: CountedDeadline }
  /** The calendar of a year became known; never earlier than before. */
  'deadline-settled': { readonly packet: number; readonly deadline: CountedDeadline }
  paused: {
    readonly why: PauseReason
    readonly waitingFor: string
    readonly on: string
    readonly left: readonly { readonly packet: number; readonly days: number }[]
  }
  resumed: {
    readonly on: string
    readonly found: string
    readonly deadlines: readonly { readonly packet: number; readonly deadline: CountedDeadline }[]
  }
  rebutted: {
    readonly rebuttal: string
    readonly receivedOn: string
    readonly late: boolean
    readonly answers: readonly {
      readonly warning: string
      readonly evidenceKinds: readonly string[]
      readonly statement: string
    }[]
    readonly attachments: readonly AttachmentFacts[]
    readonly vouchedBy: { readonly name: string; readonly relation: string }
  }
  'rebuttal-assessed': {
    readonly rebuttal: string
    readonly warning: string
    readonly verdict: Verdict
    readonly findings: string
    /** The same warning on the same records is not raised until then. */
    readonly suppressUntil: string | null
    /** What the department that keeps a record is asked to correct. */
    readonly correction: { readonly source: string; readonly record: string; readonly request: string } | null
    readonly settles: LeadKey | null
  }
  expired: { readonly packets: readonly number[] }
  'contacted-again': {
    readonly method: ServiceMethod | 'phone' | 'visit'
    readonly on: string
    readonly by: string
    readonly result: string
  }
  decided: {
    readonly outcome: Outcome
    readonly basis: string
    /** From which month the benefit changes or ends; null where it goes on as it is. */
    readonly effectiveFrom: string | null
    readonly newMonthlyBenefit: string | null
    readonly recovery: Recovery | null
    readonly notice: { readonly id: string; readonly sha256: string } | null
  }
  'outcome-served': {
    readonly method: ServiceMethod
    readonly on: string
    readonly by: string
    readonly receivedBy: string
    readonly proof: Proof
  }
  'award-recorded': { readonly on: string; readonly award: string; readonly wage: string | null }
  escalated: { readonly state: string; readonly days: number; readonly limit: number }
  lapsed: { readonly state: string; readonly days: number; readonly limit: number }
  closed: { readonly on: string }
}

/** A warning as it was frozen when the case got it. */
export interface CaseWarningFacts {
  /** "W1", "W2", … within the case. */
  readonly id: string
  readonly run: string
  readonly asOf: string
  readonly ruleSet: string
  readonly result: RuleResult
  /** The rule's evidence kinds, and which sources it reads. */
  readonly accepts: readonly string[]
  readonly sources: readonly string[]
  /** Sources that must answer for it before it can be confirmed, and why. */
  readonly questions: readonly { readonly source: string; readonly why: 'stale' | 'unverified' }[]
  readonly leads: readonly LeadKey[]
  /** People whom it concerns: its own, and those of its evidence. */
  readonly people: readonly string[]
  /** sha256 of the records that it rests on; see warning-fingerprint.ts. */
  readonly fingerprint: string
}

export interface LeadKey {
  readonly source: string
  readonly delivery: string
  readonly row: number
  readonly person: string
}

/** What a source states of what it delivered (42 CFR 435.955; lessons 4): all three are required. */
export interface SourceConfirmation {
  readonly warning: string
  readonly source: string
  /** In the unit of the warning. */
  readonly amount: string
  /** Whether the household can dispose of it. */
  readonly access: boolean
  readonly period: { readonly from: string; readonly until: string }
  /** The source's paper: number, date, who signed. */
  readonly reference: string
}

export interface Proof {
  /** Signed receipt, postal number, page of the notice … */
  readonly kind: string
  readonly reference: string
  /** Of a kept attachment. */
  readonly attachment: string | null
}

export interface AttachmentFacts {
  /** sha256 of its bytes. */
  readonly id: string
  readonly name: string
  readonly type: 'application/pdf' | 'image/jpeg' | 'image/png'
  readonly bytes: number
}

/** What is to be paid back, month by month. */
export interface Recovery {
  /** The month in which the condition began. */
  readonly began: string
  readonly months: readonly RecoveryMonth[]
  readonly total: string
}

export interface RecoveryMonth {
  readonly month: string
  readonly paid: string
  /** The monthly standard a person in force in the month. */
  readonly standard: string
  readonly size: number
  /** What the household was entitled to. */
  readonly entitled: string
  readonly recover: string
}
