import fc from 'fast-check'
import t from 'tap'
import type { HouseholdOutcome, RuleResult } from '../../src/domain/check-result.ts'
import { CHANGE_KINDS, type ChangeKind, type ResultChange } from '../../src/domain/rule-comparison.ts'
import { householdOutcome } from '../../src/rules/check-dossier.ts'
import { compareResults } from '../../src/rules/compare-results.ts'
import { ChangeTally } from '../../src/rules/tally-changes.ts'
import { ruleSetOf, ruleWith } from './rule-sets.ts'

const result = (more: Partial<RuleResult> = {}): RuleResult => ({
  rule: 'deposits',
  person: null,
  outcome: 'clear',
  unit: 'CNY',
  measure: '100.00',
  limit: '300.00',
  reason: null,
  missing: [],
  evidence: [],
  ...more,
})
const WARNED = result({ outcome: 'warned', measure: '300.01' })
const CLEAR = result()
const UNVERIFIABLE = result({ outcome: 'unverifiable', measure: null, limit: null })
const NOT_APPLICABLE = result({ outcome: 'not-applicable', measure: null, limit: null })

/** From, to, and how they differ; read backwards each kind is its opposite. */
const DIFFERENCES: readonly (readonly [RuleResult | null, RuleResult | null, ...ChangeKind[]])[] = [
  [CLEAR, WARNED, 'newly-warned'],
  [UNVERIFIABLE, WARNED, 'newly-warned', 'became-verifiable'],
  [NOT_APPLICABLE, WARNED, 'newly-warned', 'became-applicable'],
  [null, WARNED, 'newly-warned', 'rule-added'],
  [CLEAR, UNVERIFIABLE, 'became-unverifiable'],
  [CLEAR, NOT_APPLICABLE, 'no-longer-applicable'],
  [NOT_APPLICABLE, UNVERIFIABLE, 'became-unverifiable', 'became-applicable'],
  [null, CLEAR, 'rule-added'],
  [null, UNVERIFIABLE, 'rule-added'],
  [null, NOT_APPLICABLE, 'rule-added'],
  [CLEAR, result({ measure: '100.01' }), 'changed-amount'],
  [CLEAR, result({ limit: '200.00' }), 'changed-amount'],
  [WARNED, result({ outcome: 'warned', measure: '300.01', limit: '299.99' }), 'changed-amount'],
  [result({ unit: 'count', measure: 1, limit: 0 }), result({ unit: 'months', measure: 1, limit: 0 }), 'changed-amount'],
  [result({ measure: 1, limit: 0 }), result({ measure: 10, limit: 0 }), 'changed-amount'],
  [WARNED, result({ outcome: 'clear', measure: '300.01', note: 'immaterial' }), 'no-longer-warned'],
  [CLEAR, CLEAR],
  [WARNED, result({ outcome: 'warned', measure: '300.01', reason: { zh: '另一句', en: 'other words' } })],
  [UNVERIFIABLE, { ...UNVERIFIABLE, missing: [{ why: 'source-stale', source: 'bank' }] }],
]

const OPPOSITE: Readonly<Record<ChangeKind, ChangeKind>> = {
  'newly-warned': 'no-longer-warned',
  'no-longer-warned': 'newly-warned',
  'changed-amount': 'changed-amount',
  'became-unverifiable': 'became-verifiable',
  'became-verifiable': 'became-unverifiable',
  'became-applicable': 'no-longer-applicable',
  'no-longer-applicable': 'became-applicable',
  'rule-added': 'rule-removed',
  'rule-removed': 'rule-added',
}

const compare = (from: readonly RuleResult[], to: readonly RuleResult[]) =>
  compareResults({ results: from }, { results: to })
const listOf = (one: RuleResult | null) => (one ? [one] : [])
const mirror = ({ old, new: other, kinds, ...rest }: ResultChange): ResultChange => ({
  ...rest,
  kinds: kinds.map((kind) => OPPOSITE[kind]),
  old: other,
  new: old,
})

t.test('every way to differ is named, in both directions', async (t) => {
  for (const [from, to, ...kinds] of DIFFERENCES) {
    const title = `${from?.outcome} ${from?.measure} -> ${to?.outcome} ${to?.measure}`
    const there = compare(listOf(from), listOf(to))
    t.same(there.flatMap((change) => change.kinds).toSorted(), kinds.toSorted(), title)
    const back = compare(listOf(to), listOf(from))
    t.same(back.flatMap((change) => change.kinds).toSorted(), kinds.map((kind) => OPPOSITE[kind]).toSorted(), title)
  }
  const named = new Set(DIFFERENCES.flatMap(([, , ...kinds]) => kinds.flatMap((kind) => [kind, OPPOSITE[kind]])))
  t.same([...named].toSorted(), CHANGE_KINDS.toSorted(), 'all of them are tried')
})

