import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import t, { type Test } from 'tap'
import { type ApplicationDesk, openDesk } from '../../src/services/application-desk.ts'
import { approveRuleSet } from '../../src/services/approve-rule-set.ts'
import { checkApplication } from '../../src/services/check-application.ts'
import { createRuleBook } from '../../src/services/choose-rule-set.ts'
import { draftRuleSet } from '../../src/services/draft-rule-set.ts'
import { loadRuleSet } from '../../src/services/load-rule-set.ts'
import { discardDelivery } from '../../src/services/release-delivery.ts'
import { rowOf } from '../support/departments.ts'
import { householdOf, LI, memberOf, QIAN, WANG, ZHAO } from '../support/people.ts'
import { rulesFolder } from '../support/rule-folders.ts'
import { createWork, type Work } from '../support/work.ts'

const PEOPLE = [WANG, LI, ZHAO, QIAN]
const HOUSEHOLDS = PEOPLE.map((person, i) => householdOf(`H${i}`, [memberOf('P1', person)]))

async function openWork(test: Test): Promise<{ work: Work; desk: ApplicationDesk }> {
  const work = await createWork(test)
  await work.importLines(HOUSEHOLDS)
  const rules = await createRuleBook(work.hedui, work.ruleSet)
  return { work, desk: openDesk({ ...work.hedui, rules }) }
}

function ask({ work, desk }: { work: Work; desk: ApplicationDesk }, household: object, asOf = '2026-11-01') {
  const context = { ...work.hedui, sources: [...work.hedui.adapters.keys()], desk, onRuleError: () => {} }
  const request = { household, reason: 'review', asOf, actor: '张三', role: 'centre' } as const
  return checkApplication(context, request)
}

const deliverVehicles = (work: Work, people: readonly (typeof WANG)[], asOf?: string) =>
  work.deliver(
    'vehicle',
    people.map((person) => rowOf.vehicle(person)),
    asOf ? { asOf } : {},
  )
const usedOf = ({ result }: Awaited<ReturnType<typeof ask>>) =>
  result.sources.find(({ source }) => source === 'vehicle')!.delivery
const vehiclesOf = ({ result }: Awaited<ReturnType<typeof ask>>) =>
  result.results.find(({ rule }) => rule === 'vehicles')!.measure

/** Does something at the moment at which households are gathered, before the statement is sent; once. */
function beforeGathering(test: Test, act: () => Promise<unknown>): () => number {
  const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
  let gathered = 0
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const text = (args[0] as { text?: string } | undefined)?.text
    if (!text?.includes('execute current_mark')) return query.apply(this, args)
    if (gathered++ > 0) return query.apply(this, args)
    return act().then(() => query.apply(this, args))
  } as typeof pg.Client.prototype.query
  test.teardown(() => {
    pg.Client.prototype.query = query as typeof pg.Client.prototype.query
  })
  return () => gathered
}

t.test('what many ask at once is answered as by a run, in a few statements, and each is audited', async (t) => {
  const opened = await openWork(t)
  const { work } = opened
  await deliverVehicles(work, [WANG, ZHAO], '2026-09-25')
  await deliverVehicles(work, [WANG, LI])
  const dates = ['2026-11-01', '2026-10-01']
  const expected = new Map<string, unknown>()
  for (const asOf of dates) {
    const { results } = await work.check({ asOf })
    for (const result of results) expected.set(`${asOf} ${result.householdId}`, { ...result, run: null })
  }
  await ask(opened, HOUSEHOLDS[0]!)
  const gathered = beforeGathering(t, async () => {})
  const asked = Array.from({ length: 40 }, (_, i) => ({ household: HOUSEHOLDS[i % 4]!, asOf: dates[(i >> 2) % 2]! }))
  const answers = await Promise.all(asked.map(({ household, asOf }) => ask(opened, household, asOf)))
  for (const [i, { result, trial }] of answers.entries()) {
    const { household, asOf } = asked[i]!
    t.same({ result, trial }, { result: expected.get(`${asOf} ${household.id}`), trial: false })
  }
  t.equal(gathered(), dates.length, 'one a date')
  const audits = await work.query(
    `select subject ->> 'household' as id, count(*)::int from audit group by 1 order by 1`,
  )
  t.same(
    audits,
    ['H0', 'H1', 'H2', 'H3'].map((id) => ({ id, count: id === 'H0' ? 11 : 10 })),
  )
})

t.test('what is published or discarded holds from the next question on', async (t) => {
  const opened = await openWork(t)
  const { work } = opened
  t.equal(usedOf(await ask(opened, HOUSEHOLDS[0]!)), null)
  const first = await deliverVehicles(work, [WANG], '2026-09-25')
  t.equal(usedOf(await ask(opened, HOUSEHOLDS[0]!)), first.delivery)
  const second = await deliverVehicles(work, [WANG, LI])
  t.equal(usedOf(await ask(opened, HOUSEHOLDS[0]!)), second.delivery)
  await discardDelivery(work.hedui, { id: second.delivery, actor: '张三', reason: '错' })
  t.equal(usedOf(await ask(opened, HOUSEHOLDS[0]!)), first.delivery)
})

