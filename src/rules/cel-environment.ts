import { Environment } from '@marcbachmann/cel-js'
import { monthOf, monthsBefore } from '../domain/dates.ts'
import { type FieldKind, RECORD_TYPES, type RecordField, type RecordTypeName } from '../domain/record-types.ts'
import type { Parameters } from './parameters.ts'

const CEL_TYPES: Readonly<Record<FieldKind, string>> = {
  string: 'string',
  'string[]': 'list<string>',
  int: 'int',
  money: 'int',
  area: 'int',
  decimal: 'double',
  date: 'string',
  month: 'string',
  bool: 'bool',
}

/** An object that rules see. CEL's ints are bigints, so whoever makes one has turned numbers into bigints. */
export class CelObject {
  constructor(values: Readonly<Record<string, unknown>>) {
    Object.assign(this, values)
  }
}

export class CelHousehold extends CelObject {}
export class CelPerson extends CelObject {}
export class CelSupport extends CelObject {}
export class CelParameters extends CelObject {}

/** Fields of every record beside those of its type. */
const COMMON_FIELDS = { person: 'string', role: 'string', key: 'string', asOf: 'string' } as const

export const HOUSEHOLD_FIELDS = {
  id: 'string',
  scheme: 'string',
  region: 'string',
  category: 'string',
  grantedFrom: 'string',
  size: 'int',
  monthlyIncome: 'int',
  monthlyBenefit: 'int',
  savings: 'int',
  vehicles: 'int',
  dwellings: 'int',
} as const

export const PERSON_FIELDS = {
  id: 'string',
  role: 'string',
  relation: 'string',
  age: 'int',
  employment: 'string',
  monthlyIncome: 'int',
  monthlyBenefits: 'int',
  disabled: 'bool',
  seriousIllness: 'bool',
  vehicleExempt: 'bool',
  support: 'Support',
  otherSchemes: 'list<string>',
} as const

/** What is declared of a supporter's duty; see SupportFacts. */
export const SUPPORT_FIELDS = {
  householdSize: 'int',
  othersIncome12Months: 'int',
  supported: 'int',
  children: 'int',
  judgedMonthly: 'int',
  paidMonthly: 'int',
  noAbility: 'string',
} as const

/** Which of those fields are amounts of money, for texts. */
export const MONEY_FIELDS: ReadonlySet<string> = new Set([
  'household.monthlyIncome',
  'household.monthlyBenefit',
  'household.savings',
  'person.monthlyIncome',
  'person.monthlyBenefits',
])

const recordFields = (name: RecordTypeName): Record<string, RecordField> => RECORD_TYPES[name].fields

const celRecordFields = (name: RecordTypeName) => ({
  ...COMMON_FIELDS,
  ...Object.fromEntries(Object.entries(recordFields(name)).map(([field, { kind }]) => [field, CEL_TYPES[kind]])),
})

/** For each record type its class, and which of its fields CEL holds as ints. */
export const RECORD_CLASSES = Object.fromEntries(
  (Object.keys(RECORD_TYPES) as RecordTypeName[]).map((name) => {
    const ints = Object.keys(recordFields(name)).filter((field) => CEL_TYPES[recordFields(name)[field]!.kind] === 'int')
    return [name, { ctor: class extends CelObject {}, typeName: celTypeName(name), ints }]
  }),
) as unknown as Readonly<Record<RecordTypeName, { ctor: typeof CelObject; typeName: string; ints: readonly string[] }>>

function celTypeName(name: RecordTypeName): string {
  return name[0]!.toUpperCase() + name.slice(1)
}

/** The record type that a CEL type such as "list<Deposit>" lists, or null. */
export function listedRecordType(celType: string): RecordTypeName | null {
  const name = /^list<(\w+)>$/.exec(celType)?.[1]
  return (Object.keys(RECORD_TYPES) as RecordTypeName[]).find((type) => celTypeName(type) === name) ?? null
}

const extreme = (name: string, isBetter: (a: bigint, b: bigint) => boolean) => (list: readonly bigint[]) => {
  if (list.length === 0) throw new Error(`${name} of an empty list`)
  return list.reduce((best, value) => (isBetter(value, best) ? value : best))
}

