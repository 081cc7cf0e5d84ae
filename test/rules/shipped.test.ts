import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { RuleExample } from '../../src/rules/rule-schema.ts'
import { parseRuleSet, type RuleSet, rulesOfRegion } from '../../src/rules/rule-set.ts'
import { runRuleExample } from '../../src/rules/run-example.ts'
import { checkRuleExamples } from '../../src/services/load-rule-set.ts'
import { problemsOf, ROOT, SOURCES, shippedRules, textWith } from './rule-sets.ts'

const rules = await shippedRules()

t.test('the eight warnings and the wage rule are those of design §8, where no region has its own', async (t) => {
  const shown = rulesOfRegion(rules, '369901003').map(
    ({ definition: { id, order, basis, scope, who, sources, region } }) =>
      [id, order, basis, scope, who, sources.join(), region].join(' ').trim(),
  )
  t.same(shown, [
    'deposits 10 seed-named household members bank',
    'securities 20 seed-named household members bank',
    'property 30 seed-named household members property',
    'insurance 40 seed-named household members bank',
    'income 50 seed-named household members tax',
    'vehicles 60 seed-named household members vehicle',
    'contributions 70 inferred person members social-insurance',
    'benefits 80 inferred person members social-insurance',
    'wage-below-minimum 110 supplementary person members',
  ])
  t.same(rules.sources, ['bank', 'property', 'social-insurance', 'tax', 'vehicle'], 'and no other source is asked for')
})

t.test('every other rule is supplementary and switched off, or the form of one in a region', async (t) => {
  const off = rules.rules.filter(({ definition: { enabled, region } }) => enabled === false && !region)
  t.same(
    off.map(({ definition: { id, order, basis, scope, who, sources } }) =>
      [id, order, basis, scope, who, sources.join()].join(' ').trim(),
    ),
    [
      'supporter-income 120 supplementary household supporters tax',
      'duplicate-benefit 130 supplementary person members',
      'declared-income-gap 140 supplementary household members tax',
      'housing-bought 150 supplementary household members property',
      'deposit-movement 160 supplementary household members bank',
      'business-registration 170 supplementary household members business',
      'fiscal-payroll 180 supplementary household members payroll',
      'housing-fund 190 supplementary person members housing-fund',
      'death-record 200 supplementary person members death',
      'custody 210 supplementary person members prison',
    ],
  )
  const regional = rules.rules.filter(({ definition }) => definition.region)
  for (const { definition } of regional) {
    const national = rules.rules.find((rule) => rule.definition.id === definition.id && !rule.definition.region)
    t.match(national?.definition, { order: definition.order, scope: definition.scope, who: definition.who })
    t.ok(definition.region!.length >= 2, `${definition.id} ${definition.region}`)
  }
  t.same(
    regional.filter(({ definition }) => definition.enabled === true).map(({ definition }) => definition.id),
    ['housing-bought'],
    'of those that are off elsewhere one is on, in Jiangsu, over a source of the five',
  )
})

/** A page address, which is in Latin letters wherever it stands. */
const ADDRESS = /https?:\/\/[\x21-\x7e]+/g

t.test(
  'every authority tells a household in Chinese what it rests on, and has the same pages in English',
  async (t) => {
    const values = [...rules.parameters.values()].flatMap(({ name, values }) =>
      values.map(({ region, from, authority }) => [`${name} ${region} ${from}`, authority] as const),
    )
    const own = rules.rules.map(
      ({ definition: { id, region, authority } }) => [`${id} ${region ?? ''}`, authority] as const,
    )
    t.ok(own.length > 40 && values.length > 100, `${own.length} rules, ${values.length} values`)
    for (const [of, { zh, en }] of [...own, ...values]) {
      const said = zh.replace(ADDRESS, '')
      t.match(said, /\p{Script=Han}{4}/u, of)
      // Neither English nor what only the program's writers know (dossier, param.x, 二手 secondary).
      t.notMatch(said, /[A-Za-z]{2}|二手|§|undefined/, of)
      const pages = en.match(ADDRESS) ?? []
      for (const page of pages) t.ok(zh.includes(page.replace(/[;,)]+$/, '')), `${of}: ${page}`)
      if (/unverified/.test(en)) t.match(zh, /待核实/, of)
      if (/secondary/.test(en)) t.match(zh, /据公开网页/, of)
      if (/this project/.test(en)) t.match(zh, /本项目/, of)
      if (/invented/.test(en)) t.equal(zh, '样例虚构数据', of)
    }
  },
)

t.test('the examples of all rules give what they say', async (t) => {
  const count = rules.rules.reduce((sum, { definition }) => sum + definition.examples.length, 0)
  t.equal(checkRuleExamples(rules), count)
})

/** Whether a property example is at the limit of area: more dwellings than one, exactly as large as allowed. */
function atAreaLimit({ given, expect }: RuleExample): boolean {
  const area = (given.records?.properties ?? []).reduce((sum, property) => sum + Number(property.area), 0)
  return (
    area === Number(given.params?.dwellingAreaPerPerson) * (given.people?.length ?? 1) && Number(expect.measure) > 1
  )
}

