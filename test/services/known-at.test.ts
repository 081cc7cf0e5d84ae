import t from 'tap'
import { listUsableDeliveries } from '../../src/db/queries/deliveries.ts'
import { findMemberships, gatherHouseholds, listHouseholdIds } from '../../src/db/queries/households.ts'
import { expireDeliveries } from '../../src/services/expire-deliveries.ts'
import { discardDelivery, releaseDelivery } from '../../src/services/release-delivery.ts'
import { rowOf, writeSource } from '../support/departments.ts'
import { createHedui } from '../support/hedui.ts'
import { householdOf, LI, memberOf, personOf, WANG } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const clock = { at: new Date(0) }
const work = await createWork(t, { ...(await createHedui(t)), now: () => clock.at })
const { pool } = work.hedui.database
const at = (day: string) => new Date(`2026-${day}T00:00:00Z`)
const on = (day: string) => {
  clock.at = at(day)
}

/** What a check on 2026-11-01 might use of a source at a moment: the layers' files, with "!" where they are gone. */
async function layersAt(source: string, day: string | null): Promise<string[][]> {
  const usable = await listUsableDeliveries(pool, '2026-11-01', day === null ? undefined : at(day))
  const names = new Map(
    (await work.query<{ id: string; file_name: string }>('select id, file_name from delivery')).map((row) => [
      row.id,
      row.file_name.replace(/\.\w+$/, ''),
    ]),
  )
  return usable
    .filter((delivery) => delivery.source === source)
    .map(({ layers }) => layers.map(({ id, discarded }) => names.get(id) + (discarded ? '!' : '')))
}

let plates = 0
const cars = (count: number) =>
  Array.from({ length: count }, () => rowOf.vehicle(personOf(plates++, '甲'), { 号牌号码: `赣X${plates}` }))
const deliver = async (name: string, asOf: string, more: { mode?: 'snapshot' | 'delta'; rows?: number } = {}) => {
  const path = writeSource(work.folder, 'vehicle', cars(more.rows ?? 10), { name: `${name}.csv` })
  const { delivery } = await work.ingest('vehicle', path, { asOf, mode: more.mode ?? 'snapshot' })
  return delivery
}

t.test('deliveries are those published by then and not discarded by then', async (t) => {
  on('05-01')
  const a = await deliver('a', '2026-04-20')
  on('05-10')
  await deliver('a-delta', '2026-05-05', { mode: 'delta' })
  on('06-01')
  // Fewer than half of the rows of the one before: held until a person releases it.
  const b = await deliver('b', '2026-05-20', { rows: 3 })
  on('06-05')
  await releaseDelivery(work.hedui, { id: b, actor: 'test' })
  on('07-01')
  const c = await deliver('c', '2026-06-20')
  on('07-05')
  await discardDelivery(work.hedui, { id: c, actor: 'test' })
  on('08-01')
  const late = await deliver('late', '2026-03-01')
  on('09-01')
  await expireDeliveries(work.hedui, { days: 0, actor: 'test' })
  t.same(
    (await work.query(`select id from delivery where state = 'discarded' order by received_at`)).map(({ id }) => id),
    [a, await idOf('a-delta'), c, late],
  )
  for (const [day, layers, why] of [
    ['04-30', [], 'nothing has come'],
    ['05-01', [['a!']], 'published at this moment'],
    ['05-09', [['a!']], ''],
    ['05-10', [['a!', 'a-delta!']], 'a delta lies on it'],
    ['06-01', [['a!', 'a-delta!']], 'held is not published'],
    ['06-04', [['a!', 'a-delta!']], ''],
    ['06-05', [['b']], 'released'],
    ['07-01', [['c!']], 'in use then, gone now: said, not passed over'],
    ['07-04', [['c!']], ''],
    ['07-05', [['b']], 'discarded at this moment'],
    ['08-02', [['b']], 'a late older one supersedes nothing'],
    ['09-01', [['b']], 'expired'],
    [null, [['b']], 'now'],
  ] as const) {
    t.same(await layersAt('vehicle', day), layers, `${day} ${why}`)
  }
})

const idOf = async (name: string) =>
  (await work.query<{ id: string }>('select id from delivery where file_name = $1', [`${name}.csv`]))[0]!.id

t.test('household versions are those imported by then', async (t) => {
  on('05-01')
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])], { asOf: '2026-05-01' })
  on('06-01')
  const both = [memberOf('P1', WANG), memberOf('P2', LI)]
  await work.importLines([householdOf('H1', both, { region: '369902001' })], { asOf: '2026-03-01' })
  on('07-01')
  const again = householdOf('H1', [memberOf('P1', WANG)], { scheme: 'low-income' })
  await work.importLines([again, householdOf('H2', [memberOf('P1', LI)])], { asOf: '2026-05-01' })
  const describe = async (asOf: string, day: string | null) => {
    const knownAt = day === null ? undefined : at(day)
    const ids = await listHouseholdIds(pool, { all: true }, asOf, knownAt)
    const there = await listHouseholdIds(pool, { region: '369902' }, asOf, knownAt)
    const named = await listHouseholdIds(pool, { ids: ['H1', 'H2', 'H3'] }, asOf, knownAt)
    t.same(named, ids)
    const households = await gatherHouseholds(pool, ids, asOf, knownAt)
    t.same(
      households.map(({ householdId }) => householdId),
      ids,
    )
    return households.map(({ householdId, facts, people }) => {
      const { scheme } = facts as { scheme: string }
      return `${householdId} ${scheme} ${people.length}${there.includes(householdId) ? ' in 369902' : ''}`
    })
  }
  for (const [asOf, day, expected] of [
    ['2026-05-10', '04-30', []],
    ['2026-05-10', '05-01', ['H1 urban-dibao 1']],
    ['2026-04-10', '05-01', ['H1 urban-dibao 1']],
    ['2026-05-10', '06-30', ['H1 urban-dibao 1']],
    ['2026-04-10', '06-30', ['H1 urban-dibao 2 in 369902']],
    ['2026-05-10', '07-01', ['H1 low-income 1', 'H2 urban-dibao 1']],
    ['2026-05-10', null, ['H1 low-income 1', 'H2 urban-dibao 1']],
    ['2026-04-10', null, ['H1 urban-dibao 2 in 369902', 'H2 urban-dibao 1']],
  ] as const) {
    t.same(await describe(asOf, day), expected, `as of ${asOf}, known at ${day}`)
  }
  const [{ person_hash: wang } = {}] = await work.query<{ person_hash: Buffer }>(
    `select person_hash from household_person where household_id = 'H1' and position = 0 limit 1`,
  )
  const schemesAt = async (day: string | null) =>
    (await findMemberships(pool, [wang!], { asOf: '2026-05-10', knownAt: day === null ? undefined : at(day) })).map(
      ({ scheme }) => scheme,
    )
  t.same(await schemesAt('04-30'), [])
  t.same(await schemesAt('06-30'), ['urban-dibao'])
  t.same(await schemesAt('07-01'), ['low-income'])
  t.same(await schemesAt(null), ['low-income'])
})
