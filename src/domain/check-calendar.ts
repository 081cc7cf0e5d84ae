import type { HolidayRange, HolidayWindow, KnownYear } from './calendar-schema.ts'
import { daysBetween, isDate } from './dates.ts'
import { datesOf, isWeekend, windowOf } from './days-off.ts'
import type { YamlPath } from './located-yaml.ts'

type Problem = (path: YamlPath, message: string) => void

/** No holiday has been longer than nine days; a slip of the pen in a month is. */
const LONGEST_HOLIDAY = 15

/** Tells `problem` what no notice can say, and what it must and the year lacks. */
export function checkKnownYear(known: KnownYear, windows: readonly HolidayWindow[], problem: Problem): void {
  const off = checkHolidays(known, problem)
  checkWorkdays(known, off, problem)
  // A year that is half written down would count its other holidays as worked: deadlines would end too early.
  for (const window of windows) {
    if (!datesOf(windowOf(window, known.year)).some((date) => off.has(date))) {
      problem(['holidays'], `no day of ${window.name} is off: the year is not written down whole`)
    }
  }
}

function checkHolidays({ year, holidays }: KnownYear, problem: Problem): Set<string> {
  const off = new Set<string>()
  holidays.forEach((range, i) => {
    const wrong = wrongRange(range, year)
    if (wrong) {
      problem(['holidays', i, wrong[0]], wrong[1])
      return
    }
    const dates = datesOf(range)
    const again = dates.find((date) => off.has(date))
    if (again) problem(['holidays', i, 'from'], `${again} is off already by another holiday of the year`)
    for (const date of dates) off.add(date)
  })
  return off
}

/** What is wrong with the ends of a holiday: the field and why. */
function wrongRange({ from, to }: HolidayRange, year: number): readonly ['from' | 'to', string] | null {
  const outside = `must be in ${year}: days that a notice gives in another year stand with that year`
  if (!isDate(from)) return ['from', 'must be a real date']
  if (!isDate(to)) return ['to', 'must be a real date']
  if (to < from) return ['to', 'must not be before "from"']
  if (!from.startsWith(`${year}-`)) return ['from', outside]
  if (!to.startsWith(`${year}-`)) return ['to', outside]
  if (daysBetween(from, to) >= LONGEST_HOLIDAY) return ['to', `a holiday has at most ${LONGEST_HOLIDAY} days`]
  return null
}

function checkWorkdays({ year, workdays }: KnownYear, off: ReadonlySet<string>, problem: Problem): void {
  const wrong = (date: string, i: number): string | null => {
    if (!isDate(date)) return 'must be a real date'
    if (!date.startsWith(`${year}-`)) return `must be in ${year}`
    if (off.has(date)) return `${date} is off by a holiday of the year`
    if (!isWeekend(date)) return `${date} is a Monday to Friday, worked anyhow: only Saturdays and Sundays stand here`
    return workdays.indexOf(date) < i ? `${date} stands twice` : null
  }
  workdays.forEach((date, i) => {
    const message = wrong(date, i)
    if (message) problem(['workdays', i], message)
  })
}

/** Tells `problem` what is wrong in where a holiday can fall. */
export function checkWindow({ earliest, latest, dates = [] }: HolidayWindow, problem: Problem): void {
  // 2001 is a common year: 29 February is no day of every year.
  if (!isDate(`2001-${earliest}`)) problem(['earliest'], 'must be a day of every year')
  if (!isDate(`2001-${latest}`) || latest < earliest) {
    problem(['latest'], 'must be a day of every year, not before "earliest"')
  }
  dates.forEach((date, i) => {
    if (!isDate(date) || date.slice(5) < earliest || date.slice(5) > latest) {
      problem(['dates', i], 'must be a real date from "earliest" to "latest"')
    } else if (dates.findIndex((other) => other.slice(0, 4) === date.slice(0, 4)) < i) {
      problem(['dates', i], 'the year stands twice')
    }
  })
}
