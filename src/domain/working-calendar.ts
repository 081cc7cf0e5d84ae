import { HeduiError, throwIfAny } from '../errors.ts'
import { type CalendarFile, type HolidayWindow, type KnownYear, validateCalendar } from './calendar-schema.ts'
import { checkKnownYear, checkWindow } from './check-calendar.ts'
import { datesOf, isWeekend, windowOf } from './days-off.ts'
import { parseLocatedYaml, requireValid, type YamlPath } from './located-yaml.ts'
import type { WorkingCalendar } from './working-days.ts'

/**
 * The calendar of several files together: the years that the State Council has settled, and the windows in which a holiday
 * can fall in all others. Throws HeduiError DEFINITION_CALENDAR, located, for all that is wrong in them.
 */
export function parseCalendar(files: readonly { readonly file: string; readonly text: string }[]): WorkingCalendar {
  const years = new Map<number, KnownYear>()
  let windows: readonly HolidayWindow[] | null = null
  const problems: HeduiError[] = []
  const read = files.map(({ file, text }) => {
    const yaml = parseLocatedYaml(text, file, 'DEFINITION_CALENDAR')
    const problem = (path: YamlPath, message: string) =>
      problems.push(new HeduiError('DEFINITION_CALENDAR', message, yaml.placeOf(path)))
    return { delivered: requireValid<CalendarFile>(yaml, validateCalendar, 'DEFINITION_CALENDAR'), problem }
  })
  for (const { delivered, problem } of read) {
    if (!delivered.unknownYears) continue
    if (windows) problem(['unknownYears'], 'another file has the windows of unknown years already')
    windows = delivered.unknownYears.windows
    windows.forEach((window, i) => {
      checkWindow(window, (path, message) => problem(['unknownYears', 'windows', i, ...path], message))
    })
  }
  if (!windows) throw lacking(files, 'no file has the windows of unknown years (unknownYears)')
  throwIfAny(problems)
  for (const { delivered, problem } of read) {
    delivered.years?.forEach((year, i) => {
      if (years.has(year.year)) problem(['years', i, 'year'], `the year ${year.year} stands twice`)
      years.set(year.year, year)
      checkKnownYear(year, windows!, (path, message) => problem(['years', i, ...path], message))
    })
  }
  throwIfAny(problems)
  if (years.size === 0) throw lacking(files, 'no file has a year (years)')
  return createWorkingCalendar([...years.values()], windows)
}

const lacking = (files: readonly { readonly file: string }[], message: string) =>
  new HeduiError('DEFINITION_CALENDAR', message, { file: files[0]?.file })

/** A calendar of sound years and windows. */
export function createWorkingCalendar(known: readonly KnownYear[], windows: readonly HolidayWindow[]): WorkingCalendar {
  const holidays = new Set(known.flatMap(({ holidays }) => holidays.flatMap(datesOf)))
  const workdays = new Set(known.flatMap(({ workdays }) => workdays))
  const years = known.map(({ year }) => year).sort((a, b) => a - b)
  const isKnown = new Set(years)
  const openDays = new Map<number, ReadonlySet<string>>()
  const openDaysOf = (year: number) => {
    const found = openDays.get(year)
    if (found) return found
    const days = new Set(isKnown.has(year) ? [] : windows.flatMap((window) => datesOf(windowOf(window, year))))
    openDays.set(year, days)
    return days
  }
  // A window round 1 January begins in December: the last days of a known year wait for the notice of the next.
  const isOpen = (date: string) => {
    const year = Number(date.slice(0, 4))
    return openDaysOf(year).has(date) || openDaysOf(year + 1).has(date)
  }
  const isCertain = (date: string) => isKnown.has(Number(date.slice(0, 4))) && !isOpen(date)
  const isWorkday = (date: string) => {
    if (holidays.has(date)) return false
    if (isWeekend(date)) return workdays.has(date)
    return !isOpen(date)
  }
  return Object.freeze({ years: Object.freeze(years), isWorkday, isCertain })
}
