import { ruleCheck, ruleError } from '../check.ts'
import { comparisonOf, type Node } from '../expression-tree.ts'
import type { Problem } from '../finding.ts'
import type { ForbiddenAttribute } from '../forbidden-attributes.ts'
import { allNodes, type Expression, type RuleToLint } from '../rule-to-lint.ts'
import type { Value } from '../value.ts'

/** Attributes that no rule may turn on: by name, by what they are compared with, or cut out of something else. */
export const forbiddenAttribute = ruleCheck('forbidden-attribute', function* (rule, { forbidden }) {
  for (const attribute of forbidden) {
    for (const { expression, node } of allNodes(rule)) {
      const what = nameIn(node, attribute) ?? textIn(node, attribute) ?? partIn(node, attribute, rule)
      if (what !== null) yield problem(rule, expression, node, { what, attribute })
    }
    for (const name of Object.keys(rule.definition.let ?? {})) {
      if (!matchesAny(name, attribute.identifiers)) continue
      const { severity = 'error' } = attribute
      yield { ...ruleError(rule.yaml.placeOf(['let', name]), told(`the name "${name}"`, attribute)), severity }
    }
  }
})

function problem(
  rule: RuleToLint,
  expression: Expression,
  node: Node,
  { what, attribute }: { what: string; attribute: ForbiddenAttribute },
): Problem {
  const { severity = 'error' } = attribute
  return { ...ruleError(rule.placeOf(expression, node), told(what, attribute)), severity }
}

const told = (what: string, { name, reason }: ForbiddenAttribute) => `${what} may not be used (${name}): ${reason}`

function nameIn(node: Node, { identifiers }: ForbiddenAttribute): string | null {
  const name = node.op === '.' || node.op === '.?' ? node.args[1] : node.op === 'id' ? node.args : null
  return name !== null && matchesAny(name, identifiers) ? `"${name}"` : null
}

function textIn(node: Node, { texts = [] }: ForbiddenAttribute): string | null {
  if (node.op !== 'value' || typeof node.args !== 'string') return null
  const text = node.args
  return texts.some((pattern) => matchesGlob(text, pattern)) ? `the text '${text}'` : null
}

/** "birthPlace" is the words birth and place; a pattern is one word or several that follow each other. */
export function matchesAny(identifier: string, patterns: readonly string[] = []): boolean {
  const words = identifier
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_]+/)
  return patterns.some((pattern) => {
    const wanted = pattern.toLowerCase().split(/\s+/)
    return words.some((_, i) => wanted.every((word, j) => matchesGlob(words[i + j] ?? '', word)))
  })
}

/** A text against a pattern in which "*" stands for anything; linear, whatever the pattern. */
function matchesGlob(text: string, pattern: string): boolean {
  const [first, ...rest] = pattern.split('*')
  if (rest.length === 0) return text === pattern
  if (!text.startsWith(first!)) return false
  const last = rest.pop()!
  let at = first!.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - at >= last.length && text.endsWith(last)
}

const CUTTING = [
  'startsWith',
  'endsWith',
  'contains',
  'matches',
  'substring',
  'split',
  'indexOf',
  'lastIndexOf',
  'lowerAscii',
  'upperAscii',
  'trim',
  'size',
  'join',
]

/** A field that is used whole or not at all is cut, measured, ordered, put together or compared with a text of the rule. */
function partIn(node: Node, { whole = [] }: ForbiddenAttribute, rule: RuleToLint): string | null {
  if (whole.length === 0) return null
  const fieldOf = (part: Node | undefined): string | null => {
    const value = part && rule.noteOf(part).value
    const field = value && (fieldOfValue(value) ?? null)
    return field !== null && field !== undefined && whole.includes(field) ? field : null
  }
  if (node.op === 'rcall') {
    const [name, receiver, args] = node.args
    const field = CUTTING.includes(name) ? [receiver, ...args].map(fieldOf).find(Boolean) : null
    return field ? `${name}() of ${field}` : null
  }
  if (node.op === 'call') {
    const [name, args] = node.args
    const taken = ['size', 'int', 'double', 'bytes', 'month', 'monthsBefore', 'timestamp'].includes(name)
    const field = taken && rule.noteOf(args[0]!).value.kind === 'text' ? fieldOf(args[0]) : null
    return field ? `${name}() of ${field}` : null
  }
  if (node.op === '+') {
    const field = node.args.map(fieldOf).find(Boolean)
    return field ? `a text made of ${field}` : null
  }
  const sides = comparisonOf(node) ?? (node.op === 'in' ? { op: 'in', left: node.args[0], right: node.args[1] } : null)
  const field = sides && (fieldOf(sides.left) ?? fieldOf(sides.right))
  if (!sides || !field) return null
  if (!['==', '!=', 'in'].includes(sides.op)) return `the order of ${field}`
  return [sides.left, sides.right].some(isWritten) ? `a comparison of ${field} with what the rule itself says` : null
}

const fieldOfValue = (value: Value): string | undefined =>
  value.kind === 'text' ? value.field : value.kind === 'list' ? fieldOfValue(value.of) : undefined

const isWritten = (node: Node) =>
  (node.op === 'value' && typeof node.args === 'string') ||
  (node.op === 'list' && node.args.some((item) => item.op === 'value'))
