import type { Environment } from '@marcbachmann/cel-js'
import { RECORD_TYPES, type RecordTypeName } from '../domain/record-types.ts'
import { listedRecordType } from './cel-environment.ts'
import { childrenOf, type ExpressionNode, fieldOf, macroOf, nameOf } from './expression-source.ts'
import type { Part } from './trace-expression.ts'
import { chosenFrom, distinctFieldOf, planSelection, type SelectionPlan } from './trace-selection.ts'

/** A list that a rule makes by other means than choosing, such as "a + b": what it holds is known and not why. */
export interface MadeList {
  readonly name: string
  readonly text: string
}

/** What a list of records comes of: a whole list of the dossier, a choice, or something else. */
export type Origin = 'whole' | SelectionPlan | MadeList

/** Where records end up: in the evidence, in a sum, in a count. */
export interface SinkPlan {
  readonly type: RecordTypeName
  readonly origin: Origin
}

export const isMade = (origin: Origin): origin is MadeList => origin !== 'whole' && !('taken' in origin)

/** How a rule's choices among records are explained. */
export interface RecordPlan {
  /** A choice comes after the one that it chooses from. */
  readonly selections: readonly SelectionPlan[]
  /** The evidence first, where there is any. */
  readonly sinks: readonly SinkPlan[]
  readonly hasEvidence: boolean
  /** The types of records that the rule reads, with the fields that it reads of them. */
  readonly reads: ReadonlyMap<RecordTypeName, readonly string[]>
}

const LISTS = new Map<string, RecordTypeName>(
  (Object.keys(RECORD_TYPES) as RecordTypeName[]).map((type) => [RECORD_TYPES[type].list, type]),
)

/** Finds the choices among records in a rule's steps, and where the records end up. */
export class RecordPlanner {
  readonly #environment: Environment
  readonly #selections: SelectionPlan[] = []
  readonly #named = new Map<string, Origin>([...LISTS.keys()].map((list) => [list, 'whole']))
  readonly #sinks: SinkPlan[] = []
  readonly #reads = new Map<RecordTypeName, Set<string>>()
  #evidence: SinkPlan | null = null

  constructor(environment: Environment) {
    this.#environment = environment
  }

  add(step: string, name: string | null, { node, type, text }: Part): void {
    this.#readFields(node)
    const holder = name ?? (step === 'evidence' ? step : null)
    const found = this.#visit(node, { step: name ?? step, holder, read: holder === null })
    const listed = listedRecordType(type)
    if (holder === null || listed === null) return
    const origin = found ?? { name: holder, text }
    this.#named.set(holder, origin)
    if (step === 'evidence') this.#evidence = { type: listed, origin }
  }

  finish(): RecordPlan {
    const sinks = this.#evidence ? [this.#evidence, ...this.#sinks] : this.#sinks
    const reads = [...LISTS.values()].flatMap((type) => {
      const fields = this.#reads.get(type)
      return fields ? [[type, [...fields]] as const] : []
    })
    return {
      selections: this.#selections,
      sinks,
      hasEvidence: this.#evidence !== null,
      reads: new Map(reads),
    }
  }

  /** `holder` is the name under which the whole node's value is kept; `read`: what it holds is used here, not chosen from. */
  #visit(
    node: ExpressionNode,
    place: { readonly step: string; readonly holder: string | null; readonly read: boolean },
  ): Origin | null {
    const name = nameOf(node)
    if (name !== null) return this.#visitName(name, node, place.read)
    const from = chosenFrom(node)
    if (from) {
      const before = this.#visit(from, { step: place.step, holder: null, read: false })
      const parent = before === null || before === 'whole' || isMade(before) ? null : before
      const plan = planSelection(node, { environment: this.#environment, step: place.step, name: place.holder, parent })
      if (plan) {
        this.#selections.push(plan)
        // The value of map(v, condition, value) is no list of records that a name could hold.
        if (place.read || macroOf(node)?.name === 'map') this.#sinks.push({ type: plan.type, origin: plan })
      }
      return plan
    }
    for (const child of childrenOf(node)) this.#visit(child, { step: place.step, holder: null, read: true })
    return null
  }

  /** Also inside macros, where records have other names. */
  #readFields(node: ExpressionNode): void {
    const list = LISTS.get(nameOf(node) ?? '')
    if (list) this.#fieldsOf(list)
    const access = fieldOf(node)
    const type = access && listedRecordType(`list<${access.object.checkedType?.name}>`)
    if (type) this.#fieldsOf(type).add(access.field)
    const distinct = distinctFieldOf(node)
    if (distinct) this.#fieldsOf(listedRecordType(node.checkedType!.name)!).add(distinct)
    for (const child of childrenOf(node)) this.#readFields(child)
  }

  #fieldsOf(type: RecordTypeName): Set<string> {
    const fields = this.#reads.get(type) ?? new Set()
    this.#reads.set(type, fields)
    return fields
  }

  #visitName(name: string, node: ExpressionNode, read: boolean): Origin | null {
    const type = listedRecordType(node.checkedType?.name ?? '')
    const origin = this.#named.get(name)
    if (type === null || !origin) return null
    const isKnown = this.#sinks.some((sink) => sink.type === type && sink.origin === origin)
    if (read && !isKnown) this.#sinks.push({ type, origin })
    return origin
  }
}
