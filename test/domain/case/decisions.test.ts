import t from 'tap'
import { planClosing, planDecision } from '../../../src/domain/case/decisions.ts'
import { planFindings, planVisit, planWithdrawal } from '../../../src/domain/case/prepare.ts'
import { planResume } from '../../../src/domain/case/serving.ts'
import { ADVERSE, OUTCOMES, type Outcome } from '../../../src/domain/case/words.ts'
import * as story from './stories.ts'

const { STORIES, decide, refuses, tell } = story

/** A Monday after the last day to answer and after the second contact. */
const ON = { on: '2026-03-23' }

const withdraw = (of: story.Story, warning: string, on = '2026-03-20') =>
  tell(of, { on }, (state, context) => planWithdrawal(state, { warning, reason: '来源更正' }, context))
const withdrawAll = (of: story.Story) => withdraw(withdraw(of, 'W1'), 'W2')
const WAGE = { warnings: [story.found('wage-below-minimum')] }

/** What came of the answer to W1, where W2 was refused. */
const { accepted, refused, untrue } = {
  accepted: story.assessed('accepted'),
  refused: story.assessed('refused'),
  untrue: story.assessed('untrue'),
}

t.test('each outcome from each state: what follows, or why not', async (t) => {
  const from: Readonly<Record<string, story.Story>> = {
    drafted: STORIES.drafted(),
    confirmed: STORIES.confirmed(),
    served: STORIES.served(),
    undeliverable: STORIES.undeliverable(),
    'unanswered, not contacted again': STORIES.unanswered(),
    'unanswered, contacted again': story.calledAgain(),
    'rebutted, not assessed': STORIES.rebutted(),
    'rebutted, accepted': accepted,
    'rebutted, refused': refused,
    'rebutted, untrue': untrue,
    paused: STORIES.paused(),
    'decided no-issue': STORIES.decided(),
    closed: STORIES.closed(),
    dismissed: STORIES.dismissed(),
    lapsed: STORIES.lapsed(),
  }
  const all = (why: RegExp): Record<Outcome, RegExp | null> =>
    Object.fromEntries(OUTCOMES.map((outcome) => [outcome, why])) as Record<Outcome, RegExp | null>
  /** null: it can be decided. */
  const table: Readonly<Record<string, Readonly<Record<Outcome, RegExp | null>>>> = {
    drafted: all(/decide is not allowed/),
    confirmed: { ...all(/can be decided of a case that is/), 'no-issue': null },
    served: {
      ...all(/can be decided of a case that is/),
      arbitration: /is for a warning of wage-below-minimum/,
      'no-issue': null,
    },
    undeliverable: { ...all(/can be decided of a case that is/), 'no-issue': null },
    'unanswered, not contacted again': {
      continue: null,
      adjust: /has not been contacted a second time about packet 1/,
      'deemed-withdrawal': /has not been contacted a second time about packet 1/,
      'cancel-and-recover': /can be decided of a case that is rebutted/,
      arbitration: /is for a warning of wage-below-minimum/,
      'no-issue': null,
    },
    'unanswered, contacted again': {
      continue: null,
      adjust: null,
      'deemed-withdrawal': null,
      'cancel-and-recover': /can be decided of a case that is rebutted/,
      arbitration: /is for a warning of wage-below-minimum/,
      'no-issue': null,
    },
    'rebutted, not assessed': {
      continue: /the answer to W1 is not assessed/,
      adjust: /the answer to W1 is not assessed/,
      'deemed-withdrawal': /can be decided of a case that is unanswered/,
      'cancel-and-recover': /the answer to W1 is not assessed/,
      arbitration: /is for a warning of wage-below-minimum/,
      'no-issue': null,
    },
    'rebutted, accepted': {
      continue: null,
      adjust: null,
      'deemed-withdrawal': /can be decided of a case that is unanswered/,
      'cancel-and-recover': /no answer was found untrue/,
      arbitration: /is for a warning of wage-below-minimum/,
      'no-issue': null,
    },
    'rebutted, refused': {
      continue: /no answer was accepted/,
      adjust: null,
      'deemed-withdrawal': /can be decided of a case that is unanswered/,
      'cancel-and-recover': /no answer was found untrue/,
      arbitration: /is for a warning of wage-below-minimum/,
      'no-issue': null,
    },
    'rebutted, untrue': {
      continue: /no answer was accepted/,
      adjust: null,
      'deemed-withdrawal': /can be decided of a case that is unanswered/,
      'cancel-and-recover': null,
      arbitration: /is for a warning of wage-below-minimum/,
      'no-issue': null,
    },
    paused: all(/decide is not allowed/),
    'decided no-issue': { ...all(/can be decided|stands|arbitration/), 'no-issue': null },
    closed: all(/decide is not allowed; nothing is allowed any more/),
    dismissed: all(/decide is not allowed; nothing is allowed any more/),
    lapsed: all(/decide is not allowed; nothing is allowed any more/),
  }
  t.same(Object.keys(table), Object.keys(from), 'the table knows every story')
  for (const [name, outcomes] of Object.entries(table)) {
    for (const outcome of OUTCOMES) {
      const why = outcomes[outcome]
      if (why) {
        const code = why.source.includes('untrue') ? 'STATE_RECOVERY' : 'STATE_CASE'
        refuses(t, code, why, () => decide(from[name]!, ON, outcome))
      } else {
        t.match(
          decide(from[name]!, ON, outcome).state,
          { state: 'decided', decision: { outcome } },
          `${name}: ${outcome}`,
        )
      }
    }
  }
})