/** `percent` of `amount`, half up: percentOf(105, 50) is 53, percentOf(-105, 50) is -52. */
function percentOf(amount: bigint, percent: bigint): bigint {
  const shifted = amount * percent + 50n
  return shifted / 100n - (shifted % 100n < 0n ? 1n : 0n)
}

interface MacroChecker {
  check(node: unknown, context: unknown): { valueType?: { name: string } }
  createError(code: string, message: string, node: unknown): Error
}

/** distinctBy(list, 'field') keeps the first of each value. A macro, so that the field is checked when the rule is loaded. */
function distinctByMacro({ args: [list, field] }: { args: [unknown, { op: string; args: unknown }] }) {
  return {
    typeCheck(checker: MacroChecker, _macro: unknown, context: unknown) {
      const type = checker.check(list, context)
      const name = field.op === 'value' ? String(field.args) : null
      const record = listedRecordType(`list<${type.valueType?.name}>`)
      if (name === null)
        throw checker.createError('invalid_macro_argument', "distinctBy takes a field's name in quotes", field)
      if (!record || !(name in celRecordFields(record))) {
        const allowed = record ? Object.keys(celRecordFields(record)).join(', ') : 'none'
        throw checker.createError('no_such_key', `No such key: ${name}; allowed: ${allowed}`, field)
      }
      return type
    },
    evaluate(evaluator: { run(node: unknown, context: unknown): unknown }, _macro: unknown, context: unknown) {
      const seen = new Set<unknown>()
      return (evaluator.run(list, context) as Record<string, unknown>[]).filter((record) => {
        const value = record[String(field.args)]
        // Records without the field are not the same: that is not known.
        if (value === undefined) throw new Error(`distinctBy: a record has no ${field.args}`)
        return !seen.has(value) && seen.add(value)
      })
    },
  }
}

/**
 * The environment in which a rule's expressions are checked and run (design §8): variables with declared types, and the
 * functions sum, max, min, percentOf, distinct, distinctBy, month and monthsBefore. `scope` person adds `person`.
 */
export function createRuleEnvironment(scope: 'household' | 'person', parameters: Parameters): Environment {
  const environment = new Environment()
    .registerType('Household', { ctor: CelHousehold, fields: HOUSEHOLD_FIELDS })
    .registerType('Support', { ctor: CelSupport, fields: SUPPORT_FIELDS })
    .registerType('Person', { ctor: CelPerson, fields: PERSON_FIELDS })
    .registerType('Parameters', {
      ctor: CelParameters,
      fields: Object.fromEntries([...parameters.keys()].map((name) => [name, 'int'])),
    })
    .registerVariable('asOf', 'string')
    .registerVariable('household', 'Household')
    .registerVariable('people', 'list<Person>')
    .registerVariable('param', 'Parameters')
    .registerFunction('sum(list<int>): int', (list: readonly bigint[]) =>
      list.reduce((total, value) => total + value, 0n),
    )
    .registerFunction(
      'max(list<int>): int',
      extreme('max', (a, b) => a > b),
    )
    .registerFunction(
      'min(list<int>): int',
      extreme('min', (a, b) => a < b),
    )
    .registerFunction('percentOf(int, int): int', percentOf)
    .registerFunction('distinct(list<T>): list<T>', (list: readonly unknown[]) => [...new Set(list)])
    .registerFunction('distinctBy(list<T>, ast): list<T>', distinctByMacro)
    .registerFunction('month(string): string', monthOf)
    .registerFunction('monthsBefore(string, int): string', (date: string, count: bigint) =>
      monthsBefore(date, Number(count)),
    )
  for (const name of Object.keys(RECORD_TYPES) as RecordTypeName[]) {
    const { ctor, typeName } = RECORD_CLASSES[name]
    environment.registerType(typeName, { ctor, fields: celRecordFields(name) })
    environment.registerVariable(RECORD_TYPES[name].list, `list<${typeName}>`)
  }
  if (scope === 'person') environment.registerVariable('person', 'Person')
  return environment
}
