import t from 'tap'
import { parseCalendar } from '../../src/domain/working-calendar.ts'
import { HeduiError } from '../../src/errors.ts'
import { CALENDAR_TEXT } from './calendars.ts'

const parse = (...texts: readonly string[]) => parseCalendar(texts.map((text, i) => ({ file: `${i}.yaml`, text })))

function refusals(...texts: readonly string[]): string[] {
  try {
    parse(...texts)
    return []
  } catch (error) {
    if (!(error instanceof HeduiError)) throw error
    return [error, ...error.others].map(({ code, located }) => `${code} ${located}`)
  }
}

/** The shipped file with one text in place of another, which it must have. */
function changed(from: string, to: string): string {
  if (!CALENDAR_TEXT.includes(from)) throw new Error(`the calendar lacks ${from}`)
  return CALENDAR_TEXT.replace(from, to)
}

t.test('the shipped calendar knows 2024 to 2026', async (t) => {
  t.same(parse(CALENDAR_TEXT).years, [2024, 2025, 2026])
})

t.test('each day of 2026 is off or worked as the notice says', async (t) => {
  const calendar = parse(CALENDAR_TEXT)
  // 国办发明电〔2025〕7号: weekdays off, weekend days worked.
  const off =
    '01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07'
  const worked = '01-04 02-14 02-28 05-09 09-20 10-10'
  for (const day of off.split(' ')) t.equal(calendar.isWorkday(`2026-${day}`), false, `${day} is off`)
  for (const day of worked.split(' ')) t.equal(calendar.isWorkday(`2026-${day}`), true, `${day} is worked`)
  for (const day of ['01-03', '01-10', '02-15', '02-21', '02-22', '05-03', '05-10', '10-04', '10-11'])
    t.equal(calendar.isWorkday(`2026-${day}`), false, `${day} is a weekend`)
  for (const day of ['01-05', '02-13', '02-24', '04-03', '04-07', '05-06', '06-18', '06-22', '09-28', '10-08', '12-29'])
    t.equal(calendar.isWorkday(`2026-${day}`), true, `${day} is a weekday`)
})

t.test('1 January 2027 is not taken for a working day', async (t) => {
  const calendar = parse(CALENDAR_TEXT)
  t.equal(calendar.isWorkday('2027-01-01'), false)
  t.equal(calendar.isCertain('2027-01-01'), false)
  t.equal(calendar.isCertain('2026-12-29'), true)
  t.equal(calendar.isCertain('2026-12-30'), false, 'a notice for 2027 may give it off')
  t.equal(calendar.isCertain('2025-12-31'), true, 'the notice of 2026 is known')
})

t.test('a year may stand in a file of its own', async (t) => {
  const next = `years:
  - year: 2027
    authority: made for a test
    holidays:
      - { name: 元旦, from: 2027-01-01, to: 2027-01-03 }
      - { name: 春节, from: 2027-02-05, to: 2027-02-12 }
      - { name: 清明节, from: 2027-04-03, to: 2027-04-05 }
      - { name: 劳动节, from: 2027-05-01, to: 2027-05-05 }
      - { name: 端午节, from: 2027-06-09, to: 2027-06-09 }
      - { name: 中秋节, from: 2027-09-15, to: 2027-09-15 }
      - { name: 国庆节, from: 2027-10-01, to: 2027-10-07 }
    workdays: []
`
  const calendar = parse(CALENDAR_TEXT, next)
  t.same(calendar.years, [2024, 2025, 2026, 2027])
  t.equal(calendar.isCertain('2026-12-31'), true)
  t.equal(calendar.isWorkday('2026-12-31'), true)
  t.match(refusals(CALENDAR_TEXT, next, next), [
    /^DEFINITION_CALENDAR 2\.yaml.*\(years\.0\.year\): the year 2027 stands twice$/,
  ])
})

const NATIONAL_DAY = '      - { name: 国庆节, from: 2026-10-01, to: 2026-10-07 }\n'
const WORKED = 'workdays: [2026-01-04,'