t.test('rows that are removed while a household is gathered are not taken for none', async (t) => {
  const opened = await openWork(t)
  const { work } = opened
  const first = await deliverVehicles(work, [WANG], '2026-09-25')
  const second = await deliverVehicles(work, [WANG])
  const before = await ask(opened, HOUSEHOLDS[0]!)
  t.same([usedOf(before), vehiclesOf(before)], [second.delivery, 1])
  const discard = () => discardDelivery(work.hedui, { id: second.delivery, actor: '张三', reason: '错' })
  const gathered = beforeGathering(t, discard)
  const after = await ask(opened, HOUSEHOLDS[0]!)
  t.same([usedOf(after), vehiclesOf(after)], [first.delivery, 1])
  t.equal(gathered(), 2, 'it was gathered once more')
  t.equal((await work.query('select 1 from audit')).length, 2, 'and audited once')
})

t.test('rules that are approved hold from the next question on', async (t) => {
  const opened = await openWork(t)
  const { hedui } = opened.work
  const before = (await ask(opened, HOUSEHOLDS[0]!)).result.ruleSet
  const folder = rulesFolder(t, { limit: 1 })
  const { version } = await draftRuleSet(hedui, { folder, actor: '张三', reason: '调标' })
  await approveRuleSet(hedui, { version, from: '2026-11-01', actor: '李四', reason: '同意', backdated: true })
  t.not(version, before)
  t.equal((await ask(opened, HOUSEHOLDS[0]!)).result.ruleSet, version)
  t.equal((await ask(opened, HOUSEHOLDS[0]!, '2026-10-31')).result.ruleSet, before)
})

t.test('nobody is answered of whom it cannot be kept that they asked', async (t) => {
  const opened = await openWork(t)
  const { work } = opened
  await ask(opened, HOUSEHOLDS[0]!)
  await work.query(`alter table audit add constraint refused check (subject ->> 'household' <> 'H1') not valid`)
  const answers = await Promise.allSettled(HOUSEHOLDS.map((household) => ask(opened, household)))
  t.same(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    'the others are',
  )
  t.equal((await work.query('select 1 from audit')).length, 4)
})

t.test('a connection keeps the statements of a few dates only', async (t) => {
  const opened = await openWork(t)
  const { work } = opened
  const days = Array.from({ length: 10 }, (_, i) => `2026-09-${10 + i}`)
  const delivered: string[] = []
  for (const day of days) delivered.push((await deliverVehicles(work, [WANG], day)).delivery)
  for (let round = 0; round < 2; round++) {
    for (const [i, day] of days.entries()) t.equal(usedOf(await ask(opened, HOUSEHOLDS[0]!, day)), delivered[i])
  }
})

t.test('each region uses its own delivery, however many there are', async (t) => {
  const opened = await openWork(t)
  const { work } = opened
  const regions = Array.from({ length: 30 }, (_, i) => `3699${String(10 + i)}`)
  const delivered: string[] = []
  for (const [i, region] of regions.entries()) {
    delivered.push((await work.deliver('vehicle', [rowOf.vehicle(i % 2 ? WANG : LI)], { region })).delivery)
    if (![1, 29].includes(i)) continue
    const asked = regions.slice(0, i + 1).map((region, n) => {
      return ask(opened, householdOf(`R${n}`, [memberOf('P1', WANG)], { region: `${region}001` }))
    })
    for (const [n, answer] of (await Promise.all(asked)).entries()) {
      t.same([usedOf(answer), vehiclesOf(answer)], [delivered[n], n % 2], `region ${n} of ${i + 1}`)
    }
  }
})

t.test('a person of two households has the schemes of the other', async (t) => {
  const { work } = await openWork(t)
  const folder = t.testdir({})
  cpSync(work.hedui.config.rulesFolder, folder, { recursive: true })
  const file = join(folder, 'supplementary', 'duplicate-benefit.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('enabled: false', 'enabled: true'))
  const ruleSet = await loadRuleSet(folder, work.hedui.adapters)
  const opened = { work, desk: openDesk({ ...work.hedui, rules: await createRuleBook(work.hedui, ruleSet) }) }
  await work.importLines([householdOf('OTHER', [memberOf('P1', WANG)], { scheme: 'urban-dibao' })])
  const { results } = await work.check({ ruleSet })
  const ofRule = ({ result, trial }: Awaited<ReturnType<typeof ask>>) => {
    t.ok(trial, 'nobody has approved the folder')
    return result.results.find(({ rule }) => rule === 'duplicate-benefit')
  }
  for (const [i, measure] of [1, 0].entries()) {
    const answer = await ask(opened, HOUSEHOLDS[i]!)
    t.match(ofRule(answer), { measure, outcome: measure > 0 ? 'warned' : 'clear' })
    t.same(answer.result, { ...results.find(({ householdId }) => householdId === `H${i}`)!, run: null })
  }
})
