import { createAjv } from './schema-errors.ts'

/** Days off of one notice, both ends with them; they lie in one year. */
export interface HolidayRange {
  readonly name: string
  readonly from: string
  readonly to: string
}

/** A year as the State Council's notice settles it. */
export interface KnownYear {
  readonly year: number
  /** Number and date of the notice, and where it was read. */
  readonly authority: string
  readonly holidays: readonly HolidayRange[]
  /** Saturdays and Sundays that are worked (调休上班). */
  readonly workdays: readonly string[]
}

/** Where a holiday can fall in a year that is not known. */
export interface HolidayWindow {
  readonly name: string
  /** The first and the last day of a year ("MM-DD") on which the festival itself can be. */
  readonly earliest: string
  readonly latest: string
  /** Days before and after the festival that can be off with it. */
  readonly before: number
  readonly after: number
  /** The festival's own date in the years for which it is written down. */
  readonly dates?: readonly string[]
}

export interface CalendarFile {
  readonly years?: readonly KnownYear[]
  readonly unknownYears?: { readonly authority: string; readonly windows: readonly HolidayWindow[] }
}

const text = { type: 'string', minLength: 1 } as const
const date = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a date such as 2026-10-01' } as const
const monthDay = { type: 'string', pattern: '^\\d{2}-\\d{2}$', description: 'a month and day such as "10-01"' } as const
const days = { type: 'integer', minimum: 0, maximum: 10 } as const

const year = {
  type: 'object',
  additionalProperties: false,
  required: ['year', 'authority', 'holidays', 'workdays'],
  properties: {
    year: { type: 'integer', minimum: 2000, maximum: 2199 },
    authority: text,
    holidays: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'from', 'to'],
        properties: { name: text, from: date, to: date },
      },
    },
    workdays: { type: 'array', items: date },
  },
} as const

const window = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'earliest', 'latest', 'before', 'after'],
  properties: {
    name: text,
    earliest: monthDay,
    latest: monthDay,
    before: days,
    after: days,
    dates: { type: 'array', items: date },
  },
} as const

export const validateCalendar = createAjv().compile<CalendarFile>({
  type: 'object',
  additionalProperties: false,
  properties: {
    years: { type: 'array', items: year },
    unknownYears: {
      type: 'object',
      additionalProperties: false,
      required: ['authority', 'windows'],
      properties: { authority: text, windows: { type: 'array', minItems: 1, items: window } },
    },
  },
})
