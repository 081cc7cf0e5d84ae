import { addCalendarDays } from './dates.ts'

/** Which days are worked in China; made by parseCalendar of working-calendar.ts. */
export interface WorkingCalendar {
  /** The years whose holiday notice is known, ascending. */
  readonly years: readonly number[]
  /** Whether people work on a date. Where it is not certain: false for all that could be a holiday. */
  isWorkday(date: string): boolean
  /** Whether the notice that settles this date is known. */
  isCertain(date: string): boolean
}

/** A last day. It is provisional where it rests on a day of which it is not yet known whether people work. */
export interface Deadline {
  readonly date: string
  readonly provisional: boolean
}

/** What a deadline was counted from. */
export interface Count {
  /** The day of service (or of whatever started the clock), which does not count. */
  readonly from: string
  readonly workingDays: number
}

/**
 * The last of `count` working days after a day, which itself does not count: counting begins on the next working day and
 * ends on one (行政复议法 art. 88, 行政处罚法 art. 85: such days are working days; the first day is left out as in
 * 民事诉讼法 art. 85). Where the calendar is not known the result can only be too late, never too early.
 */
export function addWorkingDays(calendar: WorkingCalendar, from: string, count: number): Deadline {
  if (!Number.isInteger(count) || count < 1) throw new RangeError('a number of working days is a whole number from 1')
  let date = from
  let provisional = false
  for (let left = count; left > 0; ) {
    date = addCalendarDays(date, 1)
    provisional ||= !calendar.isCertain(date)
    if (calendar.isWorkday(date)) left--
  }
  return { date, provisional }
}

/**
 * The first working day from a date on, itself included: where a limit of calendar days or months ends (60 days, 6
 * months), whose last day moves on if people do not work on it (民事诉讼法 art. 85).
 */
export function rollToWorkday(calendar: WorkingCalendar, date: string): Deadline {
  let provisional = !calendar.isCertain(date)
  let end = date
  while (!calendar.isWorkday(end)) {
    end = addCalendarDays(end, 1)
    provisional ||= !calendar.isCertain(end)
  }
  return { date: end, provisional }
}

/**
 * How many working days lie after `from`, up to and with `to`; 0 where `to` is not later. It undoes addWorkingDays:
 * `workingDaysBetween(c, d, addWorkingDays(c, d, n).date) === n`.
 */
export function workingDaysBetween(calendar: WorkingCalendar, from: string, to: string): number {
  let count = 0
  for (let date = addCalendarDays(from, 1); date <= to; date = addCalendarDays(date, 1)) {
    if (calendar.isWorkday(date)) count++
  }
  return count
}

/**
 * A kept deadline by the calendar that is known now: the same or later, never earlier than what the household was told,
 * and never on a day off. What it was counted from, where the caller has it, finds days off that nobody could foresee.
 */
export function settleDeadline(stored: Deadline, calendar: WorkingCalendar, count?: Count): Deadline {
  const told = rollToWorkday(calendar, stored.date)
  if (!count) return told
  const counted = addWorkingDays(calendar, count.from, count.workingDays)
  return counted.date >= told.date ? counted : { date: told.date, provisional: told.provisional || counted.provisional }
}

/** The first day from a date on of which it is not known whether people work; null where all are known for ten years. */
export function firstUncertainDay(calendar: WorkingCalendar, from: string): string | null {
  for (let date = from, days = 0; days < 3660; date = addCalendarDays(date, 1), days++) {
    if (!calendar.isCertain(date)) return date
  }
  return null
}
