import { type KnownSource, ruleCheck, ruleError, ruleWarning } from '../check.ts'
import { macroOf } from '../expression-tree.ts'
import { recordTypeOf } from '../field-knowledge.ts'
import type { Problem } from '../finding.ts'
import { type MonthBound, monthBounds } from '../month-window.ts'
import { allNodes, type Expression, type RuleToLint } from '../rule-to-lint.ts'

interface Window {
  readonly expression: Expression
  readonly bounds: readonly MonthBound[]
  /** The CEL type of the records. */
  readonly type: string
}

/** Every predicate of a rule that bounds a month. */
function* windowsOf(rule: RuleToLint): Generator<Window> {
  for (const { expression, node } of allNodes(rule)) {
    const macro = macroOf(node)
    const list = macro && rule.noteOf(macro.list).value
    if (!macro || list?.kind !== 'list' || list.of.kind !== 'object') continue
    const bounds = monthBounds(macro.bodies[0]!, macro.variable, (part) => rule.noteOf(part).value)
    if (bounds.length > 0) yield { expression, bounds, type: list.of.type }
  }
}

const isLower = ({ op, bound }: MonthBound) => bound.back !== undefined && ['>', '>=', '=='].includes(op)

/** A window that reaches further back than a delivery does: the months before it are missing, and look like none. */
export const windowTooLong = ruleCheck('window-too-long', function* (rule, { sources }) {
  for (const { expression, bounds, type } of windowsOf(rule)) {
    for (const { node, bound } of bounds.filter(isLower)) {
      const largest = bound.back!.largest
      if (largest !== null && largest < 1n)
        yield ruleError(
          rule.placeOf(expression, node),
          `a window of ${largest} months holds nothing; it must be at least 1`,
        )
      for (const source of rule.definition.sources) {
        const reach = reachOf(sources.get(source), type)
        if (reach === null || largest === null || largest <= BigInt(reach)) continue
        yield ruleError(
          rule.placeOf(expression, node),
          `a window of ${largest} months is longer than ${source} delivers, ${reach} months: what lies before is missing, not zero`,
        )
      }
    }
  }
})

function reachOf(source: KnownSource | undefined, type: string): number | null {
  const record = recordTypeOf(type)
  return record && source?.types.includes(record) ? source.months : null
}

/** "The last n months" are `m >= monthsBefore(asOf, n) && m < month(asOf)`; everything else is one month off, or open. */
export const windowForm = ruleCheck('window-form', function* (rule) {
  for (const { expression, bounds } of windowsOf(rule)) {
    for (const message of oddities(bounds)) yield* [problemAt(rule, expression, message)]
  }
})

const problemAt = (
  rule: RuleToLint,
  expression: Expression,
  { at, message }: { at: MonthBound; message: string },
): Problem => ruleWarning(rule.placeOf(expression, at.node), message)

const FORM = 'the last n months are month >= monthsBefore(asOf, n) && month < month(asOf)'

function* oddities(bounds: readonly MonthBound[]): Generator<{ at: MonthBound; message: string }> {
  for (const at of bounds) {
    if (at.bound.back && at.op === '>') yield { at, message: `leaves out the first month of the window; ${FORM}` }
    if (at.bound.isNow && at.op === '<=')
      yield { at, message: `takes the month of the check, of which not everything is delivered; ${FORM}` }
    // A state such as lastPaidMonth has no window: only the month that a record is of.
    const isOpen =
      at.field === 'month' &&
      isLower(at) &&
      at.op !== '==' &&
      !bounds.some((other) => other.field === at.field && ['<', '<=', '=='].includes(other.op))
    if (isOpen) yield { at, message: `has no end: the month of the check and later ones count too; ${FORM}` }
  }
}