t.test('arbitration is for a served warning of a wage, and the case waits for the award', async (t) => {
  const served = STORIES.served(WAGE)
  for (const [name, of] of Object.entries({
    served,
    unanswered: STORIES.unanswered(WAGE),
    rebutted: STORIES.rebutted(WAGE),
  })) {
    const waiting = decide(of, ON, 'arbitration')
    t.match(waiting.state, { state: 'paused', pause: { why: 'arbitration', back: name } }, name)
  }
  refuses(t, 'STATE_CASE', /arbitration can be decided of a case that is/, () =>
    decide(STORIES.confirmed(WAGE), ON, 'arbitration'),
  )
  // Served on another warning; that of the wage is only proposed.
  const proposed = tell(STORIES.served(), { on: '2026-03-10' }, (state) =>
    planFindings(state, { run: 'run-2', asOf: '2026-03-09', warnings: WAGE.warnings, cleared: [] }),
  )
  refuses(t, 'STATE_CASE', /wage-below-minimum that was served/, () =>
    decide(proposed, { on: '2026-03-10' }, 'arbitration'),
  )
  const issued = story.issue(story.confirm(proposed, { on: '2026-03-10' }), { on: '2026-03-10' })
  refuses(t, 'STATE_CASE', /wage-below-minimum that was served/, () =>
    decide(issued, { on: '2026-03-11' }, 'arbitration'),
  )
  t.equal(decide(story.serve(issued, { on: '2026-03-11' }), { on: '2026-03-11' }, 'arbitration').state.state, 'paused')
})

t.test('an arbitration, its award, and the decision on it by somebody who did not confirm', async (t) => {
  const resume = (of: story.Story, on: string) =>
    tell(of, { on }, (state, context) => planResume(state, { found: '裁决已收到', reason: '继续' }, context))
  const waiting = decide(STORIES.unanswered(WAGE), { on: '2026-03-20' }, 'arbitration')
  refuses(t, 'STATE_CASE', /award is not recorded/, () => resume(waiting, '2026-05-11'))
  refuses(t, 'STATE_CASE', /waits for no arbitration/, () => story.recordAward(STORIES.paused(), { on: '2026-03-20' }))
  const awarded = resume(story.recordAward(waiting, { on: '2026-05-08' }), '2026-05-11')
  t.match(awarded.state, { state: 'unanswered', pause: null, decision: null, award: { wage: '2200.00' } })
  refuses(t, 'STATE_SAME_PERSON', /another person does/, () =>
    decide(awarded, { on: '2026-05-12', by: story.CONFIRMER }, 'adjust', { effectiveFrom: '2026-06' }),
  )
  const called = story.contactAgain(awarded, { on: '2026-05-12' })
  const decided = decide(called, { on: '2026-05-13' }, 'adjust', { effectiveFrom: '2026-06' })
  t.match(decided.state, { state: 'decided', decision: { outcome: 'adjust', from: 'unanswered' } })
})

