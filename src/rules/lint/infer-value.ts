import { comparisonOf, hasArgument, macroOf, type Node } from './expression-tree.ts'
import { addFacts, keyOf, spellInScope } from './facts.ts'
import { knowField } from './field-knowledge.ts'
import { inferCall } from './infer-call.ts'
import { inferMacro } from './infer-macro.ts'
import { divide, meet, multiply, NUMBER, type Units } from './units.ts'
import {
  BOOL,
  eitherValue,
  type Facts,
  factsOf,
  intersection,
  NO_FACTS,
  type NumberValue,
  numberOf,
  TEXT,
  UNKNOWN,
  union,
  type Value,
} from './value.ts'

/** A name in an expression: what it stands for, and an id that no other name of the rule has. */
export interface Binding {
  readonly id: string
  readonly value: Value
}

/** What an expression may name, and what must hold where it is evaluated. */
export interface Place {
  readonly scope: ReadonlyMap<string, Binding>
  readonly facts: Facts
}

/** What was found out about a node. */
export interface Note extends Place {
  readonly value: Value
}

/** Parameters as the linter knows them. */
export interface KnownParameter {
  readonly units: Units
  /** The largest value that any region has. */
  readonly largest: bigint | null
}

/** Walks expressions and keeps a note of each node. */
export interface Inference {
  readonly notes: Map<Node, Note>
  readonly parameters: ReadonlyMap<string, KnownParameter>
  infer(node: Node, place: Place): Value
  /** An id for the variable of a macro. */
  nextId(name: string): string
}

/** A fresh inference; expressions of one rule share it. Never throws on an expression that parses. */
export function createInference(parameters: ReadonlyMap<string, KnownParameter>): Inference {
  let count = 0
  const inference: Inference = {
    notes: new Map(),
    parameters,
    nextId: (name) => `${name}#${++count}`,
    infer(node, place) {
      const value = inferNode(node, place, inference)
      inference.notes.set(node, { ...place, value })
      return value
    },
  }
  return inference
}

function inferNode(node: Node, place: Place, inference: Inference): Value {
  const infer = (child: Node, facts: Facts = place.facts) => inference.infer(child, { ...place, facts })
  switch (node.op) {
    case 'value':
      return inferLiteral(node.args)
    case 'id':
      return place.scope.get(node.args)?.value ?? UNKNOWN
    case '.':
    case '.?':
      return inferField(node, infer(node.args[0]), place, inference)
    case '[]':
    case '[?]': {
      const [list, index] = node.args.map((part) => infer(part))
      if (list!.kind === 'parameters' && index!.kind === 'text') return inferParameter(index!.literal ?? '', inference)
      return list!.kind === 'list' || list!.kind === 'map' ? list!.of : UNKNOWN
    }
    case 'list': {
      return { kind: 'list', of: anyOf(node.args.map((item) => infer(item))) }
    }
    case 'map':
      for (const [key] of node.args) infer(key)
      return { kind: 'map', of: anyOf(node.args.map(([, value]) => infer(value))) }
    case '?:': {
      const condition = factsOf(infer(node.args[0]))
      const then = infer(node.args[1], union(place.facts, condition.whenTrue))
      const otherwise = infer(node.args[2], union(place.facts, condition.whenFalse))
      const value = eitherValue(then, otherwise)
      if (value.kind !== 'bool') return value
      return {
        kind: 'bool',
        whenTrue: intersection(
          union(condition.whenTrue, factsOf(then).whenTrue),
          union(condition.whenFalse, factsOf(otherwise).whenTrue),
        ),
        whenFalse: intersection(
          union(condition.whenTrue, factsOf(then).whenFalse),
          union(condition.whenFalse, factsOf(otherwise).whenFalse),
        ),
      }
    }
    case '&&': {
      const left = factsOf(infer(node.args[0]))
      const right = factsOf(infer(node.args[1], union(place.facts, left.whenTrue)))
      // Of two parts one may fail while the other is false, and the whole is false (CEL): only what both give is sure.
      return {
        kind: 'bool',
        whenTrue: union(left.whenTrue, right.whenTrue),
        whenFalse: intersection(left.whenFalse, right.whenFalse),
      }
    }
    case '||': {
      const left = factsOf(infer(node.args[0]))
      const right = factsOf(infer(node.args[1], union(place.facts, left.whenFalse)))
      return {
        kind: 'bool',
        whenTrue: intersection(left.whenTrue, right.whenTrue),
        whenFalse: union(left.whenFalse, right.whenFalse),
      }
    }
    case '!_': {
      const { whenTrue, whenFalse } = factsOf(infer(node.args))
      return { kind: 'bool', whenTrue: whenFalse, whenFalse: whenTrue }
    }
    case '-_': {
      const value = infer(node.args)
      if (value.kind !== 'number') return UNKNOWN
      return { ...numberOf(value.units), ...(value.constant === undefined ? {} : { constant: -value.constant }) }
    }
    case 'call':
    case 'rcall':
      if (hasArgument(node)) return inferHas(node, place, infer)
      return macroOf(node) ? inferMacro(node, place, inference) : inferCall(node, place, inference)
    default:
      return inferBinary(node, place, infer)
  }
}

