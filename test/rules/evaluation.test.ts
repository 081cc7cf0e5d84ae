import t from 'tap'
import type { RuleResult } from '../../src/domain/check-result.ts'
import type { Dossier } from '../../src/domain/dossier.ts'
import { checkDossier, householdOutcome } from '../../src/rules/check-dossier.ts'
import { dossier, person, record } from './dossiers.ts'
import { PARAMETERS, RULE, ruleSetOf, ruleWith, textWith } from './rule-sets.ts'

/** The results of rules for a dossier, and what went wrong inside expressions. */
function check(
  rules: readonly string[],
  given: Dossier = dossier(),
): { results: readonly RuleResult[]; errors: string[] } {
  const errors: string[] = []
  const { results } = checkDossier(ruleSetOf(rules), given, null, (error) => errors.push((error as Error).message))
  return { results, errors }
}

const only = (rule: string, given?: Dossier): RuleResult => check([rule], given).results[0]!
const deposit = (owner: string, row: number, account: string, balance: number) =>
  record('deposit', owner, row, { institution: 'A', account, currency: 'CNY', balance, status: 'open' })

const BROKEN_PERSON = person({ hasNumber: false, birthDate: null, authorization: null })

t.test('a rule that does not apply is not applicable, whatever is missing', async (t) => {
  const rule = ruleWith(['let:', 'applies: household.size > 3\nlet:'], ['param.months', 'param.never'])
  const never = PARAMETERS.replace('months:', 'never:\n  unit: months\n  values: []\nmonths:')
  const { results } = checkDossier(ruleSetOf([rule], [never]), dossier({ people: [BROKEN_PERSON], sources: [] }), null)
  t.match(results[0], {
    outcome: 'not-applicable',
    measure: null,
    limit: null,
    reason: null,
    missing: [],
    evidence: [],
  })
})

t.test('applies that needs a parameter which is missing is unverifiable', async (t) => {
  const rule = ruleWith(['let:', 'applies: household.size > param.never\nlet:'])
  const never = `${PARAMETERS}never:\n  unit: count\n  values: []\n`
  const { results } = checkDossier(ruleSetOf([rule], [never]), dossier(), null)
  t.match(results[0], { outcome: 'unverifiable', missing: [{ why: 'parameter-missing', parameter: 'never' }] })
})

t.test('warned, clear and the sums', async (t) => {
  for (const [balance, outcome] of [
    [30000, 'clear'],
    [30001, 'warned'],
  ] as const) {
    t.match(only(RULE, dossier({ records: [deposit('P1', 1, '1', balance)] })), { outcome, limit: '300.00' })
  }
  t.match(only(RULE), { outcome: 'clear', measure: '0.00', evidence: [], reason: null }, 'no record is nothing owned')
})

t.test('evidence is listed for clear results too', async (t) => {
  const { evidence } = only(RULE, dossier({ records: [deposit('P1', 17, '1', 1)] }))
  t.same(evidence, [
    { source: 'bank', type: 'deposit', person: 'P1', key: 'A|1', asOf: '2026-10-31', delivery: 'bank-1', row: 17 },
  ])
})

t.test('evidence is in the order of key, then person, then row', async (t) => {
  const people = [person({ id: 'P1' }), person({ id: 'P2', role: 'member' })]
  const records = [
    deposit('P2', 1, '2', 1),
    deposit('P2', 2, '1', 1),
    deposit('P1', 9, '1', 1),
    deposit('P1', 3, '1', 1),
  ]
  const { evidence } = only(RULE, dossier({ people, records }))
  t.same(
    evidence.map(({ key, person, row }) => `${key} ${person} ${row}`),
    ['A|1 P1 3', 'A|1 P1 9', 'A|1 P2 2', 'A|2 P2 1'],
  )
})

