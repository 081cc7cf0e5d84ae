import t, { type Test } from 'tap'
import { discardDelivery, releaseDelivery } from '../../src/services/release-delivery.ts'
import { listDeliveryEvents } from '../../src/services/show-delivery.ts'
import { type Row, rowOf } from '../support/departments.ts'
import { householdOf, LI, memberOf, WANG, ZHAO } from '../support/people.ts'
import { createWork, errorOf, type Work } from '../support/work.ts'

/** A county with one household in 369901003 and one in 369902001. */
async function createCounty(test: Test): Promise<Work> {
  const work = await createWork(test)
  await work.importLines([
    householdOf('H1', [memberOf('P1', WANG)]),
    householdOf('H2', [memberOf('P1', LI)], { region: '369902001' }),
  ])
  return work
}

const plates = (count: number, more: Row = {}) =>
  Array.from({ length: count }, (_, i) => rowOf.vehicle(i === 0 ? WANG : ZHAO, { 号牌号码: `赣XB${i}`, ...more }))

/** The delivery that a check of the household uses for vehicles, and the measure that comes of it. */
async function usedBy(work: Work, household = 'H1', asOf = '2026-11-01') {
  const { results } = await work.check({ scope: { ids: [household] }, asOf })
  const use = results[0]!.sources.find(({ source }) => source === 'vehicle')!
  const result = results[0]!.results.find(({ rule }) => rule === 'vehicles')!
  return { delivery: use.delivery, state: use.state, measure: result.measure, outcome: result.outcome }
}

t.test('the same file twice is the same delivery', async (t) => {
  const work = await createCounty(t)
  const first = await work.deliver('vehicle', plates(3))
  const second = await work.deliver('vehicle', plates(3))
  t.match(second, { delivery: first.delivery, repeated: true, rows: 3, kept: 3, state: 'published' })
  const otherDay = await work.deliver('vehicle', plates(3), { asOf: '2026-10-26' })
  t.not(otherDay.delivery, first.delivery, 'of another day it is another one')
  const otherRegion = await work.deliver('vehicle', plates(3), { region: '3699' })
  t.not(otherRegion.delivery, first.delivery, 'for another region too')
  const count = await work.query('select count(*)::int as n from record')
  t.same(count, [{ n: 9 }])
})

t.test('a discarded file that comes again is a new delivery', async (t) => {
  const work = await createCounty(t)
  const first = await work.deliver('vehicle', plates(3))
  await discardDelivery(work.hedui, { id: first.delivery, actor: '张三', reason: '发错了' })
  t.same(await usedBy(work), { delivery: null, state: 'missing', measure: null, outcome: 'unverifiable' })
  t.same(await work.query('select count(*)::int as n from record'), [{ n: 0 }])
  const again = await work.deliver('vehicle', plates(3))
  t.not(again.delivery, first.delivery)
  t.match(again, { repeated: false, state: 'published' })
  t.match(await usedBy(work), { delivery: again.delivery, measure: 1 })
  t.equal((await errorOf(discardDelivery(work.hedui, { id: first.delivery, actor: 'x' }))).code, 'STATE_DISCARDED')
  t.equal((await errorOf(releaseDelivery(work.hedui, { id: first.delivery, actor: 'x' }))).code, 'STATE_DISCARDED')
  t.equal((await errorOf(releaseDelivery(work.hedui, { id: again.delivery, actor: 'x' }))).code, 'STATE_DELIVERY')
  t.equal((await errorOf(releaseDelivery(work.hedui, { id: 'x', actor: 'x' }))).code, 'INPUT_NOT_FOUND')
})

t.test('a later as-of date wins, and a late older delivery supersedes nothing', async (t) => {
  const work = await createCounty(t)
  const early = await work.deliver('vehicle', plates(3), { asOf: '2026-10-01' })
  t.match(await usedBy(work), { delivery: early.delivery, state: 'fresh' })
  const late = await work.deliver('vehicle', plates(4), { asOf: '2026-10-25' })
  t.match(await usedBy(work), { delivery: late.delivery })
  const older = await work.deliver('vehicle', plates(5), { asOf: '2026-10-10' })
  t.match(await usedBy(work), { delivery: late.delivery }, 'a late older one changes nothing')
  t.match(await usedBy(work, 'H1', '2026-10-24'), { delivery: older.delivery }, 'a check uses what was as of by then')
  t.match(await usedBy(work, 'H1', '2026-10-25'), { delivery: late.delivery }, 'on its own day it is used')
  t.match(await usedBy(work, 'H1', '2026-10-09'), { delivery: early.delivery })
  t.match(await usedBy(work, 'H1', '2026-09-30'), { delivery: null, state: 'missing' })
})

