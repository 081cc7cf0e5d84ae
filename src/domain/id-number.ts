import { formatDate, isRealDate } from './dates.ts'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK_DIGITS = '10X98765432'

/** The check digit of the first 17 digits of a number (GB 11643-1999, ISO 7064 MOD 11-2). */
export function checkDigit(first17: string): string {
  let sum = 0
  for (let i = 0; i < 17; i++) sum += (first17.charCodeAt(i) - 48) * WEIGHTS[i]!
  return CHECK_DIGITS[sum % 11]!
}

/**
 * A number as departments write it, brought to one form: NFKC, trimmed, spaces and a leading apostrophe dropped, x -> X.
 * Nothing is checked here.
 */
export function tidyIdNumber(delivered: string): string {
  // Nearly every number is clean already; the test is three times cheaper than the normalization.
  if (/^[0-9]{17}[0-9X]$/.test(delivered)) return delivered
  return delivered
    .normalize('NFKC')
    .replace(/\s+/gu, '')
    .replace(/^['‘’`]/u, '')
    .toUpperCase()
}

/**
 * The valid 18-digit number that a delivered text stands for, or null: right form, real birth date, right check digit.
 * 15 digits become 18 (GB 11643: "19" after the region), except sequences 996-999, which marked people born before 1900.
 * The region part is not checked against a list: abolished codes stay in numbers for life.
 */
export function parseIdNumber(delivered: string): string | null {
  let number = tidyIdNumber(delivered)
  if (/^\d{15}$/.test(number)) {
    if (number >= '0' && Number(number.slice(12)) >= 996) return null
    const first17 = `${number.slice(0, 6)}19${number.slice(6)}`
    number = first17 + checkDigit(first17)
  }
  if (!/^\d{17}[\dX]$/.test(number)) return null
  const year = Number(number.slice(6, 10))
  if (!isRealDate(year, Number(number.slice(10, 12)), Number(number.slice(12, 14)))) return null
  return checkDigit(number) === number[17] ? number : null
}

/** Birth date of a valid 18-digit number. */
export function birthDateOf(number: string): string {
  return formatDate(Number(number.slice(6, 10)), Number(number.slice(10, 12)), Number(number.slice(12, 14)))
}
