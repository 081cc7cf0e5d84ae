import t from 'tap'
import { planFindings } from '../../../src/domain/case/prepare.ts'
import {
  type HouseholdToday,
  planExpiry,
  planExtension,
  planIssue,
  planResume,
  planSecondContact,
  planService,
  planSettledDeadlines,
  protectedOf,
} from '../../../src/domain/case/serving.ts'
import type { Protection } from '../../../src/domain/case/words.ts'
import { calendarOf, madeUpYear } from '../calendars.ts'
import * as story from './stories.ts'

const { STORIES, refuses, tell } = story
const TWO_PACKETS = { on: '2026-03-10' }

/** Served on 4 March until the 18th, and a second packet on 10 March until the 24th. */
function twoRunning(): story.Story {
  const more = tell(STORIES.served(), TWO_PACKETS, (state) =>
    planFindings(state, { run: 'run-2', asOf: '2026-03-09', warnings: [story.found('property')], cleared: [] }),
  )
  return story.serve(story.issue(story.confirm(more, TWO_PACKETS), TWO_PACKETS), TWO_PACKETS)
}

const deadlineOf = (of: story.Story, packet = 0) => of.state.packets[packet]?.deadline
const extend = (of: story.Story, on: string, days: number) =>
  tell(of, { on }, (state, context) => planExtension(state, { days, reason: '住院' }, context))

t.test('no clock runs before service is proven', async (t) => {
  for (const proof of [
    { kind: '', reference: '1', attachment: null },
    { kind: '回证', reference: ' ', attachment: null },
    { kind: '\u3164', reference: '…', attachment: null },
  ])
    refuses(t, 'INPUT_PROOF', /how it is proven/, () =>
      story.serve(STORIES.confirmed(), { on: '2026-03-04' }, { proof }),
    )
  for (const name of ['drafted', 'confirmed', 'undeliverable'] as const)
    t.ok(
      STORIES[name]().state.packets.every(({ deadline, service }) => deadline === null && service === null),
      name,
    )
})

t.test('service is on a real day, not before the packet and not in the future, by and to somebody', async (t) => {
  const of = STORIES.confirmed()
  for (const [more, message] of [
    [{ on: '2026-03-02' }, /must not be before 2026-03-03/],
    [{ on: '2026-03-05' }, /2026-03-04 or before/],
    [{ on: '2026-02-30' }, /must be a real date/],
    [{ by: ' ' }, /must say who/],
    [{ receivedBy: '' }, /must say who/],
  ] as const)
    refuses(t, 'INPUT_INVALID', message, () => story.serve(of, { on: '2026-03-04' }, more))
})

t.test('a public notice comes after another way has failed, and counts after thirty days', async (t) => {
  const method = 'public-notice'
  refuses(t, 'INPUT_INVALID', /record that first/, () =>
    story.serve(STORIES.confirmed(), { on: '2026-05-04' }, { method }),
  )
  // Issued on 3 March: thirty days later is 2 April.
  refuses(t, 'INPUT_INVALID', /must not be before 2026-04-02: a public notice counts as served after 30 days/, () =>
    story.serve(STORIES.undeliverable(), { on: '2026-04-01' }, { method }),
  )
  t.equal(story.serve(STORIES.undeliverable(), { on: '2026-04-02' }, { method }).state.state, 'served')
})

t.test('the time to answer is ten working days, and ends on one', async (t) => {
  for (const [on, last] of [
    ['2026-03-04', '2026-03-18'],
    // Saturday 7 March: counting begins on Monday.
    ['2026-03-07', '2026-03-20'],
    // 23-27 and 30-31 March are 7, 1-3 April make 10; 30 March begins 6 before 清明: 31, 1-3, 7-10, 13, 14.
    ['2026-03-20', '2026-04-03'],
    ['2026-03-30', '2026-04-14'],
  ] as const)
    t.match(deadlineOf(story.serve(STORIES.confirmed(), { on })), {
      date: last,
      from: on,
      workingDays: 10,
      provisional: false,
    })
})

