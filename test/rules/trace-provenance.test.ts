import t from 'tap'
import type { Trace } from '../../src/domain/trace.ts'
import { checkDossierWithTraces } from '../../src/rules/trace-dossier.ts'
import { ALL_SOURCES, dossier, freshSources, person, record } from './dossiers.ts'
import { ruleSetOf, ruleWith, textWith } from './rule-sets.ts'

/** Values by region, scheme and day; the last stands for nobody here. */
const PARAMETERS = `standard:
  title: { zh: 标准, en: Standard }
  unit: CNY
  values:
    - { region: "", from: 2000-01-01, value: "100.00", authority: the state }
    - { region: "36", from: 2020-01-01, value: "200.00", authority: the province }
    - { region: "3699", from: 2025-01-01, until: 2026-06-30, value: "300.00", authority: the city until June }
    - { region: "3699", from: 2026-07-01, value: "310.00", authority: { zh: 本市, en: the city } }
    - { region: "3699", scheme: rural-dibao, from: 2026-07-01, value: "250.00", authority: the city for the country }
    - { region: "44", from: 2000-01-01, value: "900.00", authority: another province }
months:
  unit: months
  values:
    - { region: "", from: 2000-01-01, value: 3, authority: none }
area:
  unit: dm2
  values: []
`

const OPEN = { institution: '甲', account: '1', currency: 'CNY', status: 'open' } as const

function traceOf(rule: string, given: Parameters<typeof dossier>[0] = {}, parameters = PARAMETERS): Trace {
  const { traces } = checkDossierWithTraces(ruleSetOf([rule], [parameters]), dossier(given), null, { of: 'all' })
  return traces[0]!
}

const stepOf = ({ steps }: Trace, name: string) => steps.find((each) => each.step === name || each.name === name)!

t.test('a parameter is shown with the region, scheme, days and authority of the value that was used', async (t) => {
  const value = (
    amount: string,
    region: string,
    scheme: string | null,
    from: string,
    until: string | null,
    authority: string | { zh: string; en: string },
  ) => ({
    name: 'standard',
    title: { zh: '标准', en: 'Standard' },
    unit: 'CNY',
    value: amount,
    region,
    scheme,
    from,
    until,
    // A plain text is both.
    authority: typeof authority === 'string' ? { zh: authority, en: authority } : authority,
  })
  for (const [region, scheme, asOf, expected] of [
    [
      '369901003',
      'urban-dibao',
      '2026-11-01',
      value('310.00', '3699', null, '2026-07-01', null, { zh: '本市', en: 'the city' }),
    ],
    [
      '369901003',
      'rural-dibao',
      '2026-11-01',
      value('250.00', '3699', 'rural-dibao', '2026-07-01', null, 'the city for the country'),
    ],
    [
      '369901003',
      'rural-dibao',
      '2026-06-30',
      value('300.00', '3699', null, '2025-01-01', '2026-06-30', 'the city until June'),
    ],
    ['360101001', 'urban-dibao', '2026-11-01', value('200.00', '36', null, '2020-01-01', null, 'the province')],
    ['990000001', 'urban-dibao', '2026-11-01', value('100.00', '', null, '2000-01-01', null, 'the state')],
  ] as const) {
    const { parameters, steps } = traceOf(ruleWith(), { asOf, household: { region, scheme } })
    t.same(parameters[1], expected, `${region} ${scheme} ${asOf}`)
    const limit = steps.find(({ step }) => step === 'limit')!
    t.same(
      limit.calculation!.terms!.map((term) => [term.expression, term.value, term.unit]),
      [
        ['param.months', 3, 'months'],
        ['param.standard', expected.value, 'CNY'],
      ],
    )
  }
})

t.test('an unverifiable result shows what was missing, and what was not looked at', async (t) => {
  const late = { signedOn: '2026-11-02', endsOn: null, sources: [...ALL_SOURCES] }
  const over = { signedOn: '2025-01-01', endsOn: '2026-10-31', sources: [...ALL_SOURCES] }
  const other = { signedOn: '2026-01-05', endsOn: null, sources: ['tax'] }
  const records = [record('deposit', 'P1', 1, { ...OPEN, balance: 100 })]
  for (const [authorization, told] of [
    [null, null],
    [late, { signedOn: '2026-11-02', endsOn: null, names: true }],
    [over, { signedOn: '2025-01-01', endsOn: '2026-10-31', names: true }],
    [other, { signedOn: '2026-01-05', endsOn: null, names: false }],
  ] as const) {
    const trace = traceOf(ruleWith(), { people: [person({ authorization })], records })
    t.same(trace.missing, [{ why: 'not-authorized', source: 'bank', person: 'P1', authorization: told }])
    t.same([trace.outcome, trace.records, trace.selections], ['unverifiable', [], []])
    t.same([...new Set(trace.steps.map(({ state }) => state))], ['not-reached'])
  }
  const stale = freshSources().map((use) =>
    use.source === 'bank' ? { ...use, asOf: '2026-01-01', state: 'stale' as const } : use,
  )
  const trace = traceOf(ruleWith(), { sources: stale, records })
  t.same(trace.missing, [{ why: 'source-stale', source: 'bank' }])
  t.same(trace.sources, [{ source: 'bank', delivery: 'bank-1', asOf: '2026-01-01', state: 'stale' }])
  const unknown = traceOf(
    ruleWith(),
    {},
    textWith(PARAMETERS, ['value: 3, authority', 'until: 2001-01-01, value: 3, authority']),
  )
  t.same(unknown.missing, [{ why: 'parameter-missing', parameter: 'months' }])
  t.match(unknown.parameters[0], { name: 'months', value: null, region: null, authority: null })
  const nowhere = traceOf(ruleWith(), { sources: [] })
  t.same(nowhere.sources, [{ source: 'bank', delivery: null, asOf: null, state: 'missing' }])
})

