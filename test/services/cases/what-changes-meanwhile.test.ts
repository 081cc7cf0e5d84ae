import { test } from 'tap'
import { openCases } from '../../../src/services/cases/open-cases.ts'
import { openRuleBook } from '../../../src/services/choose-rule-set.ts'
import { addKin } from '../../../src/services/kin/register-kin.ts'
import { discardDelivery } from '../../../src/services/release-delivery.ts'
import { checkTipOff } from '../../../src/services/tip-offs/check-tip-off.ts'
import { recordTipOff } from '../../../src/services/tip-offs/record-tip-off.ts'
import { recordTipOffVisit } from '../../../src/services/tip-offs/settle-tip-off.ts'
import { answerOf, type CaseWork, CLERK, createCaseWork, DECIDER, serviceOn } from '../../support/cases.ts'
import { rowOf } from '../../support/departments.ts'
import { householdOf, memberOf, personOf } from '../../support/people.ts'
import { errorOf } from '../../support/work.ts'

const A = personOf(150, '梁一')
const B = personOf(151, '梁二')
const COUNTY_VISIT = { visitors: ['陈主任', '刘干事'], findings: '家中情况属实', by: 'county' } as const
const VISIT_ACT = (on: string) => ({ ...COUNTY_VISIT, on })

const couple = (first: object = {}, second: object = {}) =>
  householdOf('H1', [memberOf('P1', A, { ...first }), memberOf('P2', B, { ...second })])

/** A couple of which the first has 60,000.00 in the bank: 24 months of 765.00 for two are 36,720.00. */
async function openCouple(work: CaseWork): Promise<string> {
  await work.importLines([couple()])
  await work.deliver('bank', [rowOf.deposit(A, { 余额: 60000 })])
  await work.openAll()
  return (await work.caseOf('H1')).id
}

async function serveAnswerRefuse(work: CaseWork, id: string): Promise<void> {
  await work.act(id, 'confirm', { reason: '已核对' })
  await work.act(id, 'serve', serviceOn('2026-11-02'))
  await work.act(id, 'rebut', answerOf(['W1'], '2026-11-02'))
  await work.act(id, 'assess', { warning: 'W1', verdict: 'refused', findings: '证明不足' })
  work.setDay('2026-11-17')
}

const LOWER = {
  outcome: 'adjust',
  reason: '核实清楚',
  basis: '57号第32条',
  effectiveFrom: '2026-12',
  newMonthlyBenefit: '320.00',
}

test('a case that has ended is not opened again by the run that it has seen', async (t) => {
  const work = await createCaseWork(t)
  await work.importLines([couple()])
  await work.deliver('bank', [rowOf.deposit(A, { 余额: 60000 })])
  const { summary } = await work.check()
  const earlier = await work.check({ asOf: '2026-10-31' })
  const draft = (run: string) => openCases(work.hedui, { run, actor: CLERK, role: 'centre' })
  t.equal((await draft(summary.run)).opened, 1)
  await work.act((await work.caseOf('H1')).id, 'dismiss', { reason: '账户为单位集资款，已向银行核实' })
  for (const run of [summary.run, earlier.summary.run])
    t.match(await draft(run), { warned: 1, opened: 0, unchanged: 1 })
  t.equal((await work.casesOf('H1')).length, 1)
  t.equal((await work.openAll()).opened, 1, 'a new run asks anew')
})

test('who is protected is what the register says on the day of service, too', async (t) => {
  const work = await createCaseWork(t)
  const id = await openCouple(work)
  await work.act(id, 'confirm', { reason: '已核对' })
  const serve = (more: object = {}) => work.act(id, 'serve', serviceOn('2026-11-03', more))
  work.setDay('2026-11-03')
  await work.importLines([couple({ seriousIllness: true })], { asOf: '2026-11-03' })
  t.match(await errorOf(serve()), { code: 'STATE_PROTECTED', message: /P1 is protected/ })
  // The first is well again, but the second applies now, and may be ill.
  await work.importLines([couple({ role: 'member' }, { role: 'applicant', seriousIllness: null })], {
    asOf: '2026-11-03',
  })
  t.match(await errorOf(serve()), { code: 'STATE_PROTECTED', message: /P2 is protected/ })
  t.equal((await serve({ guardianOf: ['P2'] })).state, 'served')
})

test('nobody is written to of a household that they have left', async (t) => {
  const work = await createCaseWork(t)
  const id = await openCouple(work)
  await work.importLines([householdOf('H1', [memberOf('P2', B, { role: 'applicant' })])], { asOf: '2026-11-02' })
  const gone = await errorOf(work.act(id, 'confirm', { reason: '已核对' }))
  t.match(gone, { code: 'STATE_CASE', message: /P1, to whom the packet would go, is not in the household/ })
  t.equal((await work.caseOf('H1')).state, 'drafted', 'and nothing is confirmed')
})

