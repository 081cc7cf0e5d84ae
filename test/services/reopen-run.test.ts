import t, { type Test } from 'tap'
import type { CheckResult } from '../../src/domain/check-result.ts'
import { checkDossier } from '../../src/rules/check-dossier.ts'
import type { RuleSet } from '../../src/rules/rule-set.ts'
import { checkHouseholds } from '../../src/services/check-households.ts'
import { loadStoredRuleSet } from '../../src/services/load-stored-rule-set.ts'
import { discardDelivery } from '../../src/services/release-delivery.ts'
import { type ReopenRequest, reopenRun } from '../../src/services/reopen-run.ts'
import { ruleSetOf, ruleWith } from '../rules/rule-sets.ts'
import { rowOf, writeSource } from '../support/departments.ts'
import { createHedui } from '../support/hedui.ts'
import { householdOf, LI, memberOf, personOf, QIAN, WANG, ZHAO } from '../support/people.ts'
import { createWork, errorOf, type Work } from '../support/work.ts'

/** Work on a clock that the test sets: what is known at a moment is known by the program's clock. */
async function createTimedWork(t: Test) {
  const clock = { at: new Date('2026-11-01T01:00:00Z') }
  const work = await createWork(t, { ...(await createHedui(t)), now: () => clock.at })
  return { work, clock: (time: string) => (clock.at = new Date(`2026-11-01T${time}Z`)) }
}

/** Everything that a reopened run gives, evaluated with a set, as lines of the run. */
function reevaluate(work: Work, ruleSet: RuleSet, request: Omit<ReopenRequest, 'ruleSets'>): Promise<string[]> {
  return reopenRun(work.hedui, { ruleSets: [ruleSet], ...request }, async ({ id, households, dossiers }) => {
    const lines: string[] = []
    for await (const chunk of dossiers()) {
      for (const dossier of chunk) lines.push(JSON.stringify(checkDossier(ruleSet, dossier, id)))
    }
    t.equal(lines.length, households)
    return lines
  })
}

const outcomesOf = (lines: readonly string[]) =>
  lines.map((line) => {
    const { householdId, results } = JSON.parse(line) as CheckResult
    return [householdId, ...results.map(({ outcome, measure }) => `${outcome} ${measure}`)].join(' ')
  })

const VEHICLES = ruleWith(
  ['id: trial', 'id: cars'],
  ['sources: [bank]', 'sources: [vehicle]'],
  ['unit: CNY', 'unit: count'],
  ["let:\n  open: deposits.filter(d, has(d.status) && d.status == 'open')\n", ''],
  ['evidence: open', 'evidence: vehicles'],
  ['measure: sum(evidence.map(d, d.balance))', 'measure: size(evidence)'],
  ['limit: param.months * param.standard', 'limit: 0'],
)
const SCHEMES = ruleWith(
  ['id: trial', 'id: schemes'],
  ['scope: household', 'scope: person'],
  ['sources: [bank]', 'sources: []'],
  ['unit: CNY', 'unit: count'],
  ["let:\n  open: deposits.filter(d, has(d.status) && d.status == 'open')\n", ''],
  ['evidence: open\n', ''],
  ['measure: sum(evidence.map(d, d.balance))', 'measure: size(person.otherSchemes)'],
  ['limit: param.months * param.standard', 'limit: 0'],
)