t.test('a second arbitration waits for an award of its own', async (t) => {
  const resume = (of: story.Story) =>
    tell(of, { on: '2026-03-13' }, (state, context) => planResume(state, { found: '已收到', reason: '继续' }, context))
  const first = resume(
    story.recordAward(decide(STORIES.served(WAGE), { on: '2026-03-10' }, 'arbitration'), { on: '2026-03-12' }),
  )
  refuses(t, 'STATE_CASE', /award is not recorded/, () => resume(decide(first, { on: '2026-03-13' }, 'arbitration')))
})

t.test('who confirmed or issued does not decide, however the name is written', async (t) => {
  for (const by of [story.CONFIRMER, ` ${story.CONFIRMER} `, '甲 審核', '甲·审核'])
    refuses(t, 'STATE_SAME_PERSON', /another person does/, () => decide(STORIES.served(), { ...ON, by }, 'no-issue'))
  // One confirms, another dismisses the last and so issues.
  const confirmed = story.confirm(story.opened(), { on: '2026-03-03' }, ['W1'])
  const issued = story.issue(story.dismiss(confirmed, { on: '2026-03-03', by: '己' }), { on: '2026-03-03', by: '己' })
  const served = story.serve(issued, { on: '2026-03-04' })
  for (const by of [story.CONFIRMER, '己'])
    refuses(t, 'STATE_SAME_PERSON', /another person does/, () => decide(served, { ...ON, by }, 'no-issue'))
  t.equal(decide(served, ON, 'no-issue').state.state, 'decided')
})

t.test(
  'what was reported, or concerns near kin of a handler, the county sees before it decides against it',
  async (t) => {
    const visit = (of: story.Story, by: 'county' | 'township') =>
      story.tell(of, { on: '2026-03-20' }, (state, context) =>
        planVisit(state, { on: '2026-03-20', visitors: ['甲', '乙'], findings: '属实', by }, context),
      )
    const linked = story.add(story.calledAgain(), { on: '2026-03-20' }, [
      { kind: 'tip-off-linked', reason: null, payload: { tipOff: 'T1' } },
    ])
    for (const of of [
      story.calledAgain({ opened: { kin: [story.COUSIN] } }),
      story.calledAgain({ opened: { tipOff: 'T1', origin: 'tip-off' } }),
      linked,
    ])
      for (const outcome of ['adjust', 'deemed-withdrawal'] as const) {
        for (const unseen of [of, visit(of, 'township')])
          refuses(t, 'STATE_CASE', /the county has not visited the household.*allowed: .*visit/, () =>
            decide(unseen, ON, outcome),
          )
        t.equal(decide(visit(of, 'county'), ON, outcome).state.state, 'decided')
      }
    const of = story.calledAgain()
    const since = { ...story.contextOf({ ...ON, by: story.DECIDER }), kin: [story.COUSIN] }
    refuses(t, 'STATE_CASE', /near kin/, () =>
      planDecision(of.state, { ...story.DECISIONS.adjust, reason: '理由' }, since),
    )
    t.equal(decide(linked, ON, 'no-issue').state.state, 'decided', 'in its favor without')
  },
)

t.test('neither the program nor nobody nor near kin decides', async (t) => {
  const of = story.calledAgain({ opened: { kin: [story.COUSIN] } })
  for (const outcome of OUTCOMES) {
    refuses(t, 'INPUT_ACTOR', /act of a person/, () => decide(of, { ...ON, role: 'system' }, outcome))
    for (const by of ['hedui', 'HEDUI', ' hedui ', 'ｈｅｄｕｉ', '', '  ', '\u3164', '…'])
      refuses(t, 'INPUT_ACTOR', /act of a person/, () => decide(of, { ...ON, by }, outcome))
    refuses(t, 'STATE_NEAR_KIN', /near kin/, () => decide(of, { ...ON, by: story.COUSIN }, outcome))
  }
})

