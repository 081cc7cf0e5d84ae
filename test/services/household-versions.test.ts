import t from 'tap'
import { rowOf } from '../support/departments.ts'
import { householdOf, LI, memberOf, WANG } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const work = await createWork(t)
const withSavings = (vehicles: readonly ReturnType<typeof memberOf>[]) => householdOf('H1', vehicles)
await work.deliver('vehicle', [rowOf.vehicle(WANG), rowOf.vehicle(LI)], { asOf: '2026-02-20' })
// In June LI joins the household, in September she leaves and the household moves.
await work.importLines([withSavings([memberOf('P1', WANG), memberOf('P2', LI)])], { asOf: '2026-06-01' })
await work.importLines([householdOf('H1', [memberOf('P1', WANG)], { region: '369902001' })], { asOf: '2026-09-01' })
await work.importLines([withSavings([memberOf('P1', WANG)])], { asOf: '2026-03-01' })

/** People of the household on a day: those for whom person rules have results. */
const peopleOn = async (asOf: string) => {
  const { results } = await work.check({ asOf })
  const [result] = results
  return new Set(result!.results.flatMap(({ person }) => (person ? [person] : []))).size
}

t.test('a check takes the version that is valid on its date, however they came', async (t) => {
  t.equal(await peopleOn('2026-03-01'), 1)
  t.equal(await peopleOn('2026-05-31'), 1)
  t.equal(await peopleOn('2026-06-01'), 2)
  t.equal(await peopleOn('2026-08-31'), 2)
  t.equal(await peopleOn('2026-09-01'), 1)
  t.equal(await peopleOn('2027-01-01'), 1)
})

t.test('before all of them it takes the earliest', async (t) => {
  t.equal(await peopleOn('2026-02-28'), 1)
  const vehicles = (await work.resultsOf('H1', { asOf: '2026-02-28' })).get('vehicles')!
  t.match(vehicles, { outcome: 'warned', measure: 1 })
})

t.test('the region of the day decides who is in scope', async (t) => {
  const within = async (region: string, asOf: string) =>
    (await work.check({ scope: { region }, asOf })).results.map(({ householdId }) => householdId)
  t.same(await within('369901', '2026-08-31'), ['H1'])
  t.same(await within('369902', '2026-08-31'), [])
  t.same(await within('369901', '2026-09-01'), [])
  t.same(await within('369902001', '2026-09-01'), ['H1'])
  t.same(await within('3699020010', '2026-09-01'), [])
})

t.test('the later import of one day wins', async (t) => {
  await work.importLines([withSavings([memberOf('P1', WANG), memberOf('P2', LI)])], { asOf: '2026-12-01' })
  t.equal(await peopleOn('2026-12-01'), 2)
  await work.importLines([withSavings([memberOf('P1', WANG)])], { asOf: '2026-12-01' })
  t.equal(await peopleOn('2026-12-01'), 1)
})
