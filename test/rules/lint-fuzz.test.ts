import fc from 'fast-check'
import t from 'tap'
import { CelPerson, createRuleEnvironment, RECORD_CLASSES } from '../../src/rules/cel-environment.ts'
import { lintRuleSet } from '../../src/rules/lint/lint-rule-set.ts'
import { parseParameters } from '../../src/rules/parameters.ts'

const PARAMETERS = `months: { unit: months, values: [{ region: "", from: 2000-01-01, value: 3, authority: invented for the tests }] }
standard: { unit: CNY, values: [{ region: "", from: 2000-01-01, value: "100.00", authority: invented for the tests }] }
`

/** Findings of a rule whose parts are given, by check. */
function lint(parts: Readonly<Record<string, unknown>>): string[] {
  const rule = {
    id: 'trial',
    order: 10,
    title: { zh: '试', en: 'Trial' },
    basis: 'supplementary',
    authority: 'invented for the tests',
    scope: 'person',
    sources: ['bank', 'tax'],
    unit: 'CNY',
    measure: 'household.savings',
    limit: 0,
    reason: { zh: '{measure} {limit}', en: '{measure} {limit}' },
    ...parts,
  }
  return lintRuleSet({
    rules: [{ file: 'rule.yaml', text: JSON.stringify(rule) }],
    parameters: [{ file: 'parameters.yaml', text: PARAMETERS }],
    forbidden: [],
    sources: new Map([
      ['bank', { types: ['deposit', 'security', 'policy'], months: null }],
      ['tax', { types: ['income'], months: 12 }],
    ]),
  }).map(({ check, message }) => (check === 'load' ? `load: ${message}` : check))
}

const environment = createRuleEnvironment('person', parseParameters([{ file: 'parameters.yaml', text: PARAMETERS }]))

const RUNS = 250

/** Conditions made of these, by and, or, not and ternaries. */
const conditionsOf = (atoms: readonly string[], maxDepth = 4): fc.Arbitrary<string> =>
  fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth, depthSize: 'medium' },
      fc.constantFrom(...atoms),
      fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} && ${b})`),
      fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} || ${b})`),
      tie('condition').map((a) => `!${a}`),
      fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    ),
  })).condition

const { ctor: Deposit } = RECORD_CLASSES.deposit
const { ctor: Policy } = RECORD_CLASSES.policy

const deposits = fc.array(
  fc.record(
    {
      balance: fc.bigInt({ min: -2n, max: 2n }),
      currency: fc.constantFrom('CNY', 'USD'),
      status: fc.constantFrom('open', 'closed'),
      openedOn: fc.constantFrom('2019-05-01', '2026-05-01'),
    },
    { requiredKeys: ['balance', 'currency'] },
  ),
  { maxLength: 3 },
)
const policies = fc.array(
  fc.record(
    { annualPremium: fc.bigInt({ min: 0n, max: 9n }), status: fc.constantFrom('in-force', 'lapsed') },
    { requiredKeys: ['annualPremium'] },
  ),
  { maxLength: 2 },
)

const ATOMS = [
  '(has(d.status))',
  "(d.status == 'open')",
  "(d.status != 'closed')",
  '(has(d.openedOn))',
  "(d.openedOn > '2020-01-01')",
  '(d.balance > 0)',
  '(size(policies) > 0)',
  '(policies.size() == 0)',
  '(max(policies.map(p, p.annualPremium)) > 5)',
  "(policies.exists(p, has(p.status) && p.status == 'lapsed'))",
  '(policies.exists(d, d.annualPremium > 2))',
  "(policies.all(d, !has(d.status) || d.status == 'lapsed'))",
]

t.test(
  'a rule without a warning about optional fields or empty lists does not fail on records that lack them',
  async (t) => {
    let silent = 0
    let failed = 0
    fc.assert(
      fc.property(
        conditionsOf(ATOMS, 2),
        conditionsOf(ATOMS.slice(0, 3), 1),
        deposits,
        policies,
        (first, second, ds, ps) => {
          const measure = `size(deposits.filter(d, ${first}).filter(x, true).map(d, ${second}))`
          const found = lint({ unit: 'count', measure })
          const context = { deposits: ds.map((d) => new Deposit(d)), policies: ps.map((p) => new Policy(p)) }
          const run = () => environment.parse(measure)(context)
          if (found.some((check) => check.startsWith('load'))) return false
          if (found.includes('optional-field') || found.includes('fallible-call')) {
            try {
              run()
            } catch {
              failed++
            }
            return true
          }
          silent++
          run()
          return true
        },
      ),
      { numRuns: RUNS },
    )
    t.ok(silent > 3, `${silent} of ${RUNS} rules gave no warning`)
    t.ok(failed > 3, `${failed} of the others failed`)
  },
)

const PERSON_ATOMS = [
  "(person.employment == 'student')",
  "(person.employment != 'retired')",
  "(person.employment in ['employed', 'flexible', 'student'])",
  "(person.role == 'member')",
  '(person.age > 10)',
  '(person.age <= 10)',
  '(12 > person.age)',
  '(person.age == 11)',
  '(person.disabled)',
  "(person.relation < 'm')",
  "(person.relation == 'self')",
  '(person.monthlyIncome > person.monthlyBenefits)',
  '(true)',
  '(1 > 2)',
]

