import t from 'tap'
import { NumberCell } from '../../src/feeds/delivered-row.ts'
import { type ParseName, UNPARSEABLE, VALUE_PARSERS } from '../../src/feeds/parse-value.ts'

/** A number that the file holds as a number, as the text in which it stands there. */
const n = (text: string) => new NumberCell(text)
const shown = (value: string | NumberCell) => (value instanceof NumberCell ? `number ${value.text}` : `"${value}"`)

interface Table {
  readonly takes: readonly (readonly [string | NumberCell, unknown])[]
  readonly refuses: readonly (string | NumberCell)[]
}

/** What each parse of design §6 takes, and what it refuses. */
const PARSES: Readonly<Record<ParseName, Table>> = {
  text: {
    takes: [
      ['王伟', '王伟'],
      [' 王伟\t', '王伟'],
      ['　赣XA1　', '赣XA1'],
      ['a b', 'a b'],
      [n('43543'), '43543'],
      [n('12.5'), '12.5'],
      [n('123456789012345'), '123456789012345'],
      [n('-7'), '-7'],
    ],
    // Digits that a spreadsheet lost do not come back.
    refuses: [n('3.6990119690913741E+17'), n('9.9578212366764E+18'), 'a\0b', '\ud800'],
  },
  code: {
    takes: [
      ['02', '02'],
      ['０２', '02'],
      [' ＣＮＹ ', 'CNY'],
      ['9957821236676423683', '9957821236676423683'],
      [n('110'), '110'],
    ],
    refuses: [n('9.9578212366764E+18'), 'a\0b'],
  },
  money: {
    takes: [
      ['1,234.50', 123450],
      ['1234.5', 123450],
      ['1234', 123400],
      ['￥1200', 120000],
      ['¥1200', 120000],
      ['1200元', 120000],
      ['￥68,650.50', 6865050],
      ['１，２３４．５０', 123450],
      [' 1200 元 ', 120000],
      ['0', 0],
      ['0.00', 0],
      ['-0', 0],
      ['0.01', 1],
      ['-20.00', -2000],
      ['-1,234.50', -123450],
      ['-￥5', -500],
      ['￥-5', -500],
      ['－5.00', -500],
      ['1,234,567.89', 123456789],
      ['0012', 1200],
      [n('30501.27'), 3050127],
      [n('1200'), 120000],
      [n('-20.5'), -2050],
      [n('0.30000000000000004'), 30],
      [n('12.3400009'), 1234],
      [n('12.3399991'), 1234],
      [n('1E+3'), 100000],
      [n('4.35'), 435],
      [n('1.005E-7'), 0],
    ],
    refuses: [
      '12万',
      '1.2万元',
      '12.345',
      '12.340',
      '1,23.00',
      '1,2345',
      '12,34,567',
      ',123',
      '约1200',
      '1200左右',
      'abc',
      '--5',
      '-',
      '￥',
      '元',
      '.',
      '1.2.3',
      '1e3',
      '(100)',
      '12-',
      '99999999999999999',
      n('12.345'),
      n('12.340002'),
      n('0.001'),
      n('1E+20'),
    ],
  },
  area: {
    takes: [
      ['89.53', 8953],
      ['89.5', 8950],
      ['124', 12400],
      ['50㎡', 5000],
      ['89.53平方米', 8953],
      ['89.53 m²', 8953],
      ['1,024.00', 102400],
      ['0', 0],
      [n('89.53'), 8953],
    ],
    refuses: ['约90', '89.535', '90亩', '', 'x', n('89.535')],
  },
  integer: {
    takes: [
      ['12', 12],
      ['1,234', 1234],
      ['-3', -3],
      ['１２', 12],
      ['0', 0],
      [n('12'), 12],
      [n('1.2E+1'), 12],
    ],
    refuses: ['12.5', 'x', '1,23', '9007199254740993', '1e3', n('12.5')],
  },
  decimal: {
    takes: [
      ['0.5', 0.5],
      ['-1.25', -1.25],
      ['3', 3],
      ['０．５', 0.5],
      [n('0.25'), 0.25],
      [n('2.5E-1'), 0.25],
    ],
    refuses: ['x', '1.2.3', '0.5%', '1/2', '', 'NaN', 'Infinity'],
  },
  share: {
    takes: [
      ['1/2', 0.5],
      ['１／４', 0.25],
      ['1 / 4', 0.25],
      ['50%', 0.5],
      ['50％', 0.5],
      ['12.5%', 0.125],
      ['0.5', 0.5],
      ['1', 1],
      ['10%', 0.1],
      ['1/10', 0.1],
      [n('0.5'), 0.5],
    ],
    refuses: ['1/0', '1/2/3', '一半', '%', '1/', '/2', 'x'],
  },
  date: {
    takes: [
      ['2026-01-03', '2026-01-03'],
      ['2026/1/3', '2026-01-03'],
      ['2026/01/03', '2026-01-03'],
      ['20260103', '2026-01-03'],
      ['２０２６-０１-０３', '2026-01-03'],
      ['2024-02-29', '2024-02-29'],
      // The time part of a date is ignored.
      ['2026-01-03 23:59:59', '2026-01-03'],
      ['2026/1/3 8:05', '2026-01-03'],
      ['2026-01-03T00:00:00.000Z', '2026-01-03'],
      ['20260103235959', '2026-01-03'],
      // Excel serials; 60 is a 29 February 1900 that never was.
      [n('1'), '1900-01-01'],
      [n('59'), '1900-02-28'],
      [n('61'), '1900-03-01'],
      [n('43543'), '2019-03-19'],
      [n('43543.75'), '2019-03-19'],
      [n('45000.0'), '2023-03-15'],
      [n('20260103'), '2026-01-03'],
    ],
    refuses: [
      '2026-02-29',
      // A bare year, a month and what lies beyond the calendar are no serials that anyone meant.
      n('2026'),
      n('2026.1'),
      n('202601'),
      n('2000000'),
      '2026-02-30',
      '2026-13-01',
      '2026-00-10',
      '2026-1',
      '202601',
      '26-01-03',
      '03/01/2026',
      '20261301',
      '不详',
      '0000-00-00',
      n('0'),
      n('60'),
      n('60.5'),
      n('-1'),
      n('20261301'),
      n('1E+300'),
    ],
  },
  month: {
    takes: [
      ['202610', '2026-10'],
      ['2026-10', '2026-10'],
      ['2026/10', '2026-10'],
      ['２０２６１０', '2026-10'],
      // A number is a month by its six digits; 2026.1 could be January or October.
      [n('202610.0'), '2026-10'],
      // month also takes a date.
      ['2026-10-31', '2026-10'],
      ['20261001', '2026-10'],
      ['2026/10/1', '2026-10'],
      ['2026-10-01 00:00:00', '2026-10'],
      [n('202610'), '2026-10'],
      [n('43543'), '2019-03'],
    ],
    refuses: [
      n('2026.1'),
      n('2026'),
      '202613',
      '202600',
      '2026-00',
      '2026',
      '10-2026',
      '2026-02-30',
      '十月',
      n('202613'),
      n('60'),
    ],
  },
  letters: {
    takes: [
      ['GQ', ['G', 'Q']],
      ['A', ['A']],
      [' G Q ', ['G', 'Q']],
      ['ＧＱ', ['G', 'Q']],
    ],
    refuses: ['正常', 'G1', n('1')],
  },
  flag: {
    takes: [
      ['是', true],
      ['否', false],
      ['Y', true],
      ['n', false],
      ['1', true],
      ['0', false],
      ['true', true],
      ['FALSE', false],
      [n('1'), true],
      [n('0'), false],
    ],
    refuses: ['也许', '2', 'yesno', n('2')],
  },
}