const BROKEN: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  [
    'an unknown word',
    changed('    workdays: [2026', '    workday: []\n    workdays: [2026'),
    /years\.2\.workday\): unknown field "workday"; allowed: year, authority, holidays, workdays/,
  ],
  [
    'a year without authority',
    changed('    authority: "国办发明电〔2025〕7号 (2025-11-04), 原文 read"\n', ''),
    /lacks the field "authority"/,
  ],
  [
    'a date that is none',
    changed('from: 2026-10-01', 'from: 2026-09-31'),
    /years\.2\.holidays\.6\.from\): must be a real date/,
  ],
  [
    'a date of another form',
    changed('from: 2026-10-01', 'from: 2026/10/1'),
    /years\.2\.holidays\.6\.from\): must be a date such as 2026-10-01/,
  ],
  [
    'a range that ends before it begins',
    changed('to: 2026-10-07', 'to: 2026-09-30'),
    /holidays\.6\.to\): must not be before "from"/,
  ],
  [
    'a range across years',
    changed('from: 2026-01-01', 'from: 2025-12-31'),
    /holidays\.0\.from\): must be in 2026: days that a notice gives in another year stand with that year/,
  ],
  [
    'a range that ends in the next year',
    changed('to: 2026-10-07', 'to: 2027-10-07'),
    /holidays\.6\.to\): must be in 2026/,
  ],
  [
    'a range of months',
    changed('to: 2026-10-07', 'to: 2026-12-07'),
    /holidays\.6\.to\): a holiday has at most 15 days/,
  ],
  [
    'a holiday that repeats',
    changed(NATIONAL_DAY, NATIONAL_DAY + NATIONAL_DAY),
    /holidays\.7\.from\): 2026-10-01 is off already/,
  ],
  [
    'holidays that overlap',
    changed('to: 2026-09-27', 'to: 2026-10-01'),
    /holidays\.6\.from\): 2026-10-01 is off already/,
  ],
  [
    'a holiday that is missing',
    changed(NATIONAL_DAY, ''),
    /years\.2\.holidays\): no day of 国庆节 is off: the year is not written down whole/,
  ],
  [
    'a make-up day that is a weekday',
    changed(WORKED, 'workdays: [2026-01-05,'),
    /workdays\.0\): 2026-01-05 is a Monday to Friday/,
  ],
  [
    'a make-up day within a holiday',
    changed(WORKED, 'workdays: [2026-01-03,'),
    /workdays\.0\): 2026-01-03 is off by a holiday/,
  ],
  ['a make-up day of another year', changed(WORKED, 'workdays: [2025-01-04,'), /workdays\.0\): must be in 2026/],
  ['a make-up day that is none', changed(WORKED, 'workdays: [2026-02-30,'), /workdays\.0\): must be a real date/],
  ['a make-up day that repeats', changed(WORKED, 'workdays: [2026-02-14,'), /workdays\.1\): 2026-02-14 stands twice/],
  ['a year twice', changed('- year: 2025', '- year: 2026'), /\(years\.2\.year\): the year 2026 stands twice/],
  [
    'a window that ends before it begins',
    changed('latest: "02-20"', 'latest: "01-20"'),
    /windows\.1\.latest\): must be a day of every year, not before "earliest"/,
  ],
  [
    'a window on 29 February',
    changed('earliest: "01-21"', 'earliest: "02-29"'),
    /windows\.1\.earliest\): must be a day of every year/,
  ],
  [
    'a festival outside its window',
    changed('dates: [2027-02-06', 'dates: [2027-03-06'),
    /windows\.1\.dates\.0\): must be a real date from "earliest" to "latest"/,
  ],
  ['a festival twice in a year', changed('2028-01-26', '2027-02-07'), /windows\.1\.dates\.1\): the year stands twice/],
  [
    'no window',
    CALENDAR_TEXT.slice(0, CALENDAR_TEXT.indexOf('unknownYears:')),
    /no file has the windows of unknown years/,
  ],
  ['no year', CALENDAR_TEXT.slice(CALENDAR_TEXT.indexOf('unknownYears:')), /no file has a year/],
  ['no YAML', 'years: [', /0\.yaml:1:/],
]

t.test('a calendar that is wrong is refused, with the file and the place in it', async (t) => {
  for (const [what, text, message] of BROKEN) {
    const found = refusals(text)
    t.ok(
      found.some((each) => message.test(each)),
      `${what}: ${found.join(' | ')}`,
    )
    t.ok(
      found.every((each) => each.startsWith('DEFINITION_CALENDAR 0.yaml')),
      what,
    )
  }
})

t.test('windows stand in one file', async (t) => {
  t.match(refusals(CALENDAR_TEXT, CALENDAR_TEXT), [/1\.yaml.*another file has the windows/])
})

t.test('all that is wrong is said at once', async (t) => {
  const text = changed(WORKED, 'workdays: [2026-01-05,').replace('to: 2026-10-07', 'to: 2026-09-30')
  t.match(refusals(text), [/holidays\.6\.to/, /workdays\.0/, /no day of 国庆节/])
})