t.test('the delivery with the longest region prefix is used, and never two', async (t) => {
  const work = await createCounty(t)
  const everywhere = await work.deliver('vehicle', plates(3), { asOf: '2026-10-28' })
  const province = await work.deliver('vehicle', plates(4), { asOf: '2026-10-20', region: '36' })
  const county = await work.deliver('vehicle', [rowOf.vehicle(ZHAO)], { asOf: '2026-10-10', region: '369901' })
  t.match(await usedBy(work), { delivery: county.delivery, measure: 0 }, 'though older, and without the row')
  t.match(await usedBy(work, 'H2'), { delivery: province.delivery })
  t.match(await usedBy(work, 'H1', '2026-10-09'), { delivery: null })
  await discardDelivery(work.hedui, { id: county.delivery, actor: '张三' })
  t.match(await usedBy(work), { delivery: province.delivery, measure: 1 })
  await discardDelivery(work.hedui, { id: province.delivery, actor: '张三' })
  t.match(await usedBy(work), { delivery: everywhere.delivery })
  t.match(await usedBy(work, 'H2'), { delivery: everywhere.delivery })
})

t.test('too many quarantined rows hold a delivery until a person releases it', async (t) => {
  const work = await createCounty(t)
  const before = await work.deliver('vehicle', plates(20), { asOf: '2026-10-01' })
  const bad = plates(1, { 购置价: '面议' })
  const share = await work.deliver('vehicle', [...plates(19), ...bad], { asOf: '2026-10-02' })
  t.match(share, { state: 'published', quarantined: 1, heldBecause: [] }, 'one in twenty is not above 0.05')
  const held = await work.deliver('vehicle', [...plates(18), ...bad], { asOf: '2026-10-03' })
  t.match(held, { state: 'held', quarantined: 1, heldBecause: ['quarantined-share'] })
  t.match(await usedBy(work), { delivery: share.delivery }, 'a held delivery is not used')
  await releaseDelivery(work.hedui, { id: held.delivery, actor: '李四', reason: '已与交警核实' })
  t.match(await usedBy(work), { delivery: held.delivery })
  const events = await listDeliveryEvents(work.hedui.database, held.delivery)
  t.match(
    events.map(({ state, actor, reason }) => [state, actor, reason]),
    [
      ['loading', 'test', null],
      ['held', 'test', 'quarantined-share'],
      ['published', '李四', '已与交警核实'],
    ],
  )
  await discardDelivery(work.hedui, { id: held.delivery, actor: '李四' })
  t.match(await usedBy(work), { delivery: share.delivery }, 'the one before is used again')
  await discardDelivery(work.hedui, { id: share.delivery, actor: '李四' })
  t.match(await usedBy(work), { delivery: before.delivery })
})

t.test('fewer than half the rows of the delivery before hold a delivery', async (t) => {
  const work = await createCounty(t)
  await work.deliver('vehicle', plates(20), { asOf: '2026-10-01' })
  t.match(await work.deliver('vehicle', plates(10), { asOf: '2026-10-02' }), { state: 'published' }, 'half is enough')
  const held = await work.deliver('vehicle', plates(4), { asOf: '2026-10-03' })
  t.match(held, { state: 'held', heldBecause: ['row-count'] })
  const other = await work.deliver('vehicle', plates(5), { asOf: '2026-10-04' })
  t.match(other, { state: 'published' }, 'measured by the last published one, not by a held one')
  await discardDelivery(work.hedui, { id: held.delivery, actor: '李四' })
  t.match(await usedBy(work), { delivery: other.delivery })
  t.match(await work.deliver('vehicle', plates(1), { asOf: '2026-10-05', region: '3699' }), { state: 'published' })
})

t.test('a run cites the deliveries of its day, also when they are gone', async (t) => {
  const work = await createCounty(t)
  const { delivery } = await work.deliver('vehicle', plates(3))
  const { summary, lines } = await work.check()
  await discardDelivery(work.hedui, { id: delivery, actor: '李四' })
  const rows = await work.query<{ body: unknown }>(
    'select body from check_result where run_id = $1 order by household_id',
    [summary.run],
  )
  t.same(
    rows.map(({ body }) => body),
    lines.map((line) => JSON.parse(line)),
  )
  const [run] = await work.query<{ deliveries: string[] }>('select deliveries from run where id = $1', [summary.run])
  t.same(run!.deliveries, [delivery])
})
