import type { HouseholdOutcome, RuleOutcome } from './check-result.ts'

/**
 * What two rule sets make of the same records: `hedui rules compare` and POST /v1/rules/compare. A comparison is made of
 * a past run's dossiers and changes nothing.
 */

/** How a result of one household, rule and person differs; a result may differ in several ways. */
export const CHANGE_KINDS = [
  'newly-warned',
  'no-longer-warned',
  'changed-amount',
  'became-unverifiable',
  'became-verifiable',
  'became-applicable',
  'no-longer-applicable',
  'rule-added',
  'rule-removed',
] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** One side of a change. */
export interface ComparedResult {
  readonly outcome: RuleOutcome
  readonly unit: string
  /** A decimal string for money, an integer otherwise; null where there is none. */
  readonly measure: string | number | null
  readonly limit: string | number | null
  /** Clear, for the difference cannot change entitlement. */
  readonly note: 'immaterial' | null
}

/** A result that the two sets do not give alike. */
export interface ResultChange {
  readonly rule: string
  readonly person: string | null
  readonly kinds: readonly ChangeKind[]
  /** null: the set has no such result. */
  readonly old: ComparedResult | null
  readonly new: ComparedResult | null
}

/** A change with its household. */
export interface HouseholdChange extends ResultChange {
  readonly household: string
  readonly region: string
  readonly scheme: string
}

/** Households, by what changed for them: each counts once for a kind, however many of its results are of it. */
export type ChangeCounts = Readonly<Record<ChangeKind, number>>

/** Households by one set. */
export interface RuleStanding {
  /** Those with a result that is not "not-applicable". */
  readonly applies: number
  readonly warned: number
  readonly unverifiable: number
}

export interface RuleTotals {
  readonly rule: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly changes: ChangeCounts
  /** null: the set does not have the rule. */
  readonly old: RuleStanding | null
  readonly new: RuleStanding | null
}

/** The households of one township (the first nine digits of the region) or of one scheme. */
export interface GroupTotals {
  readonly group: string
  readonly households: number
  readonly changes: ChangeCounts
  /** Households with a warning. */
  readonly warned: { readonly old: number; readonly new: number }
}

/** A rule of NEW that warns more households than it is expected to. */
export interface ShareFlag {
  readonly rule: string
  readonly why: 'warned' | 'newly-warned'
  readonly households: number
  /** Households that the rule applies to. */
  readonly of: number
  /** households / of, in percent to two decimals. */
  readonly percent: number
}

export interface ComparisonSummary {
  readonly run: string
  readonly asOf: string
  /** Versions of the two sets. */
  readonly old: string
  readonly new: string
  readonly households: number
  /** Households with a change of any kind. */
  readonly changed: number
  readonly outcomes: Readonly<Record<HouseholdOutcome, { readonly old: number; readonly new: number }>>
  readonly byRule: readonly RuleTotals[]
  readonly byTownship: readonly GroupTotals[]
  readonly byScheme: readonly GroupTotals[]
  /** The share, in percent, above which a rule is flagged. */
  readonly maxSharePercent: number
  readonly flags: readonly ShareFlag[]
}

/** The whole answer: the summary and the households behind its numbers. */
export interface RuleComparison extends ComparisonSummary {
  readonly changes: readonly HouseholdChange[]
}

/** The township of a region: its first nine digits, or all of a shorter code. */
export function townshipOf(region: string): string {
  return region.slice(0, 9)
}
