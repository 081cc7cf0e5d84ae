import { RECORD_TYPES } from '../domain/record-types.ts'
import type { SetAside, TraceNode, TraceRecord, TraceSelection, TraceValue } from '../domain/trace.ts'
import { originOf } from './dossier-view.ts'
import { unitOfRecordField } from './expression-unit.ts'
import type { Values } from './trace-expression.ts'
import type { TracePlan } from './trace-plan.ts'
import type { Chosen, SelectionPlan } from './trace-selection.ts'
import { isMade, type Origin } from './trace-sinks.ts'
import type { TraceValues } from './trace-values.ts'

/** What records give to the measure one by one, and which are counted once already in it. */
export interface Contributions {
  readonly gives: ReadonlyMap<number, TraceValue>
  readonly because: ReadonlyMap<number, SetAside>
}

interface Explained {
  readonly records: readonly TraceRecord[]
  readonly selections: readonly TraceSelection[]
}

interface Outcome extends Chosen {
  readonly kept: ReadonlySet<object>
  /** By the record that was dropped. */
  readonly dropped: ReadonlyMap<object, SetAside>
}

/** Every record that the rule could read: taken, counted once, or set aside with the clause that did it. */
export function explainRecords(
  plan: TracePlan,
  { values, shown, contributions }: { values: Values; shown: TraceValues; contributions: Contributions },
): Explained {
  const outcomes = new Map<SelectionPlan, Outcome>()
  for (const selection of plan.selections) {
    const outcome = choose(selection, { values, shown })
    if (outcome) outcomes.set(selection, outcome)
  }
  const fateOf = fateReader(plan, { outcomes, values })
  const records = shown.records.map((record, i): TraceRecord => {
    const { type, source, person, shownKey, asOf, delivery, row } = originOf(record)
    const gives = contributions.gives.get(i) ?? null
    const fate = fateOf(record)
    const isTaken = gives !== null || fate.taken
    const counted = gives === null && isTaken ? (fate.because ?? contributions.because.get(i) ?? null) : null
    return {
      list: RECORD_TYPES[type].list,
      source,
      type,
      person,
      key: shownKey,
      asOf,
      delivery,
      row,
      fields: showFields(record, plan.reads.get(type)!, shown),
      state: isTaken === null ? 'unknown' : !isTaken ? 'set-aside' : counted ? 'counted-once' : 'taken',
      gives,
      because: isTaken ? counted : fate.because,
    }
  })
  return { records, selections: [...outcomes.values()].map((outcome) => describeSelection(outcome, shown)) }
}

function choose(plan: SelectionPlan, asked: { values: Values; shown: TraceValues }): Outcome | null {
  try {
    const chosen = { plan, from: plan.from(asked.values), taken: plan.taken(asked.values) }
    if (!chosen.from || !chosen.taken) return null
    const kept = new Set(chosen.taken)
    const lost = chosen.from.filter((record) => !kept.has(record))
    return { ...chosen, kept, dropped: new Map(lost.map((record) => [record, plan.explain(record, chosen, asked)])) }
  } catch {
    // Where the evaluation failed, so may its parts.
    return null
  }
}

function showFields(record: object, fields: readonly string[], shown: TraceValues): Record<string, TraceValue> {
  const { type } = originOf(record)
  const values = record as Values
  return Object.fromEntries(fields.map((field) => [field, shown.show(values[field], unitOfRecordField(type, field))]))
}

interface Fate {
  /** null: the evaluation failed before it was settled. */
  readonly taken: boolean | null
  /** Why not; or, of a record that is taken, which one stands for it somewhere. */
  readonly because: SetAside | null
}

interface Ways {
  readonly outcomes: ReadonlyMap<SelectionPlan, Outcome>
  readonly values: Values
}

/**
 * What became of a record: for the evidence's type, on the way to the evidence; for another, on the way to wherever the
 * rule reads it.
 */
