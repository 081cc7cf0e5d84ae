import t from 'tap'
import type { DueHousehold, UnknownDue } from '../../src/domain/due.ts'
import type { RuleSet } from '../../src/rules/rule-set.ts'
import { checkHouseholds } from '../../src/services/check-households.ts'
import { countUnknownDue, listDue } from '../../src/services/list-due.ts'
import { PARAMETERS, ruleSetOf, ruleWith } from '../rules/rule-sets.ts'
import { householdOf, memberOf, personOf } from '../support/people.ts'
import { createWork, errorOf, type Work } from '../support/work.ts'

/** A yearly, B half-yearly, C quarterly; in 369902 C monthly for urban and 6 months until the end of 2026-06. */
const REVIEWS = `reviewMonthsA:
  unit: months
  values:
    - { region: "", from: 2000-01-01, value: 12, authority: none }
reviewMonthsB:
  unit: months
  values:
    - { region: "", from: 2000-01-01, value: 6, authority: none }
reviewMonthsC:
  unit: months
  values:
    - { region: "", from: 2000-01-01, value: 3, authority: none }
    - { region: "369902", scheme: urban-dibao, from: 2000-01-01, until: 2026-06-30, value: 6, authority: none }
    - { region: "369902", scheme: urban-dibao, from: 2026-07-01, value: 1, authority: none }
`
const SET = ruleSetOf([ruleWith()], [PARAMETERS, REVIEWS])

let people = 0
const household = (id: string, more: Record<string, unknown>) =>
  householdOf(id, [memberOf('P1', personOf(people++, '甲'))], more)

async function askDue(work: Work, asOf: string, more: { region?: string; ruleSet?: RuleSet } = {}) {
  const due: DueHousehold[] = []
  const unknown: UnknownDue[] = []
  const { ruleSet = SET, region } = more
  const summary = await listDue(
    { ...work.hedui, ruleSet },
    { asOf, region, actor: '张三', role: 'centre' },
    {
      due: async (one) => {
        due.push(one)
      },
      unknown: async (one) => {
        unknown.push(one)
      },
    },
  )
  const lines = due.map(({ household: id, dueOn, overdueDays, lastCheckedOn }) =>
    [id, dueOn, overdueDays, lastCheckedOn].join(' '),
  )
  return { due, unknown, summary, lines }
}

t.test('a household that was never checked is due so many months after its benefit began', async (t) => {
  const work = await createWork(t)
  await work.importLines([
    household('A', { category: 'A', grantedFrom: '2025-11' }),
    household('B', { category: 'B', grantedFrom: '2026-05' }),
    household('C', { category: 'C', grantedFrom: '2026-08' }),
    household('C9', { category: 'C', grantedFrom: '2026-08', region: '369902001' }),
    household('C9R', { category: 'C', grantedFrom: '2026-08', region: '369902001', scheme: 'rural-dibao' }),
    household('NOT', { category: 'A', grantedFrom: null }),
    household('LATER', { category: 'C', grantedFrom: '2026-12' }),
  ])
  // 12 months from 2025-11-01, 6 from 2026-05-01, 3 from 2026-08-01; urban in 369902 1 from 2026-08-01.
  t.same((await askDue(work, '2026-10-31')).lines, ['C9 2026-09-01 60 '])
  t.same((await askDue(work, '2026-11-01')).lines, [
    'C9 2026-09-01 61 ',
    'A 2026-11-01 0 ',
    'B 2026-11-01 0 ',
    'C 2026-11-01 0 ',
    'C9R 2026-11-01 0 ',
  ])
  t.same((await askDue(work, '2026-11-02', { region: '369902' })).lines, ['C9 2026-09-01 62 ', 'C9R 2026-11-01 1 '])
  t.same((await askDue(work, '2026-06-30')).summary.households, 2, 'A and B; the others are granted later')
  const { summary, due } = await askDue(work, '2026-11-01')
  t.same(summary, {
    asOf: '2026-11-01',
    region: null,
    ruleSet: SET.version,
    households: 5,
    due: 5,
    unknown: 0,
    totals: [
      { category: 'A', households: 1, due: 1, unknown: 0 },
      { category: 'B', households: 1, due: 1, unknown: 0 },
      { category: 'C', households: 3, due: 3, unknown: 0 },
    ],
  })
  t.same(due[0], {
    household: 'C9',
    region: '369902001',
    scheme: 'urban-dibao',
    category: 'C',
    dueOn: '2026-09-01',
    overdueDays: 61,
    lastCheckedOn: null,
    grantedFrom: '2026-08',
    months: 1,
  })
})

