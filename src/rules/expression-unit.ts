import { RECORD_TYPES, type RecordField, type RecordTypeName } from '../domain/record-types.ts'
import { listedRecordType, MONEY_FIELDS } from './cel-environment.ts'
import { callOf, childrenOf, type ExpressionNode, fieldOf, macroOf, nameOf } from './expression-source.ts'
import { isMoney, type Parameters } from './parameters.ts'
import type { Unit } from './rule-schema.ts'

/** The units of names: `let`, `measure`, `limit`. */
export type NamedUnits = ReadonlyMap<string, Unit | null>

const SUPPORT_MONEY = ['othersIncome12Months', 'judgedMonthly', 'paidMonthly']
const COUNTS = ['household.size', 'household.vehicles', 'household.dwellings']
const KEEPING = ['sum', 'max', 'min', 'distinct', 'distinctBy', 'percentOf']

/**
 * The unit of an expression's ints, for showing them; null where it cannot be told. Money times a count is money; money
 * times a percent is not, for it would be shown a hundred times too large.
 */
export function unitOf(node: ExpressionNode, parameters: Parameters, names: NamedUnits): Unit | null {
  const of = (part: ExpressionNode | undefined) => (part ? unitOf(part, parameters, names) : null)
  const access = fieldOf(node)
  if (access) return unitOfField(access.object, access.field, parameters)
  const name = nameOf(node)
  if (name !== null) return names.get(name) ?? null
  const macro = macroOf(node)
  if (macro) return macro.name === 'filter' ? of(macro.list) : macro.name === 'map' ? of(macro.parts.at(-1)) : null
  const call = callOf(node)
  if (call) return call.name === 'size' ? 'count' : KEEPING.includes(call.name) ? of(call.args[0]) : null
  const [first, second, third] = childrenOf(node)
  if (node.op === '*') return multiply(of(first), of(second))
  if (node.op === '/') return ['count', 'months', null].includes(of(second)) ? of(first) : null
  if (node.op === '?:') return of(second) ?? of(third)
  if (['+', '-'].includes(node.op)) return of(first) ?? of(second)
  if (['-_', '%', '[]'].includes(node.op)) return of(first)
  // A list or a map of amounts, maybe with a plain 0 among them.
  if (['list', 'map'].includes(node.op))
    return (
      childrenOf(node)
        .map(of)
        .find((unit) => unit !== null) ?? null
    )
  return null
}

function multiply(a: Unit | null, b: Unit | null): Unit | null {
  if (a === 'percent' || b === 'percent') return null
  const [amount, ...others] = [a, b].filter((unit) => unit !== null && (isMoney(unit) || unit === 'dm2'))
  if (amount) return others.length === 0 ? amount : null
  return a === 'months' || b === 'months' ? 'months' : (a ?? b)
}

function unitOfField(object: ExpressionNode, field: string, parameters: Parameters): Unit | null {
  const type = object.checkedType?.name ?? ''
  if (type === 'Parameters') return parameters.get(field)?.unit ?? null
  if (type === 'Support') return SUPPORT_MONEY.includes(field) ? 'CNY' : null
  if (type === 'Household' || type === 'Person') {
    const path = `${type.toLowerCase()}.${field}`
    return MONEY_FIELDS.has(path) ? 'CNY' : COUNTS.includes(path) ? 'count' : null
  }
  const record = listedRecordType(`list<${type}>`)
  return record ? unitOfRecordField(record, field) : null
}

/** The unit of a record's field: money and areas have one. */
export function unitOfRecordField(record: RecordTypeName, field: string): Unit | null {
  const { kind } = (RECORD_TYPES[record].fields as Record<string, RecordField>)[field] ?? {}
  return kind === 'money' ? 'CNY' : kind === 'area' ? 'dm2' : kind === 'int' ? 'count' : null
}
