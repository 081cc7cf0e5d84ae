import fc from 'fast-check'
import t from 'tap'
import { addCalendarDays } from '../../src/domain/dates.ts'
import {
  addWorkingDays,
  firstUncertainDay,
  rollToWorkday,
  settleDeadline,
  workingDaysBetween,
} from '../../src/domain/working-days.ts'
import { calendarOf, madeUpYear } from './calendars.ts'

const ALL = [2024, 2025, 2026]
const calendar = calendarOf(ALL)

/** Counted by hand on the State Council's notices: the day of service, how many days, the last one. */
const BY_HAND: readonly (readonly [from: string, days: number, date: string, why: string])[] = [
  ['2026-11-02', 10, '2026-11-16', 'two weeks without a holiday'],
  ['2026-11-06', 1, '2026-11-09', 'over a weekend'],
  ['2026-11-07', 1, '2026-11-09', 'served on a Saturday'],
  ['2026-02-10', 10, '2026-03-02', 'two Saturdays worked round Spring Festival, nine days off'],
  ['2026-02-13', 1, '2026-02-14', 'ends on a Saturday that is worked'],
  ['2026-02-14', 1, '2026-02-24', 'served on it'],
  ['2026-02-18', 5, '2026-02-28', 'served within the holiday, ends on the Saturday after'],
  ['2026-04-30', 10, '2026-05-18', 'five days off, Saturday 9 May worked'],
  ['2026-06-18', 1, '2026-06-22', 'Dragon Boat Festival'],
  ['2026-09-18', 10, '2026-10-09', 'Sunday 20 September worked, Mid-Autumn and National Day off'],
  ['2026-09-28', 10, '2026-10-16', 'National Day and the Saturday after'],
  ['2026-09-30', 3, '2026-10-10', 'ends on that Saturday'],
  ['2025-09-26', 5, '2025-10-10', 'Sunday 28 September worked, eight days off'],
  ['2025-12-31', 1, '2026-01-04', 'a Sunday worked after New Year'],
  ['2025-12-30', 10, '2026-01-14', 'over the turn of two known years'],
  ['2026-12-15', 10, '2026-12-29', 'the last day that no notice of the next year can touch'],
]

t.test('deadlines of known years are those counted by hand', async (t) => {
  for (const [from, days, date, why] of BY_HAND)
    t.same(addWorkingDays(calendar, from, days), { date, provisional: false }, `${from} + ${days}: ${why}`)
})

/** Likewise, with every day off that could be off in a year without a notice. */
const PROVISIONAL: readonly (readonly [from: string, days: number, date: string, why: string])[] = [
  ['2026-12-16', 10, '2027-01-04', '30 and 31 December wait for the notice of 2027'],
  ['2026-12-25', 10, '2027-01-13', '28 and 29 December, then from 4 January'],
  ['2027-01-29', 10, '2027-02-24', 'Spring Festival of 6 February: from the 3rd to the 14th'],
  ['2027-04-01', 1, '2027-04-08', 'Qingming: from the 2nd to the 7th'],
  ['2027-04-27', 1, '2027-05-06', 'from 28 April to 5 May'],
  ['2027-06-04', 2, '2027-06-15', 'Dragon Boat Festival of 9 June: from Monday the 7th to Friday the 11th'],
  ['2027-09-24', 10, '2027-10-20', 'National Day: from 29 September to 8 October'],
  ['2036-01-17', 1, '2036-02-29', 'Spring Festival at an unknown date: from 18 January to 28 February'],
]

t.test('deadlines of unknown years are provisional and leave out what could be off', async (t) => {
  for (const [from, days, date, why] of PROVISIONAL)
    t.same(addWorkingDays(calendar, from, days), { date, provisional: true }, `${from} + ${days}: ${why}`)
})

t.test('a deadline that passes days that are not known is provisional where it ends on one that is', async (t) => {
  t.same(addWorkingDays(calendarOf([2024, 2026]), '2025-12-29', 10), { date: '2026-01-13', provisional: true })
  t.same(addWorkingDays(calendarOf([2025, 2026]), '2025-12-29', 10), { date: '2026-01-13', provisional: false })
})

t.test('a year has as many working days as the law leaves', async (t) => {
  // 365 or 366 days less 104 of weekends, less 11 festival days, 13 since 2025 (全国年节及纪念日放假办法).
  const all = calendarOf(ALL, [madeUpYear(2027, [['01-01', '01-03']])])
  for (const [year, days] of [
    [2024, 366 - 104 - 11],
    [2025, 365 - 104 - 13],
    [2026, 365 - 104 - 13],
  ] as const)
    t.equal(workingDaysBetween(all, `${year - 1}-12-31`, `${year}-12-31`), days, `${year}`)
})

