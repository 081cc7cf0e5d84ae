/** Which households are due for a re-check: `hedui due` and GET /v1/due. */

/** A granted household whose re-check is due on the date asked about, or was before. */
export interface DueHousehold {
  readonly household: string
  readonly region: string
  readonly scheme: string
  readonly category: string
  readonly dueOn: string
  /** Days from the due date to the date asked about; 0 on the day itself. */
  readonly overdueDays: number
  /** The date of the last live check; null: it was never checked, and the first day of grantedFrom counts. */
  readonly lastCheckedOn: string | null
  readonly grantedFrom: string
  /** Months from one check to the next, of the parameter reviewMonths… of its category. */
  readonly months: number
}

export type UnknownDueWhy = 'category-missing' | 'parameter-missing'

/** A granted household of which nobody can say when it is due. */
export interface UnknownDue {
  readonly household: string
  readonly region: string
  readonly scheme: string
  readonly category: string | null
  readonly why: UnknownDueWhy
  /** The parameter that has no value for it. */
  readonly parameter: string | null
}

export interface DueTotals {
  readonly category: string | null
  /** Granted households. */
  readonly households: number
  readonly due: number
  readonly unknown: number
}

export interface DueSummary {
  readonly asOf: string
  /** The beginning of the region codes asked about; null: everywhere. */
  readonly region: string | null
  /** The version of the set whose parameters say the months. */
  readonly ruleSet: string
  readonly households: number
  readonly due: number
  readonly unknown: number
  /** By category, those without one last. */
  readonly totals: readonly DueTotals[]
}

/** A line of GET /v1/due. The last one is the totals: an answer without it broke off. */
export type DueLine =
  | ({ readonly kind: 'due' } & DueHousehold)
  | ({ readonly kind: 'unknown' } & UnknownDue)
  | ({ readonly kind: 'totals' } & DueSummary)

const text = { type: 'string' } as const
const maybeText = { type: ['string', 'null'] } as const
const count = { type: 'integer', minimum: 0 } as const

const line = (kind: DueLine['kind'], properties: Readonly<Record<string, unknown>>) => ({
  type: 'object',
  additionalProperties: false,
  required: ['kind', ...Object.keys(properties)],
  properties: { kind: { const: kind }, ...properties },
})

const place = { household: text, region: text, scheme: text }

/** The JSON Schema of one line. */
export const DUE_LINE_SCHEMA = {
  oneOf: [
    line('due', {
      ...place,
      category: text,
      dueOn: text,
      overdueDays: count,
      lastCheckedOn: { ...maybeText, description: 'null: never checked; the first day of grantedFrom counts' },
      grantedFrom: text,
      months: { type: 'integer', description: 'from one check to the next, by the parameter of its category' },
    }),
    line('unknown', {
      ...place,
      category: maybeText,
      why: { enum: ['category-missing', 'parameter-missing'] },
      parameter: { ...maybeText, description: 'the parameter that has no value for it' },
    }),
    line('totals', {
      asOf: text,
      region: maybeText,
      ruleSet: { type: 'string', description: 'the version of the set whose parameters say the months' },
      households: { ...count, description: 'granted households' },
      due: count,
      unknown: count,
      totals: {
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['category', 'households', 'due', 'unknown'],
          properties: { category: maybeText, households: count, due: count, unknown: count },
        },
      },
    }),
  ],
}
