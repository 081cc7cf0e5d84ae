import t from 'tap'
import type { Delivery } from '../../src/db/queries/deliveries.ts'
import { RowStatistics } from '../../src/feeds/row-statistics.ts'
import { assessQuality } from '../../src/services/assess-quality.ts'
import { ingestDelivery } from '../../src/services/ingest-delivery.ts'
import { RepeatedKeys } from '../../src/services/repeated-keys.ts'
import { showDelivery } from '../../src/services/show-delivery.ts'
import { noRows } from '../../src/services/write-rows.ts'
import { rowOf, writeSource } from '../support/departments.ts'
import { TODAY } from '../support/hedui.ts'
import { householdOf, memberOf, personOf } from '../support/people.ts'
import { createWork, type Work } from '../support/work.ts'

const overlapOf = async (work: Work, delivery: string) =>
  (await showDelivery(work.hedui.database, delivery)).quality!.overlap

/** Cars of so many people, each with one. */
const cars = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => rowOf.vehicle(personOf(from + i, '甲'), { 号牌号码: `赣XC${from + i}` }))

t.test('too few people of the delivery before hold a delivery', async (t) => {
  const work = await createWork(t)
  const before = await work.deliver('vehicle', cars(120), { asOf: '2026-10-01' })
  const enough = await work.deliver('vehicle', cars(120, 60), { asOf: '2026-10-02' })
  t.match(enough, { state: 'published', heldBecause: [] }, 'half is enough')
  t.same(await overlapOf(work, enough.delivery), {
    delivery: before.delivery,
    asOf: '2026-10-01',
    counted: 120,
    found: 60,
    share: 0.5,
    sample: 1,
  })
  const held = await work.deliver('vehicle', cars(120, 121), { asOf: '2026-10-03' })
  t.match(held, { state: 'held', heldBecause: ['overlap'] })
  t.match(await overlapOf(work, held.delivery), { delivery: enough.delivery, found: 59 })
  t.match(await work.deliver('vehicle', cars(120, 300), { region: '3699' }), { state: 'published' }, 'another region')
})

t.test('an adapter may ask for more overlap or for none', async (t) => {
  const work = await createWork(t)
  const vehicle = work.hedui.adapters.get('vehicle')!
  const deliver = (asOf: string, rows: ReturnType<typeof cars>, minOverlap: number) => {
    const adapters = new Map([['vehicle', { ...vehicle, manifest: { ...vehicle.manifest, minOverlap } }]])
    const path = writeSource(work.folder, 'vehicle', rows)
    return ingestDelivery({ ...work.hedui, adapters }, { source: 'vehicle', path, asOf, actor: 'test' })
  }
  await deliver('2026-10-01', cars(100), 0.9)
  t.match(await deliver('2026-10-02', cars(100, 11), 0.9), { heldBecause: ['overlap'] })
  t.match(await deliver('2026-10-03', cars(100, 500), 0), { state: 'published' })
})

t.test('under a hundred people, or a delta, overlap holds nothing', async (t) => {
  const work = await createWork(t)
  await work.deliver('vehicle', cars(99), { asOf: '2026-10-01' })
  const other = await work.deliver('vehicle', cars(120, 200), { asOf: '2026-10-02' })
  t.match(other, { state: 'published' })
  t.match(await overlapOf(work, other.delivery), { counted: 99, found: 0, share: 0 })
  const path = writeSource(work.folder, 'vehicle', cars(3, 500))
  const delta = await work.ingest('vehicle', path, { asOf: '2026-10-03', mode: 'delta' })
  t.match(delta, { state: 'published' })
  t.equal(await overlapOf(work, delta.delivery), null)
})

t.test('strangers whom only the delivery before has kept do not count against this one', async (t) => {
  const work = await createWork(t)
  const people = Array.from({ length: 110 }, (_, i) => personOf(i, '甲'))
  await work.importLines(people.map((person, i) => householdOf(`H${i}`, [memberOf('P1', person)])))
  await work.deliver('vehicle', cars(400), { asOf: '2026-10-01', retain: 'all' })
  const known = await work.deliver('vehicle', cars(400), { asOf: '2026-10-02', retain: 'known' })
  t.match(known, { state: 'published', kept: 110, dropped: 290 })
  t.match(await overlapOf(work, known.delivery), { counted: 110, found: 110 })
})

t.test('of large deliveries an even sample of the people is looked at', async (t) => {
  const work = await createWork(t)
  const load = async (asOf: string, from: number, count: number) => {
    const { delivery: id } = await work.deliver('vehicle', cars(1, from), { asOf })
    await work.query(
      `insert into record (delivery_id, person_hash, row, name_hash, name_state, type, fate, rank, key, fields)
       select $1, substr(sha256(i::text::bytea), 1, 16), i, '', 'given', 'vehicle', 'record', 0, '', '{}'
       from generate_series($2::int, $3::int) i`,
      [id, from, from + count - 1],
    )
    return id
  }
  const before = await load('2026-10-01', 0, 210_000)
  const now = await load('2026-10-02', 84_000, 210_000)
  const previous = (await showDelivery(work.hedui.database, before)) as unknown as Delivery
  const { mapper } = work.hedui.adapters.get('vehicle')!
  const loaded = {
    counts: { ...noRows(), rows: 210_001, records: 210_001 },
    furtherColumns: new Set<string>(),
    absentColumns: new Set<string>(),
    repeated: new RepeatedKeys(),
    statistics: new RowStatistics(mapper),
  }
  const request = { id: now, asOf: '2026-10-02', receivedAt: TODAY, retain: 'all', loaded, previous } as const
  const { overlap, known } = await assessQuality(work.hedui.database.pool, request)
  t.ok(overlap!.sample > 0.09 && overlap!.sample < 0.1, `${overlap!.sample}`)
  t.ok(Math.abs(overlap!.counted / overlap!.sample / 210_000 - 1) < 0.03, `${overlap!.counted}`)
  t.ok(Math.abs(overlap!.share! - 0.6) < 0.02, `${overlap!.share}`)
  t.match(known, { of: 'people', found: 0, share: 0, sample: overlap!.sample })
})
