import fc from 'fast-check'
import t from 'tap'
import { formatYuan, formatYuanGrouped, parseYuan } from '../../src/domain/money.ts'

t.test('a decimal string of yuan is fen', async (t) => {
  for (const [text, fen] of [
    ['745.00', 74500],
    ['745', 74500],
    ['745.5', 74550],
    ['0', 0],
    ['0.01', 1],
    ['0.1', 10],
    ['-3.5', -350],
    ['-0.01', -1],
    ['-0.00', 0],
    ['007.20', 720],
    ['9999999999999.99', 999_999_999_999_999],
    ['-9999999999999.99', -999_999_999_999_999],
  ] as const) {
    t.ok(Object.is(parseYuan(text), fen), `${text} is ${fen} fen`)
  }
})

t.test('what is no decimal string of yuan is refused', async (t) => {
  for (const text of [
    '',
    ' ',
    '.',
    '-',
    '1.',
    '.5',
    '1.234',
    '1,234.50',
    '12万',
    '￥12',
    '12元',
    '1e3',
    '+1',
    '--1',
    '１２',
    ' 1',
    '1 ',
    '1\n',
    '0x10',
    'NaN',
    'Infinity',
    '10000000000000',
    '12345678901234.00',
  ]) {
    t.equal(parseYuan(text), null, JSON.stringify(text))
  }
})

t.test('fen are written as yuan with two places', async (t) => {
  for (const [fen, text, grouped] of [
    [0, '0.00', '0.00'],
    [1, '0.01', '0.01'],
    [-5, '-0.05', '-0.05'],
    [10, '0.10', '0.10'],
    [74500, '745.00', '745.00'],
    [99999, '999.99', '999.99'],
    [100000, '1000.00', '1,000.00'],
    [8640000, '86400.00', '86,400.00'],
    [-123456789, '-1234567.89', '-1,234,567.89'],
    [12345678901234567890n, '123456789012345678.90', '123,456,789,012,345,678.90'],
    [-100n, '-1.00', '-1.00'],
  ] as const) {
    t.equal(formatYuan(fen), text)
    t.equal(formatYuanGrouped(fen), grouped)
  }
})

t.test('an amount that is written and read again is the same amount', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }),
      (fen) => parseYuan(formatYuan(fen)) === fen && formatYuanGrouped(fen).replaceAll(',', '') === formatYuan(fen),
    ),
  )
})
