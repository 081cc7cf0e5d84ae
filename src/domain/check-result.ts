/** The result of a check, as design §9 writes it: one NDJSON line, or the answer of POST /v1/checks. */

export type RuleOutcome = 'warned' | 'clear' | 'unverifiable' | 'not-applicable'
export type HouseholdOutcome = 'warned' | 'unverifiable' | 'clear'

export type MissingWhy =
  | 'source-missing'
  | 'source-stale'
  | 'not-authorized'
  | 'no-id-number'
  | 'parameter-missing'
  | 'declaration-missing'
  | 'record-incomplete'
  | 'error'

/** One reason why a result is unverifiable. */
export interface Missing {
  readonly why: MissingWhy
  readonly source?: string
  readonly person?: string
  readonly parameter?: string
}

export interface EvidenceItem {
  readonly source: string
  readonly type: string
  readonly person: string
  /** Values of the record's key joined with "|", sensitive parts masked. */
  readonly key: string
  readonly asOf: string
  readonly delivery: string
  /** The line where the row starts in the delivered file, from 1; the sheet row in xlsx. */
  readonly row: number
}

export interface RuleResult {
  readonly rule: string
  /** null for a rule over the household. */
  readonly person: string | null
  readonly outcome: RuleOutcome
  readonly unit: string
  /** A decimal string for money, an integer otherwise; null where there is none. */
  readonly measure: string | number | null
  readonly limit: string | number | null
  readonly reason: { readonly zh: string; readonly en: string } | null
  readonly missing: readonly Missing[]
  /** Only on a clear result that would have been warned: the difference cannot change entitlement. */
  readonly note?: 'immaterial'
  readonly evidence: readonly EvidenceItem[]
}

export type SourceState = 'fresh' | 'stale' | 'missing'

export interface SourceUse {
  readonly source: string
  readonly delivery: string | null
  readonly asOf: string | null
  readonly state: SourceState
}

export type LeadWhy = 'name-differs' | 'name-missing' | 'name-masked'

/** A row with the number of one of the household's people and another name: a question, never evidence. */
export interface Lead {
  readonly source: string
  readonly person: string
  readonly row: number
  readonly delivery: string
  readonly why: LeadWhy
}

export interface CheckResult {
  readonly run: string | null
  readonly householdId: string
  readonly asOf: string
  readonly ruleSet: string
  readonly outcome: HouseholdOutcome
  readonly results: readonly RuleResult[]
  readonly sources: readonly SourceUse[]
  readonly leads: readonly Lead[]
}