const people = fc.record({
  employment: fc.constantFrom('employed', 'flexible', 'unemployed', 'unable', 'student', 'retired'),
  role: fc.constantFrom('applicant', 'member', 'supporter'),
  relation: fc.constantFrom('self', 'a', 'm', 'z', ''),
  age: fc.bigInt({ min: 8n, max: 14n }),
  disabled: fc.boolean(),
  monthlyIncome: fc.bigInt({ min: 0n, max: 1n }),
  monthlyBenefits: fc.bigInt({ min: 0n, max: 1n }),
})

t.test(
  'a condition that is called unreachable never holds, one that is called true for everyone always does',
  async (t) => {
    const told = { never: 0, always: 0 }
    fc.assert(
      fc.property(conditionsOf(PERSON_ATOMS), fc.array(people, { minLength: 20, maxLength: 20 }), (applies, all) => {
        const rule = lint({ applies: `has(person.age) && ${applies}` })
        const truth = all.map((facts) => environment.parse(applies)({ person: new CelPerson(facts) }))
        if (rule.includes('unreachable-applies')) {
          told.never++
          if (truth.includes(true)) return false
        }
        const always = lint({ applies: `!(has(person.age) && !${applies})` }).includes('unreachable-applies')
        if (always) told.always++
        return !always || !truth.includes(false)
      }),
      { numRuns: RUNS },
    )
    t.ok(told.never > 2 && told.always > 2, JSON.stringify(told))
  },
)

/** Expressions of a type, of all that rules may write. */
const { int, bool } = fc.letrec<Record<'int' | 'bool' | 'text' | 'list' | 'ints', string>>((tie) => {
  const of = (...parts: readonly (string | fc.Arbitrary<string>)[]) =>
    fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''))
  const depth = { maxDepth: 4, depthSize: 'medium' } as const
  return {
    int: fc.oneof(
      depth,
      fc.constantFrom(
        '0',
        '1',
        '12',
        'household.size',
        'household.monthlyIncome',
        'param.months',
        'param.standard',
        'person.age',
      ),
      of('(', tie('int'), fc.constantFrom(' + ', ' - ', ' * ', ' / ', ' % '), tie('int'), ')'),
      of('size(', tie('list'), ')'),
      of(fc.constantFrom('sum', 'max', 'min'), '(', tie('ints'), ')'),
      of('percentOf(', tie('int'), ', ', tie('int'), ')'),
      of('(', tie('bool'), ' ? ', tie('int'), ' : ', tie('int'), ')'),
      of('(-', tie('int'), ')'),
      of('cel.bind(z, ', tie('int'), ', z + ', tie('int'), ')'),
      of('{1: ', tie('int'), ', 2: ', tie('int'), '}[', tie('int'), ']'),
      of('size(', tie('text'), ')'),
    ),
    bool: fc.oneof(
      depth,
      fc.constantFrom('true', 'false', 'has(person.support)', 'person.disabled', 'has(person.support.paidMonthly)'),
      of('(', tie('int'), fc.constantFrom(' < ', ' == ', ' >= '), tie('int'), ')'),
      of('(', tie('text'), fc.constantFrom(' < ', ' == ', ' != '), tie('text'), ')'),
      of('(', tie('text'), ' in [', tie('text'), ', ', tie('text'), '])'),
      of('(', tie('bool'), fc.constantFrom(' && ', ' || '), tie('bool'), ')'),
      of('!(', tie('bool'), ')'),
      of(tie('list'), fc.constantFrom('.exists', '.all', '.exists_one'), '(d, ', tie('bool'), ')'),
      of(tie('text'), fc.constantFrom('.startsWith', '.contains', '.matches'), '(', tie('text'), ')'),
    ),
    text: fc.oneof(
      depth,
      fc.constantFrom(
        "''",
        "'2026-11'",
        "'2026-11-01'",
        "'open'",
        'asOf',
        'person.id',
        'household.scheme',
        "'·'",
        "'民族'",
      ),
      of('month(', tie('text'), ')'),
      of('monthsBefore(', tie('text'), ', ', tie('int'), ')'),
      of('(', tie('text'), ' + ', tie('text'), ')'),
      of(tie('text'), '.substring(0, 2)'),
      of('string(', tie('int'), ')'),
      of('(', tie('bool'), ' ? ', tie('text'), ' : ', tie('text'), ')'),
    ),
    list: fc.oneof(
      depth,
      fc.constantFrom('deposits', 'incomes', 'policies', 'people', '[]', '[1, 2]', "['a']"),
      of(tie('list'), '.filter(d, ', tie('bool'), ')'),
      of(tie('list'), '.map(x, ', tie('bool'), ', x)'),
      of('distinct(', tie('list'), ')'),
      of("distinctBy(incomes, 'month')"),
    ),
    ints: fc.oneof(
      depth,
      fc.constantFrom(
        'deposits.map(d, d.balance)',
        'incomes.filter(i, i.month >= monthsBefore(asOf, 3)).map(i, i.amount)',
        '[1]',
      ),
      of('[', tie('int'), ', ', tie('int'), ']'),
      of(tie('list'), '.map(d, ', tie('int'), ')'),
    ),
  }
})

t.test('the linter never throws on what parses', async (t) => {
  let sound = 0
  fc.assert(
    fc.property(int, int, bool, (measure, limit, applies) => {
      const found = lint({
        applies,
        let: { one: measure },
        measure: 'one',
        limit,
        warn: `${applies} && measure > limit`,
      })
      if (!found.some((check) => check.startsWith('load'))) sound++
    }),
    { numRuns: RUNS },
  )
  t.ok(sound > RUNS / 20, `${sound} of ${RUNS} rules load`)
})
