import t from 'tap'
import { diffRuns, type HouseholdDifference } from '../../src/services/diff-runs.ts'
import { PARAMETERS, ruleSetOf, ruleWith } from '../rules/rule-sets.ts'
import { rowOf } from '../support/departments.ts'
import { authorizationOf, householdOf, memberOf, personOf } from '../support/people.ts'
import { beginRun } from '../support/runs.ts'
import { createWork, errorOf } from '../support/work.ts'

/** One rule: the sum of open deposits, warned above three times 100.00. */
const ruleSet = ruleSetOf([ruleWith()], [PARAMETERS])
const work = await createWork(t)

/** Balances in October and in November by household; null: no deposit row. */
const BALANCES: Readonly<Record<string, readonly [october: number | null, november: number | null]>> = {
  'became-warned': [200, 400],
  'cleared-at-the-limit': [400, 300],
  'changed-amount': [100, 150.5],
  'first-deposit': [null, 1],
  'only-in-first': [100, 900],
  'only-in-second': [100, 900],
  same: [100, 100],
  'warned-otherwise': [400, 500],
  'became-unverifiable': [100, 100],
  'warned-then-unverifiable': [400, 400],
}
const IDS = Object.keys(BALANCES)
const personOfHousehold = (id: string) => personOf(IDS.indexOf(id) + 1, '王守仁')
const until = authorizationOf({ endsOn: '2026-10-31' })
await work.importLines(
  IDS.map((id) => householdOf(id, [memberOf('P1', personOfHousehold(id), id.endsWith('unverifiable') ? until : {})])),
)
const deliver = async (month: 0 | 1, asOf: string) => {
  const rows = IDS.flatMap((id) => {
    const balance = BALANCES[id]![month]
    return balance === null ? [] : [rowOf.deposit(personOfHousehold(id), { 余额: balance })]
  })
  await work.deliver('bank', rows, { asOf })
}
await deliver(0, '2026-09-30')
await deliver(1, '2026-10-31')
const runOf = async (asOf: string, but: string) => {
  const ids = IDS.filter((id) => id !== but)
  return (await work.check({ asOf, ruleSet, scope: { ids } })).summary.run
}
const october = await runOf('2026-10-01', 'only-in-second')
const november = await runOf('2026-11-01', 'only-in-first')

async function diff(from: string, to: string) {
  const households: HouseholdDifference[] = []
  const totals = await diffRuns(work.hedui, { from, to, actor: 'Chen', role: 'auditor' }, async (one) => {
    households.push(one)
  })
  return { households, totals }
}

/** Who differs from October to November, by hand: the outcomes, and the result of the one rule on both sides. */
type Side = readonly [outcome: string, measure: string | null]
const EXPECTED: readonly (readonly [
  id: string,
  from: string | null,
  to: string | null,
  old: Side | null,
  new: Side | null,
  kinds: string[],
])[] = [
  [
    'became-unverifiable',
    'clear',
    'unverifiable',
    ['clear', '100.00'],
    ['unverifiable', null],
    ['became-unverifiable'],
  ],
  ['became-warned', 'clear', 'warned', ['clear', '200.00'], ['warned', '400.00'], ['newly-warned']],
  ['changed-amount', 'clear', 'clear', ['clear', '100.00'], ['clear', '150.50'], ['changed-amount']],
  ['cleared-at-the-limit', 'warned', 'clear', ['warned', '400.00'], ['clear', '300.00'], ['no-longer-warned']],
  ['first-deposit', 'clear', 'clear', ['clear', '0.00'], ['clear', '1.00'], ['changed-amount']],
  ['only-in-first', 'clear', null, null, null, []],
  ['only-in-second', null, 'warned', null, null, []],
  ['warned-otherwise', 'warned', 'warned', ['warned', '400.00'], ['warned', '500.00'], ['changed-amount']],
  [
    'warned-then-unverifiable',
    'warned',
    'unverifiable',
    ['warned', '400.00'],
    ['unverifiable', null],
    ['became-unverifiable', 'no-longer-warned'],
  ],
]
const side = (of: Side | null) =>
  of && { outcome: of[0], unit: 'CNY', measure: of[1], limit: of[1] === null ? null : '300.00', note: null }

