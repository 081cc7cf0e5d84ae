import type { PacketFonts } from './fonts.ts'
import { coverageOf } from './glyph-coverage.ts'

/** A piece of a line of one font. */
export interface Run {
  text: string
  font?: string
  wordBreak?: 'break-all'
  noWrap?: true
}

export interface Typesetter {
  /** Runs that say all of a text. */
  set(text: string): Run[]
  /** Characters that no font has and that stand as 〔U+2123C〕, in the order in which they came. */
  readonly missing: ReadonlySet<number>
}

export const MAIN_FONT = 'main'
export const fallbackName = (i: number): string => `fallback${i}`

/**
 * Characters that fonts swallow although they map them: controls, invisible joiners, direction marks, variation selectors,
 * halves of surrogate pairs, what is not assigned. In a name each of them counts, so they are shown like what lacks a glyph.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u

/** Words without a place to break, longer than any column's narrowest: hashes, keys, ids. Amounts stay whole. */
const LONG_WORD = /[!-~]{16,}/g
const AMOUNT = /^[-+]?[\d,]{1,20}(?:\.\d+)?$/
/** The dot between parts of a name does not begin a line (GB/T 15834); the line breaker takes it for a letter. */
const BEFORE_DOT = /[\p{Script=Han}]\u00b7/gu

/** Sets texts in the fonts that there are: nothing vanishes, nothing is an empty box. */
export function createTypesetter(fonts: PacketFonts): Typesetter {
  const main = coverageOf(fonts.regular)
  const bold = coverageOf(fonts.bold)
  const fallbacks = (fonts.fallbacks ?? []).map(coverageOf)
  const missing = new Set<number>()

  const fontFor = (character: string): string | null => {
    const codePoint = character.codePointAt(0)!
    if (INVISIBLE.test(character)) return null
    if (main(codePoint) && bold(codePoint)) return MAIN_FONT
    const i = fallbacks.findIndex((covers) => covers(codePoint))
    return i < 0 ? null : fallbackName(i)
  }

  return {
    missing,
    set(text) {
      const runs: { font: string; text: string }[] = []
      const add = (font: string, piece: string) => {
        const last = runs.at(-1)
        if (last?.font === font) last.text += piece
        else runs.push({ font, text: piece })
      }
      for (const character of text.replace(/\r\n?|\u2028|\u2029/g, '\n').replaceAll('\t', ' ')) {
        const font = character === '\n' ? MAIN_FONT : fontFor(character)
        if (font === null) missing.add(character.codePointAt(0)!)
        add(font ?? MAIN_FONT, font === null ? sayCodePoint(character.codePointAt(0)!) : character)
      }
      return runs.flatMap(({ font, text: piece }) => (font === MAIN_FONT ? cutWords(piece) : [{ text: piece, font }]))
    },
  }
}

/** "〔U+2123C〕" */
export const sayCodePoint = (codePoint: number): string =>
  `〔U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}〕`

function cutWords(text: string): Run[] {
  const runs: Run[] = []
  let last = 0
  const cut = (index: number, length: number, more: Omit<Run, 'text'>) => {
    if (index > last) runs.push({ text: text.slice(last, index) })
    runs.push({ text: text.slice(index, index + length), ...more })
    last = index + length
  }
  const found = [
    ...[...text.matchAll(LONG_WORD)]
      .filter(([word]) => !AMOUNT.test(word))
      .map(({ index, 0: word }) => ({ index, length: word.length, more: { wordBreak: 'break-all' } as const })),
    ...[...text.matchAll(BEFORE_DOT)].map(({ index, 0: pair }) => ({
      index,
      length: pair.length,
      more: { noWrap: true } as const,
    })),
  ].sort((a, b) => a.index - b.index)
  for (const { index, length, more } of found) cut(index, length, more)
  if (last < text.length) runs.push({ text: text.slice(last) })
  return runs
}
