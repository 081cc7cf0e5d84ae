import { test } from 'tap'
import type { CaseView } from '../../../src/services/cases/case-view.ts'
import { readNotice } from '../../../src/services/cases/read-notice.ts'
import { answerOf, type CaseWork, createCaseWork, DECIDER, serviceOn } from '../../support/cases.ts'
import { rowOf } from '../../support/departments.ts'
import { householdOf, memberOf, personOf } from '../../support/people.ts'
import { readPdf, squeeze } from '../../support/read-pdf.ts'
import { errorOf } from '../../support/work.ts'

const personAt = (i: number) => personOf(10 + i, `周${'甲乙丙丁戊己庚辛'[i]}`)

const deliverDeposits = (work: CaseWork, count: number, { first = 20000, asOf = '2026-10-31' }) =>
  work.deliver(
    'bank',
    Array.from({ length: count }, (_, i) =>
      rowOf.deposit(personAt(i), { 账号: `62${i}`, 余额: i === 0 ? first : 20000 }),
    ),
    { asOf },
  )

/** One person each, with 20,000.00 in the bank: 24 months of the standard of 765.00 are 18,360.00. */
async function openCasesOf(work: CaseWork, count: number): Promise<string[]> {
  const people = Array.from({ length: count }, (_, i) => personAt(i))
  await work.importLines(people.map((person, i) => householdOf(`H${i}`, [memberOf('P1', person)])))
  await deliverDeposits(work, count, {})
  await work.openAll()
  return Promise.all(people.map(async (_, i) => (await work.caseOf(`H${i}`)).id))
}

const served = async (work: CaseWork, id: string) => {
  await work.act(id, 'confirm', { reason: '数据已核对' })
  return work.act(id, 'serve', serviceOn('2026-11-02'))
}

/** The text of the notice of a decision. */
async function textOf(work: CaseWork, { notices }: CaseView): Promise<string> {
  const reader = { actor: '审计', role: 'auditor', reason: 'review' }
  const { bytes } = await readNotice(work.hedui, notices[0]!.id, reader)
  return squeeze(
    readPdf(bytes)
      .pages.map(({ text }) => text)
      .join(''),
  )
}

const decision = (outcome: string, more: object = {}) => ({ outcome, reason: '核实清楚', basis: '57号第18条', ...more })

