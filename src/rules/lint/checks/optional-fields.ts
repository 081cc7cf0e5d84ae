import { didYouMean } from '../../../domain/closest-word.ts'
import { fieldNames } from '../../field-names.ts'
import { ruleCheck, ruleError, ruleWarning } from '../check.ts'
import { hasArgument, type Node } from '../expression-tree.ts'
import { keyOf } from '../facts.ts'
import { knowField } from '../field-knowledge.ts'
import { allNodes, type RuleToLint } from '../rule-to-lint.ts'

/**
 * An optional field that is read where nothing says that it is there: a record without it makes the whole result
 * unverifiable with `error`. `has(d.f) && …`, `!has(d.f) || …`, a ternary, a filter before a map, `applies` and `requires` say so.
 */
export const optionalFields = ruleCheck('optional-field', function* (rule) {
  const asked = new Set([...allNodes(rule)].map(({ node }) => hasArgument(node)).filter((node) => node !== null))
  for (const { expression, node } of allNodes(rule)) {
    if (node.op !== '.' || asked.has(node) || !isOptional(node, rule) || isThere(node, rule)) continue
    const name = node.args[1]
    yield ruleWarning(
      rule.placeOf(expression, node),
      `"${name}" may be absent, and the result is then unverifiable; ask has(….${name}) first`,
    )
  }
})

function isOptional(node: Extract<Node, { op: '.' }>, rule: RuleToLint): boolean {
  const { value } = rule.noteOf(node.args[0])
  if (value.kind === 'parameters') return rule.compiled.optionalParameters.includes(node.args[1])
  return value.kind === 'object' && knowField(value.type, node.args[1])?.optional === true
}

function isThere(node: Extract<Node, { op: '.' }>, rule: RuleToLint): boolean {
  const [receiver, field] = node.args
  const { value } = rule.noteOf(receiver)
  if (value.kind === 'object' && value.present.has(field)) return true
  const { facts, scope } = rule.noteOf(node)
  const key = keyOf(node, scope)
  if (key === null) return false
  return facts.has(key) || isThereInElement(node, rule)
}

/** `people.filter(p, has(p.support.paid)).map(p, p.support.paid)`: the path from the element on is what is known. */
function isThereInElement(node: Extract<Node, { op: '.' }>, rule: RuleToLint): boolean {
  const path: string[] = []
  let at: Node = node
  while (at.op === '.') {
    path.unshift(at.args[1])
    at = at.args[0]
    const { value } = rule.noteOf(at)
    if (value.kind === 'object' && value.present.has(path.join('.'))) return true
  }
  return false
}

/** has() of a field that does not exist is false for ever, of one that always exists true for ever. */
export const needlessHas = ruleCheck('needless-has', function* (rule) {
  for (const { expression, node } of allNodes(rule)) {
    const argument = hasArgument(node)
    const value = argument && rule.noteOf(argument.args[0]).value
    if (!argument || value?.kind !== 'object') continue
    const field = argument.args[1]
    const known = knowField(value.type, field)
    const place = rule.placeOf(expression, argument)
    if (known === null) {
      const names = fieldNames(value.type)
      yield ruleError(
        place,
        `there is no field "${field}", so has() is never true; allowed: ${names.join(', ')}${didYouMean(field, names)}`,
      )
    } else if (known && !known.optional && field !== 'otherSchemes') {
      yield ruleWarning(place, `"${field}" is always there, so has() is always true`)
    }
  }
})
