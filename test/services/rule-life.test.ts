import t, { type Test } from 'tap'
import type { ErrorCode } from '../../src/errors.ts'
import { approveRuleSet } from '../../src/services/approve-rule-set.ts'
import { openRuleBook } from '../../src/services/choose-rule-set.ts'
import { draftRuleSet } from '../../src/services/draft-rule-set.ts'
import { loadRuleSet } from '../../src/services/load-rule-set.ts'
import type { Hedui } from '../../src/services/open-hedui.ts'
import { retireRuleSet } from '../../src/services/retire-rule-set.ts'
import { shadowRuleSet, unshadowRuleSet } from '../../src/services/shadow-rule-set.ts'
import { listRuleSets } from '../../src/services/show-rule-sets.ts'
import { createHedui } from '../support/hedui.ts'
import { rulesFolder, vehicleRule, withRules } from '../support/rule-folders.ts'
import { errorOf } from '../support/work.ts'

let limits = 0

/** Today is 2026-11-01. S ships; A is the set that the acts are about. */
async function createLife(test: Test, opened?: Hedui) {
  const shipped = rulesFolder(test, { limit: 0 })
  const folder = rulesFolder(test, { limit: ++limits })
  const hedui = await withRules(test, opened ?? (await createHedui(test)), { folder: shipped, shipped })
  const { version } = await loadRuleSet(folder, hedui.adapters)
  return { hedui, folder, version, shipped: (await loadRuleSet(shipped, hedui.adapters)).version }
}
type Life = Awaited<ReturnType<typeof createLife>>

const DRAFTER = { actor: '张三', reason: '标准提高了' }
const APPROVER = { actor: '李四', reason: '局务会同意' }

type Act = (life: Life) => Promise<{ state: string | null; shadow: boolean }>
const ACTS: Readonly<Record<string, Act>> = {
  draft: ({ hedui, folder }) => draftRuleSet(hedui, { ...DRAFTER, folder }),
  'approve from today': ({ hedui, version }) => approveRuleSet(hedui, { ...APPROVER, version, from: '2026-11-01' }),
  'approve from next year': ({ hedui, version }) => approveRuleSet(hedui, { ...APPROVER, version, from: '2027-01-01' }),
  retire: ({ hedui, version }) => retireRuleSet(hedui, { ...APPROVER, version }),
  'retire from next year': ({ hedui, version }) => retireRuleSet(hedui, { ...APPROVER, version, from: '2027-01-01' }),
  shadow: ({ hedui, version }) => shadowRuleSet(hedui, { ...DRAFTER, version }),
  unshadow: ({ hedui, version }) => unshadowRuleSet(hedui, { ...DRAFTER, version }),
}

/** Acts that lead to a state, and what each act does there: the state after it, or the code of its refusal. */
const LIFE: readonly (readonly [before: string, acts: readonly string[], then: Readonly<Record<string, string>>])[] = [
  [
    'unknown',
    [],
    {
      draft: 'draft',
      'approve from today': 'INPUT_NOT_FOUND',
      retire: 'INPUT_NOT_FOUND',
      shadow: 'INPUT_NOT_FOUND',
      unshadow: 'INPUT_NOT_FOUND',
    },
  ],
  [
    'a draft',
    ['draft'],
    {
      draft: 'STATE_RULE_SET',
      'approve from today': 'in-force',
      'approve from next year': 'approved',
      retire: 'retired',
      shadow: 'draft, shadow',
      unshadow: 'STATE_RULE_SET',
    },
  ],
  [
    'a draft that runs as a shadow',
    ['draft', 'shadow'],
    {
      'approve from today': 'in-force',
      'approve from next year': 'approved, shadow',
      retire: 'retired',
      shadow: 'STATE_RULE_SET',
      unshadow: 'draft',
    },
  ],
  [
    'approved for a later day',
    ['draft', 'approve from next year'],
    {
      draft: 'STATE_RULE_SET',
      'approve from today': 'STATE_RULE_SET',
      retire: 'retired',
      shadow: 'approved, shadow',
      unshadow: 'STATE_RULE_SET',
    },
  ],
  [
    'in force',
    ['draft', 'approve from today'],
    {
      draft: 'STATE_RULE_SET',
      'approve from today': 'STATE_RULE_SET',
      retire: 'retired',
      'retire from next year': 'in-force',
      shadow: 'STATE_RULE_SET',
      unshadow: 'STATE_RULE_SET',
    },
  ],
  [
    'in force until next year',
    ['draft', 'approve from today', 'retire from next year'],
    { draft: 'STATE_RULE_SET', 'approve from today': 'STATE_RULE_SET', retire: 'STATE_RULE_SET' },
  ],
  [
    'retired',
    ['draft', 'approve from today', 'retire'],
    {
      draft: 'draft',
      'approve from today': 'STATE_RULE_SET',
      retire: 'STATE_RULE_SET',
      shadow: 'STATE_RULE_SET',
      unshadow: 'STATE_RULE_SET',
    },
  ],
  [
    'withdrawn',
    ['draft', 'retire'],
    { draft: 'draft', 'approve from today': 'STATE_RULE_SET', retire: 'STATE_RULE_SET', shadow: 'STATE_RULE_SET' },
  ],
  ['drafted again', ['draft', 'retire', 'draft'], { 'approve from today': 'in-force', retire: 'retired' }],
]

