import { EMPLOYMENTS, NO_ABILITY, ROLES, SCHEMES } from '../../domain/household-schema.ts'
import { RECORD_TYPES, type RecordField, type RecordTypeName } from '../../domain/record-types.ts'
import { HOUSEHOLD_FIELDS, listedRecordType, PERSON_FIELDS, SUPPORT_FIELDS } from '../cel-environment.ts'
import { NUMBER, totalOver, type Units, unitsOf } from './units.ts'
import { BOOL, NO_FACTS, numberOf, TEXT, UNKNOWN, type Value } from './value.ts'

/** What is known of a field beyond its CEL type. */
export interface FieldKnowledge {
  readonly value: Value
  /** Whether it may be absent, so that reading it without has() may fail. */
  readonly optional: boolean
}

const MONTHLY = unitsOf('CNY/month')
const COUNT = unitsOf('count')

/** Units of fields that their kind does not tell; other money is CNY without a period, area dm2, other ints counts. */
const UNITS: Readonly<Record<string, Units>> = {
  'Household.monthlyIncome': MONTHLY,
  'Household.monthlyBenefit': MONTHLY,
  'Household.savings': unitsOf('CNY'),
  'Household.size': COUNT,
  'Household.vehicles': COUNT,
  'Household.dwellings': COUNT,
  'Person.age': unitsOf('years'),
  'Person.monthlyIncome': MONTHLY,
  'Person.monthlyBenefits': MONTHLY,
  'Support.householdSize': COUNT,
  'Support.supported': COUNT,
  'Support.children': COUNT,
  'Support.othersIncome12Months': [totalOver('12')],
  'Support.judgedMonthly': MONTHLY,
  'Support.paidMonthly': MONTHLY,
  'Income.amount': MONTHLY,
  'Income.tax': MONTHLY,
  'Benefit.amount': MONTHLY,
  'Payroll.amount': MONTHLY,
  'Contribution.base': MONTHLY,
  'Policy.annualPremium': unitsOf('CNY/year'),
  'HousingFund.monthlyDeposit': MONTHLY,
}

/** Amounts of the month that their record names: added up they are of as many months as are added. */
const OF_MONTH: ReadonlySet<string> = new Set(['Income.amount', 'Income.tax', 'Benefit.amount', 'Payroll.amount'])

/** Words and forms of texts that are not of records. */
const TEXTS: Readonly<Record<string, Partial<{ words: readonly string[]; form: 'date' | 'month' | 'other' }>>> = {
  'Household.scheme': { words: SCHEMES, form: 'other' },
  'Household.grantedFrom': { form: 'month' },
  'Person.role': { words: ROLES, form: 'other' },
  'Person.employment': { words: EMPLOYMENTS, form: 'other' },
  'Support.noAbility': { words: NO_ABILITY, form: 'other' },
}

/** Fields that are null where nothing was declared. `Person.age`: of people without a valid number. */
const OPTIONAL: ReadonlySet<string> = new Set([
  'Household.category',
  'Household.grantedFrom',
  'Household.monthlyBenefit',
  'Person.age',
  'Person.support',
  'Support.judgedMonthly',
  'Support.paidMonthly',
  'Support.noAbility',
])

const FACTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Household: HOUSEHOLD_FIELDS,
  Person: PERSON_FIELDS,
  Support: SUPPORT_FIELDS,
}

/** The record type of a CEL type such as "Deposit", or null. */
export function recordTypeOf(celType: string): RecordTypeName | null {
  return listedRecordType(`list<${celType}>`)
}

/** What is known of a field of a CEL type; null where it has none of this name, undefined where the type is not known. */
export function knowField(type: string, field: string): FieldKnowledge | null | undefined {
  const record = recordTypeOf(type)
  if (record) return knowRecordField(record, type, field)
  const fields = FACTS[type]
  if (!fields) return undefined
  if (!Object.hasOwn(fields, field)) return null
  return { value: valueOfFact(type, field, fields[field]!), optional: OPTIONAL.has(`${type}.${field}`) }
}

function valueOfFact(type: string, field: string, celType: string): Value {
  const name = `${type}.${field}`
  if (celType === 'int') return numberOf(UNITS[name] ?? null)
  if (celType === 'bool') return BOOL
  if (celType === 'string') return { ...TEXT, ...TEXTS[name], field: name }
  if (name === 'Person.otherSchemes') return { kind: 'list', of: { kind: 'text', form: 'other', words: SCHEMES } }
  return FACTS[celType] ? { kind: 'object', type: celType, present: NO_FACTS } : UNKNOWN
}

function knowRecordField(record: RecordTypeName, type: string, field: string): FieldKnowledge | null {
  const name = `${type}.${field}`
  const fields: Readonly<Record<string, RecordField>> = RECORD_TYPES[record].fields
  if (!Object.hasOwn(fields, field)) {
    if (field === 'role') return { value: { ...TEXT, words: ROLES, field: name }, optional: false }
    if (field === 'asOf') return { value: { ...TEXT, form: 'date', field: name }, optional: false }
    return ['person', 'key'].includes(field) ? { value: { ...TEXT, field: name }, optional: false } : null
  }
  const { kind, oneOf, optional = false } = fields[field]!
  switch (kind) {
    case 'money':
      return { value: { ...numberOf(UNITS[name] ?? unitsOf('CNY')), ofMonth: OF_MONTH.has(name) }, optional }
    case 'area':
      return { value: numberOf(unitsOf('dm2')), optional }
    case 'int':
      return { value: numberOf(UNITS[name] ?? COUNT), optional }
    case 'decimal':
      return { value: { ...numberOf(NUMBER), isDecimal: true }, optional }
    case 'bool':
      return { value: BOOL, optional }
    case 'string[]':
      return { value: { kind: 'list', of: { ...TEXT, field: name } }, optional }
    case 'date':
    case 'month':
      return { value: { kind: 'text', form: kind, field: name }, optional }
    default:
      return { value: { ...TEXT, ...(oneOf ? { words: oneOf, form: 'other' } : {}), field: name }, optional }
  }
}
