import type { ValidateFunction } from 'ajv'
import {
  BASES,
  LEGAL_USES,
  LIMIT_FIGURES,
  OFFICES,
  PRECISION_FIGURES,
  type ProcedureProfile,
  SINGLE_FIGURES,
  WAITING_STATES,
} from './procedure.ts'
import { createAjv } from './schema-errors.ts'

const text = { type: 'string', minLength: 1 } as const
const orUnknown = { type: ['string', 'null'], minLength: 1 } as const

/** A figure from a least value on: what the law gives, a region may lengthen and never shorten. */
const figure = (minimum: number, maximum: number) => ({
  type: 'object',
  additionalProperties: false,
  required: ['value', 'basis', 'authority'],
  properties: { value: { type: 'integer', minimum, maximum }, basis: { enum: BASES }, authority: text },
})

const record = <Name extends string>(names: readonly Name[], value: (name: Name) => object, required = false) => ({
  type: 'object',
  additionalProperties: false,
  ...(required ? { required: names } : {}),
  properties: Object.fromEntries(names.map((name) => [name, value(name)])),
})

/**
 * Least and most. Time to answer must be real: five working days are what 行政处罚法 art. 64 gives even to ask for a hearing.
 * 60 days, six months and five years stand in the laws (行政复议法 art. 20, 行政诉讼法 art. 46).
 */
const RANGES: Readonly<Record<(typeof SINGLE_FIGURES)[number], readonly [number, number]>> = {
  rebuttalDays: [5, 120],
  extensionDays: [1, 120],
  secondContactDays: [1, 60],
  reviewCalendarDays: [60, 365],
  suitMonths: [6, 60],
  recordYears: [5, 100],
}

const PRECISION_RANGES: Readonly<Record<(typeof PRECISION_FIGURES)[number], readonly [number, number]>> = {
  floorPercent: [1, 100],
  leastDecided: [1, 100_000],
  window: [1, 1_000_000],
}

const profile = (whole: boolean) => ({
  type: 'object',
  additionalProperties: false,
  required: ['region', ...(whole ? [...SINGLE_FIGURES, 'offices', 'limits', 'precision', 'legalBasis'] : [])],
  properties: {
    region: { type: 'string', pattern: '^\\d{0,12}$', description: 'an administrative code in quotes, or ""' },
    ...Object.fromEntries(SINGLE_FIGURES.map((name) => [name, figure(...RANGES[name])])),
    offices: record(
      OFFICES,
      () => ({
        type: 'object',
        additionalProperties: false,
        required: ['name', 'address', 'phone', 'hours'],
        properties: { name: text, address: orUnknown, phone: orUnknown, hours: orUnknown },
      }),
      whole,
    ),
    limits: record(WAITING_STATES, () => record(LIMIT_FIGURES, () => figure(1, 500), whole), whole),
    precision: record(PRECISION_FIGURES, (name) => figure(...PRECISION_RANGES[name]), whole),
    legalBasis: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'authority', 'text', 'use'],
        properties: {
          id: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', description: 'lower-case letters, digits and -' },
          authority: text,
          text,
          use: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: LEGAL_USES } },
        },
      },
    },
  },
})

interface ProfileValidators {
  /** Of the national profile, which says all. */
  readonly national: ValidateFunction<ProcedureProfile>
  /** Of a profile that says what differs from the ones above it. */
  readonly other: ValidateFunction<ProcedureProfile>
}

let compiled: ProfileValidators | undefined

/** What says whether a value is a profile. Compiled when first asked for: it takes long, and not every command needs it. */
export function profileValidators(): ProfileValidators {
  compiled ??= compileProfiles(createAjv())
  return compiled
}

const compileProfiles = (ajv: ReturnType<typeof createAjv>): ProfileValidators => ({
  national: ajv.compile(profile(true)),
  other: ajv.compile(profile(false)),
})
