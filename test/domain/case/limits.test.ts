import t from 'tap'
import { SYSTEM } from '../../../src/domain/case/act-context.ts'
import { limitDay, limitOf, planLimits } from '../../../src/domain/case/limits.ts'
import { planResume } from '../../../src/domain/case/serving.ts'
import { CASE_STATES, isOpen } from '../../../src/domain/case/words.ts'
import * as story from './stories.ts'

const { STORIES, tell } = story

const tick = (of: story.Story, on: string) =>
  tell(of, { on, by: SYSTEM.actor, role: SYSTEM.role }, (state, context) => planLimits(state, context))
const dayOf = (of: story.Story) => limitDay(of.state, story.contextOf({ on: '2026-03-20' }))?.date ?? null

t.test(
  'every open state has a limit but the one that waits for the household, and a decision that was served',
  async (t) => {
    for (const name of CASE_STATES.filter(isOpen)) {
      t.equal(limitOf(STORIES[name]().state, story.PROCEDURE) !== null, name !== 'served', name)
    }
    const told = story.serveOutcome(STORIES.decided(), { on: '2026-03-11' })
    t.equal(limitOf(told.state, story.PROCEDURE), null, 'decided and served')
  },
)

t.test('a drafted case escalates after 10 working days and lapses after 30', async (t) => {
  // From Monday, 2 March 2026: the tenth working day is the 16th. The thirtieth: 20 days to the 30th, 4 more to Friday,
  // 3 April; the 6th is off (清明), so that the 7th to the 10th and the 13th and 14th make 30.
  const drafted = STORIES.drafted()
  t.equal(dayOf(drafted), '2026-03-16')
  t.equal(tick(drafted, '2026-03-16').state.escalated, false)
  const escalated = tick(drafted, '2026-03-17')
  t.match(escalated.events.at(-1), { kind: 'escalated', payload: { state: 'drafted', days: 11, limit: 10 } })
  t.equal(escalated.state.escalated, true)
  t.equal(tick(escalated, '2026-04-14').events.length, escalated.events.length, 'it escalates once')
  t.equal(dayOf(escalated), '2026-04-14')
  const lapsed = tick(escalated, '2026-04-15')
  t.match(lapsed.events.at(-1), { kind: 'lapsed', payload: { days: 31, limit: 30 } })
  t.equal(lapsed.state.state, 'lapsed')
})

t.test('who has done nothing for long finds it lapsed, not escalated', async (t) => {
  t.match(tick(STORIES.drafted(), '2026-09-01').events.at(-1), { kind: 'lapsed' })
})

t.test('pausing and going on gains the agency no time', async (t) => {
  // Rebutted on Tuesday, 10 March; 8 working days later, on the 20th, paused; resumed on Wednesday, 1 April.
  const rebutted = STORIES.rebutted()
  t.equal(dayOf(rebutted), '2026-03-24')
  const paused = story.pause(rebutted, { on: '2026-03-20' })
  const resume = (of: story.Story, on: string) =>
    tell(of, { on }, (state, context) => planResume(state, { found: '属实', reason: '已复核' }, context))
  const resumed = resume(paused, '2026-04-01')
  t.equal(resumed.state.state, 'rebutted')
  // 2 of the 10 days are left: 2 and 3 April.
  t.equal(dayOf(resumed), '2026-04-03')
  t.equal(tick(resumed, '2026-04-03').state.escalated, false)
  t.equal(tick(resumed, '2026-04-07').state.escalated, true)
  // Paused from 20 March to 1 April it was 8 working days; the next pause has 37 of 45 left.
  const again = story.pause(resumed, { on: '2026-04-02' })
  t.match(tick(again, '2026-12-01').events.at(-1), { kind: 'lapsed', payload: { state: 'paused' } })
  // 1 day to 3 April, 4 to the 10th, 5 a week to the 24th, 4 to the 30th; 1 to 5 May are off and the 9th, a Saturday, is
  // worked: 6-9, 11-15, 18-22 and 25-28.
  t.equal(dayOf(again), '2026-05-28')
})

t.test('a new answer gives the agency the time to look at it', async (t) => {
  const late = story.rebut(story.decide(story.calledAgain(), { on: '2026-03-23' }, 'deemed-withdrawal'), {
    on: '2026-03-30',
  })
  t.same(late.state.stretches, [])
  // Ten working days from 30 March, with the 6th of April off: 31, 1-3, 7-10, 13, 14.
  t.equal(dayOf(late), '2026-04-14')
})

t.test('a decision against the household that nobody serves lapses, and does not stand', async (t) => {
  const decided = story.decide(story.calledAgain(), { on: '2026-03-23' }, 'deemed-withdrawal')
  // Thirty working days from 23 March: 6 in March, 21 in April (without the 6th), and 6, 7 and 8 May. The next is Saturday,
  // 9 May, which is worked.
  const escalated = tick(decided, '2026-04-02')
  t.equal(escalated.state.escalated, true)
  t.equal(tick(escalated, '2026-05-08').state.state, 'decided')
  const lapsed = tick(escalated, '2026-05-09')
  t.equal(lapsed.state.state, 'lapsed')
  t.equal(lapsed.state.decision, null)
})

t.test('a decision in the household’s favor that nobody serves stands', async (t) => {
  const lapsed = tick(STORIES.decided(), '2026-09-01')
  t.equal(lapsed.state.state, 'lapsed')
  t.equal(lapsed.state.decision?.outcome, 'no-issue')
})