t.test('nothing is taken on a packet whose time is not over, on any path', async (t) => {
  const atOnce = story.assess(story.rebut(STORIES.served(), { on: '2026-03-10' }), { on: '2026-03-11' }, 'untrue')
  for (const outcome of ['adjust', 'cancel-and-recover'] as const) {
    refuses(t, 'STATE_CASE', /may answer packet 1 until 2026-03-18/, () =>
      decide(atOnce, { on: '2026-03-18' }, outcome),
    )
  }
  // The job has not run yet, and the time is over all the same.
  t.equal(decide(withdraw(atOnce, 'W2'), { on: '2026-03-19' }, 'adjust').state.state, 'decided')
  const resumed = tell(story.pause(atOnce, { on: '2026-03-12' }), { on: '2026-03-16' }, (state, context) =>
    planResume(state, { found: '属实', reason: '已复核' }, context),
  )
  // Of 13, 16, 17 and 18 March and the 12th itself 5 were left; from the 16th they end on the 23rd.
  t.equal(resumed.state.packets[0]?.deadline?.date, '2026-03-23')
  refuses(t, 'STATE_CASE', /until 2026-03-23/, () => decide(resumed, ON, 'adjust'))
})

t.test('nothing is taken on a second packet that was not issued, not served, or whose time runs', async (t) => {
  const second = (of: story.Story) =>
    tell(of, { on: '2026-03-20' }, (state) =>
      planFindings(state, {
        run: 'run-2',
        asOf: '2026-03-19',
        warnings: [story.found('property'), story.found('income')],
        cleared: [],
      }),
    )
  const proposed = second(story.calledAgain())
  refuses(t, 'STATE_CASE', /neither confirmed nor dismissed/, () => decide(proposed, ON, 'deemed-withdrawal'))
  // Its first warning is confirmed, and a newer run clears the other: the packet is ready, and nobody has issued it.
  const half = story.confirm(proposed, { on: '2026-03-20' }, ['W3'])
  const ready = tell(half, { on: '2026-03-20' }, (state) =>
    planFindings(state, {
      run: 'run-3',
      asOf: '2026-03-20',
      warnings: [],
      cleared: [{ rule: 'income', person: 'P1' }],
    }),
  )
  t.match(
    ready.state.warnings.map(({ state }) => state),
    ['confirmed', 'confirmed', 'confirmed', 'withdrawn'],
  )
  refuses(t, 'STATE_CASE', /packet 2 has not been issued/, () => decide(ready, ON, 'deemed-withdrawal'))
  refuses(t, 'STATE_CASE', /packet 2 has not been issued/, () => decide(withdrawAll(ready), ON, 'deemed-withdrawal'))
  t.equal(story.confirm(ready, { on: '2026-03-20' }).events.length, ready.events.length, 'nothing is left to confirm')
  const issued = story.issue(ready, { on: '2026-03-20' })
  refuses(t, 'STATE_CASE', /packet 2 has not been served/, () => decide(issued, ON, 'deemed-withdrawal'))
  refuses(t, 'STATE_CASE', /packet 2 has not been served/, () => decide(withdrawAll(issued), ON, 'deemed-withdrawal'))
  const served = story.serve(issued, { on: '2026-03-20' })
  refuses(t, 'STATE_CASE', /can be decided of a case that is unanswered/, () => decide(served, ON, 'deemed-withdrawal'))
  // Ten working days from Friday, 20 March: 23-27 and 30 March to 3 April.
  const expired = story.expire(served, '2026-04-07')
  t.equal(expired.state.state, 'unanswered')
  const may = { effectiveFrom: '2026-05' }
  refuses(t, 'STATE_CASE', /a second time about packet 2/, () =>
    decide(withdrawAll(expired), { on: '2026-04-08' }, 'deemed-withdrawal', may),
  )
  const called = story.contactAgain(expired, { on: '2026-04-07' })
  t.equal(decide(called, { on: '2026-04-08' }, 'deemed-withdrawal', may).state.state, 'decided')
})

