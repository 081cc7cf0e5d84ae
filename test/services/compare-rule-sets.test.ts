import t from 'tap'
import { CHANGE_KINDS, type ChangeKind, type HouseholdChange } from '../../src/domain/rule-comparison.ts'
import type { RuleSet } from '../../src/rules/rule-set.ts'
import { compareRuleSets } from '../../src/services/compare-rule-sets.ts'
import { discardDelivery } from '../../src/services/release-delivery.ts'
import { ruleSetOf, ruleWith } from '../rules/rule-sets.ts'
import { addCompared, NEW, OLD } from '../support/compared.ts'
import { rowOf } from '../support/departments.ts'
import { WANG } from '../support/people.ts'
import { createWork, errorOf, type Work } from '../support/work.ts'

const work = await createWork(t)
await addCompared(work)
const { run } = (await work.check({ ruleSet: OLD })).summary

async function compare(
  at: Work,
  sets: { old: RuleSet; new: RuleSet },
  more: { run?: string; maxSharePercent?: number } = {},
) {
  const changes: HouseholdChange[] = []
  const context = { ...at.hedui, onRuleError: (error: unknown) => t.fail(String(error)) }
  const summary = await compareRuleSets(
    context,
    { run, maxSharePercent: 50, actor: '张三', role: 'centre', ...sets, ...more },
    {
      change: async (change) => {
        changes.push(change)
      },
    },
  )
  return { summary, changes }
}

const counts = (more: Partial<Record<ChangeKind, number>>) => ({
  ...Object.fromEntries(CHANGE_KINDS.map((kind) => [kind, 0])),
  ...more,
})

t.test('tells each result that is not the same, with both sides', async (t) => {
  const { changes } = await compare(work, { old: OLD, new: NEW })
  const lines = changes.map(({ household, rule, kinds, old, new: other }) => {
    const side = (result: typeof old) => (result ? `${result.outcome} ${result.measure}/${result.limit}` : '-')
    return `${household} ${rule} ${kinds.join('+')}: ${side(old)} -> ${side(other)}`
  })
  t.same(lines, [
    'H1 cars newly-warned+rule-added: - -> warned 1/0',
    'H1 rural rule-removed: not-applicable null/null -> -',
    'H1 trial newly-warned: clear 250.00/300.00 -> warned 250.00/200.00',
    'H2 cars rule-added: - -> clear 0/0',
    'H2 rural no-longer-warned+rule-removed: warned 1/0 -> -',
    'H2 trial newly-warned: clear 300.00/300.00 -> warned 300.00/200.00',
    'H3 cars rule-added: - -> clear 0/0',
    'H3 rural rule-removed: not-applicable null/null -> -',
    'H3 trial changed-amount: warned 300.01/300.00 -> warned 300.01/200.00',
    'H4 cars rule-added: - -> unverifiable null/null',
    'H4 rural rule-removed: not-applicable null/null -> -',
    'H5 cars rule-added: - -> clear 0/0',
    'H5 rural no-longer-warned+rule-removed: warned 1/0 -> -',
    'H5 trial changed-amount: warned 350.00/300.00 -> warned 350.00/200.00',
  ])
  t.match(changes[0], { region: '369901003001', scheme: 'urban-dibao', person: null })
})

t.test('adds up households by rule, township and scheme', async (t) => {
  const { summary } = await compare(work, { old: OLD, new: NEW })
  t.match(summary, {
    run,
    asOf: '2026-11-01',
    old: OLD.version,
    new: NEW.version,
    households: 5,
    changed: 5,
    outcomes: { warned: { old: 3, new: 4 }, unverifiable: { old: 1, new: 1 }, clear: { old: 1, new: 0 } },
  })
  t.same(
    summary.byRule.map(({ rule, old, new: other, changes }) => ({ rule, old, new: other, changes })),
    [
      {
        rule: 'cars',
        old: null,
        new: { applies: 5, warned: 1, unverifiable: 1 },
        changes: counts({ 'rule-added': 5, 'newly-warned': 1 }),
      },
      {
        rule: 'trial',
        old: { applies: 5, warned: 2, unverifiable: 1 },
        new: { applies: 5, warned: 4, unverifiable: 1 },
        changes: counts({ 'newly-warned': 2, 'changed-amount': 2 }),
      },
      {
        rule: 'rural',
        old: { applies: 2, warned: 2, unverifiable: 0 },
        new: null,
        changes: counts({ 'rule-removed': 5, 'no-longer-warned': 2 }),
      },
    ],
  )
  t.same(summary.byTownship, [
    {
      group: '369901003',
      households: 2,
      changes: counts({ 'newly-warned': 2, 'no-longer-warned': 1, 'rule-added': 2, 'rule-removed': 2 }),
      warned: { old: 1, new: 2 },
    },
    {
      group: '369901004',
      households: 2,
      changes: counts({ 'no-longer-warned': 1, 'changed-amount': 2, 'rule-added': 2, 'rule-removed': 2 }),
      warned: { old: 2, new: 2 },
    },
    {
      group: '369902001',
      households: 1,
      changes: counts({ 'rule-added': 1, 'rule-removed': 1 }),
      warned: { old: 0, new: 0 },
    },
  ])
  t.same(summary.byScheme, [
    {
      group: 'rural-dibao',
      households: 2,
      changes: counts({
        'newly-warned': 1,
        'no-longer-warned': 2,
        'changed-amount': 1,
        'rule-added': 2,
        'rule-removed': 2,
      }),
      warned: { old: 2, new: 2 },
    },
    {
      group: 'urban-dibao',
      households: 3,
      changes: counts({ 'newly-warned': 1, 'changed-amount': 1, 'rule-added': 3, 'rule-removed': 3 }),
      warned: { old: 1, new: 2 },
    },
  ])
})

