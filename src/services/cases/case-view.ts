import type { Act } from '../../domain/case/allowed-acts.ts'
import type { CasePacket, CaseState, CaseWarning } from '../../domain/case/case-state.ts'
import type { CaseEvent } from '../../domain/case/events.ts'

/** What is due in a case, and for whom: the household's last day to answer, or the agency's own limit. */
export interface CaseDue {
  readonly on: string
  readonly who: 'household' | 'agency'
  /** The date may still become later: the calendar of its year is not known. */
  readonly provisional: boolean
}

/** A case as people and programs see it. It holds ids and masked keys; no name of a household's people, no number. */
export interface CaseView
  extends Pick<
    CaseState,
    | 'id'
    | 'state'
    | 'since'
    | 'openedAt'
    | 'tipOffs'
    | 'rebuttals'
    | 'visits'
    | 'contactsAgain'
    | 'leads'
    | 'pause'
    | 'award'
    | 'decision'
    | 'outcomeService'
    | 'escalated'
    | 'actors'
  > {
  readonly householdId: string
  readonly region: string
  readonly origin: CaseState['opened']['origin']
  readonly asOf: string
  readonly protected: CaseState['opened']['protected']
  readonly applicant: string
  readonly kin: readonly string[]
  /** How many events it has; an act that gives it back is refused where somebody else acted meanwhile. */
  readonly seen: number
  readonly due: CaseDue | null
  readonly warnings: readonly (CaseWarning & {
    /** What still has to be answered before it can be confirmed. */
    readonly openQuestions: readonly string[]
  })[]
  readonly packets: readonly CasePacket[]
  readonly notices: readonly CaseNotice[]
  /** What a person can do now. */
  readonly allowed: readonly Act[]
  readonly events: readonly CaseEventView[]
}

/** A notice of an outcome, or an application for arbitration, as it was issued. */
export interface CaseNotice {
  readonly id: string
  readonly kind: 'outcome' | 'arbitration'
  readonly madeAt: string
  readonly sha256: string
}

export type CaseEventView = Pick<CaseEvent, 'number' | 'at' | 'actor' | 'role' | 'kind' | 'reason' | 'payload' | 'hash'>