for (const [name, { takes, refuses }] of Object.entries(PARSES)) {
  const parse = VALUE_PARSERS[name as ParseName]
  t.test(`parse ${name}`, async (t) => {
    for (const [value, expected] of takes) t.same(parse(value, { date1904: false }), expected, `takes ${shown(value)}`)
    for (const value of refuses) t.equal(parse(value, { date1904: false }), UNPARSEABLE, `refuses ${shown(value)}`)
  })
}

t.test('every parse of the program stands in the table', async (t) => {
  t.same(Object.keys(PARSES).sort(), Object.keys(VALUE_PARSERS).sort())
})

t.test('a workbook of the 1904 system counts its days from there', async (t) => {
  for (const [serial, date] of [
    ['0', '1904-01-01'],
    ['1', '1904-01-02'],
    ['59', '1904-02-29'],
    ['60', '1904-03-01'],
    ['61', '1904-03-02'],
    // The same day in both systems is 1462 days apart.
    [String(43543 - 1462), '2019-03-19'],
  ] as const) {
    t.equal(VALUE_PARSERS.date(n(serial), { date1904: true }), date, serial)
    t.equal(VALUE_PARSERS.month(n(serial), { date1904: true }), date.slice(0, 7))
  }
})

t.test('serials are the days that the calendar has', async (t) => {
  for (let serial = 61; serial < 60_000; serial += 997) {
    // A number that reads as a bare year is refused: see the table.
    if (serial >= 1900 && serial < 2200) continue
    const date = new Date(Date.UTC(1900, 2, 1) + (serial - 61) * 86_400_000).toISOString().slice(0, 10)
    t.equal(VALUE_PARSERS.date(n(String(serial)), { date1904: false }), date)
  }
})