t.test('a change holds both sides', async (t) => {
  t.same(compare([CLEAR], [WARNED]), [
    {
      rule: 'deposits',
      person: null,
      kinds: ['newly-warned'],
      old: { outcome: 'clear', unit: 'CNY', measure: '100.00', limit: '300.00', note: null },
      new: { outcome: 'warned', unit: 'CNY', measure: '300.01', limit: '300.00', note: null },
    },
  ])
})

t.test('results are compared by rule and person, whatever their order', async (t) => {
  const of = (rule: string, person: string | null, more: Partial<RuleResult> = {}) => result({ rule, person, ...more })
  const from = [of('b', 'P1'), of('b', 'P2'), of('a', null)]
  const to = [of('a', null), of('b', 'P2', { measure: '1.00' }), of('b', 'P1'), of('b', 'P3')]
  t.same(
    compare(from, to).map(({ rule, person, kinds }) => [rule, person, ...kinds]),
    [
      ['b', 'P2', 'changed-amount'],
      ['b', 'P3', 'rule-added'],
    ],
  )
})

const anyResult = fc.record({
  rule: fc.constantFrom('a', 'b', 'c'),
  person: fc.constantFrom(null, 'P1', 'P2'),
  outcome: fc.constantFrom('warned', 'clear', 'unverifiable', 'not-applicable'),
  unit: fc.constantFrom('CNY', 'count'),
  measure: fc.constantFrom(null, '1.00', '2.00', 1),
  limit: fc.constantFrom(null, '1.00', 1),
})
const anyResults = fc
  .uniqueArray(anyResult, { selector: ({ rule, person }) => `${rule} ${person}`, maxLength: 9 })
  .map((results) => results.map((one) => result(one as Partial<RuleResult>)))

t.test('a set compared with itself gives nothing, and two sets the other way round the mirror image', async (t) => {
  fc.assert(
    fc.property(anyResults, anyResults, (from, to) => {
      t.same(compare(from, from.toReversed()), [])
      const kindsSorted = (changes: ResultChange[]) =>
        changes.map(({ kinds, ...rest }) => ({ ...rest, kinds: kinds.toSorted() }))
      t.same(kindsSorted(compare(from, to).map(mirror)), kindsSorted(compare(to, from)))
    }),
    { numRuns: 300 },
  )
  t.pass('300 pairs')
})

t.test('so do the totals', async (t) => {
  const old = ruleSetOf([ruleWith(['id: trial', 'id: a']), ruleWith(['id: trial', 'id: b'])])
  const other = ruleSetOf([ruleWith(['id: trial', 'id: b']), ruleWith(['id: trial', 'id: c'])])
  const household = fc.record({
    region: fc.constantFrom('369901003', '369901003002', '369902001', '36'),
    scheme: fc.constantFrom('urban-dibao', 'rural-dibao'),
  })
  const side = (results: readonly RuleResult[]) => ({ outcome: householdOutcome(results), results })
  fc.assert(
    fc.property(fc.array(fc.tuple(household, anyResults, anyResults), { maxLength: 20 }), (households) => {
      const [there, back, same] = [new ChangeTally(), new ChangeTally(), new ChangeTally()]
      for (const [each, from, to] of households) {
        const at = { household: each }
        there.add({ ...at, old: side(from), new: side(to), changes: compare(from, to) })
        back.add({ ...at, old: side(to), new: side(from), changes: compare(to, from) })
        same.add({ ...at, old: side(from), new: side(from), changes: compare(from, from) })
      }
      const [a, b] = [there.summary(old, other, 100), back.summary(other, old, 100)]
      t.equal(a.households, households.length)
      t.equal(a.changed, b.changed)
      for (const outcome of ['warned', 'unverifiable', 'clear'] as HouseholdOutcome[]) {
        t.same(a.outcomes[outcome], { old: b.outcomes[outcome].new, new: b.outcomes[outcome].old })
      }
      for (const groups of ['byTownship', 'byScheme'] as const) {
        t.same(
          a[groups].map(({ group, households: count, warned }) => [group, count, warned.old, warned.new]),
          b[groups].map(({ group, households: count, warned }) => [group, count, warned.new, warned.old]),
        )
        for (const [i, { changes }] of a[groups].entries()) {
          for (const kind of CHANGE_KINDS) t.equal(changes[kind], b[groups][i]!.changes[OPPOSITE[kind]])
        }
      }
      const none = same.summary(old, old, 100)
      t.equal(none.changed, 0)
      t.ok(none.byRule.every(({ changes }) => Object.values(changes).every((count) => count === 0)))
      t.equal(none.outcomes.warned.old, none.outcomes.warned.new)
    }),
    { numRuns: 30 },
  )
})
