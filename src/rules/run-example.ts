import type { RuleResult } from '../domain/check-result.ts'
import type { Dossier, DossierRecord } from '../domain/dossier.ts'
import type { HouseholdFacts, PersonFacts, SupportFacts } from '../domain/household.ts'
import type { Scheme } from '../domain/household-schema.ts'
import { parseYuan } from '../domain/money.ts'
import { joinKey, showKey } from '../domain/record-key.ts'
import {
  type FieldKind,
  type FieldValue,
  RECORD_TYPES,
  type RecordField,
  type RecordTypeName,
} from '../domain/record-types.ts'
import type { CompiledRule } from './compile-rule.ts'
import { viewDossier } from './dossier-view.ts'
import { evaluateRule } from './evaluate-rule.ts'
import { type Parameters, parameterValue } from './parameters.ts'
import type { RuleExample } from './rule-schema.ts'

const PERSON: PersonFacts = {
  id: 'P1',
  role: 'applicant',
  relation: 'self',
  birthDate: '1970-03-07',
  hasNumber: true,
  employment: 'flexible',
  monthlyIncome: 0,
  monthlyBenefits: 0,
  disabled: false,
  seriousIllness: false,
  vehicleExempt: false,
  authorization: null,
}

const HOUSEHOLD: HouseholdFacts = {
  id: 'H1',
  scheme: 'urban-dibao',
  region: '369901',
  category: null,
  grantedFrom: '2024-01',
  monthlyBenefit: 0,
  monthlyIncome: 0,
  savings: 0,
  vehicles: 0,
  dwellings: 0,
}

const MONEY = [
  'monthlyIncome',
  'monthlyBenefit',
  'monthlyBenefits',
  'savings',
  'othersIncome12Months',
  'judgedMonthly',
  'paidMonthly',
]

const SUPPORT: SupportFacts = {
  householdSize: 1,
  othersIncome12Months: 0,
  supported: 1,
  children: 1,
  judgedMonthly: null,
  paidMonthly: null,
  noAbility: null,
}

/** What stands in a field of which an example says nothing. Statuses and usages are those that count. */
const FILL: Readonly<Record<string, FieldValue>> = {
  usage: '住宅',
  currency: 'CNY',
  current: true,
  share: 1,
  statuses: [],
  month: '2026-10',
}
const FILL_STATUS: Readonly<Partial<Record<RecordTypeName, FieldValue>>> = {
  deposit: 'open',
  policy: 'in-force',
  business: 'active',
  housingFund: 'paying',
}

const FILL_BY_KIND: Readonly<Record<FieldKind, FieldValue>> = {
  string: 'A',
  'string[]': [],
  int: 0,
  money: 0,
  area: 0,
  decimal: 1,
  date: '2020-01-01',
  month: '2026-10',
  bool: true,
}

/** Runs one example of a rule. Gives what differs from what it expects, or null. */
export function runRuleExample(rule: CompiledRule, parameters: Parameters, example: RuleExample): string | null {
  const used = exampleParameters(parameters, example.given.params ?? {})
  const failures: unknown[] = []
  const results = evaluateRule(rule, viewDossier(exampleDossier(rule, example)), used, (error) => failures.push(error))
  const { expect } = example
  const got = results.find(({ person }) => person === (expect.person ?? results[0]?.person ?? null))
  if (!got) return `gives no result for ${expect.person ?? 'anybody'}`
  const failed = failures.length > 0 ? ` (${String((failures[0] as Error).message)})` : ''
  const difference = compare(got, expect)
  return difference && difference + failed
}

function compare(got: RuleResult, expect: RuleExample['expect']): string | null {
  if (got.outcome !== expect.outcome) return `gives ${got.outcome}, expected ${expect.outcome}`
  for (const part of ['measure', 'limit'] as const) {
    if (expect[part] !== undefined && got[part] !== expect[part])
      return `gives the ${part} ${got[part]}, expected ${expect[part]}`
  }
  if (expect.evidence !== undefined && got.evidence.length !== expect.evidence) {
    return `gives ${got.evidence.length} evidence rows, expected ${expect.evidence}`
  }
  const whys = [...new Set(got.missing.map(({ why }) => why))].sort()
  const expected = [...new Set(expect.missing ?? whys)].sort()
  if (whys.join() !== expected.join()) return `is missing ${whys.join(', ')}, expected ${expected.join(', ')}`
  for (const [language, text] of Object.entries(expect.reason ?? {})) {
    const told = got.reason?.[language as 'zh' | 'en']
    if (told !== text) return `says "${told}", expected "${text}"`
  }
  if (expect.note !== undefined && got.note !== expect.note)
    return `has the note ${got.note ?? 'none'}, expected ${expect.note}`
  return null
}

const EXAMPLE = { zh: '示例', en: 'example' } as const