test('a case goes from a run to each outcome of a person', async (t) => {
  const work = await createCaseWork(t)
  const [explained, lowered, silent, wrong, late] = (await openCasesOf(work, 5)) as [
    string,
    string,
    string,
    string,
    string,
  ]
  for (const id of [explained, lowered, silent, late]) {
    const { state, packets } = await served(work, id)
    // Ten working days after Monday 2 November 2026: the 16th. No holiday lies between.
    t.same([state, packets[0]?.deadline?.date], ['served', '2026-11-16'])
  }

  await t.test('continue: an accepted answer, which keeps the warning from being raised', async (t) => {
    await work.act(explained, 'rebut', answerOf(['W1'], '2026-11-02'))
    await work.act(explained, 'assess', {
      warning: 'W1',
      verdict: 'accepted',
      findings: '存款为亲戚所有',
      suppressUntil: '2027-03-31',
      correction: { source: 'bank', record: '江右银行|****0', request: '更正户名' },
    })
    const before = await errorOf(work.act(explained, 'decide', decision('continue'), { actor: '周敏' }))
    t.equal(before.code, 'STATE_SAME_PERSON')
    const done = await work.act(explained, 'decide', decision('continue'))
    t.same([done.state, done.decision?.outcome, done.decision?.by], ['decided', 'continue', DECIDER])
    const paper = await readNotice(work.hedui, done.notices[0]!.id, {
      actor: '审计',
      role: 'auditor',
      reason: 'review',
    })
    t.equal(paper.bytes.subarray(0, 5).toString(), '%PDF-')
    const closed = await work.act(explained, 'close', { reason: '办结' })
    t.equal(closed.state, 'closed')
    // Closed, so that a new run would open another one, were it not suppressed.
    const again = await work.openAll()
    t.equal(again.suppressed, 1)
    t.equal((await work.casesOf('H0')).length, 1)
    // More money than what was explained is a question of its own.
    await deliverDeposits(work, 5, { first: 20001, asOf: '2026-11-01' })
    const grown = await work.openAll({ scope: { ids: ['H0'] } })
    t.same([grown.suppressed, grown.opened], [0, 1])
  })

  await t.test('adjust: from the month after, and only when the time to answer is over', async (t) => {
    await work.act(lowered, 'rebut', answerOf(['W1'], '2026-11-02'))
    await work.act(lowered, 'assess', { warning: 'W1', verdict: 'refused', findings: '未提供证明' })
    const input = decision('adjust', { effectiveFrom: '2026-12', newMonthlyBenefit: '320.00' })
    const early = await errorOf(work.act(lowered, 'decide', input))
    t.equal(early.code, 'STATE_CASE')
    t.match(early.message, /2026-11-16/)
    work.setDay('2026-11-17')
    const done = await work.act(lowered, 'decide', input)
    t.same([done.state, done.decision?.newMonthlyBenefit, done.warnings[0]?.state], ['decided', '320.00', 'upheld'])
    const closing = await errorOf(work.act(lowered, 'close', { reason: '办结' }))
    t.match(closing.message, /not been served/)
    await work.act(lowered, 'serve-outcome', serviceOn('2026-11-17'))
    const waiting = await errorOf(work.act(lowered, 'close', { reason: '办结' }))
    t.match(waiting.message, /review may be sought/)
  })

  await t.test(
    'deemed-withdrawal: silence ends the benefit after a second contact, and nothing is recovered',
    async (t) => {
      const report = await work.tick('2026-11-17')
      t.equal(report.expired, 2)
      const input = decision('deemed-withdrawal', { effectiveFrom: '2026-12' })
      const uncontacted = await errorOf(work.act(silent, 'decide', input))
      t.match(uncontacted.message, /second time/)
      await work.act(silent, 'contact-again', { method: 'phone', on: '2026-11-17', by: '孙伟', result: '无人接听' })
      const recovering = { ...input, recovery: { began: '2026-10', entitlement: 'none' } }
      work.setDay('2026-11-25')
      t.equal((await errorOf(work.act(silent, 'decide', recovering))).code, 'STATE_RECOVERY')
      const done = await work.act(silent, 'decide', input)
      t.same([done.state, done.warnings[0]?.state, done.decision?.recovery], ['decided', 'confirmed', null])
      t.same(
        done.notices.map(({ kind, sha256 }) => [kind, sha256]),
        [['outcome', done.decision?.notice?.sha256]],
      )
      const told = await textOf(work, done)
      t.match(told, /未答复/, 'what became of the warning')
      t.notMatch(told, /待说明/)
    },
  )

  await t.test('a late answer sets a decision aside', async (t) => {
    await work.act(late, 'contact-again', { method: 'phone', on: '2026-11-25', by: '孙伟', result: '无人接听' })
    work.setDay('2026-11-30')
    await work.act(late, 'decide', decision('deemed-withdrawal', { effectiveFrom: '2026-12' }))
    const reopened = await work.act(late, 'rebut', answerOf(['W1'], '2026-11-30'))
    t.same([reopened.state, reopened.decision, reopened.rebuttals[0]?.late], ['rebutted', null, true])
    await work.act(late, 'assess', { warning: 'W1', verdict: 'accepted', findings: '属实' })
    t.equal((await work.act(late, 'decide', decision('continue'))).state, 'decided')
  })

  await t.test('no-issue: a wrong warning counts against its rule', async (t) => {
    work.setDay('2026-11-03')
    await work.act(wrong, 'confirm', { reason: '数据已核对' })
    const done = await work.act(wrong, 'decide', decision('no-issue'))
    t.same([done.state, done.warnings[0]?.state, done.warnings[0]?.wrong], ['decided', 'withdrawn', true])
    const told = await textOf(work, done)
    t.match(told, /已撤回/, 'the notice tells what the decision makes of the warning')
    t.notMatch(told, /待说明/)
  })
})

