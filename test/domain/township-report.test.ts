import t from 'tap'
import { rankTownships, type TownshipCounts, tenths } from '../../src/domain/township-report.ts'

const TENTHS: readonly (readonly [part: number, whole: number, times: number, says: string | null])[] = [
  [0, 5, 100, '0.0'],
  [5, 5, 100, '100.0'],
  [1, 3, 100, '33.3'],
  [2, 3, 100, '66.7'],
  [1, 8, 100, '12.5'],
  [1, 2000, 100, '0.1'],
  [1, 2001, 100, '0.0'],
  [1999, 2000, 100, '100.0'],
  [3, 100, 1000, '30.0'],
  [1, 30_000, 1000, '0.0'],
  [358_158, 8_000_000, 1000, '44.8'],
  [0, 0, 100, null],
]

t.test('shares are to a tenth, rounded half up; of nothing there is none', async (t) => {
  for (const [part, whole, times, says] of TENTHS) t.equal(tenths(part, whole, times), says, `${part} of ${whole}`)
})

const township = (name: string, counts: Partial<TownshipCounts>): TownshipCounts => ({
  township: name,
  households: 10,
  recipients: 10,
  population: 1000,
  checked: 10,
  warned: 0,
  unverifiable: 0,
  ...counts,
})

t.test('by recipients per population, then by the share of warned; the unknown come last', async (t) => {
  const ranked = rankTownships([
    township('unknown, never checked', { population: null, checked: 0 }),
    township('unknown, many warned', { population: null, warned: 9 }),
    township('few of many', { recipients: 5, warned: 10 }),
    township('alike b', {}),
    township('alike a', {}),
    township('as many, more warned', { warned: 1 }),
    township('many', { recipients: 11 }),
  ])
  t.same(
    ranked.map((row) => [row.rank, row.township, row.perThousand, row.warnedPercent]),
    [
      [1, 'many', '11.0', '0.0'],
      [2, 'as many, more warned', '10.0', '10.0'],
      [3, 'alike a', '10.0', '0.0'],
      [4, 'alike b', '10.0', '0.0'],
      [5, 'few of many', '5.0', '100.0'],
      [6, 'unknown, many warned', null, '90.0'],
      [7, 'unknown, never checked', null, null],
    ],
  )
})
