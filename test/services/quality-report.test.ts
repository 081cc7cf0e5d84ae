import t, { type Test } from 'tap'
import { QUALITY_REPORT_SCHEMA, type QualityReport } from '../../src/domain/quality-report.ts'
import { createAjv } from '../../src/domain/schema-errors.ts'
import { ingestDelivery } from '../../src/services/ingest-delivery.ts'
import { showDelivery } from '../../src/services/show-delivery.ts'
import { rowOf, writeSource } from '../support/departments.ts'
import { householdOf, LI, memberOf, personOf, STRANGER, WANG, ZHAO } from '../support/people.ts'
import { AS_OF, createWork, type Work } from '../support/work.ts'

const isReport = createAjv().compile(QUALITY_REPORT_SCHEMA)

async function qualityOf(test: Pick<Test, 'ok'>, work: Work, delivery: string): Promise<QualityReport> {
  const { quality } = await showDelivery(work.hedui.database, delivery)
  test.ok(isReport(quality), JSON.stringify(isReport.errors))
  return quality!
}

t.test('says of a delivery what its rows, the register and the calendar tell', async (t) => {
  const work = await createWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  const { delivery } = await work.deliver('vehicle', [
    rowOf.vehicle(WANG, { 购置价: '100000.00' }),
    rowOf.vehicle(LI, { 号牌号码: '赣XA0002', 购置价: '100000.00' }),
    rowOf.vehicle(LI, { 号牌号码: '赣XA0003' }),
    rowOf.vehicle({ ...ZHAO, idNumber: '3699011970' }, { 号牌号码: '赣XA0004' }),
    rowOf.vehicle(ZHAO, { 购置价: '面议' }),
    rowOf.vehicle(ZHAO, { 号牌种类: '' }),
    rowOf.vehicle(ZHAO, { 购置价: '12万' }),
  ])
  const quality = await qualityOf(t, work, delivery)
  const columns = new Map(quality.columns.map((column) => [column.column, column]))
  t.same(columns.get('购置价'), {
    column: '购置价',
    rows: 4,
    empty: 2,
    emptyShare: 0.5,
    looked: 2,
    distinct: 1,
    exact: true,
  })
  t.match(columns.get('号牌号码'), { rows: 4, empty: 0, distinct: 4 })
  t.same([...columns.keys()].toSorted(), [...work.hedui.adapters.get('vehicle')!.mapper.columns].toSorted())
  t.same(quality.quarantine, [
    { code: 'RECORD_UNPARSEABLE', column: '购置价', count: 2, lines: [6, 8] },
    { code: 'RECORD_MISSING', column: '号牌种类', count: 1, lines: [7] },
  ])
  t.same(quality.ageDays, 7, 'of 25 October, received on 1 November')
  t.same(quality.known, { of: 'people', counted: 2, found: 1, share: 0.5, sample: 1 })
  t.equal(quality.overlap, null, 'nothing came before')
  t.notMatch(JSON.stringify(quality), /王守仁|李友琴|面议|36990119/, 'and no value of a row')
})

t.test('with strangers dropped it speaks of the rows that were kept', async (t) => {
  const work = await createWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  const { delivery } = await work.deliver('bank', [
    rowOf.deposit(WANG, { 开户日期: 43543 }),
    rowOf.deposit(WANG, { 账号: '2' }),
    rowOf.deposit(STRANGER, { 账号: '3', 余额: '面议' }),
    rowOf.deposit(STRANGER, { 账号: '4' }),
  ])
  const quality = await qualityOf(t, work, delivery)
  const columns = new Map(quality.columns.map((column) => [column.column, column]))
  t.match(columns.get('账号'), { rows: 2, distinct: 2 })
  t.match(columns.get('开户日期'), { rows: 2, empty: 1, emptyShare: 0.5 })
  t.match(columns.get('年缴保费'), { rows: 0, emptyShare: null }, 'a column of policies, of which there are none')
  t.same(quality.quarantine, [], 'a stranger’s bad row is dropped')
  t.same(quality.known, { of: 'rows', counted: 4, found: 2, share: 0.5, sample: 1 })
})

t.test('is the same whether one thread reads the file or several', async (t) => {
  const work = await createWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  const rows = Array.from({ length: 900 }, (_, i) =>
    rowOf.contribution(i % 50 === 0 ? WANG : personOf(i, '乙'), {
      aae002: i % 9 === 0 ? '2026-13' : '202610',
      ...(i % 2 ? { aab004: undefined as never } : {}),
      ...(i % 30 === 0 ? { aae140: '' } : {}),
    }),
  )
  const path = writeSource(work.folder, 'social-insurance', rows)
  const load = async (region: string, from: number, retain: 'all' | 'known') => {
    const request = { source: 'social-insurance', path, asOf: AS_OF.tax, region, retain, actor: 'test' } as const
    const { delivery } = await ingestDelivery({ ...work.hedui, parts: { from, bytes: 4000 } }, request)
    return qualityOf(t, work, delivery)
  }
  for (const retain of ['all', 'known'] as const) {
    const region = retain === 'all' ? '1' : '2'
    const whole = await load(`${region}1`, Number.POSITIVE_INFINITY, retain)
    t.same(await load(`${region}2`, 0, retain), whole, retain)
    t.ok(whole.quarantine.length > 0 && whole.quarantine[0]!.lines.length === 3)
    t.ok(whole.absentColumns.length > 0, 'columns of benefits')
  }
})