t.test('two accounts whose keys read the same are two accounts', async (t) => {
  const rule = ruleWith(['sum(evidence.map', "sum(distinctBy(evidence, 'key').map"])
  const at = (institution: string, account: string, row: number) =>
    record('deposit', 'P1', row, { institution, account, currency: 'CNY', balance: 100, status: 'open' })
  const given = dossier({ records: [at('A|1', '2', 1), at('A', '1|2', 2)] })
  t.match(only(rule, given), { measure: '2.00' })
})

t.test('members, supporters, all: whose records a rule sees', async (t) => {
  const people = [person(), person({ id: 'P2', role: 'member' }), person({ id: 'S1', role: 'supporter' })]
  const records = [deposit('P1', 1, '1', 100), deposit('P2', 2, '2', 1000), deposit('S1', 3, '3', 10000)]
  for (const [who, measure] of [
    ['members', '11.00'],
    ['supporters', '100.00'],
    ['all', '111.00'],
  ] as const) {
    t.match(only(ruleWith(['who: members', `who: ${who}`]), dossier({ people, records })), { measure }, who)
  }
  const size = ruleWith(['unit: CNY', 'unit: count'], ['sum(evidence.map(d, d.balance))', 'household.size'])
  t.match(only(size, dossier({ people })), { measure: 2 }, 'household.size is applicant and members')
  const everyone = ruleWith(['unit: CNY', 'unit: count'], ['sum(evidence.map(d, d.balance))', 'size(people)'])
  t.match(only(everyone, dossier({ people })), { measure: 3 }, 'people holds supporters too')
})

t.test('records of a person who did not authorize their source are not read', async (t) => {
  const people = [person(), person({ id: 'P2', role: 'member', authorization: null })]
  const rule = ruleWith(['scope: household', 'scope: person'])
  const { results } = check([rule], dossier({ people, records: [deposit('P2', 1, '1', 99999)] }))
  t.match(results, [
    { person: 'P1', outcome: 'clear' },
    { person: 'P2', outcome: 'unverifiable', evidence: [] },
  ])
})

t.test('a rule over persons sees each person and their records', async (t) => {
  const rule = ruleWith(['scope: household', 'scope: person'], ['合计{measure}', '成员{person.id}合计{measure}'])
  const people = [person({ id: 'P1' }), person({ id: 'P2', role: 'member' })]
  const { results } = check([rule], dossier({ people, records: [deposit('P2', 1, '1', 40000)] }))
  t.match(results, [
    { person: 'P1', outcome: 'clear', measure: '0.00', reason: null },
    { person: 'P2', outcome: 'warned', measure: '400.00', reason: { zh: '成员P2合计400.00' } },
  ])
})

t.test('an expression that fails is unverifiable, and someone is told', async (t) => {
  const failing = (measure: string) =>
    ruleWith(['measure: sum(evidence.map(d, d.balance))', `measure: >-\n  ${measure}`])
  const given = dossier({ records: [deposit('P1', 1, '1', 1)] })
  for (const [what, measure] of [
    ['max of an empty list', 'max(evidence.filter(d, d.balance > 10).map(d, d.balance))'],
    ['min of an empty list', 'min(evidence.filter(d, d.balance > 10).map(d, d.balance))'],
    ['an integer overflow', '9223372036854775807 + size(evidence)'],
    ['an integer overflow of a product', '9223372036854775807 * (size(evidence) + 1)'],
    ['a division by zero', '100 / (size(evidence) - 1)'],
    ['an optional field that a row lacks', 'sum(evidence.map(d, has(d.openedOn) ? d.balance : d.averageBalance))'],
  ] as const) {
    const { results, errors } = check([failing(measure)], given)
    t.match(results[0], { outcome: 'unverifiable', missing: [{ why: 'error' }], measure: null, evidence: [] }, what)
    t.equal(errors.length, 1, `${what}: ${errors}`)
  }
  const beyond = failing('9007199254740993').replace('unit: CNY', 'unit: count')
  t.match(only(beyond), { outcome: 'unverifiable', missing: [{ why: 'error' }] }, 'a count beyond 2^53')
})

