import type { Environment } from '@marcbachmann/cel-js'
import type { TraceNode, TraceState } from '../domain/trace.ts'
import { listedRecordType } from './cel-environment.ts'
import {
  callOf,
  childrenOf,
  type ExpressionNode,
  fieldOf,
  macroOf,
  nameOf,
  onOneLine,
  operandsOf,
  sourceOf,
} from './expression-source.ts'
import { type NamedUnits, unitOf } from './expression-unit.ts'
import { isMoney, type Parameters } from './parameters.ts'
import type { Unit } from './rule-schema.ts'
import { partOf, type Values, withVariable } from './trace-expression.ts'
import { personId, type TraceValues } from './trace-values.ts'

/** A part of a calculation, ready to be given its values. */
export interface CalculationPlan {
  readonly kind: TraceNode['kind']
  readonly text: string
  readonly unit: Unit | null
  readonly type: string
  readonly operator?: string
  readonly terms?: readonly CalculationPlan[]
  /** Of a list that is one field of each record, the field. */
  readonly field?: string
  /** The records of which its value comes one by one. */
  readonly items?: (values: Values) => readonly object[]
  /** Of what is computed for each of some people, the people and what is computed. */
  readonly each?: { readonly people: (values: Values) => readonly object[]; readonly plan: CalculationPlan }
  /** The variable that holds the person of whom this is. */
  readonly variable?: string
  /** Throws where the expression fails; undefined where a field is absent. */
  readonly run: (values: Values) => unknown
}

export interface CalculationPlace {
  readonly environment: Environment
  readonly parameters: Parameters
  readonly names: NamedUnits
  /** Within what is computed for each of some people, the variable that holds the person. */
  readonly variable?: string
}

const JOINING = ['+', '*', '&&', '||']
const OPERATORS = [...JOINING, '-', '/', '%', '<', '<=', '>', '>=', '==', '!=', 'in', '?:', '!_', '-_']
const COMPARING = ['+', '-', '<', '<=', '>', '>=', '==', '!=']
const FUNCTIONS = ['sum', 'max', 'min', 'percentOf', 'size', 'distinct', 'month', 'monthsBefore']

/** Plans how an expression is shown with values in the place of names; what it cannot take apart stays whole. */
export function planCalculation(node: ExpressionNode, place: CalculationPlace): CalculationPlan {
  const { environment, parameters, names } = place
  const part = partOf(environment, node)
  const text = onOneLine(sourceOf(node))
  const shared = {
    text,
    unit: unitOf(node, parameters, names),
    type: node.checkedType?.name ?? 'dyn',
    run: part ? part.run : () => undefined,
  }
  const leaf = planLeaf(node, place.variable)
  if (leaf) return { ...shared, ...leaf }
  if (OPERATORS.includes(node.op)) {
    const parts = JOINING.includes(node.op) ? operandsOf(node, node.op) : childrenOf(node)
    const terms = parts.map((term) => planCalculation(term, place))
    return {
      ...shared,
      kind: 'operation',
      operator: node.op.replace('_', ''),
      terms: COMPARING.includes(node.op) ? withOneUnit(terms) : terms,
    }
  }
  if (node.op === 'list') {
    const terms = childrenOf(node).map((term) => planCalculation(term, place))
    if (terms.every(({ kind }) => kind === 'literal')) return { ...shared, kind: 'literal' }
    return { ...shared, kind: 'operation', operator: 'list', terms }
  }
  const items = planItems(node, environment)
  if (items) {
    const { variable, parts } = macroOf(node)!
    const access = fieldOf(parts.at(-1)!)
    const field = access && nameOf(access.object) === variable ? { field: access.field } : {}
    return { ...shared, kind: 'operation', operator: 'map', items, ...field }
  }
  const each = planEach(node, place)
  if (each) return { ...shared, kind: 'operation', operator: 'map', each }
  const call = callOf(node)
  if (!call || !FUNCTIONS.includes(call.name)) return { ...shared, kind: 'expression' }
  const terms = call.args.map((term) => planCalculation(term, place))
  return { ...shared, kind: 'operation', operator: call.name, terms }
}

/** Names, literals, and fields of what is declared: read and not computed. */
function planLeaf(
  node: ExpressionNode,
  variable?: string,
): (Pick<CalculationPlan, 'kind' | 'run'> & { readonly text?: string; readonly variable?: string }) | null {
  if (node.op === 'value') return { kind: 'literal', run: () => node.args }
  const name = nameOf(node)
  if (name === 'asOf') return { kind: 'fact', run: (values) => values.asOf }
  if (name !== null) return { kind: 'name', run: (values) => values[name] }
  const path = pathOf(node)
  const isOfEach = variable !== undefined && path?.[0] === variable
  if (!path || !(isOfEach || ['param', 'household', 'person'].includes(path[0]!))) return null
  const run = (values: Values) =>
    path.reduce<unknown>((object, field) => (object as Values | undefined)?.[field], values)
  // Whatever the rule calls its people, "person.support.children" has words.
  if (isOfEach) return { kind: 'fact', run, text: ['person', ...path.slice(1)].join('.'), variable }
  return { kind: path[0] === 'param' ? 'parameter' : 'fact', run }
}

