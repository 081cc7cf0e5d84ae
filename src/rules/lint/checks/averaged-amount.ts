import { ruleCheck, ruleWarning } from '../check.ts'
import { allNodes } from '../rule-to-lint.ts'
import type { NumberValue } from '../value.ts'

/**
 * A total of several months that is divided by months: an average, which is no fact of any month (lesson 5: Robodebt
 * averaged a year over fortnights).
 */
export const averagedAmount = ruleCheck('averaged-amount', function* (rule) {
  for (const { expression, node } of allNodes(rule)) {
    if (node.op !== '/') continue
    const left = rule.noteOf(node.args[0]).value
    const right = rule.noteOf(node.args[1]).value
    if (left.kind !== 'number' || right.kind !== 'number' || !spreads(left, right)) continue
    yield ruleWarning(
      rule.placeOf(expression, node),
      'divides an amount of several months: an average is no fact of any month; compare totals of the same months instead',
    )
  }
})

function spreads(amount: NumberValue, by: NumberValue): boolean {
  const over = amount.units?.find((quantity) => quantity.over !== undefined)?.over
  const isYearly = amount.units?.some(({ unit }) => unit === 'CNY/year') ?? false
  if (over === undefined && !isYearly) return false
  const isMonths = by.units?.some(({ unit }) => unit === 'months') ?? false
  return isMonths || by.rowsOfMonths === true || by.constant === 12n || (over !== undefined && by.spelled === over)
}
