import t, { type Test } from 'tap'
import type { CheckResult } from '../../src/domain/check-result.ts'
import { checkHouseholds, type RunRequest, type RunSummary } from '../../src/services/check-households.ts'
import { chooseFolder, openRuleBook } from '../../src/services/choose-rule-set.ts'
import { draftRuleSet } from '../../src/services/draft-rule-set.ts'
import type { Hedui } from '../../src/services/open-hedui.ts'
import { shadowRuleSet, unshadowRuleSet } from '../../src/services/shadow-rule-set.ts'
import { showOverview } from '../../src/services/show-overview.ts'
import { listRuleSets } from '../../src/services/show-rule-sets.ts'
import { rowOf } from '../support/departments.ts'
import { createHedui } from '../support/hedui.ts'
import { householdOf, LI, memberOf, WANG } from '../support/people.ts'
import { rulesFolder, type SmallRules, withRules } from '../support/rule-folders.ts'
import { createWork } from '../support/work.ts'

const ACTOR = { actor: '张三', reason: '试运行' }

/** A rule over deposits: another source than the live rule’s. */
const DEPOSITS = `id: money
order: 20
title: { zh: 存款, en: Deposits }
basis: supplementary
authority: made for a test
scope: household
sources: [bank]
unit: CNY
evidence: deposits
measure: sum(deposits.map(d, d.balance))
limit: 0
reason: { zh: "{measure}", en: "{measure}" }
examples:
  - given: { asOf: 2026-11-01 }
    expect: { outcome: clear, measure: "0.00", limit: "0.00" }
  - given:
      asOf: 2026-11-01
      records: { deposits: [{ institution: X, account: "1", currency: CNY, balance: "0.01", status: open }] }
    expect: { outcome: warned, measure: "0.01", limit: "0.00" }
  - given: { asOf: 2026-11-01, sources: { bank: missing } }
    expect: { outcome: unverifiable, missing: [source-missing] }
`
const BOTH: SmallRules = { limit: 1, files: { 'supplementary/money.yaml': DEPOSITS } }

/** Two households, one of which holds a vehicle; the live rule warns of any, and reads no bank. */
async function createCounty(test: Test) {
  const folder = rulesFolder(test, { limit: 0 })
  const hedui = await withRules(test, await createHedui(test), { folder, shipped: folder })
  const work = await createWork(test, hedui)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)]), householdOf('H2', [memberOf('P1', LI)])])
  await work.deliver('vehicle', [rowOf.vehicle(WANG)])
  await work.deliver('bank', [rowOf.deposit(WANG), rowOf.deposit({ ...LI, name: '李友情' })])
  return work
}

/** A draft of small rules that runs as a shadow. */
async function shadow(hedui: Hedui, test: Test, rules: SmallRules): Promise<string> {
  const { version } = await draftRuleSet(hedui, { ...ACTOR, folder: rulesFolder(test, rules) })
  await shadowRuleSet(hedui, { ...ACTOR, version })
  return version
}

interface Ran {
  readonly summary: RunSummary
  /** Without the run’s id. */
  readonly lines: readonly string[]
  readonly told: readonly string[]
}

/** A run with the rules in force. */
async function run(hedui: Hedui, more: Partial<RunRequest> & Partial<Pick<Hedui, 'adapters'>> = {}): Promise<Ran> {
  const { adapters = hedui.adapters, ...request } = more
  const { ruleSet } = await (await openRuleBook(hedui)).inForceOn('2026-11-01')
  const lines: string[] = []
  const told: string[] = []
  const summary = await checkHouseholds(
    { ...hedui, adapters, ruleSet, onRuleError: (_, rule) => told.push(rule) },
    { scope: { all: true }, asOf: '2026-11-01', trial: false, actor: 'test', ...request },
    { write: async (line) => void lines.push(line) },
  )
  return { summary, lines: lines.map((line) => line.replace(summary.run, '')), told }
}

t.test('a shadow sees the same dossiers, and its results are kept apart', async (t) => {
  const work = await createCounty(t)
  const { hedui } = work
  const alone = await run(hedui)
  const version = await shadow(hedui, t, BOTH)
  const beside = await run(hedui)
  t.same(beside.lines, alone.lines, 'the live results are byte for byte what they are without it')
  t.match(beside.summary, { trial: false, warned: 1, clear: 1, leads: 0 })
  const [told, ...others] = beside.summary.shadows
  t.same(others, [])
  // H1: one vehicle of one allowed, and a deposit; H2: a deposit under another name, which is a lead.
  const counts = { households: 2, warned: 1, clear: 1, leads: 1, warningsByRule: { 'vehicle-count': 0, money: 1 } }
  t.match(told, { ruleSet: version, failed: null, ruleErrors: 0, counts })

  const runs = await work.query('select id, trial, shadow_of, rule_set from run where id = $1', [told!.run])
  t.same(runs, [{ id: told!.run, trial: true, shadow_of: beside.summary.run, rule_set: version }])
  const kept = await work.query<{ body: CheckResult }>('select body from trial_result order by household_id')
  t.same(
    kept.map(({ body }) => [body.run, body.ruleSet, body.householdId, body.outcome]),
    [
      [told!.run, version, 'H1', 'warned'],
      [told!.run, version, 'H2', 'clear'],
    ],
  )
  t.same(
    kept[0]!.body.sources.map(({ source }) => source),
    ['bank', 'vehicle'],
  )
  const live = await work.query<{ body: CheckResult }>('select body from check_result where run_id = $1', [
    beside.summary.run,
  ])
  for (const { body } of live)
    t.same(
      body.sources.map(({ source }) => source),
      ['vehicle'],
    )
  const pinned = await work.query<{ n: number }>(
    'select json_array_length(deliveries) as n from run order by trial, started_at',
  )
  t.same(
    pinned.map(({ n }) => n),
    [1, 1, 2],
    'each run names the deliveries that its own rules read',
  )
  t.equal((await showOverview(hedui)).lastRun?.id, beside.summary.run, 'no page takes it for the last run')
  t.match(await listRuleSets(hedui, version), [{ shadow: true, liveRuns: 0, trialRuns: 0, shadowRuns: 1 }])
})

