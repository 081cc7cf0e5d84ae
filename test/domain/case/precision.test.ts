import fc from 'fast-check'
import t from 'tap'
import {
  countPrecision,
  type DecidedWarning,
  isBelowFloor,
  precisionOf,
  resultOf,
  wilsonInterval,
} from '../../../src/domain/case/precision.ts'
import * as story from './stories.ts'

const near = (a: number, b: number, places = 4) => Math.abs(a - b) < 0.5 * 10 ** -places

t.test('the interval has the published values', async (t) => {
  // The score method in R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I; and the ends of tenths.
  for (const [hits, count, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [0, 10, 0, 0.2775],
    [1, 10, 0.0179, 0.4042],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
  ] as const) {
    const interval = wilsonInterval(hits, count)
    t.ok(near(interval.low, low) && near(interval.high, high), `${hits} of ${count}: ${low} to ${high}`)
  }
  t.same(wilsonInterval(0, 0), { low: 0, high: 1 }, 'of nothing nothing is known')
  for (const [hits, count] of [
    [-1, 3],
    [4, 3],
    [0.5, 3],
    [1, Number.NaN],
  ] as const)
    t.throws(() => wilsonInterval(hits, count), RangeError)
})

t.test('the interval holds the share, lies within 0 and 1, mirrors, and narrows', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(), (count, any) => {
      const hits = any % (count + 1)
      const { low, high } = wilsonInterval(hits, count)
      const other = wilsonInterval(count - hits, count)
      const wider = wilsonInterval(hits * 3, count * 3)
      return (
        low >= 0 &&
        high <= 1 &&
        low <= hits / count &&
        hits / count <= high &&
        near(low, 1 - other.high, 9) &&
        wider.high - wider.low < high - low
      )
    }),
  )
})

const warning = (result: DecidedWarning['result'], more: Partial<DecidedWarning> = {}): DecidedWarning => ({
  rule: 'deposits',
  sources: ['bank'],
  match: 'exact',
  origin: 'batch',
  result,
  ...more,
})

t.test('silence counts neither for a rule nor against it', async (t) => {
  const counts = precisionOf({ dismissed: 1, confirmed: 100, rebutted: 2, upheld: 5, wrong: 2 })
  t.match(counts, { decided: 10, right: 5, confirmed: 100 })
  t.ok(near(counts.interval.low, 0.2366) && near(counts.interval.high, 0.7634))
})

t.test('warnings are counted by rule, source, match, origin and group', async (t) => {
  const warnings = [
    warning('upheld', { groups: ['name:rare', 'age:60+'] }),
    warning('rebutted', { rule: 'income', sources: ['tax', 'bank', 'tax'], groups: ['name:rare'] }),
    warning('dismissed', { origin: 'tip-off' }),
    warning('wrong', { match: 'lead' }),
    warning('confirmed'),
  ]
  const shown = (by: Parameters<typeof countPrecision>[1]) =>
    [...countPrecision(warnings, by)].map(([value, { right, decided }]) => `${value} ${right}/${decided}`)
  t.same(shown('rule'), ['deposits 1/3', 'income 0/1'])
  t.same(shown('source'), ['bank 1/4', 'tax 0/1'])
  t.same(shown('match'), ['exact 1/3', 'lead 0/1'])
  t.same(shown('origin'), ['batch 1/3', 'tip-off 0/1'])
  t.same(shown('group'), ['age:60+ 1/1', 'name:rare 1/2'])
})

t.test('a rule stops when enough is decided and less than the floor was right', async (t) => {
  const floor = { floorPercent: 50, leastDecided: 20 }
  for (const [right, decided, stops] of [
    [9, 20, true],
    [10, 20, false],
    [0, 19, false],
    [0, 20, true],
    [99, 200, true],
    [100, 200, false],
    [0, 0, false],
  ] as const)
    t.equal(isBelowFloor({ right, decided }, floor), stops, `${right} of ${decided}`)
  t.equal(
    isBelowFloor({ right: 0, decided: 0 }, { floorPercent: 50, leastDecided: 0 }),
    false,
    'of nothing nothing follows',
  )
  t.equal(
    isBelowFloor({ right: 0, decided: 1 }, { floorPercent: 0, leastDecided: 1 }),
    false,
    'a floor of 0 stops none',
  )
})

t.test('what became of a warning, by its case', async (t) => {
  const results = (of: story.Story) => of.state.warnings.map((each) => resultOf(each, of.state))
  const on = { on: '2026-03-23' }
  t.same(results(story.STORIES.drafted()), [null, null])
  t.same(results(story.STORIES.served()), [null, null])
  t.same(results(story.STORIES.rebutted()), [null, null])
  t.same(results(story.STORIES.dismissed()), ['dismissed', 'dismissed'])
  t.same(results(story.STORIES.decided()), ['wrong', 'wrong'])
  t.same(results(story.STORIES.lapsed()), [null, null], 'nobody looked at them')
  t.same(results(story.decide(story.calledAgain(), on, 'deemed-withdrawal')), ['confirmed', 'confirmed'])
  t.same(results(story.decide(story.assessed('accepted'), on, 'adjust')), ['rebutted', 'upheld'])
  t.same(results(story.decide(story.assessed('untrue'), on, 'cancel-and-recover')), ['upheld', 'upheld'])
})
