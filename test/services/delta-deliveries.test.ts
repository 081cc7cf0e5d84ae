import t from 'tap'
import { type Row, rowOf, type Source, writeSource } from '../support/departments.ts'
import { householdOf, memberOf, WANG } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const work = await createWork(t)
await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])

let files = 0

/** Delivers rows as what has changed since the snapshot before. */
function deliverDelta(source: Source, rows: readonly Row[], asOf: string) {
  const path = writeSource(work.folder, source, rows, { asOf, name: `delta-${files++}` })
  return work.ingest(source, path, { asOf, mode: 'delta' })
}

const income = (month: string, amount: string, more: Row = {}) =>
  rowOf.tax(WANG, { 税款所属期起: `${month}-01`, 本期收入: amount, ...more })

async function incomeOf(asOf: string) {
  const result = (await work.resultsOf('H1', { asOf })).get('income')!
  return {
    measure: result.measure,
    rows: result.evidence.map(({ delivery, row }) => `${delivery} ${row}`).length,
    result,
  }
}

t.test('a delta needs a snapshot to lie on', async (t) => {
  await t.rejects(deliverDelta('tax', [income('2026-05', '1.00')], '2026-09-30'), { code: 'STATE_DELIVERY' })
})

t.test('deltas add, replace and void by key on top of the snapshot, in their order', async (t) => {
  const snapshot = await work.deliver(
    'tax',
    [income('2026-05', '100.00'), income('2026-06', '200.00'), income('2026-07', '400.00')],
    { asOf: '2026-10-01' },
  )
  t.equal((await incomeOf('2026-10-01')).measure, '700.00')

  const first = await deliverDelta(
    'tax',
    // One replaced, one voided, one new; a void of nothing.
    [
      income('2026-05', '150.00'),
      income('2026-06', '0', { 更正标志: '作废' }),
      income('2026-08', '800.00'),
      income('2026-01', '0', { 更正标志: '作废' }),
    ],
    '2026-10-10',
  )
  t.equal(first.state, 'published')
  const after = await incomeOf('2026-10-10')
  t.equal(after.measure, '1350.00', '150 + 400 + 800')
  const cited = new Set(after.result.evidence.map(({ delivery }) => delivery))
  t.same(cited, new Set([snapshot.delivery, first.delivery]), 'each row names the delivery that it stands in')
  t.same(new Set(after.result.evidence.map(({ asOf }) => asOf)), new Set(['2026-10-01', '2026-10-10']))

  const second = await deliverDelta(
    'tax',
    [income('2026-06', '210.00'), income('2026-08', '0', { 更正标志: '作废' })],
    '2026-10-20',
  )
  t.equal((await incomeOf('2026-10-20')).measure, '760.00', '150 + 210 + 400')
  t.equal((await incomeOf('2026-10-10')).measure, '1350.00', 'what came later leaves an earlier date as it was')
  t.equal((await incomeOf('2026-10-09')).measure, '700.00')

  const { results } = await work.check({ asOf: '2026-10-20' })
  const used = results[0]!.sources.find(({ source }) => source === 'tax')
  t.match(used, { delivery: second.delivery, asOf: '2026-10-20', state: 'fresh' })
})

t.test('a later snapshot stands alone', async (t) => {
  await work.deliver('tax', [income('2026-05', '1.00'), income('2026-04', '0.00')], { asOf: '2026-10-25' })
  t.equal((await incomeOf('2026-10-25')).measure, '1.00')
  await deliverDelta('tax', [income('2026-06', '2.00')], '2026-10-26')
  t.equal((await incomeOf('2026-10-26')).measure, '3.00')
})

t.test('the order of preference holds across layers: a contract does not replace its certificate', async (t) => {
  const flat = { 不动产单元号: 'U1', 规划用途: '住宅' }
  await work.deliver(
    'property',
    [rowOf.property(WANG, { ...flat, 建筑面积: '50', 登记类型: '首次登记', 权属状态: '现势' })],
    { asOf: '2026-10-01' },
  )
  await deliverDelta(
    'property',
    [rowOf.property(WANG, { ...flat, 建筑面积: '51', 登记类型: '网签备案', 权属状态: '现势' })],
    '2026-10-05',
  )
  const [evidence] = (await work.resultsOf('H1', { asOf: '2026-10-20' })).get('property')!.evidence
  t.equal(evidence!.asOf, '2026-10-01', 'the certificate of the snapshot stands')
  await deliverDelta(
    'property',
    [rowOf.property(WANG, { ...flat, 建筑面积: '52', 登记类型: '变更登记', 权属状态: '现势' })],
    '2026-10-06',
  )
  const [changed] = (await work.resultsOf('H1', { asOf: '2026-10-20' })).get('property')!.evidence
  t.equal(changed!.asOf, '2026-10-06', 'a later certificate replaces it')
})
