import { ruleCheck, ruleError } from '../check.ts'
import { comparisonOf, type Node } from '../expression-tree.ts'
import type { Problem } from '../finding.ts'
import { allNodes, expressionOf, type RuleToLint } from '../rule-to-lint.ts'
import { describeUnits, meet, multiply, type Units, unitsOf } from '../units.ts'
import type { NumberValue } from '../value.ts'

/**
 * Money with months, an amount a month with one a year, three months with twelve: nothing of that can be added or compared
 * (lesson 5).
 */
export const unlikeUnits = ruleCheck('unlike-units', function* (rule) {
  for (const { expression, node } of allNodes(rule)) {
    const message = unlikeIn(node, rule)
    if (message !== null) yield ruleError(rule.placeOf(expression, expression.byDefault ? undefined : node), message)
  }
  yield* againstDeclared(rule)
})

const unlike = (a: Units | null, b: Units | null) =>
  a !== null && b !== null && a.length > 0 && b.length > 0 && meet(a, b)?.length === 0

function unlikeIn(node: Node, rule: RuleToLint): string | null {
  const numberOf = (part: Node | undefined): NumberValue | null => {
    const value = part && rule.noteOf(part).value
    return value?.kind === 'number' ? value : null
  }
  const pair = (verb: string, left: Node, right: Node): string | null => {
    const [a, b] = [numberOf(left)?.units ?? null, numberOf(right)?.units ?? null]
    return unlike(a, b) ? `${verb} ${describeUnits(a!)} with ${describeUnits(b!)}` : null
  }
  if (comparisonOf(node)) return pair('compares', ...(node.args as [Node, Node]))
  switch (node.op) {
    case '+':
    case '-':
      return pair('adds up', ...node.args)
    case '?:':
      return pair('takes either, and cannot take', node.args[1], node.args[2])
    case 'list':
      return (
        node.args
          .slice(1)
          .map((item) => pair('lists', node.args[0]!, item))
          .find(Boolean) ?? null
      )
    case '*': {
      const [a, b] = node.args.map((part) => numberOf(part)?.units ?? null)
      const makesNone = a && b && a.length > 0 && b.length > 0 && multiply(a, b)?.length === 0
      return makesNone ? `multiplies ${describeUnits(a)} by ${describeUnits(b)}` : null
    }
    case 'call': {
      if (node.args[0] !== 'percentOf') return null
      const percent = numberOf(node.args[1][1])?.units ?? null
      return unlike(percent, unitsOf('percent')) ? `percentOf takes percent, not ${describeUnits(percent!)}` : null
    }
    default:
      return null
  }
}

/** The rule's `unit` is what people see beside measure and limit. */
function* againstDeclared(rule: RuleToLint): Generator<Problem> {
  const { unit } = rule.definition
  for (const word of ['measure', 'limit']) {
    const expression = expressionOf(rule, word)!
    const value = rule.noteOf(expression.root).value
    if (value.kind === 'number' && unlike(value.units, unitsOf(unit)))
      yield ruleError(
        rule.placeOf(expression),
        `${word} is ${describeUnits(value.units!)}, and the rule's unit is ${unit}`,
      )
  }
}