const anyOf = (values: readonly Value[]) => (values.length === 0 ? UNKNOWN : values.reduce(eitherValue))

function inferLiteral(value: unknown): Value {
  if (typeof value === 'bigint')
    return { kind: 'number', units: NUMBER, constant: value, spelled: String(value), largest: value }
  if (typeof value === 'number') return { ...numberOf(NUMBER), isDecimal: true }
  if (typeof value === 'boolean') return BOOL
  if (typeof value !== 'string') return UNKNOWN
  const form = /^\d{4}-\d{2}-\d{2}$/.test(value) ? 'date' : /^\d{4}-\d{2}$/.test(value) ? 'month' : 'other'
  return { kind: 'text', form, literal: value }
}

function inferParameter(name: string, { parameters }: Inference): Value {
  const known = parameters.get(name)
  if (!known) return numberOf(null)
  return {
    kind: 'number',
    units: known.units,
    spelled: `param.${name}`,
    ...(known.largest === null ? {} : { largest: known.largest }),
  }
}

function inferField(
  node: Extract<Node, { op: '.' | '.?' }>,
  receiver: Value,
  place: Place,
  inference: Inference,
): Value {
  const field = node.args[1]
  if (receiver.kind === 'parameters') return inferParameter(field, inference)
  if (receiver.kind !== 'object') return UNKNOWN
  const value = knowField(receiver.type, field)?.value ?? UNKNOWN
  if (value.kind !== 'bool') return value
  // A condition that is read without failing is there.
  const key = keyOf(node, place.scope)
  const read = key === null ? NO_FACTS : new Set([key])
  return { kind: 'bool', whenTrue: read, whenFalse: read }
}

function inferHas(node: Node, place: Place, infer: (child: Node) => Value): Value {
  const argument = hasArgument(node)!
  infer(argument.args[0])
  const key = keyOf(argument, place.scope)
  return { kind: 'bool', whenTrue: key === null ? NO_FACTS : new Set([key]), whenFalse: NO_FACTS }
}

function inferBinary(node: Node, place: Place, infer: (child: Node) => Value): Value {
  const [leftNode, rightNode] = node.args as [Node, Node]
  const left = infer(leftNode)
  const right = infer(rightNode)
  const comparison = comparisonOf(node)
  if (comparison || node.op === 'in') {
    const read = union(keysRead(leftNode, place), keysRead(rightNode, place))
    const facts = comparison ? addFacts(comparison, left, right, (part) => spellInScope(part, place.scope)) : BOOL
    return { kind: 'bool', whenTrue: union(read, facts.whenTrue), whenFalse: union(read, facts.whenFalse) }
  }
  if (left.kind === 'number' && right.kind === 'number') return inferArithmetic(node.op, left, right)
  if (node.op === '+' && left.kind === 'text' && right.kind === 'text') {
    return left.form === 'month' && /^-\d\d$/.test(right.literal ?? '') ? { kind: 'text', form: 'date' } : TEXT
  }
  return UNKNOWN
}

/** What a part of a comparison must have read for the comparison to give anything. */
function keysRead(node: Node, place: Place): Facts {
  if (node.op === '.') {
    const key = keyOf(node, place.scope)
    return key === null ? keysRead(node.args[0], place) : union(keysRead(node.args[0], place), new Set([key]))
  }
  if (['+', '-', '*', '/', '%'].includes(node.op))
    return (node.args as Node[]).map((part) => keysRead(part, place)).reduce(union)
  return NO_FACTS
}

function inferArithmetic(op: Node['op'], left: NumberValue, right: NumberValue): Value {
  const known = (units: Units | null) => (units?.length === 0 ? null : units)
  const constant = foldConstants(op, left.constant, right.constant)
  const folded = constant === undefined ? {} : { constant, spelled: String(constant), largest: constant }
  if (op === '+' || op === '-') {
    const units = known(meet(left.units, right.units))
    return { kind: 'number', units, ofMonth: left.ofMonth === true && right.ofMonth === true, ...folded }
  }
  if (op === '*') {
    // Twice an amount of a month is still one of that month.
    const [amount, factor] = left.ofMonth ? [left, right] : [right, left]
    const isPlain = factor.units?.every(({ unit }) => ['number', 'percent', 'count'].includes(unit))
    if (amount.ofMonth && isPlain) return { kind: 'number', units: amount.units, ofMonth: true }
    const spelled = { a: left.spelled ?? '*', b: right.spelled ?? '*' }
    return { kind: 'number', units: known(multiply(left.units, right.units, spelled)), ...folded }
  }
  if (op === '/') {
    if (left.ofMonth && right.units?.every(({ unit }) => unit === 'number'))
      return { kind: 'number', units: left.units, ofMonth: true }
    return { kind: 'number', units: known(divide(left.units, right.units)), ...folded }
  }
  return { ...numberOf(op === '%' ? left.units : null), ...folded }
}

function foldConstants(op: Node['op'], a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return undefined
  if (op === '+') return a + b
  if (op === '-') return a - b
  if (op === '*') return a * b
  if (b === 0n) return undefined
  return op === '/' ? a / b : op === '%' ? a % b : undefined
}
