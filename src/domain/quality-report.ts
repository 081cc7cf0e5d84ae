/** What is told of a delivery's quality (design §6): names of columns, counts and line numbers, never a value of a row. */

/** One column that the adapter maps, over the sound rows of the record types that take something from it. */
export interface ColumnQuality {
  readonly column: string
  /** Sound rows, kept apart or not: those of strangers that were dropped are not among them. */
  readonly rows: number
  /** Of them, those in which nothing stands there, or white space. */
  readonly empty: number
  /** empty / rows, to four decimals; null where there are no rows. */
  readonly emptyShare: number | null
  /** Values that were looked at for `distinct`: all on the first 100,000 lines, below on every sixteenth line. */
  readonly looked: number
  /** Different ones among the values looked at, as they stand in the file. */
  readonly distinct: number
  /** Whether `distinct` was counted; above 4,096 it is estimated, with a standard error of 1.6 %. */
  readonly exact: boolean
}

/** Rows that were quarantined for one reason. */
export interface QuarantineGroup {
  /** RECORD_… of the catalogue. */
  readonly code: string
  /** The mapped column to blame; null for the line as a whole or a column that the adapter does not map. */
  readonly column: string | null
  readonly count: number
  /** Up to three line numbers, the first ones of the file. */
  readonly lines: readonly number[]
}

/** How many of something, of how many. */
export interface Share {
  readonly counted: number
  readonly found: number
  /** found / counted, to four decimals; null where nothing was counted. */
  readonly share: number | null
}

/**
 * How many of the ID numbers the register knows: of the people of the delivery, or, where strangers' rows were dropped
 * unread, of its rows with a valid number.
 */
export interface KnownShare extends Share {
  readonly of: 'people' | 'rows'
  /** Which part of the people was looked at, drawn by their hash; 1 where all were. */
  readonly sample: number
}

/** How many people of the delivery before are in this one. */
export interface Overlap extends Share {
  readonly delivery: string
  readonly asOf: string
  readonly sample: number
}

/** What the rows themselves tell, with no database at hand. */
export interface RowQuality {
  readonly columns: readonly ColumnQuality[]
  readonly quarantine: readonly QuarantineGroup[]
  /** Mapped columns that no row had, in a format whose rows say which they have. */
  readonly absentColumns: readonly string[]
}

export interface QualityReport extends RowQuality {
  /** Days from the as-of date to the day in China on which the file came; null where no as-of date is known. */
  readonly ageDays: number | null
  /** null where no register was asked. */
  readonly known: KnownShare | null
  /** null where no published delivery of the same source and region comes before. */
  readonly overlap: Overlap | null
}

/** A share to four decimals, as reports give it. */
export function shareOf(found: number, counted: number): number | null {
  return counted === 0 ? null : Math.round((found / counted) * 10_000) / 10_000
}

const text = { type: 'string' } as const
const count = { type: 'integer', minimum: 0 } as const
const share = { type: ['number', 'null'], minimum: 0, maximum: 1 } as const
const sample = { type: 'number', exclusiveMinimum: 0, maximum: 1 } as const

const object = (properties: Readonly<Record<string, unknown>>, more: object = {}) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
  ...more,
})
const list = (items: object) => ({ type: 'array', items })
const orNull = { type: ['object', 'null'] } as const

/** The JSON Schema of a quality report. */
export const QUALITY_REPORT_SCHEMA = object({
  columns: list(
    object({
      column: text,
      rows: count,
      empty: count,
      emptyShare: share,
      looked: count,
      distinct: count,
      exact: { type: 'boolean' },
    }),
  ),
  quarantine: list(
    object({
      code: { type: 'string', pattern: '^RECORD_' },
      column: { type: ['string', 'null'] },
      count: { type: 'integer', minimum: 1 },
      lines: { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1, maxItems: 3 },
    }),
  ),
  absentColumns: list(text),
  ageDays: { type: ['integer', 'null'] },
  known: object({ of: { enum: ['people', 'rows'] }, counted: count, found: count, share, sample }, orNull),
  overlap: object({ delivery: text, asOf: text, counted: count, found: count, share, sample }, orNull),
})
