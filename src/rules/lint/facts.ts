import { type Comparison, macroOf, type Node, spell, turn } from './expression-tree.ts'
import type { Binding } from './infer-value.ts'
import { type BoolValue, NO_FACTS, type Value } from './value.ts'

type Scope = ReadonlyMap<string, Binding>

/** "person.support" for a field of a name, with the name's id; null for a field of anything else. */
export function keyOf(node: Node, scope: Scope): string | null {
  if (node.op === 'id') return scope.get(node.args)?.id ?? null
  if (node.op !== '.') return null
  const receiver = keyOf(node.args[0], scope)
  return receiver === null ? null : `${receiver}.${node.args[1]}`
}

/** How an expression is spelled; two spellings are the same only where their names mean the same. */
export function spellInScope(node: Node, scope: Scope): string {
  return spell(node).replace(/[A-Za-z_]\w*/g, (name) => scope.get(name)?.id ?? name)
}

/** The list that must have items for this one to have some: of `list.map(…)` and `distinct(list)` it is `list`. */
export function sourceOfList(node: Node): Node {
  const macro = macroOf(node)
  if (macro?.name === 'map' && macro.bodies.length === 1) return sourceOfList(macro.list)
  if (node.op === 'call' && ['distinct', 'distinctBy'].includes(node.args[0]) && node.args[1][0])
    return sourceOfList(node.args[1][0])
  return node
}

/** The list whose length a node is: `size(list)` or `list.size()`. */
function listOfSize(node: Node): Node | null {
  if (node.op === 'call' && node.args[0] === 'size') return node.args[1][0] ?? null
  return node.op === 'rcall' && node.args[0] === 'size' ? node.args[1] : null
}

const holds = (value: bigint, op: Comparison, other: bigint) =>
  op === '=='
    ? value === other
    : op === '!='
      ? value !== other
      : op === '<'
        ? value < other
        : op === '<='
          ? value <= other
          : op === '>'
            ? value > other
            : value >= other

/** What a comparison with a constant says of a number: that it is not zero, and that a list is not empty. */
export function addFacts(
  { op, left, right }: { op: Comparison; left: Node; right: Node },
  leftValue: Value,
  rightValue: Value,
  spelled: (node: Node) => string,
): BoolValue {
  const read = (node: Node, constant: bigint, as: Comparison): BoolValue => {
    const list = listOfSize(node)
    const facts = new Set([`nonzero:${spelled(node)}`, ...(list ? [`nonempty:${spelled(sourceOfList(list))}`] : [])])
    // Where zero makes the comparison false, its being true says that there is no zero.
    return holds(0n, as, constant)
      ? { kind: 'bool', whenTrue: NO_FACTS, whenFalse: facts }
      : { kind: 'bool', whenTrue: facts, whenFalse: NO_FACTS }
  }
  if (rightValue.kind === 'number' && rightValue.constant !== undefined) return read(left, rightValue.constant, op)
  if (leftValue.kind === 'number' && leftValue.constant !== undefined) return read(right, leftValue.constant, turn(op))
  return { kind: 'bool', whenTrue: NO_FACTS, whenFalse: NO_FACTS }
}