t.test('results are in the order of the rules, then of the persons', async (t) => {
  const at = (id: string, order: number, scope = 'household') =>
    ruleWith(['id: trial', `id: ${id}`], ['order: 10', `order: ${order}`], ['scope: household', `scope: ${scope}`])
  const people = [person({ id: 'P1' }), person({ id: 'P2', role: 'member' })]
  const { results } = check([at('c', 30), at('b', 20, 'person'), at('z', 5), at('a', 30)], dossier({ people }))
  t.same(
    results.map(({ rule, person }) => `${rule} ${person}`),
    ['z null', 'b P1', 'b P2', 'a null', 'c null'],
  )
})

t.test('a household is warned if any result is, else unverifiable if any is, else clear', async (t) => {
  for (const [outcomes, household] of [
    [['clear', 'warned', 'unverifiable'], 'warned'],
    [['clear', 'unverifiable', 'not-applicable'], 'unverifiable'],
    [['clear', 'not-applicable'], 'clear'],
    [['not-applicable'], 'clear'],
    [[], 'clear'],
  ] as const) {
    t.equal(householdOutcome(outcomes.map((outcome) => ({ outcome }))), household, outcomes.join(' '))
  }
})

t.test('values are shown in their unit', async (t) => {
  const rule = (unit: string) =>
    textWith(
      RULE,
      ['unit: CNY', `unit: ${unit}`],
      ['measure: sum(evidence.map(d, d.balance))', 'measure: "1234567"'],
      ['limit: param.months * param.standard', 'limit: param.area'],
      [
        '{measure} is above {limit}',
        '{measure} {limit} {param.standard} {param.months} {param.area} {household.savings} {household.size} {asOf}',
      ],
    )
  const rest = '100.00 3 30.50 5,000.00 1 2026-11-01'
  for (const [unit, measure, limit, text] of [
    ['CNY', '12345.67', '30.50', '12,345.67 30.50'],
    ['CNY/month', '12345.67', '30.50', '12,345.67 30.50'],
    ['CNY/year', '12345.67', '30.50', '12,345.67 30.50'],
    ['count', 1234567, 3050, '1234567 3050'],
    ['months', 1234567, 3050, '1234567 3050'],
    ['dm2', 1234567, 3050, '12345.67 30.50'],
    ['percent', 1234567, 3050, '1234567 3050'],
  ] as const) {
    const result = only(rule(unit), dossier({ household: { savings: 500000 } }))
    t.match(result, { unit, measure, limit, reason: { en: `${text} ${rest}` } }, unit)
  }
})

t.test('the functions of expressions', async (t) => {
  for (const [expression, value] of [
    ['sum([1, 2, 3])', 6],
    ['sum(deposits.map(d, d.balance))', 0],
    ['max([3, 9, 2])', 9],
    ['min([3, -9, 2])', -9],
    ['percentOf(105, 50)', 53],
    ['percentOf(-105, 50)', -52],
    ['percentOf(1000, 30)', 300],
    ['percentOf(1, 49)', 0],
    ['percentOf(1, 50)', 1],
    ["size(distinct(['a', 'b', 'a']))", 2],
    ["month(asOf) == '2026-11' ? 1 : 0", 1],
    ["monthsBefore('2026-11-01', 12) == '2025-11' ? 1 : 0", 1],
    ["size(['2025-10', '2025-11', '2026-10', '2026-11'].filter(m, m >= monthsBefore(asOf, 12) && m < month(asOf)))", 2],
  ] as const) {
    const rule = ruleWith(
      ['unit: CNY', 'unit: count'],
      ['measure: sum(evidence.map(d, d.balance))', `measure: >-\n  ${expression}`],
    )
    const { results, errors } = check([rule])
    t.equal(results[0]!.measure, value, `${expression} ${errors}`)
  }
})