function fateReader({ sinks, hasEvidence }: TracePlan, ways: Ways) {
  return (record: object): Fate => {
    const { type } = originOf(record)
    const own = sinks.filter((sink) => sink.type === type)
    const fates = own.map(({ origin }) => fateOnTheWay(record, origin, ways))
    const decided = hasEvidence && own[0] === sinks[0] ? fates.slice(0, 1) : fates
    const standing = fates.map(({ because }) => because).find((because) => because?.standsFor !== undefined) ?? null
    // Dropped by nothing but distinctBy, another of the same is taken.
    if (decided.some(({ taken, because }) => taken || because?.standsFor !== undefined))
      return { taken: true, because: standing }
    // Of what is made of several choices, each can say more than the whole.
    const telling = fates.find(({ taken }, i) => taken === false && !isMade(own[i]!.origin))
    const isVague = own[0] !== undefined && isMade(own[0].origin)
    return (isVague ? telling : undefined) ?? decided[0] ?? { taken: true, because: null }
  }
}

function fateOnTheWay(record: object, origin: Origin, { outcomes, values }: Ways): Fate {
  if (origin === 'whole') return { taken: true, because: null }
  if (isMade(origin)) {
    const list = values[origin.name] as readonly object[] | undefined
    if (list === undefined) return { taken: null, because: null }
    if (list.includes(record)) return { taken: true, because: null }
    return { taken: false, because: { step: origin.name, clause: origin.text, fields: {} } }
  }
  for (const step of wayTo(origin)) {
    const outcome = outcomes.get(step)
    if (!outcome) return { taken: null, because: null }
    const because = outcome.dropped.get(record)
    if (because) return { taken: false, because }
    // It chooses from what is no choice itself, such as "a + b": the text is all that can be said.
    if (!outcome.kept.has(record))
      return { taken: false, because: { step: step.step, clause: step.fromText, fields: {} } }
  }
  return { taken: true, because: null }
}

/** The choices on the way to one, the first first. */
function wayTo(selection: SelectionPlan | null): SelectionPlan[] {
  return selection === null ? [] : [...wayTo(selection.parent), selection]
}

function describeSelection({ plan, taken, dropped }: Outcome, shown: TraceValues): TraceSelection {
  return {
    step: plan.step,
    expression: plan.text,
    from: plan.fromText,
    taken: taken.map(shown.placeOf),
    setAside: [...dropped].map(([record, { clause, standsFor }]) => ({
      record: shown.placeOf(record),
      clause,
      ...(standsFor === undefined ? {} : { standsFor }),
    })),
  }
}

/** Reads off the measure's calculation what each record gives to it. `steps` holds the calculations of `let`s. */
export function findContributions(measure: TraceNode, lookUp: (name: string) => TraceNode | null): Contributions {
  const gives = new Map<number, TraceValue>()
  const because = new Map<number, SetAside>()
  const visit = (node: TraceNode, isDistinct: boolean): void => {
    const { items, operator, terms = [], value, field = 'value' } = node
    if (items) {
      const first = new Map<TraceValue, number>()
      for (const item of items) {
        const standsFor = isDistinct ? first.get(item.value) : undefined
        if (standsFor === undefined) {
          first.set(item.value, item.record)
          gives.set(item.record, item.value)
        } else {
          const fields = { [field]: item.value }
          because.set(item.record, { step: 'measure', clause: `distinct(${node.expression})`, fields, standsFor })
        }
      }
      return
    }
    const counted = operator === 'size' ? terms[0]?.value : null
    if (counted && typeof counted === 'object' && 'records' in counted)
      // Of "sum(…) / size(…)" each gives its amount and not one.
      for (const record of counted.records) if (!gives.has(record)) gives.set(record, 1)
    const named = node.kind === 'name' ? lookUp(node.expression) : null
    if (named) visit(named, isDistinct)
    if (value !== null) for (const term of terms) visit(term, operator === 'distinct' || isDistinct)
  }
  visit(measure, false)
  return { gives, because }
}
