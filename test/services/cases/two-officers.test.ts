import { test } from 'tap'
import { HeduiError } from '../../../src/errors.ts'
import { verifyCases } from '../../../src/services/cases/verify-cases.ts'
import { answerOf, type CaseWork, createCaseWork, serviceOn } from '../../support/cases.ts'
import { rowOf } from '../../support/departments.ts'
import { householdOf, memberOf, personOf } from '../../support/people.ts'
import { errorOf } from '../../support/work.ts'

const PEOPLE = [personOf(60, '陈一'), personOf(61, '陈二'), personOf(62, '陈三')]

async function prepare(work: CaseWork): Promise<string[]> {
  await work.importLines(PEOPLE.map((person, i) => householdOf(`H${i}`, [memberOf('P1', person)])))
  await work.deliver(
    'bank',
    PEOPLE.map((person, i) => rowOf.deposit(person, { 账号: `62${i}`, 余额: 20000 })),
  )
  await work.openAll()
  return Promise.all(PEOPLE.map(async (_, i) => (await work.caseOf(`H${i}`)).id))
}

/** The codes of the acts that were refused; anything but a HeduiError fails. */
async function codesOf(acts: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(acts)
  return settled.flatMap((each) => {
    if (each.status === 'fulfilled') return []
    if (each.reason instanceof HeduiError && each.reason.status === 409) return [each.reason.code]
    throw each.reason
  })
}

test('of two officers who act at once one wins, the other is told, and nothing is lost', async (t) => {
  const work = await createCaseWork(t)
  const [first, second, third] = (await prepare(work)) as [string, string, string]
  const decision = { outcome: 'continue', reason: '属实', basis: '57号第18条' }

  await t.test('confirm and dismiss', async (t) => {
    const codes = await codesOf([
      work.act(first, 'confirm', { reason: '已核对' }, { actor: '周敏', seen: 2 }),
      work.act(first, 'dismiss', { reason: '数据有误' }, { actor: '何静', seen: 2 }),
    ])
    t.same(codes, ['STATE_CASE_CHANGED'])
    const [view] = await work.casesOf('H0')
    t.ok(view?.state === 'confirmed' || view?.state === 'dismissed')
    const packets = await work.query('select id from packet where case_id = $1', [first])
    t.equal(packets.length, view?.state === 'confirmed' ? 1 : 0, 'no packet of an act that lost')
  })

  await t.test('two who confirm without saying what they saw', async (t) => {
    const codes = await codesOf([
      work.act(second, 'confirm', { reason: '已核对' }, { actor: '周敏' }),
      work.act(second, 'confirm', { reason: '已核对' }, { actor: '何静' }),
    ])
    t.same(codes, ['STATE_CASE'])
    const view = await work.caseOf('H1')
    t.same(
      view.events.map(({ kind }) => kind),
      ['opened', 'warnings-added', 'warning-confirmed', 'packet-issued'],
    )
    t.equal((await work.query('select id from packet where case_id = $1', [second])).length, 1)
  })

  await t.test('two who decide', async (t) => {
    await work.act(third, 'confirm', { reason: '已核对' })
    await work.act(third, 'serve', serviceOn('2026-11-02'))
    await work.act(third, 'rebut', answerOf(['W1'], '2026-11-02'))
    const { seen } = await work.act(third, 'assess', { warning: 'W1', verdict: 'accepted', findings: '属实' })
    const codes = await codesOf([
      work.act(third, 'decide', decision, { actor: '吴昊', seen }),
      work.act(third, 'decide', { ...decision, outcome: 'no-issue' }, { actor: '郑洁', seen }),
    ])
    t.same(codes, ['STATE_CASE_CHANGED'])
    const view = await work.caseOf('H2')
    t.equal(view.events.filter(({ kind }) => kind === 'decided').length, 1)
    t.equal(view.notices.length, 1, 'no notice of a decision that lost')
    t.equal(view.notices[0]?.sha256, view.decision?.notice?.sha256)
  })

  await t.test('a rebuttal and twenty visits at once all stay', async (t) => {
    const visit = (i: number) => ({
      on: '2026-11-02',
      visitors: ['孙伟', `何${i}`],
      findings: `第${i}次`,
      by: 'township',
    })
    const before = (await work.caseOf('H1')).seen
    const acts = Array.from({ length: 20 }, (_, i) => work.act(second, 'visit', visit(i)))
    t.same(await codesOf([...acts, work.act(second, 'serve', serviceOn('2026-11-02', { receivedBy: '陈二' }))]), [])
    const view = await work.caseOf('H1')
    t.same([view.seen, view.visits.length, view.state], [before + 21, 20, 'served'])
  })

  await t.test('who gives back what was seen is refused once somebody acted', async (t) => {
    const view = await work.caseOf('H1')
    const late = await errorOf(work.act(second, 'extend', { days: 2, reason: '住院' }, { seen: view.seen - 1 }))
    t.equal(late.code, 'STATE_CASE_CHANGED')
    t.equal((await work.act(second, 'extend', { days: 2, reason: '住院' }, { seen: view.seen })).seen, view.seen + 1)
  })

  t.same((await verifyCases(work.hedui)).faults, [], 'all chains hold')
})
