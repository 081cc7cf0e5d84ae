import { formatDate, isRealDate } from '../domain/dates.ts'
import type { FieldValue } from '../domain/record-types.ts'
import { NumberCell } from './delivered-row.ts'

/** Given back for a value that is present but is not what the field should hold. */
export const UNPARSEABLE = Symbol('unparseable')

export interface ParseOptions {
  /** Whether date serials count from 1904 (a setting of the workbook) instead of 1900. */
  readonly date1904: boolean
}

/** Turns a delivered value that is not blank into a field's value. Texts come as delivered, numbers as NumberCell. */
export type ValueParser = (value: string | NumberCell, options: ParseOptions) => FieldValue | typeof UNPARSEABLE

const ASCII_WORD = /^[\x21-\x7e]*$/

/** NFKC without white space. Most values are plain already, and looking costs a tenth of normalizing. */
const plain = (value: string) => (ASCII_WORD.test(value) ? value : value.normalize('NFKC').replace(/\s+/gu, ''))

/** The text that a number cell stands for, or null where a spreadsheet has lost digits ("3.69901E+17"). */
export function numberAsText(cell: NumberCell): string | null {
  if (/^-?\d+$/.test(cell.text)) return cell.text
  const number = Number(cell.text)
  if (!Number.isFinite(number)) return null
  // Excel keeps 15 digits; an account of 19 that went through a number cell is another account.
  if (Number.isInteger(number)) return Math.abs(number) < 1e15 ? String(number) : null
  return String(number)
}

/** NUL and lone surrogates are no text, and PostgreSQL takes neither; U+001F stands between the parts of a key. */
function isText(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit === 0 || unit === 0x1f) return false
    if ((unit & 0xf800) === 0xd800) return value.isWellFormed() && !/[\0\u001f]/.test(value)
  }
  return true
}

const parseText: ValueParser = (value) => {
  if (typeof value === 'string') return isText(value) ? value.trim() : UNPARSEABLE
  return numberAsText(value) ?? UNPARSEABLE
}

const parseCode: ValueParser = (value) => {
  const text = parseText(value, { date1904: false })
  return typeof text === 'string' && !ASCII_WORD.test(text) ? text.normalize('NFKC').trim() : text
}

const GROUPED = /^(-?)(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d{1,2}))?$/
/** "86,400.00" yuan would still be exact in fen with 13 digits before the point. */
const MOST_DIGITS = 13

/** Hundredths of a decimal with at most two places: money in fen, area in square decimetres. */
function hundredths(value: string | NumberCell, strip: RegExp): number | typeof UNPARSEABLE {
  if (value instanceof NumberCell) {
    const number = Number(value.text)
    const rounded = Math.round(number * 100)
    const exact = Number.isSafeInteger(rounded) && Math.abs(number - rounded / 100) <= 1e-6
    return exact ? rounded + 0 : UNPARSEABLE
  }
  const parts = GROUPED.exec(plain(value).replace(strip, (_, sign) => (typeof sign === 'string' ? sign : '')))
  if (!parts || (parts[2] === undefined && parts[3] === undefined)) return UNPARSEABLE
  const whole = (parts[2] ?? '0').replaceAll(',', '')
  if (whole.replace(/^0+/, '').length > MOST_DIGITS) return UNPARSEABLE
  const amount = Number(whole) * 100 + Number((parts[3] ?? '').padEnd(2, '0'))
  return parts[1] && amount !== 0 ? -amount : amount
}

const [COMMA, POINT, ZERO] = [0x2c, 0x2e, 0x30]

/**
 * Hundredths of the usual spellings from `from` to `end`: "1234", "1234.5", "1,234.50". NaN for all others, which may be
 * amounts as well. Unit by unit it takes a sixth of the time of the regular expressions.
 */
