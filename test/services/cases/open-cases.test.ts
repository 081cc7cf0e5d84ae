import { test } from 'tap'
import { openCases } from '../../../src/services/cases/open-cases.ts'
import { answerOf, CLERK, createCaseWork, serviceOn } from '../../support/cases.ts'
import { rowOf } from '../../support/departments.ts'
import { fillRegister } from '../../support/many-households.ts'
import { householdOf, memberOf, personOf } from '../../support/people.ts'
import { errorOf } from '../../support/work.ts'

const A = personOf(50, '冯一')
const B = personOf(51, '冯二')
const rulesOf = (warnings: readonly { result: { rule: string } }[]) => warnings.map(({ result }) => result.rule)

test('a run opens one case a household, and once more changes nothing', async (t) => {
  const work = await createCaseWork(t)
  await fillRegister(work, 1200)
  const { summary } = await work.check()
  const request = { run: summary.run, actor: CLERK, role: 'centre' }
  // Two processes at once: together they open what one would.
  const [one, other] = await Promise.all([openCases(work.hedui, request), openCases(work.hedui, request)])
  t.equal(one.opened + other.opened, summary.warned)
  t.same([one.warned, other.warned], [summary.warned, summary.warned])
  const again = await openCases(work.hedui, request)
  t.same([again.opened, again.changed, again.unchanged], [0, 0, summary.warned])
  const [count] = await work.query(
    'select count(*)::int as cases, count(distinct household_id)::int as households from household_case',
  )
  t.same(count, { cases: summary.warned, households: summary.warned })
  const some = await openCases(work.hedui, { ...request, households: ['H000000'] })
  t.ok(some.warned <= 1, 'of these households only')
})

test('a later run extends a drafted case and opens a second packet on a served one', async (t) => {
  const work = await createCaseWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', A)]), householdOf('H2', [memberOf('P1', B)])])
  const deposits = (balance: number, asOf: string) =>
    work.deliver(
      'bank',
      [A, B].map((person, i) => rowOf.deposit(person, { 账号: `62${i}`, 余额: balance })),
      { asOf },
    )
  const cars = (count: number, asOf: string) =>
    work.deliver(
      'vehicle',
      [A, B].map((person, i) => rowOf.vehicle(person, { 号牌号码: `赣X${i}`, 机动车状态: count ? 'A' : 'E' })),
      { asOf },
    )
  await deposits(20000, '2026-10-20')
  await cars(0, '2026-10-20')
  await work.openAll()
  const { id } = await work.caseOf('H2')
  await work.act(id, 'confirm', { reason: '已核对' })
  await work.act(id, 'serve', serviceOn('2026-11-02'))
  t.same(rulesOf((await work.caseOf('H1')).warnings), ['deposits'])

  await cars(1, '2026-10-30')
  const second = await work.openAll()
  t.same([second.opened, second.changed], [0, 2])
  const drafted = await work.caseOf('H1')
  t.same(drafted.warnings.map(({ id, packet, result }) => [id, packet, result.rule]).sort(), [
    ['W1', 1, 'deposits'],
    ['W2', 1, 'vehicles'],
  ])
  t.equal(
    new Set(drafted.warnings.map(({ run }) => run)).size,
    1,
    'what is proposed is renewed: a packet rests on one run',
  )
  const served = await work.caseOf('H2')
  t.same(
    served.warnings.map(({ id, packet, result }) => [id, packet, result.rule]),
    [
      ['W1', 1, 'deposits'],
      ['W2', 2, 'vehicles'],
    ],
  )
  const issued = await work.act(id, 'confirm', { reason: '已核对' })
  t.same([issued.state, issued.packets.map((packet) => packet.id !== null)], ['served', [true, true]])
  await work.act(id, 'rebut', answerOf(['W1'], '2026-11-02'))

  await t.test('what a run does not give any more falls away where nobody issued it', async (t) => {
    await deposits(1000, '2026-10-31')
    await cars(0, '2026-10-31')
    const third = await work.openAll()
    t.equal(third.warned, 0)
    const [ended] = await work.casesOf('H1')
    t.same([ended?.state, ended?.warnings.map(({ state }) => state)], ['dismissed', ['withdrawn', 'withdrawn']])
    t.equal((await work.caseOf('H2')).warnings[0]?.state, 'confirmed', 'what was issued is for people to settle')
  })
})

test('a case says who is protected and what has to be answered first', async (t) => {
  const work = await createCaseWork(t)
  const child = { name: '冯小', idNumber: '36990120150101001' }
  const { checkDigit } = await import('../../../src/domain/id-number.ts')
  const people = [
    memberOf('P1', A, { disabled: null }),
    memberOf('P2', { ...child, idNumber: child.idNumber + checkDigit(child.idNumber) }, { relation: 'child' }),
  ]
  await work.importLines([householdOf('H1', people)])
  await work.deliver('bank', [
    rowOf.deposit(A, { 余额: 50000 }),
    // Another name under the number of P2: a lead.
    rowOf.deposit({ name: '冯大', idNumber: child.idNumber + checkDigit(child.idNumber) }, { 账号: '63', 余额: 7 }),
  ])
  await work.openAll()
  const view = await work.caseOf('H1')
  t.same(view.protected, [
    { person: 'P1', why: ['disabled-or-unknown'] },
    { person: 'P2', why: ['under-age'] },
  ])
  const [warning] = view.warnings
  t.equal(warning?.leads.length, 1)
  t.equal(warning?.openQuestions.length, 1)
  const refused = await errorOf(work.act(view.id, 'confirm', { reason: '已核对' }))
  t.equal(refused.code, 'STATE_UNVERIFIED')
  const lead = warning!.leads[0]!
  await work.act(view.id, 'settle-lead', { lead, answer: 'no', reason: '银行复核：姓名录入有误，非本人账户' })
  const confirmed = await work.act(view.id, 'confirm', { reason: '已核对' })
  t.equal(confirmed.state, 'confirmed')
  const unguarded = await errorOf(work.act(view.id, 'serve', serviceOn('2026-11-02')))
  t.equal(unguarded.code, 'STATE_PROTECTED')
  await work.act(view.id, 'visit', { on: '2026-11-02', visitors: ['孙伟', '何静'], findings: '在家', by: 'township' })
  t.equal((await work.act(view.id, 'serve', serviceOn('2026-11-02'))).state, 'served')
})

test('no case comes of a trial, of a run that was stopped, or of one that there is not', async (t) => {
  const work = await createCaseWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', A)])])
  const { summary } = await work.check()
  await work.query('update run set trial = true where id = $1', [summary.run])
  const of = (run: string) => errorOf(openCases(work.hedui, { run, actor: CLERK, role: 'centre' }))
  t.equal((await of(summary.run)).code, 'STATE_RUN')
  const stopped = await work.check()
  await work.query('update run set finished_at = null where id = $1', [stopped.summary.run])
  t.equal((await of(stopped.summary.run)).code, 'INPUT_NOT_FOUND')
  t.equal((await of('01a20276-9367-7ed0-8b4b-4ca9bc53df0e')).code, 'INPUT_NOT_FOUND')
  t.equal((await of('yesterday')).code, 'INPUT_NOT_FOUND')
})
