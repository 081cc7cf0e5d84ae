import t from 'tap'
import type { Missing, RuleResult } from '../../src/domain/check-result.ts'
import type { Dossier, DossierRecord } from '../../src/domain/dossier.ts'
import type { Authorization, PersonFacts } from '../../src/domain/household.ts'
import { RECORD_TYPES, type RecordField } from '../../src/domain/record-types.ts'
import type { CompiledRule } from '../../src/rules/compile-rule.ts'
import { viewDossier } from '../../src/rules/dossier-view.ts'
import { evaluateRule } from '../../src/rules/evaluate-rule.ts'
import type { Parameters } from '../../src/rules/parameters.ts'
import type { RuleExample } from '../../src/rules/rule-schema.ts'
import { exampleDossier, exampleParameters } from '../../src/rules/run-example.ts'
import { person } from './dossiers.ts'
import { shippedRules } from './rule-sets.ts'

/**
 * Every rule that is shipped, switched on or not, in every region's form, times every input that it can lack. Rules are
 * found by themselves: each is tried on the households of its own examples.
 */
const rules = await shippedRules()

/** A household of an example, of which a rule says something. */
interface Known {
  readonly what: string
  readonly dossier: Dossier
  readonly parameters: Parameters
  readonly results: readonly RuleResult[]
}

const evaluate = (rule: CompiledRule, { dossier, parameters }: Pick<Known, 'dossier' | 'parameters'>) =>
  evaluateRule(rule, viewDossier(dossier), parameters, () => {})

const hasValue = ({ outcome }: RuleResult) => outcome === 'clear' || outcome === 'warned'

function householdOf(rule: CompiledRule, example: RuleExample): Known {
  const given = {
    dossier: exampleDossier(rule, example),
    parameters: exampleParameters(rules.parameters, example.given.params ?? {}),
  }
  return { ...given, what: example.title ?? JSON.stringify(example.expect), results: evaluate(rule, given) }
}

/** Of a rule's examples, the first clear one and the first warned one in which nobody lacks anything. */
function knownHouseholds(rule: CompiledRule): Known[] {
  const all = rule.definition.examples.map((example) => householdOf(rule, example))
  const known = all.filter(({ results }) => results.length > 0 && results.every(hasValue))
  const one = (outcome: string) => known.find(({ results }) => results.some((result) => result.outcome === outcome))
  return [one('clear'), one('warned')].filter((household) => household !== undefined)
}

const scopeOf = ({ definition }: CompiledRule, { people }: Dossier) =>
  people.filter(({ role }) => definition.who === 'all' || (role === 'supporter') === (definition.who === 'supporters'))

function unverifiable(rule: CompiledRule, who: string | null, missing: readonly Missing[]): RuleResult {
  const { id, unit } = rule.definition
  return {
    rule: id,
    person: who,
    outcome: 'unverifiable',
    unit,
    measure: null,
    limit: null,
    reason: null,
    missing,
    evidence: [],
  }
}

const withPerson = (dossier: Dossier, id: string, change: Partial<PersonFacts>): Dossier => ({
  ...dossier,
  people: dossier.people.map((facts) => (facts.id === id ? { ...facts, ...change } : facts)),
})

/** Results where one person lacks something: theirs (or the household's) is unverifiable, those of others stand. */
function withGap(rule: CompiledRule, { results }: Known, who: string, missing: readonly Missing[]): RuleResult[] {
  const isHousehold = rule.definition.scope === 'household'
  return results.map((result) =>
    isHousehold || result.person === who ? unverifiable(rule, result.person, missing) : result,
  )
}

t.test('every rule has a clear and a warned household to be tried on', async (t) => {
  t.ok(rules.rules.length >= 9, `${rules.rules.length} rules`)
  for (const rule of rules.rules) t.equal(knownHouseholds(rule).length, 2, nameOf(rule))
})

function nameOf({ definition: { id, region } }: CompiledRule): string {
  return region ? `${id} in ${region}` : id
}

