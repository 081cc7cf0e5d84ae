/** The households file of design §5: one JSON Schema gives the type, the validation and the OpenAPI text. */

export const SCHEMES = ['urban-dibao', 'rural-dibao', 'low-income', 'extreme-poverty'] as const
export const ROLES = ['applicant', 'member', 'supporter'] as const
export const EMPLOYMENTS = ['employed', 'flexible', 'unemployed', 'unable', 'student', 'retired'] as const
export const ID_TYPES = ['resident-id', 'passport', 'foreign-permanent', 'other'] as const

const words = (values: readonly string[]) => ({ type: 'string', enum: values }) as const
const money = {
  type: 'string',
  pattern: '^\\d{1,13}(\\.\\d{1,2})?$',
  description: 'a decimal string of yuan such as "745.00"',
} as const
const nullableMoney = { ...money, type: ['string', 'null'] } as const
const date = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a date such as "2026-01-05"' } as const
const count = { type: 'integer', minimum: 0, maximum: 1000 } as const
/** How many people; the duty to support is shared among so many. */
const people = { type: 'integer', minimum: 1, maximum: 100 } as const
const word = { type: 'string', minLength: 1, maxLength: 64 } as const
/** Unknown counts as protected: null is read as true. */
const vulnerability = { type: ['boolean', 'null'] } as const

const object = <P extends Record<string, unknown>>(properties: P, optional: readonly (keyof P & string)[] = []) =>
  ({
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
  }) as const

/** Why someone cannot be asked for support, by the national list (特困人员认定办法 art. 8). */
export const NO_ABILITY = [
  'extreme-poverty',
  'dibao-over-60',
  'over-70-low-income',
  'severely-disabled-low-income',
  'no-capacity',
  'missing',
  'in-custody',
] as const

/**
 * What is declared of a supporter's duty (domain dossier 2.5). Amounts of twelve months are of the twelve full months
 * before the check.
 */
export const SUPPORT_SCHEMA = object(
  {
    householdSize: people,
    othersIncome12Months: money,
    supported: people,
    children: people,
    judgedMonthly: nullableMoney,
    paidMonthly: nullableMoney,
    noAbility: { type: ['string', 'null'], enum: [...NO_ABILITY, null] },
  },
  ['judgedMonthly', 'paidMonthly', 'noAbility'],
)

export const PERSON_SCHEMA = object(
  {
    id: { ...word, pattern: '^[^|\\s]+$', description: 'a word without spaces, unique in the household' },
    role: words(ROLES),
    relation: word,
    name: { type: 'string', pattern: '\\S', maxLength: 200, description: 'a name' },
    idNumber: { type: ['string', 'null'], maxLength: 40 },
    idType: words(ID_TYPES),
    declared: object({ employment: words(EMPLOYMENTS), monthlyIncome: money, monthlyBenefits: money }),
    disabled: vulnerability,
    seriousIllness: vulnerability,
    vehicleExempt: { type: 'boolean' },
    authorization: {
      ...object(
        {
          signedOn: date,
          endsOn: { ...date, type: ['string', 'null'] },
          sources: { type: 'array', items: word, uniqueItems: true },
        },
        ['endsOn'],
      ),
      type: ['object', 'null'],
    },
    support: { ...SUPPORT_SCHEMA, type: ['object', 'null'] },
  },
  ['idType', 'authorization', 'support'],
)

export const HOUSEHOLD_SCHEMA = object(
  {
    id: { ...word, pattern: '^\\S+$', description: 'a word without spaces' },
    scheme: words(SCHEMES),
    region: { type: 'string', pattern: '^\\d{2,12}$', description: 'an administrative code of 2 to 12 digits' },
    category: { ...word, type: ['string', 'null'] },
    grantedFrom: {
      type: ['string', 'null'],
      pattern: '^\\d{4}-\\d{2}$',
      description: 'a month such as "2024-05", or null',
    },
    monthlyBenefit: nullableMoney,
    address: { type: ['string', 'null'], maxLength: 500 },
    declared: object({ monthlyIncome: money, savings: money, vehicles: count, dwellings: count }),
    people: { type: 'array', minItems: 1, maxItems: 100, items: PERSON_SCHEMA },
  },
  ['category', 'grantedFrom', 'monthlyBenefit', 'address'],
)

export type Scheme = (typeof SCHEMES)[number]
export type Role = (typeof ROLES)[number]
export type Employment = (typeof EMPLOYMENTS)[number]
export type IdType = (typeof ID_TYPES)[number]
export type NoAbility = (typeof NO_ABILITY)[number]

/** A household as delivered, of the form of HOUSEHOLD_SCHEMA. */
export interface DeliveredHousehold {
  readonly id: string
  readonly scheme: Scheme
  readonly region: string
  readonly category?: string | null
  readonly grantedFrom?: string | null
  readonly monthlyBenefit?: string | null
  readonly address?: string | null
  readonly declared: {
    readonly monthlyIncome: string
    readonly savings: string
    readonly vehicles: number
    readonly dwellings: number
  }
  readonly people: readonly DeliveredPerson[]
}

export interface DeliveredPerson {
  readonly id: string
  readonly role: Role
  readonly relation: string
  readonly name: string
  readonly idNumber: string | null
  readonly idType?: IdType
  readonly declared: {
    readonly employment: Employment
    readonly monthlyIncome: string
    readonly monthlyBenefits: string
  }
  readonly disabled: boolean | null
  readonly seriousIllness: boolean | null
  readonly vehicleExempt: boolean
  readonly authorization?: {
    readonly signedOn: string
    readonly endsOn?: string | null
    readonly sources: readonly string[]
  } | null
  /** Of supporters only. */
  readonly support?: {
    readonly householdSize: number
    readonly othersIncome12Months: string
    readonly supported: number
    readonly children: number
    readonly judgedMonthly?: string | null
    readonly paidMonthly?: string | null
    readonly noAbility?: NoAbility | null
  } | null
}
