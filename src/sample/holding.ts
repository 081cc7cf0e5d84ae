import type { Owner } from './people.ts'
import type { Random } from './prng.ts'

/**
 * One thing of one person as a source knows it: the rows of one key, in the order in which they must stand in the file
 * (a correction after what it corrects). `exact`: the outcome of a rule hangs on it, so no row of it may be spoiled.
 */
export interface Holding<F> {
  readonly owner: Owner
  readonly versions: readonly F[]
  readonly exact: boolean
}

/** Parts of at least one that sum to `total`. */
export function splitSum(random: Random, total: number, parts: number): number[] {
  const result: number[] = []
  let left = total
  for (let i = parts; i > 1; i--) {
    const fair = Math.floor(left / i)
    const part = Math.max(1, Math.min(left - i + 1, random.between(Math.ceil(fair * 0.6), Math.floor(fair * 1.4))))
    result.push(part)
    left -= part
  }
  result.push(left)
  return result
}

/** How far over a limit: one unit, or `far`, or nothing. */
export function excess(aim: 'just-over' | 'over' | 'at', far: number): number {
  return aim === 'at' ? 0 : aim === 'just-over' ? 1 : far
}

const DIGITS = '0123456789'
const PLATE = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'

const letters = (random: Random, alphabet: string, count: number) => {
  let text = ''
  for (let i = 0; i < count; i++) text += alphabet[random.int(alphabet.length)]
  return text
}

export const digits = (random: Random, count: number) => letters(random, DIGITS, count)
export const plateLetters = (random: Random, count: number) => letters(random, PLATE, count)

/** A date at random between two years, as far as `last`. */
export function dateBetween(random: Random, firstYear: number, last: string): string {
  const year = random.between(firstYear, Number(last.slice(0, 4)))
  const date = `${year}-${String(random.between(1, 12)).padStart(2, '0')}-${String(random.between(1, 28)).padStart(2, '0')}`
  return date > last ? last : date
}