t.test('a second contact leaves the household a working day', async (t) => {
  const called = story.contactAgain(STORIES.unanswered(), { on: '2026-03-20' })
  for (const on of ['2026-03-20', '2026-03-21', '2026-03-22'])
    refuses(t, 'STATE_CASE', /the next working day is the first to decide on/, () =>
      decide(called, { on }, 'deemed-withdrawal'),
    )
  t.equal(decide(called, { on: '2026-03-23' }, 'deemed-withdrawal').state.state, 'decided')
})

t.test('a warning without an answer needs a second contact also where another was answered', async (t) => {
  const one = story.assess(story.rebut(STORIES.served(), { on: '2026-03-10' }), { on: '2026-03-11' }, 'refused')
  const over = story.expire(one, '2026-03-19')
  t.equal(over.state.state, 'rebutted')
  refuses(t, 'STATE_CASE', /contacted a second time/, () => decide(over, ON, 'adjust'))
  t.equal(decide(story.contactAgain(over, { on: '2026-03-20' }), ON, 'adjust').state.state, 'decided')
})

t.test('nothing is taken where no warning stands', async (t) => {
  for (const each of [withdrawAll(story.calledAgain()), withdrawAll(untrue)])
    for (const outcome of ['adjust', 'deemed-withdrawal', 'cancel-and-recover'] as const)
      refuses(t, 'STATE_CASE', /no warning stands|can be decided of/, () => decide(each, ON, outcome))
  t.match(decide(withdrawAll(story.calledAgain()), ON, 'no-issue').state, { state: 'decided' })
})

t.test('recovery is for an answer that was found untrue, and stands so, alone', async (t) => {
  for (const outcome of ['adjust', 'deemed-withdrawal', 'continue', 'no-issue'] as const) {
    const of = outcome === 'deemed-withdrawal' ? story.calledAgain() : untrue
    refuses(t, 'STATE_RECOVERY', /nothing is recovered/, () => decide(of, ON, outcome, { recovery: story.RECOVERY }))
  }
  refuses(t, 'INPUT_INVALID', /must list the months/, () =>
    decide(untrue, ON, 'cancel-and-recover', { recovery: null }),
  )
  // A later answer to the same warning takes the place of the untrue one.
  const again = story.assess(story.rebut(untrue, { on: '2026-03-20' }), { on: '2026-03-20' }, 'refused')
  refuses(t, 'STATE_RECOVERY', /no answer was found untrue/, () => decide(again, ON, 'cancel-and-recover'))
  refuses(t, 'STATE_RECOVERY', /no answer was found untrue/, () =>
    decide(withdraw(untrue, 'W1'), ON, 'cancel-and-recover'),
  )
  const wrong = { ...story.RECOVERY, total: '745.01' }
  refuses(t, 'INPUT_INVALID', /must be the sum of the months, 745\.00/, () =>
    decide(untrue, ON, 'cancel-and-recover', { recovery: wrong }),
  )
})

t.test(
  'an earlier answer needs no verdict of its own where a later one has it, nor one to a warning taken back',
  async (t) => {
    const twice = story.rebut(STORIES.rebutted(), { on: '2026-03-11' })
    refuses(t, 'STATE_CASE', /the answer to W1 is not assessed/, () => decide(twice, ON, 'continue'))
    t.equal(decide(story.assess(twice, { on: '2026-03-12' }, 'accepted'), ON, 'continue').state.state, 'decided')
    const both = story.assess(
      story.rebut(STORIES.served(), { on: '2026-03-10' }, ['W1', 'W2']),
      { on: '2026-03-11' },
      'accepted',
    )
    t.equal(decide(withdraw(both, 'W2'), ON, 'continue').state.state, 'decided')
  },
)

