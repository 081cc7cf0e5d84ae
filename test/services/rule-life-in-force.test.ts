import t, { type Test } from 'tap'
import { approveRuleSet } from '../../src/services/approve-rule-set.ts'
import { checkHouseholds } from '../../src/services/check-households.ts'
import { type ChosenRuleSet, chooseFolder, chooseVersion, openRuleBook } from '../../src/services/choose-rule-set.ts'
import { draftRuleSet } from '../../src/services/draft-rule-set.ts'
import { loadRuleSet } from '../../src/services/load-rule-set.ts'
import type { Hedui } from '../../src/services/open-hedui.ts'
import { retireRuleSet } from '../../src/services/retire-rule-set.ts'
import { showOverview } from '../../src/services/show-overview.ts'
import { listRuleSets, showLiveRules } from '../../src/services/show-rule-sets.ts'
import { rowOf } from '../support/departments.ts'
import { createHedui } from '../support/hedui.ts'
import { householdOf, memberOf, WANG } from '../support/people.ts'
import { type Rules, rulesFolder, withRules, writeRules } from '../support/rule-folders.ts'
import { createWork, errorOf } from '../support/work.ts'

const DRAFTER = { actor: '张三', reason: '调标' }
const APPROVER = { actor: '李四', reason: '同意' }

/** A program whose folder holds the rules that ship with it, unless told otherwise. */
async function createProgram(test: Test, rules: Partial<Rules> = {}) {
  const shipped = rulesFolder(test, { limit: 0 })
  return withRules(test, await createHedui(test), { folder: shipped, shipped, ...rules })
}

async function approve(hedui: Hedui, folder: string, from: string): Promise<string> {
  const { version } = await draftRuleSet(hedui, { ...DRAFTER, folder })
  await approveRuleSet(hedui, { ...APPROVER, version, from, backdated: true })
  return version
}

const versionOf = async (hedui: Hedui, folder: string) => (await loadRuleSet(folder, hedui.adapters)).version
const inForceOn = async (hedui: Hedui, asOf: string) => (await openRuleBook(hedui)).inForceOn(asOf)
const brief = ({ ruleSet, trial, notice }: ChosenRuleSet) => ({
  version: ruleSet.version,
  trial,
  told: notice !== null,
})

t.test('the shipped rules are in force where nobody has approved others', async (t) => {
  const hedui = await createProgram(t)
  const chosen = await inForceOn(hedui, '2026-11-01')
  const shipped = await versionOf(hedui, hedui.config.rulesFolder)
  t.same(brief(chosen), { version: shipped, trial: false, told: false })
  t.match(chosen.life, { state: 'in-force', shipped: true, inForceFrom: null })
  await Promise.all([inForceOn(hedui, '2026-11-02'), inForceOn(hedui, '2026-11-03')])
  const [set, ...others] = await listRuleSets(hedui)
  t.same(others, [])
  t.match(set, { version: shipped, events: [{ action: 'shipped' }] }, 'and are kept, once')
  t.equal(set!.events.length, 1)
})

t.test('an approved set is in force from its first day on, whatever is in the folder', async (t) => {
  const hedui = await createProgram(t)
  const shipped = await versionOf(hedui, hedui.config.rulesFolder)
  const july = await approve(hedui, rulesFolder(t, { limit: 1 }), '2026-07-01')
  const later = await approve(hedui, rulesFolder(t, { limit: 2 }), '2027-01-01')
  for (const [asOf, version] of [
    ['2026-06-30', shipped],
    ['2026-07-01', july],
    ['2026-12-31', july],
    ['2027-01-01', later],
  ] as const) {
    t.same(brief(await inForceOn(hedui, asOf)), { version, trial: false, told: false }, asOf)
    const live = await showLiveRules(await openRuleBook(hedui), asOf)
    t.match(live, { asOf, version, state: 'in-force', trial: false, rules: [{ id: 'vehicle-count' }] })
  }
  await retireRuleSet(hedui, { ...APPROVER, version: later, from: '2027-03-01' })
  t.equal((await inForceOn(hedui, '2027-02-28')).ruleSet.version, later)
  t.equal((await inForceOn(hedui, '2027-03-01')).ruleSet.version, july)
})

t.test('a book that is open sees what is approved meanwhile', async (t) => {
  const hedui = await createProgram(t)
  const book = await openRuleBook(hedui)
  t.equal((await book.inForceOn('2026-11-01')).life.shipped, true)
  const version = await approve(hedui, rulesFolder(t, { limit: 1 }), '2026-11-01')
  const chosen = await book.inForceOn('2026-11-01')
  t.equal(chosen.ruleSet.version, version)
  t.equal((await book.inForceOn('2026-11-01')).ruleSet, chosen.ruleSet, 'and compiles it once')
})

