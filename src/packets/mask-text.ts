import { parseIdNumber } from '../domain/id-number.ts'

/** A character with the marks that belong to it (combining ones, variation selectors). */
const CHARACTER = /\P{M}\p{M}*/gu
/** What stands between the parts of a name and is kept. */
const BETWEEN = /[\s\-·•・･‧∙⋅]/u
const LATIN = /\p{Script=Latin}/u

/**
 * A name for others to read: the first character stays, each further one becomes "*", dots and spaces stay. Of Latin names
 * the first letter of each part stays. "王守仁" -> "王**", "阿依古丽·买买提" -> "阿***·***", "Maria da Silva" -> "M**** d* S****".
 * A name of one character gets a "*" beside it, for no mask is a whole name.
 */
export function maskName(name: string): string {
  let isFirst = true
  const masked = (name.trim().match(CHARACTER) ?? []).map((character, i, all) => {
    if (BETWEEN.test(character)) {
      isFirst = true
      return character
    }
    const isKept = i === 0 || (isFirst && LATIN.test(character) && LATIN.test(all[0]!))
    isFirst = false
    return isKept ? character : '*'
  })
  return masked.length === 1 ? `${masked[0]}*` : masked.join('')
}

const SHORTEST_WITH_REGION = 15
const SHORTEST_WITH_END = 8

/**
 * The number of an identity document for others to read: "369901197003070010" -> "369***********0010". Of shorter ones
 * (passports) only the last four stay, of still shorter ones nothing.
 */
export function maskIdNumber(number: string): string {
  const { length } = number
  if (length >= SHORTEST_WITH_REGION) return `${number.slice(0, 3)}${'*'.repeat(length - 7)}${number.slice(-4)}`
  return length >= SHORTEST_WITH_END ? `${'*'.repeat(length - 4)}${number.slice(-4)}` : '*'.repeat(length)
}

/** Runs of the length of an identity number that are no part of a longer code. */
const LIKE_A_NUMBER = /(?<![0-9A-Za-z０-９])(?:[0-9０-９]{17}[0-9０-９XxＸｘ]|[0-9０-９]{15})(?![0-9A-Za-z０-９])/gu

/** The valid identity numbers that stand in a text, as they are written there. */
export function findIdNumbers(text: string): string[] {
  return (text.match(LIKE_A_NUMBER) ?? []).filter((number) => parseIdNumber(number) !== null)
}
