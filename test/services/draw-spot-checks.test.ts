import t from 'tap'
import { drawSpotChecks } from '../../src/services/draw-spot-checks.ts'
import { householdOf, memberOf, personOf } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const work = await createWork(t)
const home = (id: string, region: string, category: string | null, more: object = {}) =>
  householdOf(id, [memberOf('P1', personOf(1, '王守仁'))], { region, category, ...more })
await work.importLines([
  ...Array.from({ length: 40 }, (_, i) => home(`A${i}`, '369901001', 'A')),
  ...Array.from({ length: 12 }, (_, i) => home(`B${i}`, '369901001', 'B')),
  ...Array.from({ length: 3 }, (_, i) => home(`N${i}`, '369901002003', null)),
  home('APPLIES', '369901001', 'A', { grantedFrom: null }),
  home('LATER', '369901001', 'A', { grantedFrom: '2026-12' }),
  home('RURAL', '369902001', 'C', { scheme: 'rural-dibao' }),
])
const draw = (more: object = {}) =>
  drawSpotChecks(work.hedui, {
    seed: '抽查一',
    perMille: 100,
    asOf: '2026-11-01',
    actor: 'Chen',
    role: 'centre',
    ...more,
  })

t.test('draws the share of each township and category, of granted households only', async (t) => {
  const { households, ...list } = await draw()
  t.same(list, {
    asOf: '2026-11-01',
    region: null,
    seed: '抽查一',
    sharePercent: '10.0',
    strata: [
      { township: '369901001', category: 'A', size: 40, drawn: 4 },
      { township: '369901001', category: 'B', size: 12, drawn: 1 },
      { township: '369901002', category: null, size: 3, drawn: 1 },
      { township: '369902001', category: 'C', size: 1, drawn: 1 },
    ],
  })
  t.equal(households.length, 7)
  t.match(households.at(-1), { household: 'RURAL', township: '369902001', category: 'C', scheme: 'rural-dibao' })
  t.match(households[0], { household: /^A\d+$/, township: '369901001', category: 'A', scheme: 'urban-dibao' })
  t.match(households[5], { household: /^N\d$/, township: '369901002', category: null })
})

t.test('the same seed draws the same again, another seed others, a region its own part', async (t) => {
  const { households } = await draw()
  t.same((await draw()).households, households)
  t.notSame((await draw({ seed: '抽查二' })).households, households)
  const part = await draw({ region: '369901001' })
  t.equal(part.region, '369901001')
  t.same(part.households, households.slice(0, 5))
  t.equal((await draw({ perMille: 1000 })).households.length, 56)
  t.equal((await draw({ asOf: '2026-12-01', perMille: 1000 })).households.length, 57)
  t.same(await draw({ region: '11' }).then(({ households: none, strata }) => [none, strata]), [[], []])
})

t.test('drawing is audited with the seed, so that nobody draws until the list pleases', async (t) => {
  await work.query('delete from audit')
  await draw({ region: '3699' })
  t.same(await work.query('select actor, role, action, reason, subject from audit'), [
    {
      actor: 'Chen',
      role: 'centre',
      action: 'draw spot checks',
      reason: 'spot-check',
      subject: { asOf: '2026-11-01', region: '3699', seed: '抽查一', perMille: 100, households: 7 },
    },
  ])
})
