/**
 * Calendar dates ("YYYY-MM-DD") and months ("YYYY-MM") as strings: they compare as strings, know no time zone, and
 * cost nothing to store. All functions are pure; "today" is an argument.
 */

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/

/** "00" to "31": padding a number costs more than all else of a date. */
const TWO_DIGITS = Array.from({ length: 32 }, (_, number) => String(number).padStart(2, '0'))

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Days of a month of the Gregorian calendar; month from 1. */
export function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && leap ? 29 : DAYS[month - 1]!
}

/** Whether the three numbers are a real date between 1800 and 2199. */
export function isRealDate(year: number, month: number, day: number): boolean {
  return year >= 1800 && year <= 2199 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

/** "2026-01-03" from its numbers; the caller has made sure that it is real. */
export function formatDate(year: number, month: number, day: number): string {
  return `${year < 1000 ? String(year).padStart(4, '0') : year}-${TWO_DIGITS[month]}-${TWO_DIGITS[day]}`
}

/** Whether a text is a real date in the form "YYYY-MM-DD". */
export function isDate(text: string): boolean {
  const parts = DATE.exec(text)
  return parts !== null && isRealDate(Number(parts[1]), Number(parts[2]), Number(parts[3]))
}

/** Whether a text is a month in the form "YYYY-MM". */
export function isMonth(text: string): boolean {
  const parts = MONTH.exec(text)
  return parts !== null && isRealDate(Number(parts[1]), Number(parts[2]), 1)
}

/** The month of a date: "2026-11-01" -> "2026-11". */
export function monthOf(date: string): string {
  return date.slice(0, 7)
}

/** The month `count` months before that of `date`: ("2026-11-01", 12) -> "2025-11". */
export function monthsBefore(date: string, count: number): string {
  const months = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 - count
  const year = Math.floor(months / 12)
  return `${String(year).padStart(4, '0')}-${String(months - year * 12 + 1).padStart(2, '0')}`
}

const dayNumber = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000

/** Days from one date to another; negative where `to` is the earlier. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from)
}

/** The date `count` days after another (before it where negative): ("2026-12-31", 1) -> "2027-01-01". */
export function addCalendarDays(date: string, count: number): string {
  return new Date((dayNumber(date) + count) * 86_400_000).toISOString().slice(0, 10)
}

/** The same day `count` months later; a month that lacks the day ends it: ("2026-08-31", 6) -> "2027-02-28". */
export function addMonths(date: string, count: number): string {
  const month = monthsBefore(date, -count)
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5))]
  return formatDate(year, number, Math.min(Number(date.slice(8)), daysInMonth(year, number)))
}

/** Completed years of age on a date. A person born on 29 February completes a year on 1 March of common years. */
export function ageOn(birthDate: string, date: string): number {
  const years = Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return date.slice(5) < birthDate.slice(5) ? years - 1 : years
}

/** The date in China of an instant, whatever the server's zone ("Today" is Asia/Shanghai, UTC+8 without summer time). */
export function dateInChina(instant: Date): string {
  return new Date(instant.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)
}