t.test('a limit of calendar days moves on to a working day', async (t) => {
  for (const [date, end] of [
    ['2026-11-16', '2026-11-16'],
    ['2026-11-14', '2026-11-16'],
    ['2026-10-02', '2026-10-08'],
    ['2026-10-10', '2026-10-10'],
  ] as const)
    t.same(rollToWorkday(calendar, date), { date: end, provisional: false }, date)
  t.same(rollToWorkday(calendar, '2026-12-30'), { date: '2027-01-04', provisional: true })
})

t.test('a number of days is a whole one from 1', async (t) => {
  for (const count of [0, -1, 1.5, Number.NaN])
    t.throws(() => addWorkingDays(calendar, '2026-11-02', count), RangeError)
})

t.test('a provisional deadline settles later or where it was, never earlier', async (t) => {
  const from = { from: '2026-12-25', workingDays: 10 }
  const told = addWorkingDays(calendar, from.from, from.workingDays)
  const plain = calendarOf(ALL, [madeUpYear(2027, [['01-01', '01-03']])])
  t.equal(
    addWorkingDays(plain, from.from, from.workingDays).date,
    '2027-01-11',
    'the notice would have been kinder to the agency',
  )
  t.same(settleDeadline(told, plain, from), { date: '2027-01-13', provisional: false }, 'what was told stands')
  t.same(settleDeadline(told, plain), { date: '2027-01-13', provisional: false })

  const dayOff = calendarOf(ALL, [
    madeUpYear(2027, [
      ['01-01', '01-03'],
      ['01-13', '01-14'],
    ]),
  ])
  t.same(settleDeadline(told, dayOff), { date: '2027-01-15', provisional: false }, 'it does not end on a day off')

  const weekOff = calendarOf(ALL, [madeUpYear(2027, [['01-01', '01-11']])])
  t.same(settleDeadline(told, weekOff, from), { date: '2027-01-19', provisional: false }, 'a week that nobody foresaw')
  t.same(settleDeadline(told, calendar, from), told, 'nothing new is known')
})

t.test('the first day that is not known is the one that waits for the next notice', async (t) => {
  t.equal(firstUncertainDay(calendar, '2026-11-22'), '2026-12-30')
  t.equal(firstUncertainDay(calendar, '2027-03-01'), '2027-03-01')
  t.equal(firstUncertainDay(calendarOf([2026]), '2025-12-31'), '2025-12-31')
})

const date = fc.integer({ min: 0, max: 1500 }).map((days) => addCalendarDays('2023-11-15', days))
const count = fc.integer({ min: 1, max: 60 })
const known = fc.subarray(ALL).map((years) => calendarOf(years))

t.test(
  'a deadline is a working day, the one that was asked for, and later for a later day and for more days',
  async () => {
    fc.assert(
      fc.property(known, date, count, fc.nat(40), (calendar, from, days, more) => {
        const { date: end } = addWorkingDays(calendar, from, days)
        const later = addWorkingDays(calendar, addCalendarDays(from, more), days)
        return (
          end > from &&
          calendar.isWorkday(end) &&
          workingDaysBetween(calendar, from, end) === days &&
          addWorkingDays(calendar, from, days + 1).date > end &&
          later.date >= end
        )
      }),
      { numRuns: 500 },
    )
  },
)

t.test('what is not known makes a deadline later, never earlier, and is told', async () => {
  fc.assert(
    fc.property(fc.subarray(ALL), date, count, (years, from, days) => {
      const some = addWorkingDays(calendarOf(years), from, days)
      const all = addWorkingDays(calendar, from, days)
      return some.provisional ? some.date >= all.date : some.date === all.date && !all.provisional
    }),
    { numRuns: 800 },
  )
})

/** Notices that nobody would give: any days off, any weekend days worked. */
const anyNotice = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 364 }), { maxLength: 40 }),
    fc.array(fc.integer({ min: 0, max: 364 }), { maxLength: 40 }),
  )
  .map(([off, worked]) => {
    const dayOf = (day: number) => addCalendarDays('2027-01-01', day).slice(5)
    return madeUpYear(
      2027,
      off.map((day) => [dayOf(day), dayOf(day)] as const),
      worked.map(dayOf),
    )
  })

t.test('whatever the notice says, a deadline settles on a working day, not before what was told', async () => {
  const autumn = fc.integer({ min: 0, max: 330 }).map((days) => addCalendarDays('2026-11-01', days))
  fc.assert(
    fc.property(anyNotice, autumn, count, (notice, from, workingDays) => {
      const told = addWorkingDays(calendar, from, workingDays)
      const next = calendarOf(ALL, [notice])
      return [settleDeadline(told, next), settleDeadline(told, next, { from, workingDays })].every(
        (settled) =>
          settled.date >= told.date &&
          next.isWorkday(settled.date) &&
          settleDeadline(settled, next, { from, workingDays }).date >= settled.date,
      )
    }),
    { numRuns: 500 },
  )
})