t.test('else so many months after the last live check by then; trials do not count', async (t) => {
  const work = await createWork(t)
  await work.importLines([
    household('B1', { category: 'B', grantedFrom: '2024-05' }),
    household('B2', { category: 'B', grantedFrom: '2024-05' }),
    household('C1', { category: 'C', grantedFrom: '2024-05', region: '369902001' }),
  ])
  const check = (asOf: string, ids: string[], trial = false) =>
    checkHouseholds(
      { ...work.hedui, ruleSet: SET, onRuleError: () => {} },
      { scope: { ids }, asOf, trial, actor: 'test' },
    )
  await check('2026-08-31', ['B1', 'B2'])
  await check('2026-03-15', ['B1'])
  await check('2026-10-31', ['B2'], true)
  await check('2026-01-31', ['C1'])
  // 6 months after 31 August is 28 February; a later check of an earlier day, and a trial, change nothing.
  t.same((await askDue(work, '2027-02-27', { region: '369901' })).lines, [])
  t.same((await askDue(work, '2027-02-28', { region: '369901' })).lines, [
    'B1 2027-02-28 0 2026-08-31',
    'B2 2027-02-28 0 2026-08-31',
  ])
  // Asked about a day before the check of August: the one of March counts, or none.
  t.same((await askDue(work, '2026-08-30', { region: '369901' })).lines, ['B2 2024-11-01 667 '])
  t.same((await askDue(work, '2026-09-15', { region: '369901' })).lines, [])
  // Monthly from 31 January: 28 February, and 29 February in a leap year.
  t.same((await askDue(work, '2026-07-31', { region: '369902' })).lines, ['C1 2026-02-28 153 2026-01-31'])
  await check('2028-01-31', ['C1'])
  t.same((await askDue(work, '2028-02-29', { region: '369902' })).lines, ['C1 2028-02-29 0 2028-01-31'])
  t.same((await askDue(work, '2028-02-28', { region: '369902' })).lines, [])
})

t.test('the months are those in force on the date that is asked about', async (t) => {
  const work = await createWork(t)
  await work.importLines([household('C', { category: 'C', grantedFrom: '2026-01', region: '369902001' })])
  const askMonths = async (asOf: string) => (await askDue(work, asOf)).due.map(({ dueOn, months }) => [dueOn, months])
  // Six months until the end of June, one from July.
  t.same(await askMonths('2026-06-30'), [])
  t.same(await askMonths('2026-07-01'), [['2026-02-01', 1]])
  t.not(SET.version, ruleSetOf([ruleWith()]).version, 'parameters that no rule reads are part of the version')
})

t.test('the version that holds on the date says category, region and scheme', async (t) => {
  const work = await createWork(t)
  await work.importLines([household('H', { category: 'A', grantedFrom: '2026-01' })], { asOf: '2026-01-01' })
  await work.importLines([household('H', { category: 'C', grantedFrom: '2026-01' })], { asOf: '2026-09-01' })
  await work.importLines([household('H', { category: 'C', grantedFrom: null })], { asOf: '2026-10-01' })
  t.same((await askDue(work, '2026-08-31')).lines, [])
  t.same((await askDue(work, '2026-09-01')).lines, ['H 2026-04-01 153 '])
  t.match(await askDue(work, '2026-10-01'), { lines: [], unknown: [], summary: { households: 0, totals: [] } })
})

