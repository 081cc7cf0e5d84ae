import { ruleCheck, ruleError } from '../check.ts'
import { comparisonOf, type Node } from '../expression-tree.ts'
import { allNodes, type RuleToLint } from '../rule-to-lint.ts'

/** "2026-11-01" and "2026-11" compare as texts and are never the same: a date goes with a date, a month with a month. */
export const unlikeDates = ruleCheck('unlike-dates', function* (rule) {
  for (const { expression, node } of allNodes(rule)) {
    for (const [left, right] of textPairs(node)) {
      const message = unlikeForms(left, right, rule)
      if (message) yield ruleError(rule.placeOf(expression, node.op === 'in' ? right : node), message)
    }
  }
})

/** The texts that a node compares: both sides, or what stands before `in` with each item behind it. */
export function textPairs(node: Node): readonly (readonly [Node, Node])[] {
  const comparison = comparisonOf(node)
  if (comparison) return [[comparison.left, comparison.right]]
  if (node.op !== 'in') return []
  const [left, right] = node.args
  return right.op === 'list' ? right.args.map((item) => [left, item] as const) : []
}

const SHOWN = { date: 'a date (2026-11-01)', month: 'a month (2026-11)', other: 'a text that is neither' }

function unlikeForms(left: Node, right: Node, rule: RuleToLint): string | null {
  const [a, b] = [rule.noteOf(left).value, rule.noteOf(right).value]
  if (a.kind !== 'text' || b.kind !== 'text' || a.form === null || b.form === null) return null
  if (a.form === b.form || (a.form === 'other' && b.form === 'other')) return null
  return `compares ${SHOWN[a.form]} with ${SHOWN[b.form]}; month(date) gives the month of a date`
}
