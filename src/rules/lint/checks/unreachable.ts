import { ruleCheck, ruleError, ruleWarning } from '../check.ts'
import { macroOf, type Node } from '../expression-tree.ts'
import { allNodes, expressionOf } from '../rule-to-lint.ts'
import { asksAnything, howOften } from '../satisfiable.ts'

/** An `applies` or `requires` that nobody can fulfil: the rule is there and never asks anyone. */
export const unreachableApplies = ruleCheck('unreachable-applies', function* (rule) {
  for (const word of ['applies', 'requires']) {
    const expression = expressionOf(rule, word)
    if (!expression) continue
    const often = howOften(expression.root, rule.noteOf)
    if (often === 'never') {
      const instead = word === 'applies' ? '; enabled: false switches a rule off' : ''
      yield ruleError(
        rule.placeOf(expression, expression.root),
        `${word} is never true, so the rule never gives a result${instead}`,
      )
    }
    if (often === 'always' && asksAnything(expression.root))
      yield ruleWarning(rule.placeOf(expression, expression.root), `${word} is true for everyone`)
  }
})

/** A filter that lets nothing through, a `warn` that never warns: the rule is clear for ever. */
export const unreachableWarning = ruleCheck('unreachable-warning', function* (rule) {
  for (const { expression, node } of allNodes(rule)) {
    const macro = macroOf(node)
    const predicate = macro && predicateOf(macro)
    if (predicate && howOften(predicate, rule.noteOf) === 'never')
      yield ruleError(rule.placeOf(expression, predicate), `this is never true, so ${macro.name} finds nothing`)
  }
  for (const word of ['warn', 'material', 'known']) {
    const expression = expressionOf(rule, word)
    if (expression && howOften(expression.root, rule.noteOf) === 'never')
      yield ruleError(rule.placeOf(expression, expression.root), `${word} is never true, so the rule never warns`)
  }
})

function predicateOf({ name, bodies }: { name: string; bodies: readonly Node[] }): Node | null {
  const isFilter = name === 'map' ? bodies.length > 1 : name !== 'all'
  return isFilter ? bodies[0]! : null
}
