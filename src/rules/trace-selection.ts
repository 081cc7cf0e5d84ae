import type { Environment } from '@marcbachmann/cel-js'
import type { RecordTypeName } from '../domain/record-types.ts'
import type { SetAside } from '../domain/trace.ts'
import { listedRecordType } from './cel-environment.ts'
import { callOf, type ExpressionNode, macroOf, nameOf, onOneLine, sourceOf } from './expression-source.ts'
import { unitOfRecordField } from './expression-unit.ts'
import { type ClausePlan, explainClause, planClauses } from './trace-clause.ts'
import { attempt, parsePart, partOf, type Values, withVariable } from './trace-expression.ts'
import type { TraceValues } from './trace-values.ts'

/** One choice among records that a rule makes: a filter, or distinctBy. */
export interface SelectionPlan {
  /** The step where it stands; the name of a `let`. */
  readonly step: string
  readonly text: string
  readonly type: RecordTypeName
  readonly fromText: string
  /** The choice whose records it chooses from, where it is one: "held" in held.filter(…). */
  readonly parent: SelectionPlan | null
  from(values: Values): readonly object[]
  taken(values: Values): readonly object[]
  /** Why records of `from` that are not in `taken` are not. */
  explain(dropped: object, chosen: Chosen, asked: { values: Values; shown: TraceValues }): SetAside
}

/** A choice as it came out. */
export interface Chosen {
  readonly plan: SelectionPlan
  readonly from: readonly object[]
  readonly taken: readonly object[]
}

interface Place {
  readonly environment: Environment
  readonly step: string
  /** The name under which the values hold what it takes, where it is the whole of a step. */
  readonly name: string | null
  readonly parent: SelectionPlan | null
}

/** The list that a node chooses from, or null where it is no choice among records. */
export function chosenFrom(node: ExpressionNode): ExpressionNode | null {
  const type = node.checkedType?.name ?? ''
  const macro = macroOf(node)
  const isFilter = macro !== null && (macro.name === 'filter' || (macro.name === 'map' && macro.parts.length === 2))
  if (isFilter) return listedRecordType(macro.list.checkedType?.name ?? '') ? macro.list : null
  return distinctFieldOf(node) !== null && listedRecordType(type) ? callOf(node)!.args[0]! : null
}

/** The field by which distinctBy keeps the first; null where the node is another. */
export function distinctFieldOf(node: ExpressionNode): string | null {
  const call = callOf(node)
  return call?.name === 'distinctBy' && !call.method ? String(call.args[1]!.args) : null
}

/** Plans a choice; null where its parts cannot be taken apart, and then the choice is explained by its whole text. */
export function planSelection(node: ExpressionNode, place: Place): SelectionPlan | null {
  const { environment, step, name, parent } = place
  const list = chosenFrom(node)
  const base = list && partOf(environment, list)
  if (!list || !base) return null
  const macro = macroOf(node)
  // Of map(v, condition, value) the choice is the condition.
  const text = macro?.name === 'map' ? filterText(macro.list, macro.variable, macro.parts[0]!) : sourceOf(node)
  const whole = parsePart(environment, text)
  if (!whole) return null
  const baseName = nameOf(list)
  const shared = {
    step,
    text: onOneLine(text),
    type: listedRecordType(list.checkedType!.name)!,
    fromText: base.text,
    parent,
    from: (values: Values) => (baseName === null ? base.run(values) : values[baseName]) as readonly object[],
    taken: (values: Values) => (name === null ? whole.run(values) : values[name]) as readonly object[],
  }
  if (!macro) return { ...shared, explain: explainDistinct(step, whole.text, distinctFieldOf(node)!) }
  const inside = withVariable(environment, macro.variable, list.checkedType!.name)
  const clauses = inside ? planClauses(inside, macro.parts[0]!, macro.variable) : []
  return { ...shared, explain: explainFilter(step, onOneLine(sourceOf(macro.parts[0]!)), clauses, macro.variable) }
}

const filterText = (list: ExpressionNode, variable: string, condition: ExpressionNode) =>
  `${sourceOf(list)}.filter(${variable}, ${sourceOf(condition)})`

/** The first clause that is false, as `&&` asks them. One that fails is not it: `&&` passes over it too. */
function explainFilter(step: string, whole: string, clauses: readonly ClausePlan[], variable: string) {
  return (dropped: object, { plan }: Chosen, { values, shown }: { values: Values; shown: TraceValues }): SetAside => {
    const inside = { ...values, [variable]: dropped }
    const clause = clauses.find(({ part }) => part && attempt(part.run, inside) === false)
    if (!clause) return { step, clause: whole, fields: {} }
    return explainClause(clause, dropped, { step, type: plan.type, values: inside, shown })
  }
}

function explainDistinct(step: string, text: string, field: string) {
  return (dropped: object, { plan, taken }: Chosen, { shown }: { shown: TraceValues }): SetAside => {
    const value = (record: object) => (record as Values)[field]
    const same = taken.find((record) => value(record) === value(dropped))!
    const fields = { [field]: shown.show(value(dropped), unitOfRecordField(plan.type, field)) }
    return { step, clause: text, fields, standsFor: shown.placeOf(same) }
  }
}