t.test('a packet of which no warning stands is not served', async (t) => {
  const none = ['W1', 'W2'].reduce(
    (of, warning) =>
      story.add(of, { on: '2026-03-04' }, [{ kind: 'warning-withdrawn', reason: '有误', payload: { warning } }]),
    STORIES.confirmed(),
  )
  refuses(t, 'STATE_CASE', /no warning of packet 1 stands any more/, () => story.serve(none, { on: '2026-03-05' }))
  t.match(story.decide(none, { on: '2026-03-05' }, 'no-issue').state, { state: 'decided' }, 'a person ends the case')
})

t.test('somebody protected: the guardian receives it, or a visit comes first', async (t) => {
  const why: Protection[] = ['under-age']
  const protectedPeople = ['P1', 'P2', 'P3'].map((person) => ({ person, why }))
  const warnings = [story.found('deposits', { people: ['P2'] })]
  const of = STORIES.confirmed({ warnings, opened: { protected: protectedPeople } })
  t.same(protectedOf(of.state, 1), ['P1', 'P2'], 'the applicant, and whom it concerns')
  const on = '2026-03-04'
  refuses(t, 'STATE_PROTECTED', /P1, P2 is protected/, () => story.serve(of, { on }))
  refuses(t, 'STATE_PROTECTED', /P1 is protected/, () => story.serve(of, { on }, { guardianOf: ['P2'] }))
  t.equal(story.serve(of, { on }, { guardianOf: ['P1', 'P2'] }).state.state, 'served')
  const visited = story.add(of, { on }, [
    { kind: 'visit-recorded', reason: null, payload: { on, visitors: ['甲', '乙'], findings: '…', by: 'township' } },
  ])
  t.equal(story.serve(visited, { on }).state.state, 'served')
  const other = STORIES.confirmed({ opened: { protected: [{ person: 'P3', why }] } })
  t.equal(story.serve(other, { on }).state.state, 'served', 'whom it does not concern')
  // The register as it is on the day of service: another applicant, somebody who has fallen ill.
  const now = { applicant: 'P3', protected: [{ person: 'P3', why }] }
  const today = (household: HouseholdToday, guardianOf: readonly string[] = []) =>
    story.tell(STORIES.confirmed(), { on }, (state, context) =>
      planService(state, { ...story.SERVICE, on, guardianOf }, context, household),
    )
  refuses(t, 'STATE_PROTECTED', /P3 is protected/, () => today(now))
  t.equal(today(now, ['P3']).state.state, 'served')
  t.equal(today({ applicant: 'P1', protected: now.protected }).state.state, 'served', 'whom it does not concern')
  t.same(protectedOf(of.state, 1, { applicant: 'P1', protected: [] }), ['P1', 'P2'], 'no care is lost')
})

t.test('two packets: the case waits until the time of both is over', async (t) => {
  const both = twoRunning()
  t.same([deadlineOf(both, 0)?.date, deadlineOf(both, 1)?.date], ['2026-03-18', '2026-03-24'])
  const first = story.expire(both, '2026-03-19')
  t.match(first.state, { state: 'served', packets: [{ expired: true }, { expired: false }] })
  t.equal(extend(first, '2026-03-19', 1).state.packets[1]?.deadline?.date, '2026-03-25')
  t.match(story.expire(first, '2026-03-25').state, { state: 'unanswered' })
  const answered = story.rebut(first, { on: '2026-03-20' }, ['W3'])
  t.equal(answered.state.state, 'rebutted')
})