for (const rule of rules.rules) {
  const { sources } = rule.definition
  const households = knownHouseholds(rule)
  const name = nameOf(rule)

  t.test(`${name} is unverifiable without an answer of its source`, async (t) => {
    for (const known of households) {
      const { dossier, results, what } = known
      for (const source of sources) {
        for (const [state, why] of [
          ['missing', 'source-missing'],
          ['stale', 'source-stale'],
        ] as const) {
          const uses = dossier.sources.map((use) => (use.source === source ? { ...use, state } : use))
          const expected = results.map(({ person: who }) => unverifiable(rule, who, [{ why, source }]))
          const found = evaluate(rule, { ...known, dossier: { ...dossier, sources: uses } })
          t.same(found, expected, `${source} ${state}: ${what}`)
        }
        const without = dossier.sources.filter((use) => use.source !== source)
        const expected = results.map(({ person: who }) => unverifiable(rule, who, [{ why: 'source-missing', source }]))
        const found = evaluate(rule, { ...known, dossier: { ...dossier, sources: without } })
        t.same(found, expected, `${source} not named: ${what}`)
      }
    }
  })

  t.test(`${name} is unverifiable where one person has no live authorization`, async (t) => {
    for (const known of households) {
      const { asOf } = known.dossier
      const [dayBefore, dayAfter] = [-1, 1].map((days) => shiftDate(asOf, days))
      const whole: Authorization = { signedOn: '2000-01-01', endsOn: null, sources: [...sources] }
      for (const { id } of scopeOf(rule, known.dossier)) {
        for (const source of sources) {
          for (const [what, authorization, live] of [
            ['none', null, false],
            ['signed after the check', { ...whole, signedOn: dayAfter! }, false],
            ['signed on the day', { ...whole, signedOn: asOf }, true],
            ['ended before the check', { ...whole, endsOn: dayBefore! }, false],
            ['ends on the day', { ...whole, endsOn: asOf }, true],
            ['another source', { ...whole, sources: whole.sources.filter((other) => other !== source) }, false],
          ] as const) {
            const found = evaluate(rule, { ...known, dossier: withPerson(known.dossier, id, { authorization }) })
            const lost = authorization === null || !live ? sources.filter((other) => isLost(other, source, what)) : []
            const missing = lost.map((other) => ({ why: 'not-authorized', source: other, person: id }) as const)
            t.same(found, live ? known.results : withGap(rule, known, id, missing), `${id} ${source} ${what}`)
          }
        }
      }
    }
  })

  t.test(`${name} is unverifiable for a person without a number`, async (t) => {
    for (const known of households) {
      for (const { id } of scopeOf(rule, known.dossier)) {
        const dossier = withPerson(known.dossier, id, { hasNumber: false, birthDate: null })
        const gap = withGap(rule, known, id, [{ why: 'no-id-number', person: id }])
        t.same(evaluate(rule, { ...known, dossier }), gap, `${id}: ${known.what}`)
      }
    }
  })

  t.test(`${name} is unverifiable where the source was never asked about a person`, async (t) => {
    for (const known of households) {
      for (const { id } of scopeOf(rule, known.dossier)) {
        for (const source of sources) {
          const dossier = { ...known.dossier, unanswered: [{ source, person: id }] }
          const gap = withGap(rule, known, id, [{ why: 'source-missing', source, person: id }])
          t.same(evaluate(rule, { ...known, dossier }), gap, `${id}: ${known.what}`)
        }
      }
    }
  })

  t.test(`${name} is unverifiable without a parameter that it cannot do without`, async (t) => {
    const needed = rule.parameters.filter((parameter) => !rule.optionalParameters.includes(parameter))
    for (const known of households) {
      for (const parameter of needed) {
        const missing = [{ why: 'parameter-missing', parameter } as const]
        const expected = known.results.map(({ person: who }) => unverifiable(rule, who, missing))
        t.same(evaluate(rule, { ...known, parameters: withoutValue(known, parameter) }), expected, parameter)
      }
    }
  })

  t.test(`${name} says so where it needs a parameter that it can mostly do without`, async (t) => {
    for (const parameter of rule.optionalParameters) {
      let asked = 0
      for (const example of rule.definition.examples) {
        const known = householdOf(rule, example)
        const found = evaluate(rule, { ...known, parameters: withoutValue(known, parameter) })
        for (const [i, result] of found.entries()) {
          const isAsked = result.missing.some((gap) => gap.why === 'parameter-missing' && gap.parameter === parameter)
          asked += Number(isAsked)
          if (!isAsked) t.same(result, known.results[i], `${parameter}: ${known.what}`)
        }
      }
      t.ok(asked > 0, `an example needs ${parameter}`)
    }
  })

  t.test(`${name} is unverifiable where what it requires was not declared`, async (t) => {
    if (!rule.requires) return
    for (const known of households) {
      const undeclared = undeclaredForms(known.dossier)
        .map((dossier) => evaluate(rule, { ...known, dossier }))
        .filter((results) => results.some(({ missing }) => missing.some(({ why }) => why === 'declaration-missing')))
      t.ok(undeclared.length > 0, `what it requires is a fact that may be undeclared: ${known.what}`)
      for (const result of undeclared.flat().filter(({ missing }) => missing.length > 0)) {
        const gap = {
          why: 'declaration-missing',
          ...(result.person === null ? {} : { person: result.person }),
        } as const
        t.same(result, unverifiable(rule, result.person, [gap]))
      }
    }
  })

  t.test(`${name} names every reason why it is unverifiable`, async (t) => {
    const [known] = households
    const [first] = scopeOf(rule, known!.dossier)
    const [source] = sources
    const stripped = withPerson(known!.dossier, first!.id, {
      hasNumber: false,
      birthDate: null,
      authorization: null,
    })
    const uses = stripped.sources.map((use) => (use.source === source ? { ...use, state: 'stale' as const } : use))
    const needed = rule.parameters.filter(
      (parameter) => !rule.optionalParameters.includes(parameter) && !rule.appliesParameters.includes(parameter),
    )
    const parameters = new Map(known!.parameters)
    for (const parameter of needed) parameters.set(parameter, { ...parameters.get(parameter)!, values: [] })
    const [result] = evaluate(rule, { parameters, dossier: { ...stripped, sources: uses } })
    const expected: Missing[] = [
      ...sources.flatMap((each): Missing[] => [
        ...(each === source ? [{ why: 'source-stale' as const, source: each }] : []),
        { why: 'not-authorized', source: each, person: first!.id },
      ]),
      { why: 'no-id-number', person: first!.id },
      ...needed.map((parameter): Missing => ({ why: 'parameter-missing', parameter })),
    ]
    t.same(result!.missing, expected)
    t.equal(result!.outcome, 'unverifiable')
  })

  t.test(`${name} asks nothing of people whom it is not about`, async (t) => {
    const nothing = { authorization: null, hasNumber: false, birthDate: null }
    for (const known of households) {
      const inScope = scopeOf(rule, known.dossier).map(({ id }) => id)
      const others = known.dossier.people.map((facts) =>
        inScope.includes(facts.id) ? facts : { ...facts, ...nothing },
      )
      const stranger = person({ id: 'S9', role: 'supporter', ...nothing })
      const people = rule.definition.who === 'members' ? [...others, stranger] : others
      t.same(evaluate(rule, { ...known, dossier: { ...known.dossier, people } }), known.results, known.what)
    }
  })

  t.test(`${name} does not fail where a record lacks what it may lack`, async (t) => {
    for (const example of rule.definition.examples) {
      const known = householdOf(rule, example)
      for (const { what, records } of thinnerRecords(known.dossier.records)) {
        for (const { missing, outcome } of evaluate(rule, { ...known, dossier: { ...known.dossier, records } })) {
          const failed = missing.some(({ why }) => why === 'error')
          if (failed) t.fail(`${known.what}: without ${what} it is ${outcome}, error`)
        }
      }
    }
    t.pass('each optional field of each record was taken away once')
  })
}