/** The parameters with an example's values in the place of those of the files; throws Error for one that there is not. */
export function exampleParameters(
  parameters: Parameters,
  given: Readonly<Record<string, string | number | null>>,
): Parameters {
  const result = new Map(parameters)
  for (const [name, value] of Object.entries(given)) {
    const parameter = parameters.get(name)
    if (!parameter) throw new Error(`the example names an unknown parameter "${name}"`)
    const parsed = value === null ? null : parameterValue(parameter.unit, value)
    if (parsed === null && value !== null) throw new Error(`the example's ${name} is not of unit ${parameter.unit}`)
    const values = parsed === null ? [] : [{ region: '', from: '1900-01-01', value: parsed, authority: EXAMPLE }]
    result.set(name, { ...parameter, values })
  }
  return result
}

/** Throws where an example speaks of what there is not: it would test something else than it says. */
function requireKnown(what: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown) throw new Error(`the example gives ${what} an unknown "${unknown}"; allowed: ${known.join(', ')}`)
}

/** The dossier that an example gives, filled with what it leaves out; throws Error where it speaks of what there is not. */
export function exampleDossier({ definition }: CompiledRule, { given }: RuleExample): Dossier {
  requireKnown('the household', given.household ?? {}, Object.keys(HOUSEHOLD))
  for (const person of given.people ?? []) {
    requireKnown('a person', person, [...Object.keys(PERSON), 'authorized', 'idNumber', 'support', 'otherSchemes'])
    requireKnown('support', (person.support as object | undefined) ?? {}, Object.keys(SUPPORT))
  }
  requireKnown('the sources', given.sources ?? {}, definition.sources)
  requireKnown(
    'the records',
    given.records ?? {},
    Object.values(RECORD_TYPES).map(({ list }) => list),
  )
  const money = (facts: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(facts).map(([name, value]) => [
        name,
        MONEY.includes(name) && value !== null ? fenOf(value) : value,
      ]),
    )
  const people = (given.people ?? [{}]).map(({ authorized, idNumber, support, otherSchemes, ...facts }) => ({
    ...PERSON,
    ...money(facts),
    ...(support ? { support: { ...SUPPORT, ...money(support as Readonly<Record<string, unknown>>) } } : {}),
    ...(idNumber === null ? { hasNumber: false, birthDate: null } : {}),
    authorization: {
      signedOn: '2000-01-01',
      endsOn: null,
      sources: (authorized as string[] | undefined) ?? definition.sources,
    },
  })) as PersonFacts[]
  const records = (Object.keys(RECORD_TYPES) as RecordTypeName[]).flatMap((type) =>
    (given.records?.[RECORD_TYPES[type].list] ?? []).map((record, i) =>
      recordOf(type, record, { source: definition.sources[0]!, row: i + 1 }),
    ),
  )
  const sources = definition.sources.map((source) => {
    const state = given.sources?.[source] ?? 'fresh'
    return { source, delivery: state === 'missing' ? null : 'example', asOf: given.asOf, state }
  })
  const household = { ...HOUSEHOLD, ...money(given.household ?? {}) }
  const otherSchemes = (given.people ?? []).flatMap(({ id = 'P1', otherSchemes: schemes = [] }) =>
    (schemes as Scheme[]).map((scheme) => ({ person: id as string, scheme })),
  )
  return { asOf: given.asOf, household, people, records, sources, unanswered: [], leads: [], otherSchemes }
}

function recordOf(
  type: RecordTypeName,
  { person = 'P1', ...given }: Readonly<Record<string, unknown>>,
  { source, row }: { source: string; row: number },
): DossierRecord {
  const fields: Record<string, FieldValue> = {}
  for (const [name, field] of Object.entries(RECORD_TYPES[type].fields as Record<string, RecordField>)) {
    const value = given[name]
    const byKind = field.optional ? undefined : (field.oneOf?.[0] ?? FILL_BY_KIND[field.kind])
    const filled = name === 'status' ? FILL_STATUS[type] : (FILL[name] ?? byKind)
    const stands = value === undefined ? filled : field.kind === 'money' ? fenOf(value) : (value as FieldValue)
    if (stands !== undefined && value !== null) fields[name] = stands
  }
  requireKnown(`a ${type}`, given, Object.keys(RECORD_TYPES[type].fields))
  // As the adapters key them: accounts by institution and account; everything else by itself.
  const key = joinKey(type === 'deposit' ? [String(fields.institution), String(fields.account)] : [String(row)])
  return {
    type,
    person: String(person),
    source,
    delivery: 'example',
    row,
    asOf: '2026-10-31',
    key,
    shownKey: showKey(key),
    fields,
  }
}

function fenOf(value: unknown): number {
  const fen = typeof value === 'string' ? parseYuan(value) : null
  if (fen === null) throw new Error('the example writes money other than as a decimal string of yuan')
  return fen
}
