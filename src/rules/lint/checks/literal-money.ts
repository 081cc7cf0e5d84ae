import { isMoney } from '../../parameters.ts'
import { ruleCheck, ruleWarning } from '../check.ts'
import { comparisonOf, type Node } from '../expression-tree.ts'
import { allNodes, expressionOf, type RuleToLint } from '../rule-to-lint.ts'
import { isMoneyOnly } from '../units.ts'

/** Money in rules is fen: whoever writes 50000 means yuan, mostly, and a figure of money belongs in a parameter. */
export const literalMoney = ruleCheck('literal-money', function* (rule) {
  for (const { expression, node } of allNodes(rule)) {
    const sides =
      comparisonOf(node) ?? (node.op === '+' || node.op === '-' ? { left: node.args[0], right: node.args[1] } : null)
    if (!sides) continue
    const literal = [sides.left, sides.right].find((side) => isFigure(side, rule))
    const other = literal === sides.left ? sides.right : sides.left
    const value = rule.noteOf(other).value
    if (!literal || value.kind !== 'number' || !isMoneyOnly(value.units)) continue
    yield ruleWarning(rule.placeOf(expression, literal), message(literal, rule))
  }
  for (const word of isMoney(rule.definition.unit) ? ['measure', 'limit'] : []) {
    const expression = expressionOf(rule, word)!
    if (isFigure(expression.root, rule))
      yield ruleWarning(rule.placeOf(expression, expression.root), message(expression.root, rule))
  }
})

/** A figure of the rule itself, other than zero. */
function isFigure(node: Node, rule: RuleToLint): boolean {
  const { value } = rule.noteOf(node)
  return (
    value.kind === 'number' &&
    value.constant !== undefined &&
    value.constant !== 0n &&
    value.units?.[0]?.unit === 'number'
  )
}

function message(node: Node, rule: RuleToLint): string {
  const { value } = rule.noteOf(node)
  const fen = value.kind === 'number' ? (value.constant ?? 0n) : 0n
  return `${fen} is compared with money, which is in fen: ${Number(fen) / 100} yuan; put amounts in a parameter of unit CNY`
}
