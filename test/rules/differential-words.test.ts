import fc from 'fast-check'
import t from 'tap'
import type { RuleResult } from '../../src/domain/check-result.ts'
import type { Dossier } from '../../src/domain/dossier.ts'
import type { SupportFacts } from '../../src/domain/household.ts'
import { parseYuan } from '../../src/domain/money.ts'
import { checkDossier } from '../../src/rules/check-dossier.ts'
import type { RuleSet } from '../../src/rules/rule-set.ts'
import { PARAMETERS, plainWords, RULES, type WordsVerdict } from './plain-words.ts'
import { dossiers } from './random-dossiers.ts'
import { problemsOf, ruleSetOf, textWith } from './rule-sets.ts'

const money = fc.constantFrom(0, 1, 50000, 70000, 76500, 76501, 76502, 300000)

const supports: fc.Arbitrary<SupportFacts> = fc.record({
  householdSize: fc.constantFrom(1, 3),
  othersIncome12Months: money,
  supported: fc.constantFrom(1, 2),
  children: fc.constantFrom(1, 2, 3, 7),
  judgedMonthly: fc.option(money),
  // A third of the standards that there are, and one fen beside it.
  paidMonthly: fc.option(fc.constantFrom(0, 25500, 25499, 21833, 10928, 76499, 76500, 74500, 65500), {
    freq: 6,
  }),
  noAbility: fc.constant(null),
})

/** Dossiers of the eight warnings with what else can be declared, in places where other rules hold. */
const declared: fc.Arbitrary<Dossier> = dossiers.chain((given) =>
  fc
    .record({
      region: fc.constantFrom('369901003', '369902001', '990000', '110101', '3698'),
      grantedFrom: fc.constantFrom('2024-05', '2024-05', '2024-05', null),
      monthlyBenefit: fc.option(money),
      supports: fc.array(fc.option(supports, { nil: undefined, freq: 5 }), {
        minLength: given.people.length,
        maxLength: given.people.length,
      }),
    })
    .map(({ region, grantedFrom, monthlyBenefit, supports: all }) => ({
      ...given,
      household: { ...given.household, region, grantedFrom, monthlyBenefit },
      people: given.people.map((facts, i) =>
        facts.role === 'supporter' && all[i] ? { ...facts, support: all[i] } : facts,
      ),
    })),
)

const texts = Object.values(RULES)
const rules = ruleSetOf(texts, [PARAMETERS])

const ofProgram = ({ rule, person, outcome, measure, limit, note, missing, evidence }: RuleResult) => ({
  rule,
  person,
  outcome,
  measure: measure === null ? null : parseYuan(measure as string),
  limit: limit === null ? null : parseYuan(limit as string),
  note: note ?? null,
  missing: [...new Set(missing.map(({ why }) => why))].sort(),
  evidence: evidence.map(({ source, person: owner, key, row }) => `${source} ${owner} ${key} ${row}`),
})
const ofWords = ({ evidence, ...verdict }: WordsVerdict) => ({
  ...verdict,
  evidence: evidence.map(({ source, person: owner, shownKey, row }) => `${source} ${owner} ${shownKey} ${row}`),
})

function difference(ruleSet: RuleSet, given: Dossier): string | null {
  const words = plainWords(given).map(ofWords)
  const program = checkDossier(ruleSet, given, null).results.map(ofProgram)
  const [a, b] = [JSON.stringify(words), JSON.stringify(program)]
  return a === b ? null : `words ${a}\nprogram ${b}`
}

t.test('requires, known, material, enabled, regions and dated parameters are what their words say', async (t) => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(declared, (given) => {
      const found = difference(rules, given)
      if (found) throw new Error(found)
      for (const { rule, outcome, note, missing, measure, limit } of plainWords(given)) {
        reached.add(`${rule} ${outcome}`)
        for (const why of missing) reached.add(`${rule} ${why}`)
        if (note) reached.add(`${rule} ${note}`)
        if (measure !== null && measure === limit) reached.add(`${rule} at its limit, ${outcome}`)
      }
    }),
    { numRuns: 3000, seed: 20_261_101 },
  )
  const whys = [
    'source-missing',
    'source-stale',
    'not-authorized',
    'no-id-number',
    'parameter-missing',
    'declaration-missing',
  ]
  for (const rule of ['assets', 'paid'])
    for (const what of ['warned', 'clear', 'unverifiable', 'not-applicable', ...whys])
      t.ok(reached.has(`${rule} ${what}`), `the dossiers reached ${rule} ${what}`)
  for (const what of ['assets immaterial', 'assets at its limit, warned', 'paid at its limit, clear'])
    t.ok(reached.has(what), `the dossiers reached ${what}`)
})

/** Whether some dossier tells a rule set from the words. */
const isFoundOut = (ruleSet: RuleSet) =>
  fc.check(
    fc.property(declared, (given) => difference(ruleSet, given) === null),
    { numRuns: 20_000, endOnFailure: true, seed: 20_261_101 },
  ).failed

t.test('a word that means something else is found out', async (t) => {
  for (const [rule, from, to] of [
    ['assets', 'requires: has(household.grantedFrom)', 'requires: "true"'],
    ['assets', 'measure - limit > household', 'measure - limit >= household'],
    ['assets', 'who: all', 'who: members'],
    ['assets', 'sources: [bank, tax]', 'sources: [bank, tax, vehicle]'],
    ['assets', '150', '151'],
    ['assetsIn3699', 'warn: measure >= limit', 'warn: measure > limit'],
    ['assetsIn3699', 'region: "3699"', 'region: "369"'],
    ['assetsIn369902', 'enabled: false', 'enabled: true'],
    ['paid', 'enabled: false', 'enabled: true'],
    ['paidIn3699', 'order: 5', 'order: 15'],
    ['paidIn3699', 'requires: has(person.support.paidMonthly)', 'requires: "true"'],
    ['paidIn3699', 'children > 2', 'children > 3'],
    ['paidIn3699', '|| has(param.bonus)', '|| !has(param.bonus)'],
  ] as const) {
    const changed = Object.entries(RULES).map(([name, text]) => (name === rule ? textWith(text, [from, to]) : text))
    t.ok(isFoundOut(ruleSetOf(changed, [PARAMETERS])), `${rule}: ${from} -> ${to}`)
  }
})

t.test('a parameter that holds elsewhere or at another time is found out', async (t) => {
  for (const [from, to] of [
    ['from: 2026-07-01, value: "765.00"', 'from: 2026-07-02, value: "765.00"'],
    ['until: 2026-06-30', 'until: 2026-06-29'],
    ['from: 2026-11-01, until', 'from: 2026-11-02, until'],
    ['until: 2026-11-30', 'until: 2027-11-30'],
    ['scheme: rural-dibao, from', 'from'],
    ['scheme: low-income', 'scheme: rural-dibao'],
    ['{ region: "", from: 2026-07-01, value: 6', '{ region: "", from: 2026-06-30, value: 6'],
    ['scheme: urban-dibao, from: 2026-07-01', 'from: 2026-07-01'],
  ] as const) {
    const text = textWith(PARAMETERS, [from, to])
    // A value that becomes one of two for a place and day is refused when it is loaded.
    const problems = problemsOf(() => ruleSetOf(texts, [text]))
    t.ok(problems.length > 0 || isFoundOut(ruleSetOf(texts, [text])), `${from} -> ${to}`)
  }
})
