/** A work list of households drawn at random: `hedui spot-check` and GET /v1/reports/spot-check. */

export interface SpotCheck {
  readonly household: string
  readonly township: string
  readonly category: string | null
  readonly scheme: string
}

/** The households of a township and a category: how many there are and how many were drawn. */
export interface SpotCheckStratum {
  readonly township: string
  readonly category: string | null
  readonly size: number
  readonly drawn: number
}

export interface SpotCheckList {
  readonly asOf: string
  /** The beginning of the region codes asked about; null: everywhere. */
  readonly region: string | null
  readonly seed: string
  /** "2.5" */
  readonly sharePercent: string
  readonly strata: readonly SpotCheckStratum[]
  readonly households: readonly SpotCheck[]
}

const text = { type: 'string' } as const
const maybeText = { type: ['string', 'null'] } as const
const township = { type: 'string', description: 'the first nine digits of the region code' } as const
const count = { type: 'integer', minimum: 0 } as const

export const SPOT_CHECK_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['asOf', 'region', 'seed', 'sharePercent', 'strata', 'households'],
  properties: {
    asOf: text,
    region: maybeText,
    seed: text,
    sharePercent: text,
    strata: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['township', 'category', 'size', 'drawn'],
        properties: { township, category: maybeText, size: count, drawn: count },
      },
    },
    households: {
      type: 'array',
      description: 'by township, category and id',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['household', 'township', 'category', 'scheme'],
        properties: { household: text, township, category: maybeText, scheme: text },
      },
    },
  },
} as const
