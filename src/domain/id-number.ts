import { formatDate, isRealDate } from './dates.ts'

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECK_DIGITS = '10X98765432'

/** The check digit of the first 17 digits of a number (GB 11643-1999, ISO 7064 MOD 11-2). */
export function checkDigit(first17: string): string {
  let sum = 0
  for (let i = 0; i < 17; i++) sum += (first17.charCodeAt(i) - 48) * WEIGHTS[i]!
  return CHECK_DIGITS[sum % 11]!
}

/** Characters of a number. */
export const ID_LENGTH = 18

/** Whether ASCII from `from` on is a valid number as it stands: digits, a real birth date, the right check digit. */
export function isIdNumberAt(bytes: Uint8Array, from: number): boolean {
  let sum = 0
  for (let i = 0; i < ID_LENGTH - 1; i++) {
    const digit = bytes[from + i]! - 48
    if (!(digit >= 0 && digit <= 9)) return false
    sum += digit * WEIGHTS[i]!
  }
  if (bytes[from + ID_LENGTH - 1] !== CHECK_DIGITS.charCodeAt(sum % 11)) return false
  const two = (at: number) => bytes[from + at]! * 10 + bytes[from + at + 1]! - 528
  return isRealDate(two(6) * 100 + two(8), two(10), two(12))
}

const units = new Uint8Array(ID_LENGTH)

/** As `isIdNumberAt`; nearly every number is clean already, and this takes a fifth of the time of tidying it. */
function isIdNumber(text: string): boolean {
  if (text.length !== ID_LENGTH) return false
  // A unit above 255 would be cut to a byte, which could be a digit.
  for (let i = 0; i < ID_LENGTH; i++) units[i] = Math.min(text.charCodeAt(i), 255)
  return isIdNumberAt(units, 0)
}

/**
 * A number as departments write it, brought to one form: NFKC, trimmed, spaces and a leading apostrophe dropped, x -> X.
 * Nothing is checked here.
 */
export function tidyIdNumber(delivered: string): string {
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
  if (isIdNumber(delivered)) return delivered
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