t.test('no shadow runs beside a trial, nor after it was ended', async (t) => {
  const work = await createCounty(t)
  const version = await shadow(work.hedui, t, BOTH)
  t.same((await run(work.hedui, { trial: true })).summary.shadows, [])
  t.equal((await run(work.hedui, { scope: { ids: ['H2'] } })).summary.shadows[0]?.counts?.households, 1)
  await unshadowRuleSet(work.hedui, { ...ACTOR, version })
  t.same((await run(work.hedui)).summary.shadows, [])
})

t.test('several shadows run beside one run', async (t) => {
  const work = await createCounty(t)
  const versions = [await shadow(work.hedui, t, { limit: 1 }), await shadow(work.hedui, t, { limit: 2 })]
  const { summary } = await run(work.hedui)
  t.same(
    summary.shadows.map(({ ruleSet }) => ruleSet),
    versions,
  )
  t.equal(new Set([summary.run, ...summary.shadows.map((each) => each.run)]).size, 3)
})

/** Ways in which a shadow fails, and what is told of it. */
const FAILURES: readonly (readonly [
  string,
  (work: Awaited<ReturnType<typeof createCounty>>, test: Test) => Promise<Ran>,
  object,
])[] = [
  [
    'whose rule throws',
    async ({ hedui }, test) => {
      // Divides by zero for the deposit of 1,000 yuan of H1, which no example shows.
      const measure = 'measure: 0 / (sum(deposits.map(d, d.balance)) - 100000) + sum'
      const files = { 'supplementary/money.yaml': DEPOSITS.replace('measure: sum', measure) }
      await shadow(hedui, test, { limit: 1, files })
      return run(hedui)
    },
    { failed: null, ruleErrors: 1, counts: { households: 2, warned: 0, unverifiable: 1, clear: 1 } },
  ],
  [
    'whose source has no adapter any more',
    async ({ hedui }, test) => {
      await shadow(hedui, test, BOTH)
      return run(hedui, { adapters: new Map([...hedui.adapters].filter(([id]) => id !== 'bank')) })
    },
    { run: null, counts: null, failed: /DEFINITION_RULE .*no source "bank"/ },
  ],
  [
    'whose content was changed in the database',
    async ({ hedui, query }, test) => {
      const version = await shadow(hedui, test, BOTH)
      await query(`update rule_set set content = '{"rules": []}' where version = $1`, [version])
      return run(hedui)
    },
    { run: null, counts: null, failed: /SOURCE_DATABASE/ },
  ],
  [
    'whose results the database refuses',
    async ({ hedui, query }, test) => {
      await shadow(hedui, test, BOTH)
      await query(`alter table trial_result add constraint none check (household_id = 'H1')`)
      return run(hedui)
    },
    { run: null, counts: null, failed: /could not be kept/ },
  ],
]
for (const [what, fail, told] of FAILURES) {
  t.test(`a shadow ${what} does not disturb the live run`, async (t) => {
    const work = await createCounty(t)
    const alone = await run(work.hedui)
    const beside = await fail(work, t)
    t.same(beside.lines, alone.lines)
    t.same(beside.told, [], 'nobody is told that a live rule failed')
    t.match(beside.summary, { warned: 1, clear: 1, shadows: [told] })
    const left = await work.query<{ n: number }>('select count(*)::int as n from trial_result')
    t.equal(left[0]!.n, beside.summary.shadows[0]!.run === null ? 0 : 2, 'half a shadow leaves nothing')
    const results = await work.query('select household_id from check_result where run_id = $1 order by 1', [
      beside.summary.run,
    ])
    t.same(results, [{ household_id: 'H1' }, { household_id: 'H2' }])
  })
}

t.test('a set that came into force is no shadow of itself', async (t) => {
  const work = await createCounty(t)
  const version = await shadow(work.hedui, t, BOTH)
  const { ruleSet } = await chooseFolder(work.hedui, rulesFolder(t, BOTH), '2026-11-01')
  t.equal(ruleSet.version, version)
  const summary = await checkHouseholds(
    { ...work.hedui, ruleSet, onRuleError: () => {} },
    { scope: { all: true }, asOf: '2026-11-01', trial: false, actor: 'test' },
  )
  t.same(summary.shadows, [])
})
