import type { SourceConfirmation } from '../domain/case/events.ts'
import type { Protection } from '../domain/case/words.ts'
import type { RuleResult } from '../domain/check-result.ts'
import type { Dossier } from '../domain/dossier.ts'
import type { Office } from '../domain/procedure.ts'
import type { Trace } from '../domain/trace.ts'
import type { TracePage } from '../domain/trace-page.ts'

/**
 * An evidence packet (design §10): all that a stranger needs to recompute its results, frozen. packet-schema.ts is its
 * JSON Schema. Identity numbers and accounts are masked everywhere in it; amounts shown are decimal strings of yuan.
 */
export interface Packet {
  readonly format: 'hedui-packet/1'
  readonly id: string
  readonly caseId: string
  /** 1, 2, … within the case. */
  readonly number: number
  /** What people call it: "核告〔2026〕3699-1A2B3C-1". */
  readonly title: string
  readonly issued: { readonly at: string; readonly on: string; readonly by: string }
  readonly household: {
    readonly id: string
    readonly scheme: string
    readonly region: string
    readonly category: string | null
    readonly size: number
    readonly address: string | null
  }
  /** Who receives it: by full name, as a notice must. */
  readonly addressee: { readonly person: string; readonly name: string }
  readonly people: readonly PacketPerson[]
  readonly check: { readonly run: string; readonly asOf: string; readonly ruleSet: string }
  readonly sources: readonly PacketSource[]
  readonly warnings: readonly PacketWarning[]
  readonly answer: {
    /** Working days from service; the clock does not run before. */
    readonly workingDays: number
    readonly extensionDays: number
    readonly office: Office
  }
  readonly review: {
    readonly calendarDays: number
    readonly office: Office
    readonly suitMonths: number
    readonly court: Office
  }
  /** Law in its own words: 57号, 个人信息保护法 24 … */
  readonly legal: readonly { readonly id: string; readonly authority: string; readonly text: string }[]
  readonly replay: PacketReplay
  /** The case's last event before the packet, so that its history can be held against it. */
  readonly chain: { readonly number: number; readonly hash: string }
}

export interface PacketPerson {
  readonly id: string
  readonly role: string
  readonly relation: string
  /** "王*" but for the addressee. */
  readonly name: string
  /** "369***********0010"; null where there is none. */
  readonly idNumber: string | null
  readonly protected: readonly Protection[]
  readonly authorization: {
    readonly signedOn: string
    readonly endsOn: string | null
    readonly sources: readonly string[]
  } | null
}

export interface PacketSource {
  readonly source: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly owner: string
  readonly trust: 'verified' | 'unverified'
  readonly state: 'fresh' | 'stale' | 'missing'
  readonly asOf: string | null
  /** The delivered files: what they were called, and the sha256 of their bytes as delivered. */
  readonly deliveries: readonly {
    readonly id: string
    readonly asOf: string
    readonly fileName: string
    readonly sha256: string
    readonly rows: number | null
    readonly publishedAt: string | null
  }[]
}

export interface PacketWarning {
  readonly id: string
  readonly title: { readonly zh: string; readonly en: string }
  /** seed-named, inferred or supplementary. */
  readonly basis: string
  readonly authority: { readonly zh: string; readonly en: string }
  /** The first day on which the rule set was in force; null where it came with the program. */
  readonly inForceFrom: string | null
  /** As the run kept it. */
  readonly result: RuleResult
  readonly trace: Trace
  /** The trace in words: sums step by step, records taken and set aside. */
  readonly page: TracePage
  readonly accepts: readonly { readonly kind: string; readonly zh: string; readonly en: string }[]
  readonly confirmed: { readonly by: string; readonly at: string; readonly reason: string }
  readonly confirmations: readonly SourceConfirmation[]
}

/** What gives the results again: the rules and parameters that the warnings need, and the dossier that they saw. */
export interface PacketReplay {
  /**
   * Canonical content of a rule set (the form of `rule_set.content`, but for `let`, which is a list of {name, expression}:
   * its order matters), cut to the packet's rules without their examples and to the parameters that they use.
   * `check.ruleSet` is the version of the whole set.
   */
  readonly ruleSet: unknown
  /** The record types of each source. */
  readonly sources: Readonly<Record<string, readonly string[]>>
  /** The records that the rules could read. Sensitive values are masked, the same always alike, two different ones never. */
  readonly dossier: Dossier
}