for (const [before, acts, then] of LIFE) {
  t.test(`a rule set that is ${before}`, async (t) => {
    const hedui = await createHedui(t)
    for (const [act, expected] of Object.entries(then)) {
      const life = await createLife(t, hedui)
      for (const done of acts) await ACTS[done]!(life)
      const eventsBefore = await life.hedui.database.pool.query('select count(*)::int as n from rule_set_event')
      const work = ACTS[act]!(life)
      if (/^[A-Z_]+$/.test(expected)) {
        const error = await errorOf(work)
        t.equal(error.code, expected, `${act}: ${error.message}`)
        const events = await life.hedui.database.pool.query('select count(*)::int as n from rule_set_event')
        t.same(events.rows, eventsBefore.rows, `${act}: a refused act leaves nothing`)
      } else {
        const { state, shadow } = await work
        t.equal(`${state}${shadow ? ', shadow' : ''}`, expected, act)
      }
    }
  })
}

t.test('makers do not approve, however they write their name', async (t) => {
  const life = await createLife(t)
  await draftRuleSet(life.hedui, { folder: life.folder, actor: 'Zhang San', reason: 'x' })
  for (const actor of ['Zhang San', ' zhang san', 'ＺＨＡＮＧ ＳＡＮ']) {
    const error = await errorOf(
      approveRuleSet(life.hedui, { version: life.version, from: '2027-01-01', actor, reason: 'x' }),
    )
    t.match(error, { code: 'STATE_SAME_PERSON', message: /Zhang San drafted the rule set sha256:/ })
  }
  t.match(
    await approveRuleSet(life.hedui, { version: life.version, from: '2027-01-01', actor: 'Li Si', reason: 'x' }),
    { state: 'approved', author: 'Zhang San', approver: 'Li Si', inForceFrom: '2027-01-01', supersedes: life.shipped },
  )
})

t.test('each act needs a person and a reason', async (t) => {
  const life = await createLife(t)
  await ACTS.draft!(life)
  const { hedui, folder, version } = life
  const works = (act: { actor: string; reason: string }) => [
    draftRuleSet(hedui, { ...act, folder }),
    approveRuleSet(hedui, { ...act, version, from: '2027-01-01' }),
    retireRuleSet(hedui, { ...act, version }),
    shadowRuleSet(hedui, { ...act, version }),
    unshadowRuleSet(hedui, { ...act, version }),
  ]
  for (const actor of [' ', '\u200b', '…'])
    for (const work of works({ actor, reason: 'x' })) t.equal((await errorOf(work)).code, 'INPUT_ACTOR')
  for (const work of works({ actor: '王五', reason: ' ' })) t.equal((await errorOf(work)).code, 'INPUT_REASON')
})

t.test('a first day in the past must be meant', async (t) => {
  const life = await createLife(t)
  const { hedui, version } = life
  await ACTS.draft!(life)
  const approve = (from: string, backdated?: boolean) =>
    approveRuleSet(hedui, { ...APPROVER, version, from, ...(backdated === undefined ? {} : { backdated }) })
  t.equal((await errorOf(approve('2026-10-31'))).code, 'INPUT_BACKDATED')
  t.equal((await errorOf(approve('2026-13-01'))).code, 'INPUT_INVALID')
  t.match(await approve('2026-10-31', true), { state: 'in-force', inForceFrom: '2026-10-31' })
  const retire = (backdated: boolean) => retireRuleSet(hedui, { ...APPROVER, version, from: '2026-10-31', backdated })
  t.equal((await errorOf(retire(false))).code, 'INPUT_BACKDATED')
  t.match(await retire(true), { state: 'retired', retiredFrom: '2026-10-31', inForceInstead: life.shipped })
})

t.test('the shipped set is never retired, but superseded, and can be had back', async (t) => {
  const life = await createLife(t)
  const { hedui, shipped } = life
  const again = { folder: hedui.config.rulesFolder, ...DRAFTER }
  t.match(await errorOf(draftRuleSet(hedui, again)), { code: 'STATE_RULE_SET', message: /in force/ })
  await (await openRuleBook(hedui)).inForceOn('2026-11-01')
  const retire = retireRuleSet(hedui, { ...APPROVER, version: shipped })
  t.match(await errorOf(retire), { code: 'STATE_RULE_SET', message: /approve another instead/ })
  await ACTS.draft!(life)
  await ACTS['approve from today']!(life)
  t.match(await draftRuleSet(hedui, again), { version: shipped, state: 'draft', shipped: true })
  const approved = await approveRuleSet(hedui, { ...APPROVER, version: shipped, from: '2026-11-01' })
  t.match(approved, { state: 'in-force', supersedes: life.version })
})