t.test('the fields of a decision fit its outcome', async (t) => {
  const cases: readonly [Parameters<typeof decide>[2], Parameters<typeof decide>[3], RegExp][] = [
    ['adjust', { effectiveFrom: '2026-03' }, /2026-04 or later/],
    ['adjust', { effectiveFrom: null }, /2026-04 or later/],
    ['adjust', { effectiveFrom: '2026-13' }, /2026-04 or later/],
    ['adjust', { newMonthlyBenefit: null }, /decimal string of yuan/],
    ['adjust', { newMonthlyBenefit: '320' }, /decimal string of yuan/],
    ['adjust', { newMonthlyBenefit: '-3.00' }, /decimal string of yuan/],
    ['adjust', { newMonthlyBenefit: '0.00' }, /see deemed-withdrawal/],
    ['deemed-withdrawal', { newMonthlyBenefit: '1.00' }, /"0.00" or null/],
    ['continue', { newMonthlyBenefit: '320.00' }, /must be null for continue/],
    ['continue', { effectiveFrom: '2026-04' }, /must be null for continue/],
    ['no-issue', { effectiveFrom: '2026-04' }, /must be null for no-issue/],
    ['adjust', { basis: ' ' }, /must name the rules/],
  ]
  for (const [outcome, more, message] of cases)
    refuses(t, 'INPUT_INVALID', message, () => decide(story.calledAgain(), ON, outcome, more))
  for (const reason of ['', '   ', '\u3164'])
    refuses(t, 'INPUT_REASON', /say why/, () => decide(story.calledAgain(), ON, 'adjust', { reason }))
  t.equal(
    decide(refused, ON, 'adjust', { newMonthlyBenefit: '0.00' }).state.state,
    'decided',
    'an answer that was heard',
  )
})

t.test('what a decision makes of the warnings', async (t) => {
  const states = (of: story.Story) => of.state.warnings.map(({ state, wrong }) => (wrong ? `${state}, wrong` : state))
  t.same(states(decide(accepted, ON, 'continue')), ['rebutted-accepted', 'rebutted-refused'])
  t.same(states(decide(accepted, ON, 'adjust')), ['rebutted-accepted', 'upheld'])
  t.same(states(decide(untrue, ON, 'cancel-and-recover')), ['upheld', 'upheld'])
  t.same(states(decide(untrue, ON, 'no-issue')), ['withdrawn, wrong', 'withdrawn, wrong'])
  t.same(
    states(decide(story.calledAgain(), ON, 'deemed-withdrawal')),
    ['confirmed', 'confirmed'],
    'silence upholds nothing',
  )
})

t.test(
  'a late answer sets an adverse decision aside with its recovery, and one in the household’s favor stands',
  async (t) => {
    for (const [of, outcome] of [
      [story.calledAgain(), 'deemed-withdrawal'],
      [untrue, 'cancel-and-recover'],
      [refused, 'adjust'],
    ] as const) {
      const told = story.serveOutcome(decide(of, ON, outcome), { on: '2026-03-24' })
      const late = story.rebut(told, { on: '2026-04-20' }, ['W2'])
      t.match(late.state, { state: 'rebutted', decision: null, outcomeService: null })
      t.equal(late.state.rebuttals.at(-1)?.late, true)
      t.notOk(
        late.state.warnings.some(({ state }) => state === 'upheld'),
        'nothing is upheld',
      )
      const again = story.assess(late, { on: '2026-04-21' }, 'accepted', 'W2')
      t.equal(decide(again, { on: '2026-04-22' }, 'continue').state.decision?.outcome, 'continue')
    }
    const favored = decide(accepted, ON, 'continue')
    const answered = story.rebut(favored, { on: '2026-03-24' }, ['W2'])
    t.match(answered.state, { state: 'decided', decision: { outcome: 'continue' } })
    t.equal(answered.state.rebuttals.length, 2, 'the answer is kept')
  },
)

t.test('a decision can be made anew until its notice was served, after that only a better one', async (t) => {
  const first = decide(untrue, ON, 'cancel-and-recover')
  const milder = decide(first, { on: '2026-03-24' }, 'adjust')
  t.match(milder.state, {
    state: 'decided',
    since: first.state.since,
    decision: { outcome: 'adjust', from: 'rebutted' },
  })
  t.equal(milder.state.decision?.recovery, null)
  t.equal(decide(milder, { on: '2026-03-24' }, 'cancel-and-recover').state.decision?.outcome, 'cancel-and-recover')
  refuses(t, 'STATE_SAME_PERSON', /another person does/, () =>
    decide(first, { ...ON, by: story.CONFIRMER }, 'no-issue'),
  )
  const told = story.serveOutcome(first, { on: '2026-03-24' })
  refuses(t, 'STATE_CASE', /only a better one can take its place/, () => decide(told, { on: '2026-03-25' }, 'adjust'))
  const better = decide(told, { on: '2026-03-25' }, 'no-issue')
  t.match(better.state, { state: 'decided', outcomeService: null, decision: { outcome: 'no-issue' } })
  t.not(better.state.since, told.state.since, 'its notice has the whole time to be served')
  refuses(t, 'STATE_CASE', /in the household’s favor stands/, () =>
    decide(decide(accepted, ON, 'continue'), ON, 'adjust'),
  )
})