t.test('gives the same bytes again, whatever came to the register and the sources since', async (t) => {
  const { work, clock } = await createTimedWork(t)
  await work.importLines([
    householdOf('H1', [memberOf('P1', WANG), memberOf('P2', LI)]),
    householdOf('H2', [memberOf('P1', ZHAO)], { region: '369902001' }),
  ])
  await work.deliver('vehicle', [rowOf.vehicle(WANG), rowOf.vehicle({ ...LI, name: '李*' })], { asOf: '2026-10-10' })
  await work.deliver('bank', [rowOf.deposit(WANG, { 余额: 90000 }), rowOf.deposit(LI, { 账号: '2' })])
  await work.deliver('social-insurance', [rowOf.benefit(LI), rowOf.contribution(WANG)])
  await work.deliver('property', [rowOf.property(ZHAO, { 规划用途: '商业' })], { region: '369902' })
  // QIAN comes to the register when the bank has answered already.
  await work.importLines([householdOf('H3', [memberOf('P1', QIAN)])])
  const ruleSet = await loadStored(work, work.ruleSet)

  clock('02:00:00')
  const { summary, lines } = await work.check()
  t.equal(new Set(lines.map((line) => JSON.parse(line).outcome)).size > 1, true, 'there is something to get wrong')

  clock('03:00:00')
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])], { asOf: '2026-10-20' })
  await work.importLines([householdOf('H0', [memberOf('P1', personOf(60, '新来人'))])], { asOf: '2026-01-01' })
  await work.importLines([householdOf('H2', [memberOf('P1', ZHAO)], { region: '369901002' })], { asOf: '2026-10-30' })
  await work.deliver('vehicle', [rowOf.vehicle(ZHAO), rowOf.vehicle(QIAN)], { asOf: '2026-10-28' })
  await work.deliver('tax', [rowOf.tax(WANG, { 本期收入: '90000.00' })])
  await work.deliver('bank', [rowOf.deposit(QIAN, { 余额: 900000 })], { asOf: '2026-11-01' })
  const now = await work.check()
  t.not(now.lines.length, lines.length, 'a check of today sees them')

  t.same(await reevaluate(work, ruleSet, { run: summary.run }), lines)
  t.same(await reevaluate(work, ruleSet, { run: summary.run, households: ['H3', 'H1'] }), [lines[0], lines[2]])
  t.same(await reevaluate(work, ruleSet, { run: now.summary.run }), now.lines, 'so does the later run')
})

/** The set as it was kept in the database, and not as the test has it. */
async function loadStored(work: Work, ruleSet: RuleSet): Promise<RuleSet> {
  await work.check({ ruleSet })
  return loadStoredRuleSet(work.hedui.database, ruleSet.version, work.hedui.adapters)
}

t.test('deltas lie on the snapshot as they lay then', async (t) => {
  const { work, clock } = await createTimedWork(t)
  const car = (plate: string) => rowOf.vehicle(WANG, { 号牌号码: plate })
  const deliver = (day: string, mode: 'snapshot' | 'delta', rows: ReturnType<typeof car>[]) => {
    const path = writeSource(work.folder, 'vehicle', rows, { name: `${day}.csv` })
    return work.ingest('vehicle', path, { asOf: `2026-10-${day}`, mode })
  }
  const ruleSet = ruleSetOf([VEHICLES])
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  await deliver('01', 'snapshot', [car('赣A1'), car('赣A2')])
  await deliver('05', 'delta', [car('赣A3')])
  clock('02:00:00')
  const { summary, lines } = await work.check({ ruleSet })
  t.same(outcomesOf(lines), ['H1 warned 3'])
  clock('03:00:00')
  await deliver('03', 'delta', [car('赣A4')])
  await deliver('06', 'delta', [car('赣A5')])
  t.same(outcomesOf((await work.check({ ruleSet })).lines), ['H1 warned 5'])
  t.same(await reevaluate(work, ruleSet, { run: summary.run }), lines)
})

t.test('of a source that the run did not need it gives what was published when it began', async (t) => {
  const { work, clock } = await createTimedWork(t)
  const bank = ruleSetOf([ruleWith()])
  const both = ruleSetOf([ruleWith(), VEHICLES])
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  await work.deliver('vehicle', [rowOf.vehicle(WANG)], { asOf: '2026-10-10' })
  clock('02:00:00')
  const { summary } = await work.check({ ruleSet: bank })
  clock('03:00:00')
  const cars = [rowOf.vehicle(WANG), rowOf.vehicle(WANG, { 号牌号码: '赣XB' })]
  const { delivery } = await work.deliver('vehicle', cars, { asOf: '2026-10-20', name: 'later.csv' })
  const late = await work.deliver('bank', [rowOf.deposit(WANG, { 余额: 900000 })])
  // As from a machine whose clock is behind: what the run did not use it did not use, whatever the clocks say.
  await work.query(`update delivery set published_at = '2026-11-01T01:30:00Z' where id = $1`, [late.delivery])
  // The vehicles as they were; of the bank there was nothing then, though its rules were run.
  const reopened = await reevaluate(work, both, { run: summary.run })
  t.same(outcomesOf(reopened), ['H1 warned 1 unverifiable null'])
  t.match(JSON.parse(reopened[0]!).results[1].missing, [{ why: 'source-missing', source: 'bank' }])
  await discardDelivery(work.hedui, { id: delivery, actor: 'test' })
  t.same(await reevaluate(work, both, { run: summary.run }), reopened, 'what came later may go again')
})

