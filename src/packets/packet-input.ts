import type { SourceConfirmation } from '../domain/case/events.ts'
import type { Protection } from '../domain/case/words.ts'
import type { RuleResult } from '../domain/check-result.ts'
import type { Dossier } from '../domain/dossier.ts'
import type { Household } from '../domain/household.ts'
import type { Procedure } from '../domain/procedure.ts'
import type { RecordTypeName } from '../domain/record-types.ts'
import type { Trace } from '../domain/trace.ts'
import type { TracePage } from '../domain/trace-page.ts'
import type { PacketSource } from './packet.ts'

/** What a packet is made of. Lists may come in any order, but for the people of the dossier, whose order is a fact. */
export interface PacketInput {
  readonly id: string
  readonly caseId: string
  /** 1, 2, … within the case. */
  readonly number: number
  /** `at` is ISO 8601 in UTC with milliseconds. */
  readonly issued: { readonly at: string; readonly by: string }
  /** In the version that the run saw. */
  readonly household: Household
  /** The id of the person who receives it. */
  readonly addressee: string
  readonly protections: readonly { readonly person: string; readonly why: readonly Protection[] }[]
  readonly run: string
  readonly ruleSet: {
    /** Of the whole set. */
    readonly version: string
    /** Of the whole set, as `rule_set.content` keeps it. */
    readonly content: unknown
    readonly inForceFrom: string | null
  }
  /** What the adapters say, of the sources that the warnings rest on at least. */
  readonly sources: readonly PacketInputSource[]
  /** The deliveries that the run used for the household's region. */
  readonly deliveries: readonly (PacketSource['deliveries'][number] & { readonly source: string })[]
  /** As the run saw it. */
  readonly dossier: Dossier
  readonly warnings: readonly PacketInputWarning[]
  readonly procedure: Procedure
  readonly chain: { readonly number: number; readonly hash: string }
}

export interface PacketInputSource {
  readonly source: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly owner: string
  readonly trust: 'verified' | 'unverified'
  /** The record types that it gives, each with the fields of its key and those that are masked for people. */
  readonly records: readonly {
    readonly type: RecordTypeName
    readonly key: readonly string[]
    readonly sensitive: readonly string[]
  }[]
}

/** Of a compiled rule what a packet says; CompiledRule (src/rules/compile-rule.ts) is one. */
export interface PacketRule {
  readonly definition: {
    readonly id: string
    readonly title: { readonly zh: string; readonly en: string }
    readonly basis: string
    readonly authority: { readonly zh: string; readonly en: string }
    readonly sources: readonly string[]
    readonly region?: string
    readonly rebuttal: { readonly accepts: readonly string[] }
  }
  /** Names of the parameters that it reads. */
  readonly parameters: readonly string[]
  readonly readsOtherSchemes: boolean
}

export interface PacketInputWarning {
  /** "W1" … within the case. */
  readonly id: string
  /** In the form that holds in the household's region. */
  readonly rule: PacketRule
  readonly result: RuleResult
  readonly trace: Trace
  /** renderTrace(trace, 'zh'). */
  readonly page: TracePage
  readonly confirmed: { readonly by: string; readonly at: string; readonly reason: string }
  readonly confirmations: readonly SourceConfirmation[]
}
