import { macroOf, type Node } from './expression-tree.ts'
import { sourceOfList, spellInScope } from './facts.ts'
import type { Inference, Place } from './infer-value.ts'
import { monthBounds, windowOf } from './month-window.ts'
import { BOOL, type Facts, factsOf, type ListValue, UNKNOWN, union, type Value } from './value.ts'

/** The value of `list.filter(v, …)`, map, exists, exists_one and all. */
export function inferMacro(node: Node, place: Place, inference: Inference): Value {
  const { name, list: listNode, variable, bodies } = macroOf(node)!
  const given = inference.infer(listNode, place)
  const list: ListValue = given.kind === 'list' ? given : { kind: 'list', of: UNKNOWN }
  const id = inference.nextId(variable)
  const scope = new Map([...place.scope, [variable, { id, value: list.of }]])
  const [first, second] = bodies as [Node, Node | undefined]

  if (name === 'map' && second === undefined) {
    const of = inference.infer(first, { scope, facts: place.facts })
    return { kind: 'list', of, ...(list.window === undefined ? {} : { window: list.window }) }
  }
  const { whenTrue } = factsOf(inference.infer(first, { scope, facts: place.facts }))
  const kept = narrow(list, first, { variable, id, whenTrue }, inference)
  if (name === 'filter') return kept
  if (name === 'map') {
    const value = { id, value: kept.of }
    const of = inference.infer(second!, {
      scope: new Map([...scope, [variable, value]]),
      facts: union(place.facts, whenTrue),
    })
    return { kind: 'list', of, ...(kept.window === undefined ? {} : { window: kept.window }) }
  }
  if (name !== 'exists') return BOOL
  const outside = new Set([...whenTrue].filter((fact) => !fact.startsWith(`${id}.`) && !fact.includes(id)))
  outside.add(`nonempty:${spellInScope(sourceOfList(listNode), place.scope)}`)
  return { ...BOOL, whenTrue: outside }
}

/** The list of what a predicate lets through: fields that it asks for are there, months that it bounds are so many. */
function narrow(
  list: ListValue,
  predicate: Node,
  { variable, id, whenTrue }: { variable: string; id: string; whenTrue: Facts },
  { notes }: Inference,
): ListValue {
  const own = `${id}.`
  const present = new Set([...whenTrue].filter((fact) => fact.startsWith(own)).map((fact) => fact.slice(own.length)))
  const window = windowOf(monthBounds(predicate, variable, (node) => notes.get(node)?.value))
  const of: Value = list.of.kind === 'object' ? { ...list.of, present: union(list.of.present, present) } : list.of
  return { ...list, of, ...(window === undefined ? {} : { window }) }
}
