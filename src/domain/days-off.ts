import type { HolidayWindow } from './calendar-schema.ts'
import { addCalendarDays } from './dates.ts'

/** Where a holiday of a year can be, as widely as it has ever been given. */
export function windowOf({ earliest, latest, before, after, dates = [] }: HolidayWindow, year: number) {
  const exact = dates.find((date) => date.startsWith(`${year}-`))
  return {
    from: addCalendarDays(exact ?? `${year}-${earliest}`, -before),
    to: addCalendarDays(exact ?? `${year}-${latest}`, after),
  }
}

/** Saturday or Sunday. */
export function isWeekend(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`).getUTCDay()
  return day === 0 || day === 6
}

/** The dates of a range, both ends with it. */
export function datesOf({ from, to }: { readonly from: string; readonly to: string }): string[] {
  const dates: string[] = []
  for (let date = from; date <= to; date = addCalendarDays(date, 1)) dates.push(date)
  return dates
}