t.test('an edited folder is a trial, until another person approves it', async (t) => {
  const hedui = await createProgram(t)
  const folder = hedui.config.rulesFolder
  writeRules(folder, { limit: 5, comment: 'a comment is no other version' })
  writeRules(folder, { limit: 0, comment: 'a comment is no other version' })
  t.equal((await inForceOn(hedui, '2026-11-01')).trial, false)
  writeRules(folder, { limit: 5 })
  const version = await versionOf(hedui, folder)
  const edited = await inForceOn(hedui, '2026-11-01')
  t.same(brief(edited), { version, trial: true, told: true })
  t.match(edited.notice, /not approved.*trial.*rules draft .*rules approve/)
  await draftRuleSet(hedui, { ...DRAFTER, folder })
  const drafted = await inForceOn(hedui, '2026-11-01')
  t.match(drafted, { trial: true, notice: /a draft by 张三.*rules approve sha256:/ })
  await approveRuleSet(hedui, { ...APPROVER, version, from: '2026-11-01' })
  t.same(brief(await inForceOn(hedui, '2026-11-01')), { version, trial: false, told: false })
  const before = await inForceOn(hedui, '2026-10-31')
  t.match(brief(before), { trial: false, told: false }, 'before its day the shipped one, which was kept when it ran')
  t.equal(before.life.shipped, true)
})

t.test('without any shipped rules a folder is a trial, and one of the settings too', async (t) => {
  t.equal((await inForceOn(await createProgram(t, { shipped: null }), '2026-11-01')).trial, true)
  const elsewhere = await createProgram(t, { folder: rulesFolder(t, { limit: 3 }) })
  t.match(await inForceOn(elsewhere, '2026-11-01'), { trial: true, life: { state: null } })
})

t.test('an edited folder does not touch what people approved', async (t) => {
  const hedui = await createProgram(t)
  const version = await approve(hedui, rulesFolder(t, { limit: 1 }), '2026-07-01')
  writeRules(hedui.config.rulesFolder, { limit: 5 })
  const chosen = await inForceOn(hedui, '2026-11-01')
  t.same(brief(chosen), { version, trial: false, told: true })
  t.match(chosen.notice, /not approved and not used.*in force is sha256:.*李四.*--rules/)
})

t.test('any version that was kept can be chosen, live where it is in force on the day', async (t) => {
  const hedui = await createProgram(t)
  const july = await approve(hedui, rulesFolder(t, { limit: 1 }), '2026-07-01')
  const { version: draft } = await draftRuleSet(hedui, { ...DRAFTER, folder: rulesFolder(t, { limit: 2 }) })
  t.match(await chooseVersion(hedui, july, '2026-11-01'), { trial: false, notice: null })
  t.match(await chooseVersion(hedui, july.slice(0, 19), '2026-06-30'), {
    trial: true,
    notice: /approved from 2026-07-01/,
  })
  t.match(await chooseVersion(hedui, draft, '2026-11-01'), { trial: true, notice: /a draft by 张三.*trial/ })
  t.equal((await errorOf(chooseVersion(hedui, '0000', '2026-11-01'))).code, 'INPUT_NOT_FOUND')
  t.match(
    await chooseFolder(hedui, hedui.config.rulesFolder, '2026-06-30'),
    { trial: true },
    'a folder asked for is one',
  )
})

t.test('results of a trial are kept apart and change nothing that is shown', async (t) => {
  const hedui = await createProgram(t)
  const work = await createWork(t, hedui)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  await work.deliver('vehicle', [rowOf.vehicle(WANG)])
  const { summary: live } = await work.check()
  t.match(live, { trial: false, warned: 1, shadows: [] })
  const { ruleSet } = await chooseFolder(hedui, rulesFolder(t, { limit: 1 }), '2026-11-01')
  const request = { scope: { all: true }, asOf: '2026-11-01', trial: true, actor: 'test' } as const
  const trial = await checkHouseholds({ ...hedui, ruleSet, onRuleError: () => {} }, request)
  t.match(trial, { trial: true, warned: 0, clear: 1 })
  t.same(await work.query('select run_id from check_result'), [{ run_id: live.run }])
  t.same(await work.query('select run_id, outcome from trial_result'), [{ run_id: trial.run, outcome: 'clear' }])
  t.equal((await showOverview(hedui)).lastRun?.id, live.run)
  t.match(await listRuleSets(hedui), [
    { liveRuns: 1, trialRuns: 0 },
    { state: null, liveRuns: 0, trialRuns: 1, shadowRuns: 0 },
  ])
})