t.test('a second packet that does not arrive leaves the case where it is', async (t) => {
  const more = tell(STORIES.unanswered(), { on: '2026-03-20' }, (state) =>
    planFindings(state, { run: 'run-2', asOf: '2026-03-19', warnings: [story.found('property')], cleared: [] }),
  )
  const issued = story.issue(story.confirm(more, { on: '2026-03-20' }), { on: '2026-03-20' })
  t.equal(story.failService(issued, { on: '2026-03-23' }).state.state, 'unanswered')
  const served = story.serve(issued, { on: '2026-03-23' })
  t.equal(served.state.state, 'served')
  t.equal(story.failService(served, { on: '2026-03-24' }, 2).state.state, 'unanswered', 'nor one that comes back')
  t.equal(story.failService(twoRunning(), { on: '2026-03-11' }, 1).state.state, 'served', 'the other runs on')
})

t.test('expiry takes nothing but the time', async (t) => {
  const of = STORIES.served()
  for (const on of ['2026-03-05', '2026-03-18']) t.same(planExpiry(of.state, story.contextOf({ on })), [], on)
  const over = story.expire(of, '2026-03-19')
  t.match(over.state, { state: 'unanswered', decision: null, outcomeService: null })
  t.same(over.state.warnings, of.state.warnings)
})

t.test('more time: at most ten working days together, after the last day told', async (t) => {
  const of = STORIES.served()
  const five = extend(of, '2026-03-10', 5)
  // 19, 20, 23, 24, 25 March.
  t.equal(deadlineOf(five)?.date, '2026-03-25')
  t.equal(deadlineOf(extend(five, '2026-03-10', 5))?.date, '2026-04-01')
  for (const days of [0, -1, 1.5, 11, Number.NaN])
    refuses(t, 'INPUT_INVALID', /1 to 10/, () => extend(of, '2026-03-10', days))
  refuses(t, 'INPUT_INVALID', /1 to 5/, () => extend(five, '2026-03-10', 6))
  refuses(t, 'STATE_CASE', /extend is not allowed/, () => extend(STORIES.unanswered(), '2026-03-19', 1))
})

t.test('a pause costs the household no day, whenever it ends', async (t) => {
  const resume = (of: story.Story, on: string) =>
    tell(of, { on }, (state, context) => planResume(state, { found: '属实', reason: '已复核' }, context))
  for (const [pausedOn, resumedOn, last] of [
    // The day of the pause and 13, 16, 17, 18 March are left: 5.
    ['2026-03-12', '2026-03-12', '2026-03-19'],
    ['2026-03-12', '2026-04-01', '2026-04-09'],
    ['2026-03-18', '2026-03-18', '2026-03-19'],
    // Its time was over, and the job had not seen it yet: it has a day.
    ['2026-03-19', '2026-03-23', '2026-03-24'],
  ] as const) {
    const paused = story.pause(STORIES.served(), { on: pausedOn })
    t.equal(deadlineOf(paused), null, 'no clock runs')
    const resumed = resume(paused, resumedOn)
    t.match(deadlineOf(resumed), { date: last, from: resumedOn })
    t.equal(resumed.state.packets[0]?.daysLeft, null)
    t.equal(resumed.state.state, 'served')
  }
  const answered = story.rebut(STORIES.paused(), { on: '2026-03-11' })
  t.match(answered.state, { state: 'paused', pause: { back: 'rebutted' } })
  t.equal(resume(answered, '2026-03-12').state.state, 'rebutted')
})