test('cancel-and-recover lists the months, of what the register and people know', async (t) => {
  const work = await createCaseWork(t)
  const person = personOf(30, '吴丙')
  const lineWith = (monthlyBenefit: string) => householdOf('H1', [memberOf('P1', person)], { monthlyBenefit })
  await work.importLines([lineWith('600.00')], { asOf: '2026-05-01' })
  await work.importLines([lineWith('620.00')], { asOf: '2026-09-01' })
  await work.deliver('bank', [rowOf.deposit(person, { 余额: 20000 })])
  await work.openAll()
  const { id } = await work.caseOf('H1')
  await served(work, id)
  await work.act(id, 'rebut', answerOf(['W1'], '2026-11-02'))
  const recovery = {
    began: '2026-04',
    entitlement: 'by-income',
    monthlyIncome: [{ from: '2026-04', until: '2026-11', amount: '300.00' }],
  }
  const paid = [{ month: '2026-04', amount: '580.00', size: 1, source: '银行代发清单2026-04' }]
  const decide = (more: object) =>
    work.act(
      id,
      'decide',
      decision('cancel-and-recover', { effectiveFrom: '2026-12', recovery: { ...recovery, ...more } }),
    )
  work.setDay('2026-11-17')
  await work.act(id, 'assess', { warning: 'W1', verdict: 'refused', findings: '证明不足' })
  t.equal((await errorOf(decide({ paid }))).code, 'STATE_RECOVERY', 'a refused answer is not an untrue one')
  await work.act(id, 'assess', { warning: 'W1', verdict: 'untrue', findings: '出具的证明系伪造' })

  const unknown = await errorOf(decide({}))
  t.equal(unknown.code, 'INPUT_INVALID')
  t.match(unknown.message, /2026-04/, 'before the first version of the register nothing is known')
  const gainsaid = await errorOf(decide({ paid: [...paid, { month: '2026-05', amount: '1.00', source: '清单' }] }))
  t.match(gainsaid.message, /the register holds another amount for 2026-05/)
  t.match((await errorOf(decide({ paid, until: '2026-12' }))).message, /before 2026-12/)

  const done = await decide({ paid })
  // The standard is 745.00 until June and 765.00 from July; 300.00 of income leave 445.00 and 465.00.
  t.same(done.decision?.recovery, {
    began: '2026-04',
    months: [
      { month: '2026-04', paid: '580.00', standard: '745.00', size: 1, entitled: '445.00', recover: '135.00' },
      { month: '2026-05', paid: '600.00', standard: '745.00', size: 1, entitled: '445.00', recover: '155.00' },
      { month: '2026-06', paid: '600.00', standard: '745.00', size: 1, entitled: '445.00', recover: '155.00' },
      { month: '2026-07', paid: '600.00', standard: '765.00', size: 1, entitled: '465.00', recover: '135.00' },
      { month: '2026-08', paid: '600.00', standard: '765.00', size: 1, entitled: '465.00', recover: '135.00' },
      { month: '2026-09', paid: '620.00', standard: '765.00', size: 1, entitled: '465.00', recover: '155.00' },
      { month: '2026-10', paid: '620.00', standard: '765.00', size: 1, entitled: '465.00', recover: '155.00' },
      { month: '2026-11', paid: '620.00', standard: '765.00', size: 1, entitled: '465.00', recover: '155.00' },
    ],
    total: '1180.00',
  })
})

test('arbitration makes the application and waits for the award', async (t) => {
  const work = await createCaseWork(t)
  const worker = memberOf('P1', personOf(31, '郑丁'), {
    declared: { employment: 'employed', monthlyIncome: '1000.00', monthlyBenefits: '0.00' },
  })
  await work.importLines([householdOf('H1', [worker])])
  await work.openAll()
  const { id, warnings } = await work.caseOf('H1')
  t.same(
    warnings.map(({ result }) => result.rule),
    ['wage-below-minimum'],
  )
  await served(work, id)
  const months = { person: 'P1', from: '2026-01', until: '2026-10' }
  const paused = await work.act(id, 'decide', decision('arbitration', { arbitration: months }))
  t.same([paused.state, paused.pause?.why], ['paused', 'arbitration'])
  t.same(paused.notices.map(({ kind }) => kind).sort(), ['arbitration', 'outcome'])
  work.setDay('2026-12-01')
  await work.act(id, 'record-award', { on: '2026-12-01', award: '补发工资差额', wage: '2000.00' })
  const back = await work.act(id, 'resume', { found: '裁决已生效', reason: '收到裁决书' })
  t.same([back.state, back.decision], ['served', null])
  t.match((await errorOf(work.act(id, 'decide', decision('no-issue', { arbitration: months })))).message, /arbitration/)
})