t.test('flags a rule of NEW that warns more than a share of the households that it applies to', async (t) => {
  const flags = async (maxSharePercent: number) => {
    const { summary } = await compare(work, { old: OLD, new: NEW }, { maxSharePercent })
    return summary.flags.map(
      ({ rule, why, households, of, percent }) => `${rule} ${why} ${households}/${of} ${percent}`,
    )
  }
  t.same(await flags(80), [], '4 of 5 are not more than 80 %')
  t.same(await flags(79.99), ['trial warned 4/5 80'])
  t.same(await flags(39), ['trial warned 4/5 80', 'trial newly-warned 2/5 40'])
  t.same(await flags(0), [
    'cars warned 1/5 20',
    'cars newly-warned 1/5 20',
    'trial warned 4/5 80',
    'trial newly-warned 2/5 40',
  ])
})

t.test('a set compared with itself changes nothing; the other way round is the mirror image', async (t) => {
  const same = await compare(work, { old: NEW, new: NEW })
  t.same(same.changes, [])
  t.match(same.summary, { changed: 0, households: 5, outcomes: { warned: { old: 4, new: 4 } } })
  const [there, back] = [await compare(work, { old: OLD, new: NEW }), await compare(work, { old: NEW, new: OLD })]
  t.same(
    back.changes.map(({ household, rule, old, new: other }) => ({ household, rule, old: other, new: old })),
    there.changes.map(({ household, rule, old, new: other }) => ({ household, rule, old, new: other })),
  )
})

t.test('keeps nothing but who compared what', async (t) => {
  const count = () =>
    work.query(
      `select (select count(*) from run)::int as runs, (select count(*) from check_result)::int as results,
       (select count(*) from trial_result)::int as trials, (select count(*) from rule_set)::int as sets`,
    )
  const before = await count()
  await work.query('delete from audit')
  await compare(work, { old: OLD, new: NEW })
  t.same(await count(), before)
  const audit = await work.query('select actor, role, action, subject from audit')
  const subject = { run, households: 5, old: OLD.version, new: NEW.version }
  t.same(audit, [{ actor: '张三', role: 'centre', action: 'compare rules', subject }])
})

t.test('uses the records of the run, and says when they are gone', async (t) => {
  const later = await createWork(t)
  await addCompared(later)
  const bankOnly = ruleSetOf([ruleWith()])
  const own = (await later.check({ ruleSet: OLD })).summary.run
  const before = await compare(later, { old: OLD, new: bankOnly }, { run: own })
  const { delivery } = await later.deliver('bank', [rowOf.deposit(WANG, { 余额: 1 })], { asOf: '2026-11-01' })
  t.same((await later.query('select state from delivery where id = $1', [delivery]))[0], { state: 'held' })
  t.same(await compare(later, { old: OLD, new: bankOnly }, { run: own }), before)
  const [{ id } = { id: '' }] = await later.query<{ id: string }>(
    `select id from delivery where source = 'bank' and state = 'published'`,
  )
  await discardDelivery(later.hedui, { id, actor: 'test' })
  await later.query('delete from audit')
  const error = await errorOf(compare(later, { old: OLD, new: bankOnly }, { run: own }))
  t.match(error, { code: 'STATE_DISCARDED', message: id })
  t.same(await later.query('select action from audit'), [], 'nothing was looked at')
})