t.test('what is asked before records is shown with the facts that decided it', async (t) => {
  const applies = traceOf(ruleWith(['sources:', 'applies: household.savings > 100000\nsources:']), {
    household: { savings: 90000 },
  })
  t.equal(applies.outcome, 'not-applicable')
  t.match(stepOf(applies, 'applies'), { state: 'done', value: false, expression: 'household.savings > 100000' })
  // A number beside money is money.
  t.same(
    stepOf(applies, 'applies').calculation!.terms!.map(({ kind, value, unit }) => [kind, value, unit]),
    [
      ['fact', '900.00', 'CNY'],
      ['literal', '1000.00', 'CNY'],
    ],
  )
  t.same(stepOf(applies, 'measure').state, 'not-reached')
  const requires = traceOf(ruleWith(['sources:', 'requires: has(household.category)\nsources:']))
  t.same(requires.missing, [{ why: 'declaration-missing' }])
  t.match(stepOf(requires, 'requires'), { state: 'done', value: false })
})

t.test('a difference that does not matter is shown with what made it so', async (t) => {
  const records = [record('deposit', 'P1', 1, { ...OPEN, balance: 100000 })]
  const rule = ruleWith(['reason:', 'material: measure > 2 * limit\nreason:'])
  const immaterial = traceOf(rule, { records })
  t.match(immaterial, { outcome: 'clear', note: 'immaterial', measure: '1000.00', limit: '930.00' })
  t.match(stepOf(immaterial, 'warn'), { value: true })
  t.match(stepOf(immaterial, 'material'), { state: 'done', value: false })
  const material = traceOf(rule, { records: [record('deposit', 'P1', 1, { ...OPEN, balance: 186001 })] })
  t.match(material, { outcome: 'warned', note: null })
  t.match(stepOf(material, 'material'), { value: true })
  t.match(stepOf(traceOf(rule), 'material'), { state: 'not-reached', value: null }, 'nothing differs')
})

t.test('what the records leave out is shown with the values that there are', async (t) => {
  const rule = ruleWith(['reason:', 'known: evidence.all(d, has(d.openedOn))\nreason:'])
  const trace = traceOf(rule, { records: [record('deposit', 'P1', 1, { ...OPEN, balance: 100 })] })
  t.same(trace.missing, [{ why: 'record-incomplete' }])
  t.match(stepOf(trace, 'known'), { state: 'done', value: false })
  t.match(stepOf(trace, 'measure'), { state: 'done', value: '1.00' })
  t.match(stepOf(trace, 'warn'), { state: 'not-reached' })
  t.same([trace.measure, trace.outcome, trace.records.length], [null, 'unverifiable', 1])
})

t.test('an expression that fails is named, and what stands before it is shown', async (t) => {
  const rule = ruleWith(['measure: sum(evidence.map(d, d.balance))', 'measure: max(evidence.map(d, d.balance))'])
  const trace = traceOf(rule, { records: [record('deposit', 'P1', 1, { ...OPEN, status: 'closed', balance: 100 })] })
  t.same(trace.missing, [{ why: 'error' }])
  t.match(trace.error, /max of an empty list/)
  t.same(
    trace.steps.map(({ step, state }) => `${step} ${state}`),
    ['let done', 'evidence done', 'measure failed', 'limit not-reached', 'warn not-reached'],
  )
  t.match(trace.records[0], { state: 'set-aside', because: { clause: "d.status == 'open'" } })
  const early = traceOf(
    ruleWith(['open: deposits.filter', 'least: min(deposits.map(d, d.balance))\n  open: deposits.filter']),
  )
  t.same(
    early.steps.map(({ name, step, state }) => `${name ?? step} ${state}`),
    [
      'least failed',
      'open not-reached',
      'evidence not-reached',
      'measure not-reached',
      'limit not-reached',
      'warn not-reached',
    ],
  )
})

t.test('a record of which the evaluation did not get to know is unknown', async (t) => {
  const rule = ruleWith([
    'open: deposits.filter',
    'least: min(policies.map(p, p.annualPremium))\n  open: deposits.filter',
  ])
  const trace = traceOf(rule, { records: [record('deposit', 'P1', 1, { ...OPEN, balance: 100 })] })
  t.match(trace.records, [{ state: 'unknown', because: null, gives: null }])
})

t.test('parts that were not asked for are not reached', async (t) => {
  const given = { records: [record('deposit', 'P1', 1, { ...OPEN, balance: 100 })] }
  const or = traceOf(ruleWith(['reason:', 'warn: size(open) > 0 || measure > limit\nreason:']), given)
  t.same(
    stepOf(or, 'warn').calculation!.terms!.map(({ state }) => state),
    ['done', 'not-reached'],
  )
  const choice = traceOf(
    ruleWith([
      'limit: param.months * param.standard',
      'limit: "household.savings > 0 ? param.standard : param.months * 100"',
    ]),
    given,
  )
  t.same(
    stepOf(choice, 'limit').calculation!.terms!.map(({ state, value }) => [state, value]),
    [
      ['done', false],
      ['not-reached', null],
      ['done', 300],
    ],
  )
  t.equal(choice.limit, '3.00')
})
