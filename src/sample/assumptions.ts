import { HeduiError } from '../errors.ts'

/**
 * What the generator takes the rules and their parameters to be, so that it can plant warnings whose outcome it knows
 * without asking the engine. They are the parameters of region 3699 (invented) and the eight warnings of design §8
 * with `wage-below-minimum`. Whoever changes those changes this file; a test of the whole check tells when they part.
 */

export type Scheme = 'urban-dibao' | 'rural-dibao' | 'low-income' | 'extreme-poverty'

export const RULES = [
  'deposits',
  'securities',
  'property',
  'insurance',
  'income',
  'vehicles',
  'contributions',
  'benefits',
  'wage-below-minimum',
] as const
export type Rule = (typeof RULES)[number]

export const SOURCES = ['vehicle', 'property', 'tax', 'social-insurance', 'bank'] as const
export type Source = (typeof SOURCES)[number]

/** The source that each rule reads; wage-below-minimum reads none. */
export const SOURCE_OF_RULE: Readonly<Record<Rule, Source | null>> = {
  deposits: 'bank',
  securities: 'bank',
  property: 'property',
  insurance: 'bank',
  income: 'tax',
  vehicles: 'vehicle',
  contributions: 'social-insurance',
  benefits: 'social-insurance',
  'wage-below-minimum': null,
}

/** Days before the check date on which each source was drawn; all within the adapters' freshnessDays. */
export const DAYS_OLD: Readonly<Record<Source, number>> = {
  vehicle: 7,
  property: 12,
  tax: 0,
  'social-insurance': 4,
  bank: 1,
}

const URBAN = [
  ['2026-07-01', 76500],
  ['2025-01-01', 74500],
] as const
const RURAL = [
  ['2026-07-01', 65500],
  ['2025-01-01', 62500],
] as const
const OTHERS = [['2025-01-01', 76500]] as const
const MINIMUM_WAGE = [
  ['2026-04-01', 200000],
  ['2025-01-01', 185000],
] as const

const DEPOSIT_MONTHS = 24
const SECURITY_MONTHS = 12
const PREMIUM_MONTHS = 3
export const INCOME_MONTHS = 12
export const CONTRIBUTION_MONTHS = 1
export const CONTRIBUTION_WINDOW = 6
export const BENEFIT_WINDOW = 3
const AREA_PER_PERSON_DM2 = 3000

type Dated = readonly (readonly [from: string, fen: number])[]

function inForce(values: Dated, asOf: string): number {
  const found = values.find(([from]) => from <= asOf)
  if (!found)
    throw new HeduiError('INPUT_USAGE', `the sample county has no parameters before 2025-01-01, not on ${asOf}`)
  return found[1]
}

/** The monthly standard in fen. */
export function standardFen(scheme: Scheme, asOf: string): number {
  return inForce(scheme === 'urban-dibao' ? URBAN : scheme === 'rural-dibao' ? RURAL : OTHERS, asOf)
}

/** The minimum wage in fen a month. */
export function minimumWageFen(asOf: string): number {
  return inForce(MINIMUM_WAGE, asOf)
}

export interface Limits {
  readonly depositsFen: number
  readonly securitiesFen: number
  readonly premiumFen: number
  readonly incomeFen: number
  readonly areaDm2: number
}

/** The limits of a household of `size` people (applicant and members). */
export function limitsOf(scheme: Scheme, size: number, asOf: string): Limits {
  const month = standardFen(scheme, asOf) * size
  return {
    depositsFen: DEPOSIT_MONTHS * month,
    securitiesFen: SECURITY_MONTHS * month,
    premiumFen: PREMIUM_MONTHS * month,
    incomeFen: INCOME_MONTHS * month,
    areaDm2: AREA_PER_PERSON_DM2 * size,
  }
}
