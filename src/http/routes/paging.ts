import { maybeText, shape } from './case-schemas.ts'

/** How many stand on a page unless said otherwise. */
const USUAL = 100

/** For the query of lists that come in pages. */
export const PAGE_QUERY = {
  after: { type: 'string', maxLength: 200, description: '`next` of the page before' },
  most: { type: 'string', pattern: '^[1-9]\\d{0,2}$', description: `a number from 1 to 999; ${USUAL} otherwise` },
} as const

export const mostOf = (most: string | undefined): number => (most === undefined ? USUAL : Number(most))

/** A page and where the next one begins. */
export const page = (properties: Readonly<Record<string, object>>) =>
  shape({ ...properties, next: { ...maybeText, description: 'for `after`; null: there are no more' } })