test('what rests on a delivery that its source took back is not served, and nothing is decided on it', async (t) => {
  const work = await createCaseWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', A)]), householdOf('H2', [memberOf('P1', B)])])
  const bank = await work.deliver('bank', [
    rowOf.deposit(A, { 账号: '621', 余额: 60000 }),
    rowOf.deposit(B, { 账号: '622', 余额: 60000 }),
  ])
  await work.openAll()
  const [asked, waiting] = await Promise.all(['H1', 'H2'].map(async (each) => (await work.caseOf(each)).id))
  await work.act(waiting!, 'confirm', { reason: '已核对' })
  await serveAnswerRefuse(work, asked!)
  await discardDelivery(work.hedui, { id: bank.delivery, actor: '银行联络员' })
  for (const refused of [work.act(asked!, 'decide', LOWER), work.act(waiting!, 'serve', serviceOn('2026-11-17'))])
    t.match(await errorOf(refused), { code: 'STATE_DISCARDED', message: /W1 rests on a delivery.*withdraw it/ })
  const inFavor = { outcome: 'no-issue', reason: '银行更正', basis: '57号第18条' }
  t.equal((await work.act(asked!, 'decide', inFavor)).state, 'decided')
})

test('a benefit is not lowered for what newer runs give no more', async (t) => {
  const work = await createCaseWork(t)
  const id = await openCouple(work)
  await serveAnswerRefuse(work, id)
  const decide = () => work.act(id, 'decide', LOWER)
  const refused = { code: 'STATE_CASE', message: /a newer run does not give W1 any more: withdraw it/ }
  await work.deliver('bank', [rowOf.deposit(A, { 余额: 500 })], { asOf: '2026-11-16' })
  t.equal((await work.check({ asOf: '2026-11-17' })).results[0]?.results[0]?.outcome, 'clear')
  t.match(await errorOf(decide()), refused)
  // The bank's file is too old by then: a run that could not look clears nothing, and brings nothing back.
  await work.check({ asOf: '2026-12-05' })
  t.match(await errorOf(decide()), refused)
  await work.deliver('bank', [rowOf.deposit(A, { 余额: 60001 })], { asOf: '2026-12-04' })
  await work.check({ asOf: '2026-12-05' })
  t.equal((await decide()).state, 'decided', 'the newest run gives it again')
})

test('near kin that is registered later sends the county to the household before a decision against it', async (t) => {
  const work = await createCaseWork(t)
  const id = await openCouple(work)
  await serveAnswerRefuse(work, id)
  await addKin(work.hedui, {
    handler: '梁科长',
    office: '县民政局',
    relation: 'sibling',
    name: B.name,
    idNumber: B.idNumber,
    actor: '纪检组',
    role: 'admin',
    reason: '备案',
  })
  t.match(await errorOf(work.act(id, 'decide', LOWER)), { code: 'STATE_CASE', message: /the county has not visited/ })
  for (const [name, input] of [
    ['decide', LOWER],
    ['visit', VISIT_ACT('2026-11-17')],
  ] as const)
    t.equal((await errorOf(work.act(id, name, input, { actor: '梁 科长' }))).code, 'STATE_NEAR_KIN')
  const accompanied = { ...VISIT_ACT('2026-11-17'), visitors: ['陈主任', '梁科长'] }
  t.equal((await errorOf(work.act(id, 'visit', accompanied))).code, 'STATE_NEAR_KIN')
  await work.act(id, 'visit', VISIT_ACT('2026-11-17'))
  t.equal((await work.act(id, 'decide', LOWER)).state, 'decided')
})

test('a tip-off sends the county to the household, whose visit before the case counts in it', async (t) => {
  const work = await createCaseWork(t)
  const id = await openCouple(work)
  await serveAnswerRefuse(work, id)
  const tipOff = await recordTipOff(work.hedui, {
    household: 'H1',
    channel: 'phone',
    receivedOn: '2026-11-16',
    text: '有存款',
    reporter: null,
    actor: CLERK,
    role: 'centre',
  })
  const who = { tipOff: tipOff.id, actor: CLERK, role: 'centre' }
  const rules = await openRuleBook(work.hedui)
  const check = () => checkTipOff({ ...work.hedui, rules, onRuleError: () => {} }, { ...who, asOf: '2026-11-01' })
  await recordTipOffVisit(work.hedui, { ...who, ...COUNTY_VISIT, by: 'township', on: '2026-11-16' })
  t.match(await check(), { state: 'case', case: id })
  const view = await work.caseOf('H1')
  t.same([view.tipOffs, view.visits.map(({ by }) => by)], [[tipOff.id], ['township']])
  t.match(await errorOf(work.act(id, 'decide', LOWER)), { message: /the county has not visited.*it was reported/ })
  await work.act(id, 'visit', VISIT_ACT('2026-11-17'))
  t.equal((await work.act(id, 'decide', LOWER, { actor: DECIDER })).state, 'decided')
})