t.test('other households are as they had been imported', async (t) => {
  const { work, clock } = await createTimedWork(t)
  const ruleSet = ruleSetOf([SCHEMES])
  await work.importLines([
    householdOf('H1', [memberOf('P1', WANG)]),
    householdOf('H2', [memberOf('P1', LI), memberOf('P2', WANG)], { scheme: 'low-income' }),
  ])
  clock('02:00:00')
  const { summary, lines } = await work.check({ ruleSet, scope: { ids: ['H1'] } })
  t.same(outcomesOf(lines), ['H1 warned 1'])
  clock('03:00:00')
  await work.importLines([householdOf('H2', [memberOf('P1', LI)], { scheme: 'low-income' })], { asOf: '2026-10-15' })
  t.same(outcomesOf((await work.check({ ruleSet, scope: { ids: ['H1'] } })).lines), ['H1 clear 0'])
  t.same(await reevaluate(work, ruleSet, { run: summary.run }), lines)
})

t.test('a delivery whose rows are gone is named, and nothing stands in for it', async (t) => {
  const { work, clock } = await createTimedWork(t)
  const both = ruleSetOf([ruleWith(), VEHICLES])
  await work.importLines([
    householdOf('H1', [memberOf('P1', WANG)]),
    householdOf('H2', [memberOf('P1', LI)], { region: '369902001' }),
  ])
  const everywhere = await work.deliver('vehicle', [rowOf.vehicle(WANG)], { asOf: '2026-10-05' })
  const there = await work.deliver('vehicle', [rowOf.vehicle(LI)], {
    asOf: '2026-10-10',
    region: '369902',
    name: 'b.csv',
  })
  await work.deliver('bank', [rowOf.deposit(WANG), rowOf.deposit(LI, { 账号: '2' })])
  clock('02:00:00')
  const { summary, lines } = await work.check({ ruleSet: both })
  clock('03:00:00')
  await discardDelivery(work.hedui, { id: there.delivery, actor: 'test' })
  const run = summary.run
  const error = await errorOf(reevaluate(work, both, { run }))
  t.match(error, { code: 'STATE_DISCARDED', message: there.delivery })
  t.notMatch(error.message, everywhere.delivery)
  t.same(await reevaluate(work, both, { run, households: ['H1'] }), [lines[0]], 'who does not use it can be reopened')
  t.equal((await reevaluate(work, ruleSetOf([ruleWith()]), { run })).length, 2, 'so can rules that do not need it')
})

t.test('a trial and a run of many are reopened as well, some hundred households at a time', async (t) => {
  const work = await createWork(t)
  const ids = Array.from({ length: 1001 }, (_, i) => `H${String(i).padStart(4, '0')}`)
  await work.importLines(ids.map((id, i) => householdOf(id, [memberOf('P1', personOf(i % 1000, '甲'))])))
  const ruleSet = ruleSetOf([
    ruleWith(
      ['sources: [bank]', 'sources: []'],
      ["let:\n  open: deposits.filter(d, has(d.status) && d.status == 'open')\n", ''],
      ['evidence: open\n', ''],
      ['sum(evidence.map(d, d.balance))', '1'],
    ),
  ])
  const context = { ...work.hedui, ruleSet, onRuleError: (error: unknown) => t.fail(String(error)) }
  const { run } = await checkHouseholds(context, {
    scope: { all: true },
    asOf: '2026-11-01',
    trial: true,
    actor: 'test',
  })
  t.same(await work.query('select 1 from check_result'), [])
  const sizes = await reopenRun(work.hedui, { run, ruleSets: [ruleSet] }, async ({ dossiers, trial, households }) => {
    t.equal(trial, true)
    t.equal(households, 1001)
    const chunks: string[][] = []
    for await (const chunk of dossiers()) chunks.push(chunk.map(({ household }) => household.id))
    t.same(chunks.flat(), ids)
    return chunks.map(({ length }) => length)
  })
  t.same(sizes, [500, 500, 1])
})

t.test('a run or a household that is not there is told', async (t) => {
  const work = await createWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)]), householdOf('H2', [memberOf('P1', LI)])])
  const { summary } = await work.check({ scope: { ids: ['H1'] } })
  const reopen = (run: string, households?: string[]) =>
    errorOf(reevaluate(work, work.ruleSet, { run, ...(households ? { households } : {}) }))
  t.match(await reopen('019aa0f6-0000-7000-8000-000000000000'), { code: 'INPUT_NOT_FOUND' })
  t.match(await reopen("x' or 1=1"), { code: 'INPUT_NOT_FOUND' })
  t.match(await reopen(summary.run, ['H1', 'H2']), { code: 'INPUT_NOT_FOUND', message: /H2/ })
})