function usualHundredths(text: string, from: number, end: number): number {
  let amount = 0
  let digits = 0
  /** Digits since the last comma, once there was one. */
  let group = -1
  let places = -1
  for (let at = from; at < end; at++) {
    const unit = text.charCodeAt(at)
    const digit = unit - ZERO
    if (digit >= 0 && digit <= 9) {
      amount = amount * 10 + digit
      if (places >= 0) places++
      else {
        digits++
        if (group >= 0) group++
      }
    } else if (unit === COMMA && places < 0 && (group < 0 ? digits >= 1 && digits <= 3 : group === 3)) group = 0
    else if (unit === POINT && places < 0) places = 0
    else return Number.NaN
  }
  if (digits < 1 || digits > MOST_DIGITS || (group >= 0 && group !== 3) || places === 0 || places > 2) return Number.NaN
  return places === 2 ? amount : places === 1 ? amount * 10 : amount * 100
}

// NFKC has made ￥ into ¥ and ㎡ into m2. The sign may stand before or behind the currency mark.
const parseMoney: ValueParser = (value) => {
  if (typeof value === 'string') {
    const from = value[0] === '￥' || value[0] === '¥' ? 1 : 0
    const amount = usualHundredths(value, from, value.endsWith('元') ? value.length - 1 : value.length)
    if (!Number.isNaN(amount)) return amount
  }
  return hundredths(value, /^(-?)¥?(?=[-\d.])|元$/gu)
}

const parseArea: ValueParser = (value) => {
  const area = typeof value === 'string' ? usualHundredths(value, 0, value.length) : Number.NaN
  return Number.isNaN(area) ? hundredths(value, /(?:m2|平方米|平米)$/iu) : area
}

const parseInteger: ValueParser = (value) => {
  const text = value instanceof NumberCell ? (numberAsText(value) ?? '') : plain(value)
  const number = /^-?(?:\d{1,3}(?:,\d{3})+|\d+)$/.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN
  return Number.isSafeInteger(number) ? number : UNPARSEABLE
}

const parseDecimal: ValueParser = (value) => {
  const text = value instanceof NumberCell ? value.text : plain(value)
  const number = /^-?\d*\.?\d+(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) ? number : UNPARSEABLE
}

/** "1/2", "50%", "0.5". */
const parseShare: ValueParser = (value) => {
  if (value instanceof NumberCell) return parseDecimal(value, { date1904: false })
  const text = plain(value)
  const fraction = /^(\d+)[/⁄∕](\d+)$/u.exec(text)
  if (fraction) return Number(fraction[2]) > 0 ? Number(fraction[1]) / Number(fraction[2]) : UNPARSEABLE
  const percent = /^(\d*\.?\d+)%$/.exec(text)
  if (percent) return Number(percent[1]) / 100
  return parseDecimal(text, { date1904: false })
}

const realDate = (year: string, month: string, day: string) =>
  isRealDate(Number(year), Number(month), Number(day)) ? formatDate(Number(year), Number(month), Number(day)) : null

/**
 * The date of an Excel serial. The 1900 system counts a 29 February 1900 that never was (serial 60). A number that reads
 * as a bare year, or that leads beyond the calendar of this program, is no serial that anyone meant.
 */
function dateOfSerial(serial: number, date1904: boolean): string | null {
  if (serial >= 1900 && serial < 2200) return null
  const days = Math.floor(serial) + (date1904 ? 1462 : 0)
  if (days < 1 || days >= 100_000 || days === 60) return null
  return new Date(Date.UTC(1899, 11, days < 60 ? 31 : 30) + days * 86_400_000).toISOString().slice(0, 10)
}

const COMPACT_DATE = /^(\d{4})(\d{2})(\d{2})(?:\d{6})?$/
const SEPARATED_DATE = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]\d{1,2}:\d{2}.*)?$/
const CHINESE_DATE = /^(\d{4})年(\d{1,2})月(\d{1,2})日$/

/** The number of `count` digits at `from`; negative where there are others. */
function digitsAt(text: string, from: number, count: number): number {
  let number = 0
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (!(digit >= 0 && digit <= 9)) return -1
    number = number * 10 + digit
  }
  return number
}

const isSeparator = (unit: number) => unit === 0x2d || unit === 0x2e || unit === 0x2f

