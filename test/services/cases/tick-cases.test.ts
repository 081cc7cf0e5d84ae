import { test } from 'tap'
import { createCaseWork, serviceOn } from '../../support/cases.ts'
import { rowOf } from '../../support/departments.ts'
import { householdOf, memberOf, personOf } from '../../support/people.ts'
import { errorOf } from '../../support/work.ts'

const PEOPLE = [0, 1, 2, 3].map((i) => personOf(80 + i, `沈${'一二三四'[i]}`))

test('the clock ends times to answer and the agency’s own, and does nothing else', async (t) => {
  const work = await createCaseWork(t)
  await work.importLines(PEOPLE.map((person, i) => householdOf(`H${i}`, [memberOf('P1', person)])))
  await work.deliver(
    'bank',
    PEOPLE.map((person, i) => rowOf.deposit(person, { 账号: `62${i}`, 余额: 20000 })),
  )
  await work.openAll()
  const ids = await Promise.all(PEOPLE.map(async (_, i) => (await work.caseOf(`H${i}`)).id))
  const [silent, unserved, idle, extended] = ids as [string, string, string, string]
  for (const id of [silent, unserved, extended]) await work.act(id, 'confirm', { reason: '已核对' })
  await work.act(silent, 'serve', serviceOn('2026-11-02'))
  await work.act(extended, 'serve', serviceOn('2026-11-02'))
  await work.act(extended, 'extend', { days: 3, reason: '住院' })

  await t.test('nothing on the last day, unanswered on the day after', async (t) => {
    const day = await work.tick('2026-11-16')
    t.same([day.expired, day.lapsed, day.failures], [0, 0, []])
    t.equal((await work.tick('2026-11-17')).expired, 1)
    const view = await work.caseOf('H0')
    t.same([view.state, view.decision, view.warnings[0]?.state], ['unanswered', null, 'confirmed'])
    t.same(view.events.at(-1)?.actor, 'hedui')
    t.equal((await work.caseOf('H3')).due?.on, '2026-11-19', 'three working days were added')
    t.equal((await work.tick()).expired, 0, 'once')
  })

  await t.test('without proof of service no clock runs', async (t) => {
    const { state, packets } = await work.caseOf('H1')
    t.same([state, packets[0]?.deadline], ['confirmed', null])
    const unproven = await errorOf(
      work.act(unserved, 'serve', serviceOn('2026-11-17', { proof: { kind: ' ', reference: '' } })),
    )
    t.equal(unproven.code, 'INPUT_PROOF')
  })

  await t.test('what nobody handles escalates, then lapses in the household’s favor', async (t) => {
    const { procedures } = work.hedui
    const limits = procedures.find(({ region }) => region === '')!.limits!.drafted!
    const drafted = await work.casesOf('H2')
    t.equal(drafted[0]?.due?.who, 'agency')
    let escalated = ''
    let lapsed = ''
    for (let day = 17; day <= 30 && !escalated; day++) {
      await work.tick(`2026-11-${day}`)
      if ((await work.caseOf('H2')).escalated) escalated = `2026-11-${day}`
    }
    // Opened on Monday 2 November: the tenth working day after is the 16th, the case is late on the 17th.
    t.same([limits.escalateDays!.value, escalated], [10, '2026-11-17'])
    await work.tick('2027-06-30')
    const [ended] = await work.casesOf('H2')
    lapsed = ended!.state
    t.same([lapsed, ended?.events.at(-1)?.role, ended?.decision], ['lapsed', 'system', null])
    t.match((await errorOf(work.act(idle, 'confirm', { reason: '已核对' }))).message, /nothing is allowed/)
    const [open] = await work.casesOf('H0')
    t.equal(open?.state, 'lapsed', 'so does an unanswered one: silence alone never ends a benefit')
    const again = await work.openAll({ scope: { ids: ['H2'] } })
    t.equal(again.opened, 1, 'a later run may ask again')
  })

  await t.test('a case that cannot be read does not keep the others from their day', async (t) => {
    const { id } = await work.caseOf('H2')
    await work.query(`update case_event set kind = 'nonsense' where case_id = $1 and number = 1`, [id])
    const report = await work.tick('2028-01-03')
    t.equal(report.failures.length, 1)
    t.equal(report.failures[0]?.case, id)
  })
})

test('a deadline in a year that is not known is provisional, and settles later or the same', async (t) => {
  const work = await createCaseWork(t)
  const [person] = PEOPLE
  await work.importLines([householdOf('H1', [memberOf('P1', person!)])])
  await work.deliver('bank', [rowOf.deposit(person!, { 余额: 20000 })])
  await work.openAll()
  const { id } = await work.caseOf('H1')
  await work.act(id, 'confirm', { reason: '已核对' })
  work.setDay('2026-12-28')
  const served = await work.act(id, 'serve', serviceOn('2026-12-28'))
  const told = served.packets[0]!.deadline!
  t.equal(told.provisional, true)
  const { calendar } = work.hedui
  // The notice for 2027 comes out: 1 to 3 January off, no make-up day among these.
  const known = {
    years: [...calendar.years, 2027],
    isCertain: () => true,
    isWorkday: (date: string) =>
      date < '2027-01-01'
        ? calendar.isWorkday(date)
        : date > '2027-01-03' && ![0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()),
  }
  Object.assign(work.hedui, { calendar: known })
  t.equal((await work.tick()).settled, 1)
  const settled = (await work.caseOf('H1')).packets[0]!.deadline!
  t.equal(settled.provisional, false)
  t.ok(settled.date >= told.date, 'never earlier than the household was told')
  t.ok(known.isWorkday(settled.date))
})