t.test('says of each household what it was, what it is, and the amounts behind it', async (t) => {
  const { households, totals } = await diff(october, november)
  t.same(
    households.map((one) => ({
      ...one,
      changes: one.changes.map((change) => ({ ...change, kinds: change.kinds.toSorted() })),
    })),
    EXPECTED.map(([household, from, to, old, other, kinds]) => ({
      household,
      from,
      to,
      changes: kinds.length === 0 ? [] : [{ rule: 'trial', person: null, kinds, old: side(old), new: side(other) }],
    })),
  )
  t.same(totals, {
    from: october,
    to: november,
    households: 10,
    differing: 9,
    becameWarned: 1,
    noLongerWarned: 2,
    becameUnverifiable: 2,
    becameClear: 1,
    changedAmounts: 3,
    onlyInFrom: 1,
    onlyInTo: 1,
  })
})

t.test('the other way round it is the mirror', async (t) => {
  const forth = await diff(october, november)
  const back = await diff(november, october)
  t.same(
    back.households.map(({ household, from, to, changes }) => [
      household,
      to,
      from,
      changes.map((change) => [change.new, change.old]),
    ]),
    forth.households.map(({ household, from, to, changes }) => [
      household,
      from,
      to,
      changes.map((change) => [change.old, change.new]),
    ]),
  )
  t.match(back.totals, {
    differing: 9,
    becameWarned: 2,
    noLongerWarned: 1,
    becameUnverifiable: 0,
    becameClear: 2,
    changedAmounts: 3,
    onlyInFrom: 1,
    onlyInTo: 1,
  })
})

t.test('a run does not differ from itself, nor from the same again', async (t) => {
  const again = await runOf('2026-11-01', 'only-in-first')
  for (const to of [november, again]) {
    const { households, totals } = await diff(november, to)
    t.same(households, [])
    t.match(totals, { households: 9, differing: 0, onlyInFrom: 0, onlyInTo: 0 })
  }
})

t.test('rules that come and go are changes too', async (t) => {
  const named = ruleSetOf([ruleWith(['id: trial', 'id: another'])], [PARAMETERS])
  const { summary } = await work.check({
    asOf: '2026-11-01',
    ruleSet: named,
    scope: { ids: ['became-warned', 'same'] },
  })
  const { households } = await diff(november, summary.run)
  const of = (id: string) => households.find(({ household }) => household === id)
  t.match(of('same'), {
    from: 'clear',
    to: 'clear',
    changes: [
      { rule: 'another', old: null, new: { measure: '100.00' }, kinds: ['rule-added'] },
      { rule: 'trial', new: null, old: { measure: '100.00' }, kinds: ['rule-removed'] },
    ],
  })
  t.match(of('became-warned'), { from: 'warned', to: 'warned', changes: [{ rule: 'another' }, { rule: 'trial' }] })
})

t.test('asking is audited, with why', async (t) => {
  await work.query('delete from audit')
  await diff(october, november)
  await diffRuns(work.hedui, { from: october, to: november, actor: 'Chen', role: 'auditor', reason: 'tip-off' })
  t.same(await work.query('select actor, role, action, reason, subject from audit order by id'), [
    ...['review', 'tip-off'].map((reason) => ({
      actor: 'Chen',
      role: 'auditor',
      action: 'compare runs',
      reason,
      subject: { from: october, to: november },
    })),
  ])
})

t.test('only runs that have ended are compared', async (t) => {
  const { run } = await beginRun(work)
  t.match(await errorOf(diff(october, run)), { code: 'STATE_RUN' })
  t.match(await errorOf(diff(run, october)), { code: 'STATE_RUN' })
  t.match(await errorOf(diff('nothing', october)), { code: 'INPUT_NOT_FOUND' })
})

t.test('many households are compared page by page, whichever run has them', async (t) => {
  const [first, second] = [november, october]
  const insert = (run: string, households: readonly number[]) =>
    work.query(
      `insert into check_result select $1, 'many' || lpad(n::text, 5, '0'), $1, 'clear', '{"outcome":"clear","results":[]}'
       from unnest($2::integer[]) n`,
      [run, households],
    )
  const all = Array.from({ length: 1700 }, (_, i) => i)
  const inFirst = all.filter((i) => i < 600 || i % 3 === 0)
  const inSecond = all.filter((i) => i >= 550 && i % 2 === 0)
  await insert(first, inFirst)
  await insert(second, inSecond)
  const { households, totals } = await diff(first, second)
  const told = households.filter(({ household }) => household.startsWith('many'))
  const expected = all.flatMap((i) => {
    const [is, was] = [inFirst.includes(i), inSecond.includes(i)]
    return is === was ? [] : [[`many${String(i).padStart(5, '0')}`, is ? 'clear' : null, was ? 'clear' : null]]
  })
  t.same(
    told.map(({ household, from, to }) => [household, from, to]),
    expected,
  )
  t.equal(totals.households, 10 + new Set([...inFirst, ...inSecond]).size)
})
