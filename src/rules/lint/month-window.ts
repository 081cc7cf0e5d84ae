import { type Comparison, comparisonOf, type Node, partsOf, turn } from './expression-tree.ts'
import type { TextValue, Value } from './value.ts'

/** One bound of a window of months in a predicate: `d.month >= monthsBefore(asOf, 12)`. */
export interface MonthBound {
  /** As read with the record's field on the left. */
  readonly op: Comparison
  readonly field: string
  /** The side that is not the field. */
  readonly node: Node
  readonly bound: TextValue
}

/** The bounds that a predicate over `variable` sets to months of its records, by `&&`. */
export function monthBounds(
  predicate: Node,
  variable: string,
  knownOf: (node: Node) => Value | undefined,
): MonthBound[] {
  return partsOf(predicate, '&&').flatMap((part) => {
    const comparison = comparisonOf(part)
    if (!comparison) return []
    const { op, left, right } = comparison
    const read = (field: Node, other: Node, as: Comparison): MonthBound[] => {
      const bound = knownOf(other)
      if (field.op !== '.' || field.args[0].op !== 'id' || field.args[0].args !== variable) return []
      const value = knownOf(field)
      if (value?.kind !== 'text' || value.form !== 'month' || bound?.kind !== 'text') return []
      return bound.back || bound.isNow ? [{ op: as, field: field.args[1], node: other, bound }] : []
    }
    const found = read(left, right, op)
    return found.length > 0 ? found : read(right, left, turn(op))
  })
}

/** How many months a predicate leaves, as spelled; undefined where it sets no lower bound. */
export function windowOf(bounds: readonly MonthBound[]): string | undefined {
  const lower = bounds.find(({ op, bound }) => bound.back && ['>', '>=', '=='].includes(op))
  if (!lower) return undefined
  return lower.op === '==' ? '1' : (lower.bound.back!.spelled ?? '*')
}