/** Whether a source is one for which the authorization of this form is no longer good. */
function isLost(source: string, chosen: string, what: string): boolean {
  return what === 'another source' ? source === chosen : true
}

const shiftDate = (date: string, days: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

function withoutValue({ parameters }: Known, parameter: string): Parameters {
  return new Map(parameters).set(parameter, { ...parameters.get(parameter)!, values: [] })
}

/** The dossier with one of the facts undeclared that may be. */
function undeclaredForms(dossier: Dossier): Dossier[] {
  const { household, people } = dossier
  const strip = (change: (facts: PersonFacts) => PersonFacts) => ({ ...dossier, people: people.map(change) })
  const { otherSchemes: _, ...alone } = dossier
  return [
    ...(['category', 'grantedFrom', 'monthlyBenefit'] as const).map((field) => ({
      ...dossier,
      household: { ...household, [field]: null },
    })),
    strip(({ support, ...facts }) => facts),
    ...(['paidMonthly', 'judgedMonthly', 'noAbility'] as const).map((field) =>
      strip(({ support, ...facts }) => (support ? { ...facts, support: { ...support, [field]: null } } : facts)),
    ),
    alone,
  ]
}

/** Records with one optional field of one record taken away. */
function thinnerRecords(records: readonly DossierRecord[]): { what: string; records: DossierRecord[] }[] {
  return records.flatMap((record, i) => {
    const kinds: Readonly<Record<string, RecordField>> = RECORD_TYPES[record.type].fields
    const optional = Object.keys(record.fields).filter((field) => kinds[field]?.optional)
    return optional.map((field) => {
      const { [field]: _, ...fields } = record.fields
      return { what: `${record.type} ${i + 1} ${field}`, records: records.with(i, { ...record, fields }) }
    })
  })
}

t.test('parameters are known by every text of a rule that names them', async (t) => {
  const named = Object.fromEntries(
    rules.rules
      .filter(({ definition }) => !definition.region && definition.enabled !== false)
      .map(({ definition, parameters }) => [definition.id, parameters]),
  )
  t.match(named, {
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
