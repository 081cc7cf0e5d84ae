import type { SourceUse } from '../../src/domain/check-result.ts'
import type { Dossier, DossierRecord } from '../../src/domain/dossier.ts'
import type { HouseholdFacts, PersonFacts } from '../../src/domain/household.ts'
import { joinKey, showKey } from '../../src/domain/record-key.ts'
import type { RecordFields, RecordTypeName } from '../../src/domain/record-types.ts'

export const ALL_SOURCES = [
  'bank',
  'business',
  'death',
  'housing-fund',
  'payroll',
  'prison',
  'property',
  'social-insurance',
  'tax',
  'vehicle',
] as const

/** The source that gives each type of record, and the fields of its key, as the shipped adapters have them. */
const ORIGIN: Readonly<Record<RecordTypeName, readonly [string, ...string[]]>> = {
  vehicle: ['vehicle', 'plateClass', 'plateNumber'],
  property: ['property', 'unit'],
  income: ['tax', 'payerCode', 'item', 'month'],
  contribution: ['social-insurance', 'insurance', 'month', 'paidMonth', 'payer'],
  benefit: ['social-insurance', 'kind', 'insurance', 'month'],
  deposit: ['bank', 'institution', 'account'],
  security: ['bank', 'institution', 'product'],
  policy: ['bank', 'institution', 'product'],
  business: ['business', 'creditCode', 'position'],
  death: ['death', 'diedOn'],
  payroll: ['payroll', 'employer', 'month'],
  housingFund: ['housing-fund', 'account'],
  custody: ['prison', 'kind', 'from'],
}

export const person = (facts: Partial<PersonFacts> = {}): PersonFacts => ({
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
  authorization: { signedOn: '2026-01-05', endsOn: null, sources: ALL_SOURCES },
  ...facts,
})

/** A row of the sample's delivery; `row` tells rows of one key apart. */
export function record(type: RecordTypeName, owner: string, row: number, fields: RecordFields): DossierRecord {
  const [source, ...parts] = ORIGIN[type]
  const key = joinKey(parts.map((name) => String(fields[name] ?? '')))
  return {
    type,
    person: owner,
    source,
    delivery: `${source}-1`,
    row,
    asOf: '2026-10-31',
    key,
    shownKey: showKey(key),
    fields,
  }
}

export const freshSources = (): SourceUse[] =>
  ALL_SOURCES.map((source) => ({ source, delivery: `${source}-1`, asOf: '2026-10-31', state: 'fresh' }))

type Parts = Partial<Omit<Dossier, 'household'>> & { household?: Partial<HouseholdFacts> }

/** A dossier of one urban household in the sample county on 2026-11-01, of which nothing is missing. */
export function dossier({ household, ...parts }: Parts = {}): Dossier {
  return {
    asOf: '2026-11-01',
    people: [person()],
    records: [],
    sources: freshSources(),
    unanswered: [],
    leads: [],
    ...parts,
    household: {
      id: 'H1',
      scheme: 'urban-dibao',
      region: '369901003',
      category: null,
      grantedFrom: '2024-05',
      monthlyBenefit: null,
      monthlyIncome: 0,
      savings: 0,
      vehicles: 0,
      dwellings: 0,
      ...household,
    },
  }
}
