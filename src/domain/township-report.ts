/** Townships in the order in which they are looked at first: `hedui townships` and GET /v1/reports/townships. */

export interface TownshipRow {
  readonly rank: number
  /** The first nine digits of the region code. */
  readonly township: string
  /** Granted households, and the applicants and members in them. */
  readonly households: number
  readonly recipients: number
  /** By the parameter `population`; null: not known. */
  readonly population: number | null
  /** Recipients per thousand inhabitants, to a tenth; null where the population is not known. */
  readonly perThousand: string | null
  /** Of those households, with a live result by the date; the rest was never checked. */
  readonly checked: number
  readonly warned: number
  readonly unverifiable: number
  /** Shares of the checked, in percent to a tenth; null where none was checked. */
  readonly warnedPercent: string | null
  readonly unverifiablePercent: string | null
}

export interface TownshipReport {
  readonly asOf: string
  /** The beginning of the region codes asked about; null: everywhere. */
  readonly region: string | null
  /** The version of the set whose parameter says the populations. */
  readonly ruleSet: string
  readonly townships: readonly TownshipRow[]
}

/** What is counted of a township. */
export type TownshipCounts = Pick<
  TownshipRow,
  'township' | 'households' | 'recipients' | 'checked' | 'warned' | 'unverifiable'
> & { readonly population: number | null }

/** A part of a whole in tenths of the unit given by `times` (100: percent), rounded half up: "12.3"; null of nothing. */
export function tenths(part: number, whole: number, times: number): string | null {
  if (whole === 0) return null
  const scaled = Math.floor((part * times * 10 * 2 + whole) / (whole * 2))
  return `${Math.floor(scaled / 10)}.${scaled % 10}`
}

/**
 * Ranks townships as the source documents do: highest share of recipients in the population first, then highest share of
 * warned households; those whose population is not known come after, by the share of warned.
 */
export function rankTownships(counted: readonly TownshipCounts[]): TownshipRow[] {
  const density = ({ recipients, population }: TownshipCounts) => (population ? recipients / population : -1)
  const warnedShare = ({ warned, checked }: TownshipCounts) => (checked > 0 ? warned / checked : -1)
  const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return [...counted]
    .sort((a, b) => density(b) - density(a) || warnedShare(b) - warnedShare(a) || compareText(a.township, b.township))
    .map(({ population, ...row }, i) => ({
      rank: i + 1,
      ...row,
      population,
      perThousand: population === null ? null : tenths(row.recipients, population, 1000),
      warnedPercent: tenths(row.warned, row.checked, 100),
      unverifiablePercent: tenths(row.unverifiable, row.checked, 100),
    }))
}

const text = { type: 'string' } as const
const maybeText = { type: ['string', 'null'] } as const
const count = { type: 'integer', minimum: 0 } as const

export const TOWNSHIP_REPORT_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['asOf', 'region', 'ruleSet', 'townships'],
  properties: {
    asOf: text,
    region: maybeText,
    ruleSet: { type: 'string', description: 'the version of the set whose parameter says the populations' },
    townships: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: [
          'rank',
          'township',
          'households',
          'recipients',
          'population',
          'perThousand',
          'checked',
          'warned',
          'unverifiable',
          'warnedPercent',
          'unverifiablePercent',
        ],
        properties: {
          rank: { type: 'integer', minimum: 1 },
          township: { type: 'string', description: 'the first nine digits of the region code' },
          households: { ...count, description: 'granted households' },
          recipients: { ...count, description: 'applicants and members of granted households' },
          population: { type: ['integer', 'null'], description: 'by the parameter population; null: not known' },
          perThousand: { ...maybeText, description: 'recipients per thousand inhabitants, to a tenth' },
          checked: { ...count, description: 'of these households, with a live result by the date' },
          warned: count,
          unverifiable: count,
          warnedPercent: maybeText,
          unverifiablePercent: maybeText,
        },
      },
    },
  },
} as const