t.test('a broken set cannot be drafted', async (t) => {
  const { hedui } = await createLife(t)
  const broken: readonly (readonly [ErrorCode, Parameters<typeof rulesFolder>[1]])[] = [
    ['DEFINITION_RULE', { measure: 'size(vehicle)' }],
    ['DEFINITION_PARAMETER', { files: { 'parameters/all.yaml': 'months:\n  unit: weeks\n  values: []\n' } }],
    ['DEFINITION_EXAMPLE', { measure: 'size(vehicles) + 1' }],
    [
      'DEFINITION_RULE',
      { files: { 'supplementary/bare.yaml': vehicleRule({ id: 'bare' }).replace(/examples:.*/s, '') } },
    ],
  ]
  for (const [code, rules] of broken) {
    t.equal((await errorOf(draftRuleSet(hedui, { ...DRAFTER, folder: rulesFolder(t, rules) }))).code, code)
  }
  t.same(await listRuleSets(hedui), [], 'nothing is kept of it')
})

t.test('what the centre forbids is forbidden in a draft whose folder leaves its list out', async (t) => {
  // With the rules that are shipped, whose list has the plate.
  const hedui = await createHedui(t)
  const folder = rulesFolder(t, { measure: "size(vehicles.filter(v, !v.plateNumber.startsWith('新')))" })
  t.match(await errorOf(draftRuleSet(hedui, { ...DRAFTER, folder })), {
    code: 'DEFINITION_RULE',
    message: /startsWith\(\) of Vehicle\.plateNumber may not be used \(plate-origin\)/,
  })
  t.same(await listRuleSets(hedui), [], 'nothing is kept of it')
})

t.test('of two acts at once one is told to look again', async (t) => {
  const life = await createLife(t)
  await ACTS.draft!(life)
  const other = await life.hedui.database.pool.connect()
  await other.query(`begin; select pg_advisory_xact_lock(hashtextextended('rule set life', 0))`)
  t.equal((await errorOf(ACTS['approve from today']!(life))).code, 'STATE_BUSY')
  await other.query('rollback')
  other.release()
  const both = await Promise.allSettled([ACTS['approve from today']!(life), ACTS['approve from next year']!(life)])
  t.same(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'], 'never both')
  const [refused] = both.flatMap((each) => (each.status === 'rejected' ? [each.reason.code] : []))
  t.match(refused, /^STATE_(BUSY|RULE_SET)$/)
})

t.test('two sets approved for one day: the later approval wins, and says whose place it takes', async (t) => {
  const life = await createLife(t)
  await ACTS.draft!(life)
  await ACTS['approve from today']!(life)
  const folder = rulesFolder(t, { limit: ++limits })
  const second = await draftRuleSet(life.hedui, { ...DRAFTER, folder })
  const approved = await approveRuleSet(life.hedui, { ...APPROVER, version: second.version, from: '2026-11-01' })
  t.match(approved, { state: 'in-force', supersedes: life.version })
  const retired = await retireRuleSet(life.hedui, { ...APPROVER, version: second.version })
  t.equal(retired.inForceInstead, life.version, 'the one before is in force again')
})

t.test('a version is meant by its beginning, where that is one’s alone', async (t) => {
  const life = await createLife(t)
  const { hedui, version } = life
  await ACTS.draft!(life)
  const shadow = (name: string) => shadowRuleSet(hedui, { ...DRAFTER, version: name })
  t.equal((await errorOf(shadow('sha256:'))).code, 'INPUT_INVALID')
  t.equal((await errorOf(shadow('the new one'))).code, 'INPUT_INVALID')
  t.equal((await errorOf(shadow('0'.repeat(64)))).code, 'INPUT_NOT_FOUND')
  await hedui.database.pool.query('insert into rule_set (version, content, first_used_at) values ($1, $2, now())', [
    `${version.slice(0, 20)}${version[20] === '0' ? '1' : '0'}${version.slice(21)}`,
    '{}',
  ])
  t.match(await errorOf(shadow(version.slice(0, 20))), { code: 'INPUT_INVALID', message: /more than one/ })
  t.match(await shadow(version.slice(7, 24)), { version, shadow: true })
})

t.test('the history holds every act, in its order, and is never changed', async (t) => {
  const life = await createLife(t)
  for (const act of ['draft', 'shadow', 'approve from today', 'retire'] as const) await ACTS[act]!(life)
  const [set, ...others] = await listRuleSets(life.hedui)
  t.same(others, [])
  t.match(set, { version: life.version, state: 'retired', liveRuns: 0, trialRuns: 0, shadowRuns: 0 })
  t.same(
    set!.events.map(({ action, actor, reason, effectiveFrom }) => [action, actor, reason, effectiveFrom]),
    [
      ['drafted', '张三', '标准提高了', null],
      ['shadowed', '张三', '标准提高了', null],
      ['approved', '李四', '局务会同意', '2026-11-01'],
      ['retired', '李四', '局务会同意', '2026-11-01'],
    ],
  )
  t.same(await listRuleSets(life.hedui, life.version.slice(0, 19)), [set])
})