function pathOf(node: ExpressionNode): string[] | null {
  const name = nameOf(node)
  if (name !== null) return [name]
  const access = fieldOf(node)
  const path = access && pathOf(access.object)
  return path && [...path, access.field]
}

/** Of `list.map(v, …)` over records, the records. */
function planItems(node: ExpressionNode, environment: Environment): CalculationPlan['items'] | null {
  const macro = macroOf(node)
  if (macro?.name !== 'map' || !listedRecordType(macro.list.checkedType?.name ?? '')) return null
  const [condition] = macro.parts
  const list =
    macro.parts.length === 1
      ? partOf(environment, macro.list)
      : partOf(environment, { ...node, ...asFilter(macro.list, macro.variable, condition!) })
  return list && ((values) => list.run(values) as readonly object[])
}

/** Of `people.map(p, …)`, what is computed for each of them; null where it is no such thing, or of one within another. */
function planEach(node: ExpressionNode, place: CalculationPlace): CalculationPlan['each'] | null {
  const macro = macroOf(node)
  const type = macro?.list.checkedType?.name ?? ''
  if (macro?.name !== 'map' || macro.parts.length !== 1 || type !== 'list<Person>' || place.variable) return null
  const { variable } = macro
  const environment = withVariable(place.environment, variable, type)
  const list = partOf(place.environment, macro.list)
  if (!environment || !list) return null
  const plan = planCalculation(macro.parts[0]!, { ...place, environment, variable })
  return { people: (values) => list.run(values) as readonly object[], plan: { ...plan, variable } }
}

/** The choice that map(v, condition, value) makes, as a node that has a text of its own. */
function asFilter(list: ExpressionNode, variable: string, condition: ExpressionNode) {
  const input = `${sourceOf(list)}.filter(${variable}, ${sourceOf(condition)})`
  return { input, start: 0, end: input.length }
}

/** A number beside money is money: 100000 compared with a balance is shown as 1,000.00. */
function withOneUnit(terms: readonly CalculationPlan[]): CalculationPlan[] {
  const unit = terms.map((term) => term.unit).find((each) => each !== null && (isMoney(each) || each === 'dm2'))
  return terms.map((term) => (unit && term.kind === 'literal' && term.type === 'int' ? { ...term, unit } : term))
}

/** A calculation with its values; parts that the engine would not have asked for are not reached. */
export function runCalculation(plan: CalculationPlan, values: Values, shown: TraceValues): TraceNode {
  const { kind, text, unit, type, operator, terms } = plan
  let value: unknown
  let state: TraceState = 'done'
  try {
    value = plan.run(values)
    if (value === undefined) state = 'failed'
  } catch {
    state = 'failed'
  }
  const items = plan.items && state === 'done' ? itemsOf(plan, value as readonly unknown[], { values, shown }) : null
  return {
    kind,
    expression: text,
    state,
    value: state === 'done' ? shown.show(value, unit, type) : null,
    unit,
    ...(operator === undefined ? {} : { operator }),
    ...(plan.field === undefined ? {} : { field: plan.field }),
    ...(plan.variable === undefined ? {} : { person: personId(values[plan.variable]) }),
    ...(terms ? { terms: runTerms(operator!, terms, { values, shown }) } : {}),
    ...(plan.each && state === 'done' ? { terms: runEach(plan.each, { values, shown }) } : {}),
    ...(items ? { items } : {}),
  }
}

interface Running {
  readonly values: Values
  readonly shown: TraceValues
}

function itemsOf({ items, unit }: CalculationPlan, list: readonly unknown[], { values, shown }: Running) {
  return items!(values).map((record, i) => ({ record: shown.placeOf(record), value: shown.show(list[i], unit) }))
}

/** `variable` is set on what `planEach` plans. */
function runEach({ people, plan }: NonNullable<CalculationPlan['each']>, { values, shown }: Running): TraceNode[] {
  return people(values).map((person) => runCalculation(plan, { ...values, [plan.variable!]: person }, shown))
}

function runTerms(operator: string, terms: readonly CalculationPlan[], { values, shown }: Running): TraceNode[] {
  const result: TraceNode[] = []
  for (const [i, term] of terms.entries()) {
    const skipped =
      operator === '?:'
        ? i > 0 && result[0]!.value !== (i === 1)
        : (operator === '&&' && result.some(({ value }) => value === false)) ||
          (operator === '||' && result.some(({ value }) => value === true))
    result.push(skipped ? notReached(term) : runCalculation(term, values, shown))
  }
  return result
}

function notReached({ kind, text, unit, operator }: CalculationPlan): TraceNode {
  const base = { kind, expression: text, state: 'not-reached', value: null, unit } as const
  return operator === undefined ? base : { ...base, operator }
}