t.test('a last day in a year that is not known is provisional, does not expire, and only moves on', async (t) => {
  const known = calendarOf([2026])
  const issued = story.issue(story.confirm(story.opened(), { on: '2026-12-20' }), { on: '2026-12-20' })
  const served = story.serve(issued, { on: '2026-12-25' })
  const told = deadlineOf(served)!
  // 28-29 December (30 and 31 may be off with New Year), then 4-8, 11-13 January: 1 to 3 January may be off.
  t.match(told, { date: '2027-01-13', provisional: true })
  t.same(planExpiry(served.state, { today: '2027-03-01', calendar: known }), [], 'not while it is provisional')
  const settle = (calendar: ReturnType<typeof calendarOf>) =>
    planSettledDeadlines(served.state, { calendar }).map(({ payload }) => payload)
  t.same(settle(known), [], 'nothing new')
  // The notice gives less time off than there might have been: the day that was told stays.
  const [kept] = settle(calendarOf([2026], [madeUpYear(2027, [['01-01', '01-01']])]))
  t.match(kept, { deadline: { date: '2027-01-13', provisional: false } })
  // Nobody could foresee this one.
  const [later] = settle(
    calendarOf(
      [2026],
      [
        madeUpYear(2027, [
          ['01-01', '01-03'],
          ['01-11', '01-17'],
        ]),
      ],
    ),
  )
  t.match(later, { deadline: { date: '2027-01-18', provisional: false } })
  // Paused and resumed when the year is known: not before what was told.
  const context = {
    ...story.contextOf({ on: '2026-12-28' }),
    calendar: calendarOf([2026], [madeUpYear(2027, [['01-01', '01-01']])]),
  }
  const paused = story.pause(served, { on: '2026-12-28' })
  const [resumed] = planResume(paused.state, { found: '属实', reason: '已复核' }, context)
  t.match(resumed?.payload, { deadlines: [{ deadline: { date: '2027-01-13' } }] })
})

t.test('a certain last day moves, too, where a later notice makes it a day off', async (t) => {
  const served = STORIES.served()
  const known = [
    madeUpYear(2026, [
      ['01-01', '01-03'],
      ['03-18', '03-20'],
    ]),
  ]
  const calendar = calendarOf([], known)
  t.match(planSettledDeadlines(served.state, { calendar }), [{ payload: { deadline: { date: '2026-03-23' } } }])
  t.same(planExpiry(served.state, { today: '2026-03-19', calendar }), [])
  t.match(planExpiry(served.state, { today: '2026-03-24', calendar }), [{ kind: 'expired' }])
})

t.test('a second contact comes after the time is over, another way than the notice', async (t) => {
  const contact = (of: story.Story, more: Record<string, unknown>) =>
    tell(of, { on: '2026-03-20' }, (state, context) =>
      planSecondContact(state, { method: 'phone', on: '2026-03-20', by: '丁', result: '已告知', ...more }, context),
    )
  const of = STORIES.unanswered()
  refuses(t, 'INPUT_INVALID', /another way than the notice came by, in-person/, () =>
    contact(of, { method: 'in-person' }),
  )
  refuses(t, 'INPUT_INVALID', /must be after 2026-03-18/, () => contact(of, { on: '2026-03-18' }))
  refuses(t, 'INPUT_INVALID', /must say what came of it/, () => contact(of, { result: ' ' }))
  refuses(t, 'STATE_CASE', /no packet’s time is over without an answer/, () =>
    contact(story.expire(story.rebut(STORIES.served(), { on: '2026-03-10' }, ['W1', 'W2']), '2026-03-19'), {}),
  )
  t.equal(contact(of, {}).state.contactsAgain.length, 1)
  t.equal(contact(of, {}).state.state, 'unanswered')
})

t.test('only a person issues a packet, and only one that is ready', async (t) => {
  const issued = { id: 'p', sha256: 's', code: 'c' }
  const plan = (of: story.Story, role = 'reviewer') =>
    planIssue(of.state, issued, story.contextOf({ on: '2026-03-04', role }))
  refuses(t, 'STATE_CASE', /no packet is ready/, () => plan(STORIES.drafted()))
  refuses(t, 'STATE_CASE', /no packet is ready/, () => plan(STORIES.confirmed()))
  refuses(t, 'STATE_CASE', /no packet is ready/, () => plan(story.confirm(STORIES.drafted(), TWO_PACKETS, ['W1'])))
  const ready = story.confirm(STORIES.drafted(), TWO_PACKETS)
  refuses(t, 'INPUT_ACTOR', /act of a person/, () => plan(ready, 'system'))
  t.match(plan(ready), [{ payload: { packet: 1, warnings: ['W1', 'W2'] } }])
})
