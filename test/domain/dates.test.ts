import fc from 'fast-check'
import t from 'tap'
import {
  addCalendarDays,
  addMonths,
  ageOn,
  dateInChina,
  daysBetween,
  daysInMonth,
  formatDate,
  isDate,
  isMonth,
  isRealDate,
  monthOf,
  monthsBefore,
} from '../../src/domain/dates.ts'

t.test('a year is a leap year by the Gregorian rule', async (t) => {
  for (const [year, days] of [
    [1900, 28],
    [1904, 29],
    [2000, 29],
    [2023, 28],
    [2024, 29],
    [2100, 28],
  ] as const) {
    t.equal(daysInMonth(year, 2), days, `February ${year} has ${days} days`)
    t.equal(isRealDate(year, 2, 29), days === 29, `29 February ${year}`)
  }
})

t.test('a date is a real day in the form YYYY-MM-DD and nothing else', async (t) => {
  for (const text of ['2026-01-03', '2024-02-29', '1800-01-01', '2199-12-31'])
    t.equal(isDate(text), true, `takes ${text}`)
  for (const text of [
    '',
    '2026-1-3',
    '20260103',
    '2026/01/03',
    '2026-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-00-10',
    '2026-13-01',
    '2026-01-00',
    '2026-01-32',
    ' 2026-01-03',
    '2026-01-03T00:00',
    '1799-12-31',
    '2200-01-01',
  ]) {
    t.equal(isDate(text), false, `refuses "${text}"`)
  }
})

t.test('a month is YYYY-MM and nothing else', async (t) => {
  for (const text of ['2026-01', '2026-12']) t.equal(isMonth(text), true, `takes ${text}`)
  for (const text of ['', '2026', '202601', '2026-1', '2026-00', '2026-13', '2026-01-01'])
    t.equal(isMonth(text), false, `refuses "${text}"`)
  t.equal(monthOf('2026-11-01'), '2026-11')
})

t.test('months before a date are counted over years', async (t) => {
  for (const [date, count, month] of [
    ['2026-11-01', 12, '2025-11'],
    ['2026-11-30', 6, '2026-05'],
    ['2026-01-31', 1, '2025-12'],
    ['2026-01-01', 0, '2026-01'],
    ['2026-01-15', 13, '2024-12'],
    ['2026-12-31', 12, '2025-12'],
    ['2026-03-31', 1, '2026-02'],
    ['2026-02-28', 26, '2023-12'],
  ] as const) {
    t.equal(monthsBefore(date, count), month, `${count} before ${date}`)
  }
})

t.test('n steps of one month are n months', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1950, max: 2100 }), fc.integer({ min: 1, max: 12 }), fc.nat(60), (year, month, n) => {
      let at = formatDate(year, month, 1)
      for (let i = 0; i < n; i++) at = `${monthsBefore(at, 1)}-01`
      return monthOf(at) === monthsBefore(formatDate(year, month, 15), n)
    }),
  )
})

t.test('age is in completed years', async (t) => {
  for (const [born, on, age] of [
    ['1970-03-07', '2026-03-06', 55],
    ['1970-03-07', '2026-03-07', 56],
    ['2008-11-01', '2026-10-31', 17],
    ['2008-11-01', '2026-11-01', 18],
    ['2000-02-29', '2018-02-28', 17],
    ['2000-02-29', '2018-03-01', 18],
    ['2000-02-29', '2020-02-28', 19],
    ['2000-02-29', '2020-02-29', 20],
    ['2026-11-01', '2026-11-01', 0],
  ] as const) {
    t.equal(ageOn(born, on), age, `born ${born}, on ${on}`)
  }
})

t.test('today is the date in China, eight hours ahead of UTC', async (t) => {
  for (const [instant, date] of [
    ['2026-10-31T15:59:59.999Z', '2026-10-31'],
    ['2026-10-31T16:00:00.000Z', '2026-11-01'],
    ['2026-11-01T00:00:00.000Z', '2026-11-01'],
    ['2026-12-31T16:00:00.000Z', '2027-01-01'],
    ['2024-02-28T16:00:00.000Z', '2024-02-29'],
    // Between 1986 and 1991 China had summer time; a date in the present has none.
    ['2026-07-15T15:30:00.000Z', '2026-07-15'],
  ] as const) {
    t.equal(dateInChina(new Date(instant)), date, instant)
  }
})

t.test('days between two dates are calendar days', async (t) => {
  for (const [from, to, days] of [
    ['2026-10-31', '2026-11-01', 1],
    ['2026-11-01', '2026-11-01', 0],
    ['2026-11-01', '2026-10-31', -1],
    ['2024-02-28', '2024-03-01', 2],
    ['2023-02-28', '2023-03-01', 1],
    ['2025-12-31', '2026-12-31', 365],
    ['2026-09-02', '2026-11-01', 60],
  ] as const) {
    t.equal(daysBetween(from, to), days, `${from} to ${to}`)
  }
})

t.test('days are counted over months and years', async (t) => {
  for (const [from, days, date] of [
    ['2026-11-02', 60, '2027-01-01'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-02-28', 1, '2026-03-01'],
    ['2026-03-01', -1, '2026-02-28'],
    ['2026-03-01', 0, '2026-03-01'],
  ] as const)
    t.equal(addCalendarDays(from, days), date, `${from} + ${days}`)
})

t.test('months keep the day, and end with the month that lacks it', async (t) => {
  for (const [from, months, date] of [
    ['2026-11-02', 6, '2027-05-02'],
    ['2026-08-31', 6, '2027-02-28'],
    ['2027-08-31', 6, '2028-02-29'],
    ['2026-10-31', 1, '2026-11-30'],
    ['2026-12-15', 1, '2027-01-15'],
    ['2026-05-31', 12, '2027-05-31'],
    ['2026-03-31', -1, '2026-02-28'],
  ] as const)
    t.equal(addMonths(from, months), date, `${from} + ${months}`)
})
