import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { CalendarFile, KnownYear } from '../../src/domain/calendar-schema.ts'
import { createWorkingCalendar } from '../../src/domain/working-calendar.ts'
import type { WorkingCalendar } from '../../src/domain/working-days.ts'

export const CALENDAR_FILE = join(import.meta.dirname, '../../rules/calendar/CN.yaml')
export const CALENDAR_TEXT = readFileSync(CALENDAR_FILE, 'utf8')

const shipped = parse(CALENDAR_TEXT) as Required<CalendarFile>

/** The shipped calendar as it is with some years alone, and with others that a test makes up. */
export function calendarOf(years: readonly number[], more: readonly KnownYear[] = []): WorkingCalendar {
  const known = shipped.years.filter(({ year }) => years.includes(year))
  return createWorkingCalendar([...known, ...more], shipped.unknownYears.windows)
}

/** A year of a notice that a test makes up. */
export function madeUpYear(
  year: number,
  holidays: readonly (readonly [from: string, to: string])[],
  workdays: readonly string[] = [],
): KnownYear {
  const ranges = holidays.map(([from, to]) => ({ name: 'a holiday', from: `${year}-${from}`, to: `${year}-${to}` }))
  return { year, authority: 'made for a test', holidays: ranges, workdays: workdays.map((day) => `${year}-${day}`) }
}
