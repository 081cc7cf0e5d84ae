import t from 'tap'
import type { Missing, RuleResult } from '../../src/domain/check-result.ts'
import type { Dossier } from '../../src/domain/dossier.ts'
import type { Authorization, PersonFacts } from '../../src/domain/household.ts'
import { checkDossier } from '../../src/rules/check-dossier.ts'
import type { CompiledRule } from '../../src/rules/compile-rule.ts'
import type { RuleSet } from '../../src/rules/rule-set.ts'
import { ALL_SOURCES, dossier, freshSources, person } from './dossiers.ts'
import { shippedRules } from './rule-sets.ts'

const rules = await shippedRules()

/** Two people to whom every shipped rule can apply: `wage-below-minimum` to the employed, `contributions` to the unemployed. */
const people = (of: CompiledRule, change: Partial<PersonFacts> = {}): PersonFacts[] => {
  const employment = of.definition.id === 'wage-below-minimum' ? 'employed' : 'unemployed'
  return [
    person({ id: 'P1', employment, monthlyIncome: 200000 }),
    person({ id: 'P2', role: 'member', employment, monthlyIncome: 200000, ...change }),
  ]
}

function resultsOf(rule: CompiledRule, given: Dossier, ruleSet: RuleSet = rules): RuleResult[] {
  return checkDossier(ruleSet, given, null).results.filter((result) => result.rule === rule.definition.id)
}

const unverifiable = (rule: CompiledRule, who: string | null, missing: readonly Missing[]): RuleResult => ({
  rule: rule.definition.id,
  person: who,
  outcome: 'unverifiable',
  unit: rule.definition.unit,
  measure: null,
  limit: null,
  reason: null,
  missing,
  evidence: [],
})

const AUTHORIZED: Authorization = { signedOn: '2026-01-05', endsOn: null, sources: [...ALL_SOURCES] }

t.test('with nothing missing every shipped rule has a value', async (t) => {
  for (const rule of rules.rules) {
    for (const result of resultsOf(rule, dossier({ people: people(rule) })))
      t.match(result, { outcome: 'clear', missing: [] }, `${rule.definition.id} ${result.person}`)
  }
})

for (const rule of rules.rules) {
  const { id, scope, sources } = rule.definition
  const household = scope === 'household'

  t.test(`${id} is unverifiable without an answer of its source`, async (t) => {
    for (const source of sources) {
      for (const [state, why] of [
        ['missing', 'source-missing'],
        ['stale', 'source-stale'],
      ] as const) {
        const uses = freshSources().map((use) => (use.source === source ? { ...use, state } : use))
        const expected = (household ? [null] : ['P1', 'P2']).map((who) => unverifiable(rule, who, [{ why, source }]))
        t.same(resultsOf(rule, dossier({ people: people(rule), sources: uses })), expected, `${source} ${state}`)
      }
      const without = freshSources().filter((use) => use.source !== source)
      const [first] = resultsOf(rule, dossier({ people: people(rule), sources: without }))
      t.match(first, { outcome: 'unverifiable', missing: [{ why: 'source-missing', source }] }, `${source} not named`)
    }
  })

  t.test(`${id} is unverifiable where one person has no live authorization`, async (t) => {
    for (const source of sources) {
      for (const [what, authorization, live] of [
        ['none', null, false],
        ['signed after the check', { ...AUTHORIZED, signedOn: '2026-11-02' }, false],
        ['signed on the day', { ...AUTHORIZED, signedOn: '2026-11-01' }, true],
        ['ended before the check', { ...AUTHORIZED, endsOn: '2026-10-31' }, false],
        ['ends on the day', { ...AUTHORIZED, endsOn: '2026-11-01' }, true],
        ['another source', { ...AUTHORIZED, sources: ALL_SOURCES.filter((name) => name !== source) }, false],
      ] as const) {
        const results = resultsOf(rule, dossier({ people: people(rule, { authorization }) }))
        const gap = unverifiable(rule, household ? null : 'P2', [{ why: 'not-authorized', source, person: 'P2' }])
        if (live)
          t.ok(
            results.every(({ outcome }) => outcome === 'clear'),
            what,
          )
        else t.same(results.at(-1), gap, what)
        if (!household) t.equal(results[0]!.outcome, 'clear', `${what}: the other person's result stands`)
      }
    }
  })

  t.test(`${id} does not ask supporters for anything`, async (t) => {
    const supporter = person({ id: 'S1', role: 'supporter', authorization: null, hasNumber: false, birthDate: null })
    for (const result of resultsOf(rule, dossier({ people: [...people(rule), supporter] })))
      t.match(result, { outcome: 'clear' })
  })

  t.test(`${id} is unverifiable for a person without a number`, async (t) => {
    const results = resultsOf(rule, dossier({ people: people(rule, { hasNumber: false, birthDate: null }) }))
    const gap = unverifiable(rule, household ? null : 'P2', [{ why: 'no-id-number', person: 'P2' }])
    t.same(results.at(-1), gap)
  })

  t.test(`${id} is unverifiable where the source was never asked about a person`, async (t) => {
    for (const source of sources) {
      const results = resultsOf(rule, dossier({ people: people(rule), unanswered: [{ source, person: 'P2' }] }))
      const gap = unverifiable(rule, household ? null : 'P2', [{ why: 'source-missing', source, person: 'P2' }])
      t.same(results.at(-1), gap)
    }
  })

  t.test(`${id} is unverifiable without a parameter that it names`, async (t) => {
    for (const parameter of rule.parameters) {
      const parameters = new Map(rules.parameters)
      parameters.set(parameter, { ...parameters.get(parameter)!, values: [] })
      const results = resultsOf(rule, dossier({ people: people(rule) }), { ...rules, parameters })
      const expected = (household ? [null] : ['P1', 'P2']).map((who) =>
        unverifiable(rule, who, [{ why: 'parameter-missing', parameter }]),
      )
      t.same(results, expected, parameter)
    }
  })

  t.test(`${id} names every reason why it is unverifiable`, async (t) => {
    const [source] = sources
    if (!source) return
    const uses = freshSources().map((use) => (use.source === source ? { ...use, state: 'stale' as const } : use))
    const given = dossier({
      people: people(rule, { authorization: null, hasNumber: false, birthDate: null }),
      sources: uses,
      household: { region: '990000' },
    })
    const whys = resultsOf(rule, given)
      .at(-1)!
      .missing.map(({ why }) => why)
    const named = rule.parameters.includes('standardMonthly') ? ['parameter-missing'] : []
    t.same(whys.toSorted(), ['no-id-number', 'not-authorized', 'source-stale', ...named].sort())
  })
}

t.test('parameters are known by every text of a rule that names them', async (t) => {
  const named = Object.fromEntries(rules.rules.map(({ definition, parameters }) => [definition.id, parameters]))
  t.same(named, {
    deposits: ['depositMonths', 'standardMonthly'],
    securities: ['securityMonths', 'standardMonthly'],
    property: ['dwellingAreaPerPerson'],
    insurance: ['premiumMonths', 'standardMonthly'],
    income: ['incomeMonths', 'standardMonthly'],
    vehicles: [],
    contributions: ['contributionMonths'],
    benefits: [],
    'wage-below-minimum': ['minimumWage'],
  })
})
