import t from 'tap'
import { type ExplainRequest, explainNow, explainRun, pagesOf } from '../../src/services/explain-result.ts'
import { rowOf } from '../support/departments.ts'
import { authorizationOf, householdOf, LI, memberOf, WANG } from '../support/people.ts'
import { CHECK_DATE, createWork, errorOf } from '../support/work.ts'

const work = await createWork(t)
const onRuleError = (error: unknown) => {
  throw error
}
const context = { ...work.hedui, ruleSet: work.ruleSet, onRuleError }
const request = (more: Partial<ExplainRequest> = {}): ExplainRequest => ({
  household: 'H1',
  rule: 'deposits',
  actor: '张三',
  role: 'centre',
  ...more,
})
const now = (more: Partial<ExplainRequest> = {}, asOf = CHECK_DATE) => explainNow(context, { ...request(more), asOf })
const ofRun = (run: string, more: Partial<ExplainRequest> = {}) => explainRun(context, { ...request(more), run })

await work.importLines([
  householdOf('H1', [
    memberOf('P1', WANG),
    memberOf('P2', LI, { declared: { employment: 'unable', monthlyIncome: '0.00', monthlyBenefits: '0.00' } }),
  ]),
  householdOf('H2', [memberOf('P1', WANG, authorizationOf({ sources: ['tax'] }))], { region: '369902001' }),
])
await work.deliver('bank', [
  rowOf.deposit(WANG, { 余额: 30000 }),
  rowOf.deposit(LI, { 余额: 30000 }),
  rowOf.deposit(LI, { 账号: '6217000000000000002', 余额: 6720.01 }),
  rowOf.deposit(LI, { 账号: '6217000000000000003', 余额: 1, 币种: 'USD' }),
])
await work.deliver('social-insurance', [
  rowOf.contribution(LI),
  rowOf.contribution(LI, { aae002: '202609', aae003: '202609' }),
])

t.test('explains a household of the register now, keeping nothing but who asked', async (t) => {
  const count = () =>
    work.query('select (select count(*) from check_result) as results, (select count(*) from run) as runs')
  const before = await count()
  await work.query('delete from audit')
  const explanation = await now()
  t.match(explanation, { run: null, asOf: CHECK_DATE, ruleSet: work.ruleSet.version, stored: null })
  const [trace] = explanation.traces
  t.match(trace, { rule: 'deposits', outcome: 'warned', measure: '36720.01', limit: '36720.00', householdId: 'H1' })
  t.same(
    trace!.records.map(({ key, state, gives }) => [key, state, gives]),
    [
      ['江右银行|****0001', 'taken', '30000.00'],
      ['江右银行|****0001', 'counted-once', null],
      ['江右银行|****0002', 'taken', '6720.01'],
      ['江右银行|****0003', 'set-aside', null],
    ],
  )
  t.same(await count(), before)
  const audit = await work.query<Record<string, unknown>>('select actor, role, action, subject from audit')
  const subject = { household: 'H1', rule: 'deposits', run: null, asOf: CHECK_DATE }
  t.same(audit, [{ actor: '张三', role: 'centre', action: 'explain', subject }])
  const told = JSON.stringify(explanation) + JSON.stringify([pagesOf(explanation, 'zh'), pagesOf(explanation, 'en')])
  t.notMatch(told, new RegExp(`${WANG.name}|${LI.name}|${WANG.idNumber}|${LI.idNumber}|62170000`))
})

t.test('a rule that is asked of persons is explained for each, or for the one asked for', async (t) => {
  const all = await now({ rule: 'contributions' })
  t.same(
    all.traces.map(({ person, outcome }) => [person, outcome]),
    [
      ['P1', 'clear'],
      ['P2', 'warned'],
    ],
  )
  const one = await now({ rule: 'contributions', person: 'P2' })
  t.same(
    one.traces.map(({ person }) => person),
    ['P2'],
  )
})

t.test('says what there is where something else was asked for', async (t) => {
  for (const [asked, says] of [
    [() => now({ household: 'H9' }), /no household of the register has the id H9/],
    [() => now({ rule: 'deposit' }), /there is no rule "deposit"; allowed: deposits, securities, /],
    [() => now({ person: 'P1' }), /asked of the whole household/],
    [() => now({ rule: 'contributions', person: 'P3' }), /not asked of P3; allowed: P1, P2/],
    [() => ofRun('0198a2f0-0000-7000-8000-000000000000'), /no finished run 0198a2f0/],
    [() => ofRun('last'), /no finished run last/],
  ] as const) {
    const { code, message } = await errorOf(asked())
    t.equal(code, 'INPUT_NOT_FOUND')
    t.match(message, says)
  }
})

t.test('a result of a past run is explained on the data that it saw, and is the one that it kept', async (t) => {
  const { summary } = await work.check()
  // Half as many rows as before, or it would be held.
  await work.deliver('bank', [rowOf.deposit(WANG, { 余额: 5 }), rowOf.deposit(LI, { 余额: 1 })], { asOf: '2026-11-01' })
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])], { asOf: '2026-11-01' })
  t.match((await now()).traces[0], { outcome: 'clear', measure: '5.00', people: ['P1'] })
  const past = await ofRun(summary.run)
  t.match(past, { run: summary.run, stored: 'same', asOf: CHECK_DATE, ruleSet: work.ruleSet.version })
  t.match(past.traces[0], { outcome: 'warned', measure: '36720.01', people: ['P1', 'P2'] })
  t.match(await ofRun(summary.run, { rule: 'contributions', person: 'P2' }), {
    stored: 'same',
    traces: [{ person: 'P2' }],
  })
  t.match((await ofRun(summary.run, { household: 'H2' })).traces[0]!.missing, [
    { why: 'not-authorized', source: 'bank', person: 'P1' },
  ])
  const { message } = await errorOf(ofRun(summary.run, { household: 'H9' }))
  t.match(message, /did not check H9/)
  await work.query(
    `update check_result set body = replace(body::text, '36720.01', '36720.02')::json where household_id = 'H1'`,
  )
  t.equal((await ofRun(summary.run)).stored, 'differs')
})
