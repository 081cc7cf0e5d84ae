import type { Recovery } from '../domain/case/events.ts'
import type { Outcome, Verdict, WarningState } from '../domain/case/words.ts'
import type { Office } from '../domain/procedure.ts'
import type { Packet } from './packet.ts'

/**
 * What a person decided, as it is told to the household (决定告知书): decision, facts, reasons, the answer to what the
 * household said, the law, from when, and how to have it reviewed. Amounts are decimal strings of yuan, dates
 * "YYYY-MM-DD", months "YYYY-MM".
 */
export interface OutcomeNotice {
  readonly id: string
  readonly caseId: string
  /** What people call it: "核决〔2026〕3699-1A2B3C-1". */
  readonly title: string
  readonly decided: { readonly at: string; readonly on: string; readonly by: string }
  readonly household: Packet['household']
  readonly addressee: Packet['addressee']
  readonly outcome: Outcome
  /** The warning notices that it answers. */
  readonly packets: readonly NoticePacket[]
  readonly warnings: readonly NoticeWarning[]
  readonly rebuttals: readonly NoticeRebuttal[]
  /** The decider's reasons, in the decider's words. */
  readonly reason: string
  /** The rules that the decision rests on, in the decider's words. */
  readonly basis: string
  /** What the household received a month until now; null where the register has none. */
  readonly monthlyBenefit: string | null
  readonly effectiveFrom: string | null
  readonly newMonthlyBenefit: string | null
  readonly recovery: Recovery | null
  /** Texts of law whose `use` holds "outcome", and those with "recovery" where there is one. */
  readonly legal: readonly { readonly id: string; readonly authority: string; readonly text: string }[]
  /** Where to ask. */
  readonly office: Office
  readonly review: Packet['review']
}

export interface NoticePacket {
  readonly number: number
  readonly title: string
  readonly issuedOn: string
  /** null where it never reached the household (an outcome of no-issue may come before). */
  readonly servedOn: string | null
  /** The last day to answer, where it ran out. */
  readonly answerUntil: string | null
  /** Days on which the household was contacted a second time. */
  readonly contactedAgainOn: readonly string[]
}

export interface NoticeWarning {
  /** "W1". */
  readonly id: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly authority: string
  readonly asOf: string
  /** The reason of the result, in Chinese. */
  readonly reason: string
  /** Masked keys of its evidence, with the titles of their sources. */
  readonly evidence: readonly { readonly source: string; readonly key: string; readonly asOf: string }[]
  readonly state: WarningState
}

export interface NoticeRebuttal {
  /** "R1". */
  readonly id: string
  readonly receivedOn: string
  readonly late: boolean
  readonly vouchedBy: { readonly name: string; readonly relation: string }
  readonly attachments: readonly { readonly name: string; readonly sha256: string }[]
  readonly answers: readonly {
    readonly warning: string
    /** Kinds of evidence in Chinese words. */
    readonly kinds: readonly string[]
    readonly statement: string
    readonly verdict: Verdict | null
    readonly findings: string | null
    readonly assessedBy: string | null
  }[]
}