t.test('every rule has an example at its limit, which is clear, one above it and one unverifiable', async (t) => {
  // A region whose words are "below" warns at its limit of area: test/rules/regions.test.ts tells those one by one.
  const strict = ['property 11', 'property 31', 'property 32', 'property 50']
  for (const { definition } of rules.rules.filter(
    ({ definition: { id, region } }) => !strict.includes(`${id} ${region}`),
  )) {
    const { id, examples } = definition
    const atLimit = examples.filter(({ expect }) => expect.measure !== undefined && expect.measure === expect.limit)
    const special = examples.filter(atAreaLimit)
    const found = id === 'property' && !definition.region ? special : atLimit
    t.ok(found.length > 0, `${id} at its limit`)
    // Premises beside one dwelling, and a reason to know nothing, are no matter of the limit shown.
    const clear = found.filter(({ expect }) => expect.outcome === 'clear')
    t.ok(clear.length > 0, `${id} at its limit is clear`)
    if (!definition.region) t.same(clear, found, `${id} at its limit is clear`)
    for (const outcome of ['warned', 'unverifiable']) {
      const shown = examples.filter(({ expect }) => expect.outcome === outcome)
      t.ok(shown.length > 0, `${id} ${outcome}`)
    }
    const reasons = examples
      .filter(({ expect }) => expect.outcome === 'unverifiable')
      .map(({ expect }) => expect.missing)
    t.ok(
      reasons.every((missing) => missing?.length),
      `${id}: an unverifiable example says why`,
    )
  }
})

t.test('a rule that does not apply to everyone has an example of whom it does not apply to', async (t) => {
  for (const { definition } of rules.rules.filter(({ applies }) => applies !== null))
    t.ok(
      definition.examples.some(({ expect }) => expect.outcome === 'not-applicable'),
      definition.id,
    )
})

/** The shipped deposits rule with a part of its text replaced. */
function depositsWith(from: string, to: string): RuleSet {
  const read = (name: string) => readFileSync(join(ROOT, 'rules', name), 'utf8')
  const text = textWith(read('eight-warnings/1-deposits.yaml'), [from, to])
  return parseRuleSet({
    rules: [{ file: 'deposits.yaml', text }],
    parameters: [{ file: 'national.yaml', text: read('parameters/national.yaml') }],
    sources: SOURCES,
  })
}

t.test('a broken example is reported with its rule and number', async (t) => {
  for (const [what, from, to, example, message] of [
    ['another outcome', 'outcome: warned', 'outcome: clear', 1, /gives warned, expected clear/],
    ['another measure', 'measure: "18360.00"', 'measure: "18360.01"', 0, /measure 18360\.00, expected 18360\.01/],
    ['another limit', 'limit: "36720.00"', 'limit: "36720.01"', 2, /limit 36720\.00/],
    ['other evidence', 'evidence: 2\n', 'evidence: 3\n', 1, /2 evidence rows, expected 3/],
    ['another reason', '合计18,360.01元', '合计18360.01元', 1, /says "/],
    ['another why', 'missing: [source-missing]', 'missing: [source-stale]', 3, /source-missing/],
    ['a rule that changed', "d.currency == 'CNY'", "d.currency != ''", 1, /measure/],
    ['an unknown parameter', 'params: { standardMonthly: null', 'params: { standardMontly: null', 4, /standardMontly/],
    ['an unknown list', 'records: { deposits:', 'records: { deposit:', 0, /deposit/],
    ['an unknown field', 'account: "3"', 'acount: "3"', 1, /acount/],
    ['money as a number', 'balance: "360.01"', 'balance: 360.01', 1, /decimal string of yuan/],
  ] as const) {
    const problems = problemsOf(() => checkRuleExamples(depositsWith(from, to)))
    t.equal(problems.length > 0, true, what)
    t.match(problems[0], { code: 'DEFINITION_EXAMPLE', message }, what)
    t.match(problems[0]?.place.path, `deposits examples.${example}`, what)
  }
})

t.test('facts of people and households that there are not are found out', async (t) => {
  const [deposits] = rules.rules
  const example = (given: Partial<RuleExample['given']>): RuleExample => ({
    given: { asOf: '2026-11-01', params: { standardMonthly: '765.00', depositMonths: 24 }, ...given },
    expect: { outcome: 'clear' },
  })
  const run = (given: Partial<RuleExample['given']>) => {
    try {
      return runRuleExample(deposits!, rules.parameters, example(given))
    } catch (error) {
      return (error as Error).message
    }
  }
  t.equal(run({}), null)
  t.type(run({ people: [{ id: 'P1', employed: true }] }), 'string', 'an unknown fact of a person')
  t.type(run({ household: { regoin: '11' } }), 'string', 'an unknown fact of a household')
  t.type(run({ sources: { banks: 'missing' } }), 'string', 'an unknown source')
})