t.test('whoever cannot be dated is told apart with the reason, never left out', async (t) => {
  const work = await createWork(t)
  await work.importLines([
    household('U1', { category: null, grantedFrom: '2026-01' }),
    household('U2', { category: 'D', grantedFrom: '2026-01' }),
    household('U3', { category: '其他', grantedFrom: '2026-01' }),
    household('K', { category: 'A', grantedFrom: '2025-01' }),
    household('APPLICANT', { category: null, grantedFrom: null }),
  ])
  const { unknown, lines, summary } = await askDue(work, '2026-11-01')
  t.same(lines, ['K 2026-01-01 304 '])
  t.same(
    unknown.map(({ household: id, category, why, parameter }) => [id, category, why, parameter]),
    [
      ['U1', null, 'category-missing', null],
      ['U2', 'D', 'parameter-missing', 'reviewMonthsD'],
      ['U3', '其他', 'parameter-missing', 'reviewMonths其他'],
    ],
  )
  t.match(summary, { households: 4, due: 1, unknown: 3 })
  t.same(summary.totals.at(-1), { category: null, households: 1, due: 0, unknown: 1 })
  const without = await askDue(work, '2026-11-01', { ruleSet: ruleSetOf([ruleWith()]) })
  t.match(without, { lines: [], summary: { households: 4, due: 0, unknown: 4 } })
  t.equal(await countUnknownDue({ ...work.hedui, ruleSet: SET }, { asOf: '2026-11-01', region: '' }), 3)
  // A value that is not yet in force on the date is none.
  const later = ruleSetOf([ruleWith()], [PARAMETERS, REVIEWS.replace('2000-01-01', '2026-11-02')])
  t.match(await askDue(work, '2026-11-01', { ruleSet: later }), { lines: [], summary: { unknown: 4 } })
  t.match(await askDue(work, '2026-11-02', { ruleSet: later }), { lines: [/^K /], summary: { unknown: 3 } })
})

t.test('a parameter that is not in months is an error, not a number', async (t) => {
  const work = await createWork(t)
  await work.importLines([household('A', { category: 'A', grantedFrom: '2025-01' })])
  const wrong = REVIEWS.replace('unit: months', 'unit: CNY').replace('value: 12', 'value: "12.00"')
  const ruleSet = ruleSetOf([ruleWith()], [PARAMETERS, wrong])
  t.match(await errorOf(askDue(work, '2026-11-01', { ruleSet })), { code: 'DEFINITION_PARAMETER', message: /months/ })
})

t.test('a run can take just those that are due; its scope is kept', async (t) => {
  const work = await createWork(t)
  await work.importLines([
    household('Z1', { category: 'C', grantedFrom: '2026-01' }),
    household('Z0', { category: 'C', grantedFrom: '2026-02' }),
    household('Y', { category: 'C', grantedFrom: '2026-10' }),
    household('W', { category: 'C', grantedFrom: '2026-01', region: '369902001' }),
    household('U', { category: null, grantedFrom: '2026-01' }),
  ])
  const first = await work.check({ ruleSet: SET, scope: { due: true, region: '369901' } })
  t.same(
    first.results.map(({ householdId }) => householdId),
    ['Z0', 'Z1'],
    'by id, as in any run',
  )
  t.same((await work.query('select scope from run'))[0], { scope: { due: true, region: '369901' } })
  t.same((await askDue(work, '2026-11-01')).lines, ['W 2026-02-01 273 '], 'they are not due any more')
  const next = await work.check({ ruleSet: SET, scope: { due: true } })
  t.same(
    next.results.map(({ householdId }) => householdId),
    ['W'],
  )
  t.same((await work.check({ ruleSet: SET, scope: { due: true } })).results, [], 'nobody is due')
})

t.test('many are read a page at a time, in order', async (t) => {
  const work = await createWork(t)
  const ids = Array.from({ length: 4001 }, (_, i) => `H${String((i * 7919) % 4001).padStart(4, '0')}`)
  await work.importLines(
    ids.map((id, i) =>
      householdOf(id, [memberOf('P1', personOf(i % 900, '甲'))], {
        category: i % 2 ? 'B' : null,
        grantedFrom: `2024-0${1 + (i % 3)}`,
      }),
    ),
  )
  const { due, unknown } = await askDue(work, '2026-11-01')
  t.same([due.length, unknown.length], [2000, 2001])
  const sorted = due.toSorted((a, b) => (`${a.dueOn} ${a.household}` < `${b.dueOn} ${b.household}` ? -1 : 1))
  t.same(due, sorted)
  t.same(
    unknown.map(({ household: id }) => id),
    unknown.map(({ household: id }) => id).toSorted(),
  )
})

t.test('who asked is kept', async (t) => {
  const work = await createWork(t)
  await work.importLines([household('A', { category: 'A', grantedFrom: '2025-01' })])
  await askDue(work, '2026-11-01', { region: '36' })
  t.match(await work.query('select actor, role, action, subject from audit'), [
    { actor: '张三', role: 'centre', action: 'list due', subject: { asOf: '2026-11-01', region: '36', households: 1 } },
  ])
})
