import type { LocatedYaml, YamlPath } from '../../domain/located-yaml.ts'
import type { Place as FilePlace } from '../../errors.ts'
import { type CompiledRule, DEFAULT_WARN } from '../compile-rule.ts'
import type { RuleDefinition } from '../rule-schema.ts'
import { type Node, nodesOf } from './expression-tree.ts'
import { type Binding, createInference, type KnownParameter, type Note, type Place } from './infer-value.ts'
import { RECORD_LISTS } from './record-lists.ts'
import { factsOf, NO_FACTS, type ObjectValue, UNKNOWN, union, type Value } from './value.ts'

/** One expression of a rule, taken apart. */
export interface Expression {
  /** The rule's word: "applies", "let", "measure". */
  readonly word: string
  readonly path: YamlPath
  readonly text: string
  readonly root: Node
  /** Whether the rule leaves it out; its place is then that of `limit`. */
  readonly byDefault: boolean
}

/** A rule that loads, with all that the checks ask about it. */
export interface RuleToLint {
  readonly definition: RuleDefinition
  readonly compiled: CompiledRule
  readonly yaml: LocatedYaml
  readonly expressions: readonly Expression[]
  noteOf(node: Node): Note
  /** Where a node of an expression stands in the file. */
  placeOf(expression: Expression, node?: Node): FilePlace
}

/** Takes a rule's expressions apart and notes what each of their parts is. */
export function readRule(
  compiled: CompiledRule,
  yaml: LocatedYaml,
  parameters: ReadonlyMap<string, KnownParameter>,
): RuleToLint {
  const { definition, environment } = compiled
  const inference = createInference(parameters)
  const expressions: Expression[] = []
  const scope = new Map(Object.entries(namesOf(definition)).map(([id, value]) => [id, { id, value }] as const))
  let facts = NO_FACTS

  const read = (word: string, path: YamlPath, given: unknown, place: Place = { scope, facts }): Value => {
    const text = String(given ?? DEFAULT_WARN)
    const root = environment.parse(text).ast
    expressions.push({ word, path: given === undefined ? ['limit'] : path, text, root, byDefault: given === undefined })
    return inference.infer(root, place)
  }
  // What an expression must have given for the next ones to be asked.
  const ask = (word: 'applies' | 'requires' | 'known' | 'warn', place?: Place) => {
    if (definition[word] === undefined && word !== 'warn') return
    facts = union(facts, factsOf(read(word, [word], definition[word], place)).whenTrue)
  }
  const name = (id: string, value: Value) => scope.set(id, { id, value })

  // Who has no number is asked nothing but these two; see evaluateOnce.
  const early: Map<string, Binding> = new Map(scope)
  early.set('person', { id: 'person', value: PERSON })
  early.set('people', { id: 'people', value: { kind: 'list', of: PERSON } })
  ask('applies', { scope: early, facts })
  ask('requires', { scope: early, facts })
  for (const [id, text] of Object.entries(definition.let ?? {})) name(id, read('let', ['let', id], text))
  if (definition.evidence !== undefined) name('evidence', read('evidence', ['evidence'], definition.evidence))
  name('measure', read('measure', ['measure'], definition.measure))
  name('limit', read('limit', ['limit'], definition.limit))
  ask('known')
  ask('warn')
  if (definition.material !== undefined) read('material', ['material'], definition.material)

  const rule: RuleToLint = {
    definition,
    compiled,
    yaml,
    expressions,
    noteOf: (node) => inference.notes.get(node) ?? { scope, facts: NO_FACTS, value: UNKNOWN },
    placeOf: ({ path, byDefault }, node) =>
      byDefault || !node ? yaml.placeOf(path) : yaml.placeInString(path, startOf(node)),
  }
  return Object.freeze(rule)
}

const PERSON: ObjectValue = { kind: 'object', type: 'Person', present: NO_FACTS }
const WITH_NUMBER: ObjectValue = { ...PERSON, present: new Set(['age']) }

/** What a rule may name before its own `let`. */
function namesOf({ scope, who }: RuleDefinition): Record<string, Value> {
  const lists = [...RECORD_LISTS].map(([list, { celType }]): [string, Value] => [
    list,
    { kind: 'list', of: { kind: 'object', type: celType, present: NO_FACTS } },
  ])
  return {
    asOf: { kind: 'text', form: 'date', isAsOf: true },
    household: { kind: 'object', type: 'Household', present: NO_FACTS },
    // A rule is unverifiable while someone in its scope has no number: all whom it asks for have an age.
    people: { kind: 'list', of: who === 'all' && scope === 'household' ? WITH_NUMBER : PERSON },
    ...(scope === 'person' ? { person: WITH_NUMBER } : {}),
    param: { kind: 'parameters' },
    ...Object.fromEntries(lists),
  }
}

/** A field stands where its name is, everything else where it begins. */
const startOf = (node: Node) => (node.op === '.' || node.op === '.?' ? node.pos : node.start)

/** Every node of every expression of a rule. */
export function* allNodes(rule: RuleToLint): Generator<{ expression: Expression; node: Node }> {
  for (const expression of rule.expressions) for (const node of nodesOf(expression.root)) yield { expression, node }
}

/** The expression of a word, where the rule has it. */
export function expressionOf({ expressions }: RuleToLint, word: string): Expression | undefined {
  return expressions.find((expression) => expression.word === word)
}
