import t from 'tap'
import { rowOf } from '../support/departments.ts'
import { householdOf, LI, memberOf, QIAN, STRANGER, WANG, ZHAO } from '../support/people.ts'
import { createWork, fatesOf } from '../support/work.ts'

const masked = { name: '孙*', idNumber: '369901********9007' }
const rows = [
  rowOf.deposit(WANG, { 余额: 100 }),
  rowOf.deposit(STRANGER),
  rowOf.deposit(STRANGER, { 账号: '2', 余额: '面议' }),
  rowOf.deposit(masked),
  rowOf.deposit(LI, { 余额: 'ten' }),
  rowOf.deposit({ ...WANG, name: '王守义' }),
]

t.test('a source that answers for listed people keeps no strangers', async (t) => {
  const work = await createWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG), memberOf('P2', LI)])])
  const report = await work.deliver('bank', rows)
  t.match(report, { rows: 6, kept: 1, dropped: 2, unidentified: 1, quarantined: 1, leads: 1 })
  t.same(report.state, 'held', 'one of the four rows that count is bad')
  t.same(
    (await fatesOf(work, report.delivery)).map(({ row, fate }) => [row, fate]),
    [
      [2, 'record'],
      [7, 'lead'],
    ],
  )
  const quarantined = await work.query('select row, code from quarantined_row where delivery_id = $1', [
    report.delivery,
  ])
  t.same(quarantined, [{ row: 6, code: 'RECORD_UNPARSEABLE' }], 'the bad row of a stranger is dropped')
})

t.test('--retain all keeps them and quarantines their bad rows', async (t) => {
  const work = await createWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG), memberOf('P2', LI)])])
  const report = await work.deliver('bank', rows, { retain: 'all' })
  t.match(report, { rows: 6, kept: 2, dropped: 0, unidentified: 1, quarantined: 2, leads: 1 })
})

t.test('people who came to the register afterwards are source-missing, not clear', async (t) => {
  const work = await createWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  const { delivery } = await work.deliver('bank', [rowOf.deposit(WANG), rowOf.deposit(ZHAO, { 余额: 900000 })])
  await work.importLines([
    householdOf('H2', [memberOf('P1', ZHAO)]),
    householdOf('H3', [memberOf('P1', WANG), memberOf('P2', QIAN)]),
  ])
  const alone = await work.resultsOf('H2')
  t.match(alone.get('deposits'), {
    outcome: 'unverifiable',
    measure: null,
    limit: null,
    evidence: [],
    missing: [{ why: 'source-missing', source: 'bank', person: 'P1' }],
  })
  const mixed = await work.resultsOf('H3')
  t.same(mixed.get('deposits')!.missing, [{ why: 'source-missing', source: 'bank', person: 'P2' }])
  t.match((await work.resultsOf('H1')).get('deposits'), { outcome: 'clear', measure: '1000.00' })
  const { results } = await work.check({ scope: { ids: ['H2'] } })
  t.match(
    results[0]!.sources.find(({ source }) => source === 'bank'),
    { state: 'fresh', delivery },
    'the source itself is there',
  )
  await work.deliver('bank', [rowOf.deposit(WANG), rowOf.deposit(ZHAO, { 余额: 900000 })], { asOf: '2026-11-01' })
  t.match((await work.resultsOf('H2')).get('deposits'), { outcome: 'warned', measure: '900000.00', missing: [] })
})

t.test('rows of everybody are kept where the adapter says all: a household may come later', async (t) => {
  const work = await createWork(t)
  await work.deliver('vehicle', [rowOf.vehicle(WANG), rowOf.vehicle(ZHAO)])
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  t.match((await work.resultsOf('H1')).get('vehicles'), { outcome: 'warned', measure: 1, missing: [] })
})

t.test('a row of another name that came before the person was known is a lead all the same', async (t) => {
  const work = await createWork(t)
  await work.deliver('vehicle', [rowOf.vehicle({ ...WANG, name: '王守义' })])
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  const { results } = await work.check()
  t.match(results[0]!.leads, [{ source: 'vehicle', person: 'P1', row: 2, why: 'name-differs' }])
  t.match(
    results[0]!.results.find(({ rule }) => rule === 'vehicles'),
    { outcome: 'clear', measure: 0 },
  )
})