/** The date of "2026-10-03", "20261003", "2026/10/3"; null for all other texts, which may be dates as well. */
function usualDate(text: string): string | null {
  const year = digitsAt(text, 0, 4)
  if (text.length === 8) {
    const [month, day] = [digitsAt(text, 4, 2), digitsAt(text, 6, 2)]
    if (isRealDate(year, month, day)) return formatDate(year, month, day)
  }
  if (text.length < 8 || text.length > 10 || !isSeparator(text.charCodeAt(4))) return null
  const second = isSeparator(text.charCodeAt(6)) ? 6 : 7
  if (!isSeparator(text.charCodeAt(second)) || text.length - second > 3) return null
  const [month, day] = [digitsAt(text, 5, second - 5), digitsAt(text, second + 1, text.length - second - 1)]
  if (!isRealDate(year, month, day)) return null
  const isFormatted = text.length === 10 && text[4] === '-' && text[7] === '-'
  return isFormatted ? text : formatDate(year, month, day)
}

function dateOf(value: string | NumberCell, { date1904 }: ParseOptions): string | null {
  if (value instanceof NumberCell) {
    const number = Number(value.text)
    if (!Number.isFinite(number)) return null
    if (number >= 10_000_000) return dateOf(String(number), { date1904 })
    return dateOfSerial(number, date1904)
  }
  const usual = usualDate(value)
  if (usual !== null) return usual
  const text = ASCII_WORD.test(value) ? value : value.normalize('NFKC').trim()
  const parts = COMPACT_DATE.exec(text) ?? SEPARATED_DATE.exec(text) ?? CHINESE_DATE.exec(plain(text))
  return parts ? realDate(parts[1]!, parts[2]!, parts[3]!) : null
}

const parseDate: ValueParser = (value, options) => dateOf(value, options) ?? UNPARSEABLE

const MONTH = /^(\d{4})(?:[-/.](\d{1,2})|(\d{2})|年(\d{1,2})月)$/

/** "202610", "2026-10", or a date, whose month it is. */
const parseMonth: ValueParser = (value, options) => {
  // Of numbers only six digits are a month: 2026.1 would be January and October.
  const text = value instanceof NumberCell ? (numberAsText(value) ?? '') : plain(value)
  if (value instanceof NumberCell && !/^\d+$/.test(text)) return UNPARSEABLE
  const parts = MONTH.exec(text)
  const date = parts ? realDate(parts[1]!, (parts[2] ?? parts[3] ?? parts[4])!, '1') : dateOf(value, options)
  return date?.slice(0, 7) ?? UNPARSEABLE
}

/** The letters of texts that came before: there are few, and one is found in a tenth of the time of making them. */
const lettersOf = new Map<string, readonly string[]>()
const MOST_TEXTS = 1000

/** Several states in one text: "GQ" -> ["G", "Q"], each once. */
const parseLetters: ValueParser = (value) => {
  if (value instanceof NumberCell) return UNPARSEABLE
  const known = lettersOf.get(value)
  if (known) return known
  const text = plain(value).toUpperCase()
  if (!/^[A-Z]+$/.test(text)) return UNPARSEABLE
  // Not frozen: of a frozen list JSON.stringify takes three times as long over the whole record.
  const letters = [...new Set(text)]
  if (lettersOf.size < MOST_TEXTS) lettersOf.set(value, letters)
  return letters
}

const FLAGS: Readonly<Record<string, boolean>> = {
  是: true,
  有: true,
  Y: true,
  YES: true,
  T: true,
  TRUE: true,
  '1': true,
  否: false,
  无: false,
  N: false,
  NO: false,
  F: false,
  FALSE: false,
  '0': false,
}

const parseFlag: ValueParser = (value) =>
  FLAGS[plain(value instanceof NumberCell ? value.text : value).toUpperCase()] ?? UNPARSEABLE

/** The words that `fields.<name>.parse` knows. */
export const VALUE_PARSERS = Object.freeze({
  text: parseText,
  code: parseCode,
  money: parseMoney,
  area: parseArea,
  integer: parseInteger,
  decimal: parseDecimal,
  share: parseShare,
  date: parseDate,
  month: parseMonth,
  letters: parseLetters,
  flag: parseFlag,
})

export type ParseName = keyof typeof VALUE_PARSERS