t.test('a letter that comes back: what was decided on it does not stand, and its clock never ran', async (t) => {
  const decided = decide(story.calledAgain(), ON, 'deemed-withdrawal')
  const told = story.serveOutcome(decided, { on: '2026-03-24' })
  for (const each of [decided, told]) {
    const back = story.failService(each, { on: '2026-03-25' }, 1)
    t.match(back.state, { state: 'undeliverable', decision: null, outcomeService: null })
    t.match(back.state.packets[0], { service: null, deadline: null, expired: false })
    const again = story.serve(back, { on: '2026-03-26' })
    t.equal(again.state.state, 'served')
    // 27, 30, 31 March, 1-3 and 7-10 April.
    t.equal(again.state.packets[0]?.deadline?.date, '2026-04-10')
  }
  refuses(t, 'STATE_CASE', /was answered: it arrived/, () => story.failService(refused, ON, 1))
  refuses(t, 'STATE_CASE', /nothing was decided against/, () => story.failService(STORIES.decided(), ON, 1))
  refuses(t, 'STATE_CASE', /nothing was decided against/, () => story.failService(decided, ON))
})

t.test('the notice of the outcome: proof, a day that can be, once', async (t) => {
  const decided = decide(story.calledAgain(), ON, 'deemed-withdrawal')
  refuses(t, 'INPUT_INVALID', /must not be before 2026-03-23/, () =>
    story.serveOutcome({ ...decided }, { on: '2026-03-20' }),
  )
  const told = story.serveOutcome(decided, { on: '2026-03-24' })
  refuses(t, 'STATE_CASE', /served already/, () => story.serveOutcome(told, { on: '2026-03-25' }))
})

t.test('nothing is taken for a month that began before the notice was served', async (t) => {
  const decided = decide(story.calledAgain(), ON, 'deemed-withdrawal')
  for (const [on, from] of [
    ['2026-03-31', '2026-04'],
    ['2026-04-01', '2026-05'],
    ['2026-05-06', '2026-06'],
  ] as const) {
    t.equal(story.serveOutcome(decided, { on }).state.decision?.effectiveFrom, from, on)
  }
  t.equal(story.serveOutcome(STORIES.decided(), { on: '2026-05-06' }).state.decision?.effectiveFrom, null)
})

t.test(
  'a case ends at once where the household loses nothing, and else when review can no longer be sought',
  async (t) => {
    const close = (of: story.Story, on: string) =>
      tell(of, { on }, (state, context) => planClosing(state, { reason: '结案' }, context))
    t.equal(close(STORIES.decided(), '2026-03-11').state.state, 'closed')
    const decided = decide(story.calledAgain(), ON, 'deemed-withdrawal')
    refuses(t, 'STATE_CASE', /has not been served/, () => close(decided, '2026-03-24'))
    // Sixty days after 24 March is Saturday, 23 May; the last day moves to Monday.
    const told = story.serveOutcome(decided, { on: '2026-03-24' })
    refuses(t, 'STATE_CASE', /review may be sought until 2026-05-25/, () => close(told, '2026-05-25'))
    t.equal(close(told, '2026-05-26').state.state, 'closed')
    refuses(t, 'INPUT_REASON', /say why/, () =>
      tell(told, { on: '2026-05-26' }, (state, context) => planClosing(state, { reason: ' ' }, context)),
    )
  },
)

t.test('the outcomes that leave less are those three', async (t) => {
  t.same(ADVERSE, ['adjust', 'deemed-withdrawal', 'cancel-and-recover'])
})
