import { comparisonOf, hasArgument, type Node, nodesOf, turn } from './expression-tree.ts'
import { spellInScope } from './facts.ts'
import type { Note } from './infer-value.ts'

/** How often a condition can hold. */
export type HowOften = 'never' | 'sometimes' | 'always'

type Assigned = string | bigint | boolean
type Assignment = ReadonlyMap<string, Assigned>

/** Assignments tried at most; a condition with more is left alone. */
const MOST = 20_000

const OTHER = '\u0000'

/**
 * Whether a condition can hold at all, and whether it can fail, by trying every word of the fields it compares and every
 * figure beside its thresholds. What it does not understand may be true or false, each spelling by itself: so `never` and
 * `always` are sure, `sometimes` is not. null: too many combinations.
 */
export function howOften(condition: Node, noteOf: (node: Node) => Note): HowOften | null {
  const domains = new Map<string, Set<Assigned>>()
  collect(condition, { domains, noteOf })
  const names = [...domains.keys()]
  const count = names.reduce((product, name) => product * domains.get(name)!.size, 1)
  if (count > MOST) return null
  let holds = false
  let fails = false
  for (const assignment of assignments(names, domains)) {
    if (truthOf(condition, { assignment, noteOf })) holds = true
    else fails = true
    if (holds && fails) return 'sometimes'
  }
  return holds ? 'always' : 'never'
}

function* assignments(
  names: readonly string[],
  domains: ReadonlyMap<string, ReadonlySet<Assigned>>,
): Generator<Assignment> {
  const [name, ...rest] = names
  if (name === undefined) {
    yield new Map()
    return
  }
  for (const others of assignments(rest, domains)) {
    for (const value of domains.get(name)!) yield new Map([...others, [name, value]])
  }
}

interface Reader {
  readonly noteOf: (node: Node) => Note
}

const nameOf = (node: Node, { noteOf }: Reader) => spellInScope(node, noteOf(node).scope)

/** A literal of a comparison, as it is assigned. */
function literalOf(node: Node, { noteOf }: Reader): string | bigint | null {
  const { value } = noteOf(node)
  if (value.kind === 'text' && value.literal !== undefined) return value.literal
  return value.kind === 'number' && value.constant !== undefined ? value.constant : null
}

/** A comparison of something with literals: what is compared, and with what. */
interface Test {
  readonly subject: Node
  readonly op: string
  readonly literals: readonly (string | bigint)[]
}

function testOf(node: Node, reader: Reader): Test | null {
  const comparison = comparisonOf(node)
  if (comparison) {
    const { op, left, right } = comparison
    const [onLeft, onRight] = [literalOf(left, reader), literalOf(right, reader)]
    if (onRight !== null && onLeft === null) return { subject: left, op, literals: [onRight] }
    if (onLeft !== null && onRight === null) return { subject: right, op: turn(op), literals: [onLeft] }
    return null
  }
  if (node.op !== 'in' || node.args[1].op !== 'list') return null
  const literals = node.args[1].args.map((item) => literalOf(item, reader))
  return literals.includes(null) || literalOf(node.args[0], reader) !== null
    ? null
    : { subject: node.args[0], op: 'in', literals: literals as (string | bigint)[] }
}

/** Whether the values beside the literals stand for all others; of decimals they do not. */
function isTestable({ subject, literals }: Test, { noteOf }: Reader): boolean {
  const { value } = noteOf(subject)
  if (value.kind === 'text') return literals.every((literal) => typeof literal === 'string')
  if (value.kind !== 'number' || !literals.every((literal) => typeof literal === 'bigint')) return false
  return [...nodesOf(subject)].every((node) => {
    const part = noteOf(node).value
    return part.kind !== 'number' || part.isDecimal !== true
  })
}

/** Whether a comparison of two literals holds; null where it is not one. */
function settled(node: Node, reader: Reader): boolean | null {
  const comparison = comparisonOf(node)
  const left = comparison && literalOf(comparison.left, reader)
  const right = comparison && literalOf(comparison.right, reader)
  if (!comparison || left === null || right === null || typeof left !== typeof right) return null
  return compare(left, { subject: comparison.left, op: comparison.op, literals: [right] })
}

const LOGIC = ['&&', '||', '!_', '?:']

function collect(node: Node, reader: Reader & { domains: Map<string, Set<Assigned>> }): void {
  const { domains, noteOf } = reader
  if (LOGIC.includes(node.op)) {
    for (const part of [node.args].flat() as Node[]) collect(part, reader)
    return
  }
  if (node.op === 'value' || settled(node, reader) !== null) return
  const test = testOf(node, reader)
  if (!test || !isTestable(test, reader)) {
    domains.set(nameOf(node, reader), new Set([true, false]))
    return
  }
  const { value } = noteOf(test.subject)
  const name = nameOf(test.subject, reader)
  const domain = domains.get(name) ?? new Set(value.kind === 'text' ? (value.words ?? [OTHER]) : [])
  domains.set(name, domain)
  // Between two thresholds that are one apart there is nothing: the figures beside each are enough.
  for (const literal of test.literals) {
    if (typeof literal === 'bigint') for (const near of [literal - 1n, literal, literal + 1n]) domain.add(near)
    else if (value.kind === 'text' && !value.words) addTextsNear(domain, literal)
  }
}

/** A text before, the same and one after. */
function addTextsNear(domain: Set<Assigned>, literal: string): void {
  domain.add(literal)
  domain.add(`${literal}${OTHER}`)
}

function truthOf(node: Node, reader: Reader & { assignment: Assignment }): boolean {
  const truth = (part: Node) => truthOf(part, reader)
  switch (node.op) {
    case '&&':
      return node.args.every(truth)
    case '||':
      return node.args.some(truth)
    case '!_':
      return !truth(node.args)
    case '?:':
      return truth(node.args[0]) ? truth(node.args[1]) : truth(node.args[2])
    case 'value':
      return node.args === true
  }
  const fixed = settled(node, reader)
  if (fixed !== null) return fixed
  const test = testOf(node, reader)
  if (!test || !isTestable(test, reader)) return reader.assignment.get(nameOf(node, reader)) === true
  return compare(reader.assignment.get(nameOf(test.subject, reader))!, test)
}

function compare(value: Assigned, { op, literals }: Test): boolean {
  const [literal] = literals
  switch (op) {
    case 'in':
      return literals.some((one) => one === value)
    case '==':
      return value === literal
    case '!=':
      return value !== literal
    case '<':
      return value < literal!
    case '<=':
      return value <= literal!
    case '>':
      return value > literal!
    default:
      return value >= literal!
  }
}

/** Whether a condition asks anything: a literal `true` is no condition. */
export function asksAnything(condition: Node): boolean {
  return [...nodesOf(condition)].some((node) => node.op === 'id' || hasArgument(node) !== null)
}
