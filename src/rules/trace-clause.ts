import type { Environment } from '@marcbachmann/cel-js'
import type { RecordTypeName } from '../domain/record-types.ts'
import type { SetAside, TraceTest, TraceValue } from '../domain/trace.ts'
import {
  callOf,
  childrenOf,
  type ExpressionNode,
  fieldOf,
  macroOf,
  mentions,
  nameOf,
  onOneLine,
  operandsOf,
  sourceOf,
} from './expression-source.ts'
import { unitOfRecordField } from './expression-unit.ts'
import { attempt, type Part, partOf, type Values } from './trace-expression.ts'
import type { TraceValues } from './trace-values.ts'

/** One of the clauses that `&&` joins in a filter. */
export interface ClausePlan {
  readonly text: string
  readonly part: Part | null
  /** The fields of the record that it reads. */
  readonly fields: readonly string[]
  readonly test: TestPlan | null
}

interface TestPlan extends Pick<TraceTest, 'field' | 'operator' | 'orAbsent' | 'other'> {
  /** What the field is compared with; a constant where there is nothing to compute. */
  readonly value: Part | boolean | null
}

/** The clauses of a filter's predicate, in order. `environment` knows the variable. */
export function planClauses(environment: Environment, predicate: ExpressionNode, variable: string): ClausePlan[] {
  return operandsOf(predicate, '&&').map((clause) => ({
    text: onOneLine(sourceOf(clause)),
    part: partOf(environment, clause),
    fields: fieldsRead(clause, variable),
    test: planTest(environment, clause, variable),
  }))
}

function fieldsRead(node: ExpressionNode, variable: string): string[] {
  const found = new Set<string>()
  const visit = (part: ExpressionNode) => {
    const access = fieldOf(part)
    if (access && nameOf(access.object) === variable) found.add(access.field)
    for (const child of childrenOf(part)) visit(child)
  }
  visit(node)
  return [...found]
}

const FLIPPED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const

/** What a clause asks, where it is a comparison of one field; null where only its text can say it. */
function planTest(environment: Environment, clause: ExpressionNode, variable: string): TestPlan | null {
  const own = (node: ExpressionNode) => {
    const access = fieldOf(node)
    return access && nameOf(access.object) === variable ? access.field : null
  }
  const negated = clause.op === '!_'
  const node = negated ? childrenOf(clause)[0]! : clause
  const plain = own(node)
  if (plain !== null) return { field: plain, operator: '==', value: !negated }
  const asked = hasField(node, own)
  if (asked !== null) return { field: asked, operator: negated ? 'absent' : 'given', value: null }
  const some = planSome(environment, node, variable)
  if (some) return { ...some, operator: negated ? 'none-in' : 'some-in' }
  if (!negated && node.op === '||') {
    const [first, second] = childrenOf(node)
    const absent = first!.op === '!_' ? hasField(childrenOf(first!)[0]!, own) : null
    const test = absent === null ? null : planTest(environment, second!, variable)
    return test && test.field === absent ? { ...test, orAbsent: true } : null
  }
  const [left, right] = childrenOf(node)
  if (node.op === 'in') {
    const field = own(left!)
    const value = field === null || mentions(right!, variable) ? null : partOf(environment, right!)
    return value && { field: field!, operator: negated ? 'not-in' : 'in', value }
  }
  if (negated || !(node.op in FLIPPED)) return null
  const [field, other] = own(left!) === null ? [own(right!), left!] : [own(left!), right!]
  const value = field === null ? null : partOf(environment, other)
  if (!value) return null
  const operator = own(left!) === null ? FLIPPED[node.op as keyof typeof FLIPPED] : (node.op as keyof typeof FLIPPED)
  const otherField = own(other)
  return { field: field!, operator, value, ...(otherField === null ? {} : { other: otherField }) }
}

function hasField(node: ExpressionNode, own: (node: ExpressionNode) => string | null): string | null {
  const call = callOf(node)
  return call?.name === 'has' && !call.method ? own(call.args[0]!) : null
}

/** `record.field.exists(s, s in list)`. */
function planSome(environment: Environment, node: ExpressionNode, variable: string) {
  const macro = macroOf(node)
  const access = macro?.name === 'exists' ? fieldOf(macro.list) : null
  const [body] = macro?.parts ?? []
  if (!access || nameOf(access.object) !== variable || body?.op !== 'in') return null
  const [item, list] = childrenOf(body)
  if (nameOf(item!) !== macro!.variable || mentions(list!, variable) || mentions(list!, macro!.variable)) return null
  const value = partOf(environment, list!)
  return value && { field: access.field, value }
}

/** The clause that a record does not meet, with what it found in the record. */
export function explainClause(
  clause: ClausePlan,
  record: object,
  { step, type, values, shown }: { step: string; type: RecordTypeName; values: Values; shown: TraceValues },
): SetAside {
  const fields: Record<string, TraceValue> = {}
  for (const field of clause.fields)
    fields[field] = shown.show((record as Values)[field], unitOfRecordField(type, field))
  const { test } = clause
  if (!test) return { step, clause: clause.text, fields }
  const { value, ...asked } = test
  const against =
    typeof value === 'object' && value !== null
      ? shown.show(attempt(value.run, values), unitOfRecordField(type, test.field))
      : value
  return { step, clause: clause.text, fields, test: { ...asked, value: against } }
}
