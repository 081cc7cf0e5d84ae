import t from 'tap'
import { type Cell, NumberCell } from '../../src/feeds/delivered-row.ts'
import { RowStatistics } from '../../src/feeds/row-statistics.ts'

const ADAPTER = {
  columns: ['name', 'kind', 'balance', 'premium'],
  columnsOf: new Map([
    ['deposit', ['balance']],
    ['policy', ['premium']],
  ] as const),
}
const create = () => new RowStatistics(ADAPTER)
const deposit = (statistics: RowStatistics, line: number, cells: readonly Cell[]) =>
  statistics.addSound('deposit', { line, cells })
const policy = (statistics: RowStatistics, line: number, cells: readonly Cell[]) =>
  statistics.addSound('policy', { line, cells })

t.test('a column of some record types is counted in their rows, one of all in all', async (t) => {
  const statistics = create()
  deposit(statistics, 2, ['王', '存款', '1.00', undefined])
  deposit(statistics, 3, ['李', '存款', '　', '9'])
  deposit(statistics, 4, ['王', '存款', new NumberCell('1.00'), undefined])
  policy(statistics, 5, ['', '保险', '7', '2.00'])
  t.same(statistics.report().columns, [
    { column: 'name', rows: 4, empty: 1, emptyShare: 0.25, looked: 3, distinct: 2, exact: true },
    { column: 'kind', rows: 4, empty: 0, emptyShare: 0, looked: 4, distinct: 2, exact: true },
    { column: 'balance', rows: 3, empty: 1, emptyShare: 0.3333, looked: 2, distinct: 1, exact: true },
    { column: 'premium', rows: 1, empty: 0, emptyShare: 0, looked: 1, distinct: 1, exact: true },
  ])
  t.same(create().report().columns[0], {
    column: 'name',
    rows: 0,
    empty: 0,
    emptyShare: null,
    looked: 0,
    distinct: 0,
    exact: true,
  })
})

t.test('below the first 100,000 lines a sixteenth of the rows is looked at for different values', async (t) => {
  const statistics = create()
  for (let line = 1; line <= 300_000; line++) deposit(statistics, line, [`n${line}`, '存款', `${line % 7}`, ''])
  const [name, kind, balance] = statistics.report().columns
  t.match(name, { rows: 300_000, empty: 0, exact: false })
  t.ok(name!.looked > 112_000 && name!.looked < 113_000, `${name!.looked}`)
  t.ok(name!.distinct <= name!.looked && name!.distinct > name!.looked * 0.95)
  t.match([kind!.distinct, balance!.distinct], [1, 7])
})

t.test('reasons for quarantine have the first three lines, and no names but those of the adapter', async (t) => {
  const statistics = create()
  for (const line of [40, 9, 7, 8, 30]) statistics.addQuarantined({ code: 'RECORD_MISSING', column: 'balance' }, line)
  statistics.addQuarantined({ code: 'RECORD_UNDECODABLE', column: '369901197001010019' }, 12)
  statistics.addQuarantined({ code: 'RECORD_UNDECODABLE', column: null }, 3)
  t.same(statistics.report().quarantine, [
    { code: 'RECORD_MISSING', column: 'balance', count: 5, lines: [7, 8, 9] },
    { code: 'RECORD_UNDECODABLE', column: null, count: 2, lines: [3, 12] },
  ])
})

t.test('parts merged in any order are the whole', async (t) => {
  const fill = (statistics: RowStatistics, from: number) => {
    for (let line = from; line < from + 3000; line++) {
      if (line % 10 === 0) statistics.addQuarantined({ code: 'RECORD_MISSING', column: 'name' }, line)
      else if (line % 3 === 0) policy(statistics, line, [`n${line % 5000}`, '保险', '', `${line}`])
      else deposit(statistics, line, [`n${line % 5000}`, '存款', line % 7 === 0 ? '' : `${line % 40}`, ''])
    }
    return statistics
  }
  const starts = [2, 50_000, 98_500, 140_000]
  const whole = create()
  for (const start of starts) fill(whole, start)
  const parts = starts.map((start) => structuredClone(fill(create(), start).state))
  for (const order of [parts, parts.toReversed(), [parts[2]!, parts[0]!, parts[3]!, parts[1]!]]) {
    const merged = create()
    for (const part of order) merged.merge(part)
    t.same(merged.report(), whole.report())
  }
  t.same(whole.report().quarantine[0]!.lines, [10, 20, 30])
})
