import { ruleCheck, ruleWarning } from '../check.ts'
import type { Node } from '../expression-tree.ts'
import { sourceOfList, spellInScope } from '../facts.ts'
import { allNodes, type RuleToLint } from '../rule-to-lint.ts'

/** What fails on some households though its types fit: the greatest of no values, the first of no records, a division by zero. */
export const fallibleCalls = ruleCheck('fallible-call', function* (rule) {
  for (const { expression, node } of allNodes(rule)) {
    const message = failureOf(node, rule)
    if (message) yield ruleWarning(rule.placeOf(expression, node), message)
  }
})

function failureOf(node: Node, rule: RuleToLint): string | null {
  if (node.op === 'call' && (node.args[0] === 'max' || node.args[0] === 'min')) {
    const list = node.args[1][0]
    if (!list || hasItems(list, rule)) return null
    return `${node.args[0]} of an empty list is an error: ask size(…) > 0 first, as in size(list) > 0 ? ${node.args[0]}(list) : 0`
  }
  if (node.op === '[]') {
    const [list] = node.args
    if (rule.noteOf(list).value.kind !== 'list' || hasItems(list, rule)) return null
    return 'an empty list has no such item: ask size(…) > 0 first'
  }
  if (node.op !== '/' && node.op !== '%') return null
  return mayBeZero(node.args[1], rule) ? 'division by zero is an error: ask whether it is zero first' : null
}

function hasItems(list: Node, rule: RuleToLint): boolean {
  const source = sourceOfList(list)
  if (source.op === 'list') return source.args.length > 0
  const { scope, facts } = rule.noteOf(list)
  return facts.has(`nonempty:${spellInScope(source, scope)}`)
}

/** Counts of people that a household declares are at least one (household-schema.ts). */
const NEVER_ZERO = ['household.size', '.householdSize', '.supported', '.children']

function mayBeZero(node: Node, rule: RuleToLint): boolean {
  const { value, scope, facts } = rule.noteOf(node)
  // A parameter of zero is the author's own figure.
  if (value.kind === 'number' && (value.constant !== undefined ? value.constant !== 0n : value.spelled !== undefined))
    return false
  const spelled = spellInScope(node, scope)
  if (NEVER_ZERO.some((name) => spelled.endsWith(name))) return false
  return !facts.has(`nonzero:${spelled}`)
}
