import type { CaseState, CaseWarning } from './case-state.ts'
import { isOpen, type Origin } from './words.ts'

/**
 * What became of a warning that a person looked at. `confirmed` is one that was asked and of which nothing was found out,
 * because nobody answered or the case lapsed: silence proves nothing, so that it counts neither for the rule nor against.
 */
export const DECIDED_RESULTS = ['dismissed', 'confirmed', 'rebutted', 'upheld', 'wrong'] as const
export type DecidedResult = (typeof DECIDED_RESULTS)[number]

/** A decided warning, and what precision is told by. */
export interface DecidedWarning {
  readonly rule: string
  readonly sources: readonly string[]
  /** How its records were found to be the person's: "exact", "lead", … */
  readonly match: string
  readonly origin: Origin
  readonly result: DecidedResult
  /** Subgroups of the people concerned: "name:rare", "age:60+", "area:rural", … */
  readonly groups?: readonly string[]
}

export interface PrecisionCounts extends Readonly<Record<DecidedResult, number>> {
  /** Warnings that turned out right or wrong: all but the silent ones. */
  readonly decided: number
  /** Those of `decided` that turned out right. */
  readonly right: number
  /** Wilson interval of right / decided at 95 %, from 0 to 1. */
  readonly interval: Interval
}

export interface Interval {
  readonly low: number
  readonly high: number
}

/** What became of a case's warning; null where that is still open, or a newer run took it back before anybody looked. */
export function resultOf(
  { state, wrong }: Pick<CaseWarning, 'state' | 'wrong'>,
  of: Pick<CaseState, 'state'>,
): DecidedResult | null {
  const isSettled = !isOpen(of.state) || of.state === 'decided'
  switch (state) {
    case 'proposed':
      return null
    case 'dismissed':
      return 'dismissed'
    case 'withdrawn':
      return wrong ? 'wrong' : null
    case 'rebutted-accepted':
      return isSettled ? 'rebutted' : null
    case 'upheld':
      return 'upheld'
    case 'confirmed':
    case 'rebutted-refused':
      return isSettled ? 'confirmed' : null
  }
}

/** By what decided warnings are counted. */
export const PRECISION_KEYS = {
  rule: ({ rule }) => [rule],
  source: ({ sources }) => sources,
  match: ({ match }) => [match],
  origin: ({ origin }) => [origin],
  group: ({ groups = [] }) => groups,
} as const satisfies Record<string, (warning: DecidedWarning) => readonly string[]>
export type PrecisionKey = keyof typeof PRECISION_KEYS

/** Counts decided warnings by one key, in the order of its values; one of several sources counts for each of them. */
export function countPrecision(warnings: Iterable<DecidedWarning>, by: PrecisionKey): Map<string, PrecisionCounts> {
  const tallies = new Map<string, Record<DecidedResult, number>>()
  for (const warning of warnings) {
    for (const value of new Set(PRECISION_KEYS[by](warning))) {
      const tally = tallies.get(value) ?? { dismissed: 0, confirmed: 0, rebutted: 0, upheld: 0, wrong: 0 }
      tally[warning.result] += 1
      tallies.set(value, tally)
    }
  }
  const sorted = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map(sorted.map(([value, tally]) => [value, precisionOf(tally)]))
}

/** Counts with what follows of them. Right is what was upheld after an answer; wrong all that was not worth a warning. */
export function precisionOf(tally: Readonly<Record<DecidedResult, number>>): PrecisionCounts {
  const { dismissed, confirmed, rebutted, upheld, wrong } = tally
  const decided = dismissed + rebutted + upheld + wrong
  const interval = wilsonInterval(upheld, decided)
  return { dismissed, confirmed, rebutted, upheld, wrong, decided, right: upheld, interval }
}

/** The 97.5 % point of the normal distribution. */
const Z = 1.959963984540054

/**
 * The score interval of a proportion at 95 %, from 0 to 1; from 0 to 1 where nothing was counted. E. B. Wilson, Probable
 * Inference, the Law of Succession, and Statistical Inference, J. Am. Stat. Assoc. 22 (1927) 209-212.
 */
export function wilsonInterval(hits: number, count: number): Interval {
  if (!Number.isInteger(hits) || !Number.isInteger(count) || hits < 0 || hits > count)
    throw new RangeError('hits and count are whole numbers, 0 <= hits <= count')
  if (count === 0) return { low: 0, high: 1 }
  const share = hits / count
  const square = (Z * Z) / count
  const middle = (share + square / 2) / (1 + square)
  const half = (Z / (1 + square)) * Math.sqrt((share * (1 - share)) / count + square / (4 * count))
  // The ends that are 0 and 1 by the formula are not by its rounding.
  return { low: hits === 0 ? 0 : middle - half, high: hits === count ? 1 : middle + half }
}

export interface PrecisionFloor {
  readonly floorPercent: number
  readonly leastDecided: number
}

/**
 * Whether a rule is to stop issuing packets: enough was decided, and its share of right warnings is below the floor. The
 * share itself is compared, not the upper end of its interval: that would let a rule that is wrong more often than right
 * go on writing to households until it is certain beyond doubt, while a stop costs a person's look and a release. The
 * lower end would stop also good rules for long, and a stop that everybody releases unread protects nobody.
 */
export function isBelowFloor(
  { right, decided }: Pick<PrecisionCounts, 'right' | 'decided'>,
  { floorPercent, leastDecided }: PrecisionFloor,
): boolean {
  return decided > 0 && decided >= leastDecided && right * 100 < floorPercent * decided
}
