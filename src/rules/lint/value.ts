import { either, type Units } from './units.ts'

/**
 * What the linter knows of an expression's value without running it. Facts are what must hold: "person.support" (the
 * field is there), "nonempty:evidence", "nonzero:size(evidence)".
 */
export type Facts = ReadonlySet<string>

export const NO_FACTS: Facts = new Set()

export interface NumberValue {
  readonly kind: 'number'
  readonly units: Units | null
  /** Where it is written in the rule itself. */
  readonly constant?: bigint
  /** How it is spelled where it is a literal or a parameter: "3", "param.incomeMonths". */
  readonly spelled?: string
  /** The largest that it can be, where that is known. */
  readonly largest?: bigint
  /** An amount of one month, such as incomes' amount: added up it is of several. */
  readonly ofMonth?: boolean
  /** The number of rows of a list that a window of months bounds. */
  readonly rowsOfMonths?: boolean
  /** A decimal, which may lie between two integers. */
  readonly isDecimal?: boolean
}

export interface TextValue {
  readonly kind: 'text'
  readonly form: 'date' | 'month' | 'other' | null
  /** All that it can be. */
  readonly words?: readonly string[]
  readonly literal?: string
  /** The field that it comes from, such as "Person.id". */
  readonly field?: string
  /** The month so many months before the check. */
  readonly back?: { readonly spelled: string | null; readonly largest: bigint | null }
  readonly isAsOf?: boolean
  /** The month of the check. */
  readonly isNow?: boolean
}

export interface BoolValue {
  readonly kind: 'bool'
  readonly whenTrue: Facts
  readonly whenFalse: Facts
}

export interface ListValue {
  readonly kind: 'list'
  readonly of: Value
  /** Months that its records are of, as spelled: `m >= monthsBefore(asOf, 3)` is "3". */
  readonly window?: string
  /** Whether each month stands in it once. */
  readonly distinctMonths?: boolean
}

/** A map that a rule writes itself: what its values may be. */
export interface MapValue {
  readonly kind: 'map'
  readonly of: Value
}

export interface ObjectValue {
  readonly kind: 'object'
  /** The CEL type: "Person", "Deposit". */
  readonly type: string
  /** Optional fields that are there. */
  readonly present: Facts
}

export type Value =
  | NumberValue
  | TextValue
  | BoolValue
  | ListValue
  | MapValue
  | ObjectValue
  | { readonly kind: 'parameters' }
  | { readonly kind: 'unknown' }

export const UNKNOWN: Value = { kind: 'unknown' }
export const BOOL: BoolValue = { kind: 'bool', whenTrue: NO_FACTS, whenFalse: NO_FACTS }
export const TEXT: TextValue = { kind: 'text', form: null }

export function numberOf(units: Units | null): NumberValue {
  return { kind: 'number', units }
}

export function union(a: Facts, b: Facts): Facts {
  return a.size === 0 ? b : b.size === 0 ? a : new Set([...a, ...b])
}

export function intersection(a: Facts, b: Facts): Facts {
  return new Set([...a].filter((fact) => b.has(fact)))
}

/** What is known of a value that is one or the other. */
export function eitherValue(a: Value, b: Value): Value {
  if (a.kind === 'number' && b.kind === 'number') {
    // A literal beside an amount says nothing of what it is of: max([0, amount]) is the amount's.
    if (a.constant !== undefined && b.constant === undefined) return b
    if (b.constant !== undefined && a.constant === undefined) return a
    return {
      kind: 'number',
      units: either(a.units, b.units),
      ofMonth: a.ofMonth === true && b.ofMonth === true,
      isDecimal: a.isDecimal === true || b.isDecimal === true,
    }
  }
  if (a.kind === 'text' && b.kind === 'text') {
    return {
      kind: 'text',
      form: a.form === b.form ? a.form : null,
      ...(a.words && b.words ? { words: [...new Set([...a.words, ...b.words])] } : {}),
      ...(a.field !== undefined || b.field !== undefined ? { field: (a.field ?? b.field)! } : {}),
    }
  }
  if (a.kind === 'bool' && b.kind === 'bool') {
    return {
      kind: 'bool',
      whenTrue: intersection(a.whenTrue, b.whenTrue),
      whenFalse: intersection(a.whenFalse, b.whenFalse),
    }
  }
  if (a.kind === 'list' && b.kind === 'list') {
    return {
      kind: 'list',
      of: eitherValue(a.of, b.of),
      ...(a.window !== undefined && a.window === b.window ? { window: a.window } : {}),
      distinctMonths: a.distinctMonths === true && b.distinctMonths === true,
    }
  }
  if (a.kind === 'object' && b.kind === 'object' && a.type === b.type)
    return { ...a, present: intersection(a.present, b.present) }
  return UNKNOWN
}

/** What a condition says when it holds and when it does not. */
export function factsOf(value: Value): BoolValue {
  return value.kind === 'bool' ? value : BOOL
}
