import { type ASTNode, serialize } from '@marcbachmann/cel-js'

/** A node of an expression as it is written: macros (filter, map, has) are calls. */
export type Node = ASTNode

/** The nodes right below a node, in the order in which they are written. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'list':
      return node.args
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}

/** A node and all below it, from the outside in. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node
  for (const child of childrenOf(node)) yield* nodesOf(child)
}

/** The parts of `a && b && c` (or of `||`): one part where it is neither. */
export function partsOf(node: Node, op: '&&' | '||'): readonly Node[] {
  return node.op === op ? node.args.flatMap((part) => partsOf(part, op)) : [node]
}

/** One spelling for expressions that differ in blanks and parentheses only. */
export function spell(node: Node): string {
  return serialize(node)
}

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const
export type Comparison = (typeof COMPARISONS)[number]

/** The operator and the two sides of a comparison, or null. */
export function comparisonOf(node: Node): { op: Comparison; left: Node; right: Node } | null {
  if (!COMPARISONS.includes(node.op as Comparison)) return null
  const [left, right] = node.args as [Node, Node]
  return { op: node.op as Comparison, left, right }
}

const TURNED: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

/** The same comparison read from the other side: a < b is b > a. */
export function turn(op: Comparison): Comparison {
  return TURNED[op]
}

const MACROS = ['filter', 'map', 'exists', 'exists_one', 'all']

/** A macro over a list with its variable and bodies: `list.filter(variable, body)`, `list.map(variable, when, body)`. */
export function macroOf(node: Node): { name: string; list: Node; variable: string; bodies: readonly Node[] } | null {
  if (node.op !== 'rcall') return null
  const [name, list, [first, ...bodies]] = node.args
  if (!MACROS.includes(name) || first?.op !== 'id' || bodies.length === 0) return null
  return { name, list, variable: first.args, bodies }
}

/** The argument of `has(…)`, or null. */
export function hasArgument(node: Node): Extract<Node, { op: '.' }> | null {
  if (node.op !== 'call' || node.args[0] !== 'has') return null
  const [argument] = node.args[1]
  return argument?.op === '.' ? argument : null
}
