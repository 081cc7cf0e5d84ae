/**
 * The trace of a result: how one rule came to it for one household or person, for auditors and for texts. JSON as it is:
 * money is a decimal string of yuan ("745.00"), area integer dm², and records are named by their place in `records`.
 */
import type { Missing, RuleOutcome, SourceUse } from './check-result.ts'

/** `{records}` are places in the trace's records, `{person}` and `{people}` ids. */
export type TraceValue =
  | null
  | boolean
  | number
  | string
  | readonly TraceValue[]
  | { readonly record: number }
  | { readonly records: readonly number[] }
  | { readonly person: string }
  | { readonly people: readonly string[] }

/** done, not asked for by what came before (or by a shorter way to the same), or failed as it ran. */
export type TraceState = 'done' | 'not-reached' | 'failed'

/** A part of a calculation with its value: the numbers in the place of the names. */
export interface TraceNode {
  readonly kind: 'literal' | 'parameter' | 'fact' | 'name' | 'operation' | 'expression'
  readonly expression: string
  readonly state: TraceState
  readonly value: TraceValue
  readonly unit: string | null
  /** Of an operation: "*", ">", "sum", "distinct" … */
  readonly operator?: string
  readonly terms?: readonly TraceNode[]
  /** Of a list that is one field of each record, the field. */
  readonly field?: string
  /** Of what is computed for each of some people, whose this part is. */
  readonly person?: string
  /** What each record gives to it, where it comes of records one by one. */
  readonly items?: readonly { readonly record: number; readonly value: TraceValue }[]
}

export interface TraceStep {
  readonly step: 'applies' | 'requires' | 'let' | 'evidence' | 'measure' | 'limit' | 'known' | 'warn' | 'material'
  /** The name of a `let`. */
  readonly name: string | null
  readonly expression: string
  readonly state: TraceState
  readonly value: TraceValue
  readonly unit: string | null
  readonly calculation: TraceNode | null
}

/** What a clause asks of a field, where it is of a simple form: `field` `operator` `value`. */
export interface TraceTest {
  readonly field: string
  readonly operator:
    | '=='
    | '!='
    | '<'
    | '<='
    | '>'
    | '>='
    | 'in'
    | 'not-in'
    | 'some-in'
    | 'none-in'
    | 'given'
    | 'absent'
  readonly value: TraceValue
  /** The record's own other field that it is compared with. */
  readonly other?: string
  /** Also met by a record that lacks the field. */
  readonly orAbsent?: true
}

/** Why a record was set aside: the first clause that it does not meet, or that it is counted once already. */
export interface SetAside {
  /** The step, and the name of a `let`. */
  readonly step: string
  readonly clause: string
  /** The fields that the clause reads; null where the record lacks one. */
  readonly fields: Readonly<Record<string, TraceValue>>
  readonly test?: TraceTest
  /** The record that is counted in its place. */
  readonly standsFor?: number
}

export interface TraceRecord {
  readonly list: string
  readonly source: string
  readonly type: string
  readonly person: string
  /** Masked as in results. */
  readonly key: string
  readonly asOf: string
  readonly delivery: string
  readonly row: number
  /** counted-once: another of the same stands for it in the sum; unknown: the evaluation failed before. */
  readonly state: 'taken' | 'counted-once' | 'set-aside' | 'unknown'
  /** The fields that the rule reads; null where the record lacks one. */
  readonly fields: Readonly<Record<string, TraceValue>>
  /** What it gives to the measure. */
  readonly gives: TraceValue
  readonly because: SetAside | null
}

/** One choice among records: a filter or distinctBy. */
export interface TraceSelection {
  readonly step: string
  readonly expression: string
  /** The list, the `let` or the expression that it chooses from. */
  readonly from: string
  readonly taken: readonly number[]
  readonly setAside: readonly { readonly record: number; readonly clause: string; readonly standsFor?: number }[]
}

/** The value of a parameter that was used, and where it is from; value null: none is in force there on that day. */
export interface TraceParameter {
  readonly name: string
  readonly title: { readonly zh: string; readonly en: string } | null
  readonly unit: string
  readonly value: TraceValue
  /** "" is everywhere. */
  readonly region: string | null
  readonly scheme: string | null
  readonly from: string | null
  readonly until: string | null
  readonly authority: { readonly zh: string; readonly en: string } | null
}

export interface TraceMissing extends Missing {
  /** Of a person who has not authorized a source: what there is of an authorization. */
  readonly authorization?: { readonly signedOn: string; readonly endsOn: string | null; readonly names: boolean } | null
}

export interface Trace {
  readonly rule: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly basis: string
  readonly authority: { readonly zh: string; readonly en: string }
  /** The region for which this form of the rule was written; "" is everywhere. */
  readonly region: string
  readonly householdId: string
  readonly person: string | null
  readonly asOf: string
  readonly outcome: RuleOutcome
  readonly note: 'immaterial' | null
  readonly unit: string
  readonly measure: string | number | null
  readonly limit: string | number | null
  /** Whose records are read. */
  readonly people: readonly string[]
  readonly sources: readonly SourceUse[]
  readonly missing: readonly TraceMissing[]
  /** What the engine said of a failed expression; null where none failed. */
  readonly error: string | null
  readonly parameters: readonly TraceParameter[]
  readonly steps: readonly TraceStep[]
  readonly records: readonly TraceRecord[]
  readonly selections: readonly TraceSelection[]
}
