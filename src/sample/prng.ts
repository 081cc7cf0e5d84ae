/**
 * A stream of pseudo-random numbers: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state. The same path gives the
 * same stream on every machine; streams of different paths do not disturb each other.
 */
export interface Random {
  /** The next unsigned 32-bit integer. */
  next(): number
  /** An integer from 0 to below - 1; `below` up to 2^32. */
  int(below: number): number
  /** An integer from low to high, both included, of any safe size. */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  /** One of the entries, each as likely as its weight says. */
  weighted<T>(entries: readonly (readonly [T, number])[]): T
  /** A shuffled copy (Fisher-Yates). */
  shuffled<T>(list: readonly T[]): T[]
}

function mixed(path: readonly number[], word: number): number {
  let h = 0x9e3779b9 ^ word
  for (const part of path) {
    h = Math.imul(h ^ (part >>> 0), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13) ^ Math.floor(part / 0x1_0000_0000), 0xc2b2ae35)
    h ^= h >>> 16
  }
  return h >>> 0
}

/** A stream for one purpose: createRandom(seed, STREAM.household, 17). */
export function createRandom(...path: readonly number[]): Random {
  let a = mixed(path, 1)
  let b = mixed(path, 2)
  let c = mixed(path, 3)
  let counter = 1
  const next = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) next()

  const int = (below: number) => Math.floor((next() / 0x1_0000_0000) * below)
  const between = (low: number, high: number) => {
    const count = high - low + 1
    if (count <= 0x1_0000_0000) return low + int(count)
    return low + Math.floor(((next() * 0x20_0000 + (next() >>> 11)) / 0x20_0000_0000_0000) * count)
  }
  return {
    next,
    int,
    between,
    chance: (probability) => next() < probability * 0x1_0000_0000,
    pick: (list) => list[int(list.length)]!,
    weighted: (entries) => {
      let total = 0
      for (const [, weight] of entries) total += weight
      let left = (next() / 0x1_0000_0000) * total
      for (const [value, weight] of entries) {
        left -= weight
        if (left < 0) return value
      }
      return entries.at(-1)![0]
    },
    shuffled: (list) => {
      const copy = [...list]
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(i + 1)
        const moved = copy[i]!
        copy[i] = copy[j]!
        copy[j] = moved
      }
      return copy
    },
  }
}

/** The purposes that have a stream of their own. */
export const STREAM = { plan: 1, household: 2, holdings: 3, delivery: 4, strangers: 5, order: 6, workbook: 7 } as const
