import t from 'tap'
import { expireDeliveries } from '../../src/services/expire-deliveries.ts'
import { discardDelivery } from '../../src/services/release-delivery.ts'
import { listAllDeliveries, showDelivery } from '../../src/services/show-delivery.ts'
import { rowOf } from '../support/departments.ts'
import { TODAY } from '../support/hedui.ts'
import { WANG } from '../support/people.ts'
import { createWork, errorOf, type Work } from '../support/work.ts'

const DAY_MS = 86_400_000
const daysLater = (days: number) => new Date(TODAY.getTime() + days * DAY_MS)

const car = (plate: string) => [rowOf.vehicle(WANG, { 号牌号码: plate })]

/** As if the deliveries had been published so many days after TODAY, in their order. */
async function publishedOn(work: Work, ...days: readonly (readonly [string, number])[]): Promise<void> {
  for (const [id, later] of days)
    await work.query('update delivery set published_at = $2 where id = $1', [id, daysLater(later)])
}

const statesOf = async (work: Work) =>
  new Map(
    (await listAllDeliveries(work.hedui.database)).map(({ id, state, supersededBy }) => [id, [state, supersededBy]]),
  )

const rowsOf = async (work: Work) =>
  (await work.query<{ id: string }>('select distinct delivery_id as id from record')).map(({ id }) => id).toSorted()

t.test('a published delivery behind a later snapshot is shown as superseded', async (t) => {
  const work = await createWork(t)
  const { delivery: october } = await work.deliver('vehicle', car('赣X1'), { asOf: '2026-10-01' })
  t.same((await statesOf(work)).get(october), ['published', null])
  const { delivery: delta } = await work.deliver('vehicle', car('赣X2'), { asOf: '2026-10-05' })
  await work.query(`update delivery set mode = 'delta' where id = $1`, [delta])
  t.same((await statesOf(work)).get(october), ['published', null], 'a delta lies on top, it supersedes nothing')
  const { delivery: november } = await work.deliver('vehicle', car('赣X3'), { asOf: '2026-11-01' })
  const { delivery: late } = await work.deliver('vehicle', car('赣X4'), { asOf: '2026-10-15' })
  const { delivery: elsewhere } = await work.deliver('vehicle', car('赣X5'), { asOf: '2026-09-01', region: '3699' })
  t.same(
    await statesOf(work),
    new Map([
      [october, ['superseded', late]],
      [delta, ['superseded', late]],
      [november, ['published', null]],
      [late, ['superseded', november]],
      [elsewhere, ['published', null]],
    ]),
  )
  t.match(await showDelivery(work.hedui.database, late), { state: 'superseded', superseded_by: november })
  await discardDelivery(work.hedui, { id: november, actor: '张三' })
  t.same((await statesOf(work)).get(late), ['published', null], 'derived: it is in use again')
})

t.test('of one as-of date the one published later supersedes', async (t) => {
  const work = await createWork(t)
  const { delivery: first } = await work.deliver('vehicle', car('赣X1'))
  const { delivery: second } = await work.deliver('vehicle', car('赣X2'))
  await publishedOn(work, [second, 0], [first, 1])
  t.same((await statesOf(work)).get(second), ['superseded', first])
})

t.test('rows of a delivery go when it has been superseded for so long, and nothing else does', async (t) => {
  const work = await createWork(t)
  const { delivery: first } = await work.deliver('vehicle', car('赣X1'), { asOf: '2026-10-01' })
  const { delivery: second } = await work.deliver('vehicle', car('赣X2'), { asOf: '2026-10-02' })
  const { delivery: third } = await work.deliver('vehicle', car('赣X3'), { asOf: '2026-10-03' })
  const { delivery: tax } = await work.deliver('tax', [rowOf.tax(WANG)])
  await publishedOn(work, [first, 0], [second, 10], [third, 20])
  const expire = (day: number, days = 400) =>
    expireDeliveries({ ...work.hedui, now: () => daysLater(day) }, { days, actor: '李四' })
  t.same(await expire(409), [], 'superseded for 399 days')
  t.same(await expire(410), [first])
  t.same(await rowsOf(work), [second, third, tax].toSorted())
  const shown = await showDelivery(work.hedui.database, first)
  t.match(shown, { state: 'discarded', counts: { rows: 1 }, quality: { ageDays: 31 } }, 'what it was stays known')
  t.match(shown.events.at(-1), { state: 'discarded', actor: '李四', reason: 'retention' })
  t.same(await expire(410), [], 'once')
  t.same(await expire(5000), [second], 'the last one stays for ever')
  t.equal((await errorOf(discardDelivery(work.hedui, { id: first, actor: 'x' }))).code, 'STATE_DISCARDED')
})

t.test('a late older delivery is superseded from its own publishing on', async (t) => {
  const work = await createWork(t)
  const { delivery: latest } = await work.deliver('vehicle', car('赣X1'), { asOf: '2026-10-02' })
  const { delivery: late } = await work.deliver('vehicle', car('赣X2'), { asOf: '2026-10-01' })
  await publishedOn(work, [latest, 0], [late, 100])
  const expire = (day: number) =>
    expireDeliveries({ ...work.hedui, now: () => daysLater(day) }, { days: 50, actor: '李四' })
  t.same(await expire(149), [])
  t.same(await expire(150), [late])
})

t.test('what a process left when it ended in the middle is finished the next time', async (t) => {
  const work = await createWork(t)
  const { delivery: first } = await work.deliver('vehicle', car('赣X1'), { asOf: '2026-10-01' })
  await work.deliver('vehicle', car('赣X2'), { asOf: '2026-10-02' })
  const gone = { pool: { query: () => Promise.reject(new Error('gone')) } }
  const database = { ...work.hedui.database, ...gone } as unknown as typeof work.hedui.database
  const expiry = { days: 0, actor: '李四' }
  await t.rejects(expireDeliveries({ ...work.hedui, database }, expiry), /gone/)
  t.same((await rowsOf(work)).includes(first), true)
  t.same(await expireDeliveries(work.hedui, expiry), [])
  t.same((await rowsOf(work)).includes(first), false)
})
