import { RECORD_TYPES, type RecordTypeName } from '../../src/domain/record-types.ts'
import { HOUSEHOLD_FIELDS, PERSON_FIELDS, SUPPORT_FIELDS } from '../../src/rules/cel-environment.ts'
import { knowField } from '../../src/rules/lint/field-knowledge.ts'
import type { Value } from '../../src/rules/lint/value.ts'

/** A row of a table of rules/README.md without its last column, which is words: field, what it holds, whether it may be absent. */
export type FieldRow = readonly [field: string, holds: string, absent: string]

const FACTS = { household: HOUSEHOLD_FIELDS, person: PERSON_FIELDS, support: SUPPORT_FIELDS }
/** Every record has them; README tells of them once. */
export const COMMON = ['person', 'role', 'key', 'asOf']

const typeName = (name: string) => name[0]!.toUpperCase() + name.slice(1)

/** The tables that rules/README.md must hold, by their heading, as the program has them. */
export function fieldTables(): Map<string, readonly FieldRow[]> {
  const tables = new Map<string, readonly FieldRow[]>()
  for (const [name, fields] of Object.entries(FACTS)) tables.set(name, rowsOf(typeName(name), Object.keys(fields)))
  tables.set('every record', rowsOf('Deposit', COMMON))
  for (const name of Object.keys(RECORD_TYPES) as RecordTypeName[]) {
    const { list, fields } = RECORD_TYPES[name]
    tables.set(list, rowsOf(typeName(name), Object.keys(fields)))
  }
  return tables
}

function rowsOf(type: string, fields: readonly string[]): FieldRow[] {
  return fields.map((field) => {
    const { value, optional } = knowField(type, field)!
    return [field, holds(value), optional ? 'yes' : '']
  })
}

/** "int, fen a month"; "string, YYYY-MM"; "string, open or closed". */
function holds(value: Value): string {
  switch (value.kind) {
    case 'number':
      return value.isDecimal ? 'double' : `int, ${(value.units ?? []).map(unitName).join(' or ')}`
    case 'text':
      return `string${formOf(value)}`
    case 'list':
      return `list of ${holds(value.of)}`
    case 'object':
      return value.type
    default:
      return value.kind
  }
}

function formOf({ form, words }: Extract<Value, { kind: 'text' }>): string {
  if (words) return `: ${words.join(', ')}`
  if (form === 'date') return ', YYYY-MM-DD'
  return form === 'month' ? ', YYYY-MM' : ''
}

function unitName({ unit, over }: { readonly unit: string; readonly over?: string }): string {
  if (over !== undefined) return `fen in ${over} months`
  const names: Readonly<Record<string, string>> = {
    CNY: 'fen',
    'CNY/month': 'fen a month',
    'CNY/year': 'fen a year',
    dm2: 'dm²',
  }
  return names[unit] ?? unit
}
