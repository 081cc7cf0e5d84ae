import t from 'tap'
import {
  type FoundWarning,
  openQuestions,
  planConfirmation,
  planFindings,
  planLeadAnswer,
  planSourceConfirmation,
  planTipOff,
  planVisit,
  planWithdrawal,
} from '../../../src/domain/case/prepare.ts'
import { packetToIssue } from '../../../src/domain/case/serving.ts'
import * as story from './stories.ts'

const { STORIES, refuses, tell } = story
const ON = { on: '2026-03-10' }
const BY_PROGRAM = { ...ON, by: 'hedui', role: 'system' }

interface Run {
  readonly run?: string
  readonly asOf?: string
  readonly cleared?: readonly string[]
}

/** What a run brings to a case. */
const bring = (of: story.Story, rules: readonly (string | FoundWarning)[], more: Run = {}) => {
  const { run = 'run-2', asOf = '2026-03-09', cleared = [] } = more
  const warnings = rules.map((rule) => (typeof rule === 'string' ? story.found(rule, { run, asOf }) : rule))
  return tell(of, BY_PROGRAM, (state) =>
    planFindings(state, { run, asOf, warnings, cleared: cleared.map((rule) => ({ rule, person: 'P1' })) }),
  )
}
const shown = (of: story.Story) =>
  of.state.warnings.map(({ id, result, state, packet, run }) => `${id} ${result.rule} ${state} ${packet} ${run}`).sort()

t.test('a newer run renews what was not issued, and adds what is new', async (t) => {
  const of = bring(STORIES.drafted(), ['deposits', 'property'])
  t.same(shown(of), ['W1 deposits proposed 1 run-2', 'W2 vehicles proposed 1 run-1', 'W3 property proposed 1 run-2'])
  t.equal(bring(of, ['deposits', 'property']).events.length, of.events.length, 'done again it changes nothing')
  t.equal(
    bring(of, ['deposits'], { run: 'run-1', asOf: '2026-02-28' }).events.length,
    of.events.length,
    'nor does an older run',
  )
  t.equal(bring(of, [], { run: 'run-0', cleared: ['deposits'] }).events.length, of.events.length)
})

t.test('what was confirmed and not issued is renewed too, so that a packet rests on one run', async (t) => {
  const half = story.confirm(STORIES.drafted(), ON, ['W1'])
  const of = bring(half, ['deposits', 'vehicles'])
  t.same(shown(of), ['W1 deposits proposed 1 run-2', 'W2 vehicles proposed 1 run-2'])
  t.equal(of.state.warnings.find(({ id }) => id === 'W1')?.confirmedBy, null)
  t.same(shown(bring(half, ['vehicles'], { cleared: ['deposits'] })), [
    'W1 deposits withdrawn 1 run-1',
    'W2 vehicles proposed 1 run-2',
  ])
})

t.test('what a run clears falls away, and a case with nothing left ends; it counts against no rule', async (t) => {
  const of = bring(STORIES.drafted(), [], { cleared: ['deposits', 'vehicles'] })
  t.equal(of.state.state, 'dismissed')
  t.same(
    of.state.warnings.map(({ state, wrong }) => [state, wrong]),
    [
      ['withdrawn', false],
      ['withdrawn', false],
    ],
  )
})

t.test('what was issued stays: the program takes nothing back and asks nothing twice', async (t) => {
  for (const name of ['confirmed', 'served', 'rebutted', 'unanswered', 'paused'] as const) {
    const of = STORIES[name]()
    t.equal(bring(of, ['deposits', 'vehicles'], { cleared: ['deposits'] }).events.length, of.events.length, name)
  }
})

t.test('on a served case a new warning begins a second packet, and a third waits for it', async (t) => {
  const of = bring(STORIES.served(), ['property'])
  t.match(of.state, { state: 'served', packets: [{ number: 1 }, { number: 2, id: null }] })
  t.same(shown(bring(of, ['income'], { run: 'run-3' })).slice(2), [
    'W3 property proposed 2 run-2',
    'W4 income proposed 2 run-3',
  ])
})

t.test('what was settled on the same records is not asked again in the case; on others it is', async (t) => {
  const accepted = story.assessed('accepted')
  t.equal(bring(accepted, ['deposits']).events.length, accepted.events.length)
  const other = bring(accepted, [story.found('deposits', { run: 'run-2', fingerprint: 'other records' })])
  t.equal(shown(other).at(-1), 'W3 deposits proposed 2 run-2')
})

t.test('a source states amount, access and period, and only then it is confirmed', async (t) => {
  const warnings = [story.found('deposits', { questions: [{ source: 'bank', why: 'unverified' }] })]
  const of = STORIES.drafted({ warnings })
  refuses(t, 'STATE_UNVERIFIED', /the source bank is unverified/, () => story.confirm(of, ON))
  const answer = (more: Record<string, unknown> = {}) =>
    tell(of, ON, (state, context) =>
      planSourceConfirmation(
        state,
        {
          warning: 'W1',
          source: 'bank',
          amount: '86400.00',
          access: true,
          period: { from: '2025-01-01', until: '2026-01-31' },
          reference: '银函 12',
          ...more,
        },
        context,
      ),
    )
  t.equal(story.confirm(answer(), ON).state.warnings[0]?.state, 'confirmed')
  refuses(t, 'STATE_UNVERIFIED', /cannot dispose of it; dismiss it/, () => story.confirm(answer({ access: false }), ON))
  for (const [more, message] of [
    [{ source: 'tax' }, /is not a source of W1; allowed: bank/],
    [{ amount: '86,400' }, /decimal number/],
    [{ amount: '' }, /decimal number/],
    [{ period: { from: '2026-02-01', until: '2026-01-31' } }, /from <= until/],
    [{ period: { from: '2026-02-30', until: '2026-03-31' } }, /real dates/],
    [{ reference: ' ' }, /the source’s paper/],
    [{ reference: '银函 12，涉嫌隐瞒' }, /say it without 涉嫌, 隐瞒/],
  ] as const)
    refuses(t, 'INPUT_INVALID', message, () => answer(more))
  refuses(t, 'INPUT_NOT_FOUND', /has no warning W9; it has W1/, () => answer({ warning: 'W9' }))
  const renewed = bring(answer(), [story.found('deposits', { ...warnings[0], run: 'run-2', asOf: '2026-03-09' })])
  t.same(openQuestions(renewed.state, renewed.state.warnings[0]!), [], 'what it stated of the same records holds on')
  const others = bring(answer(), [
    story.found('deposits', { ...warnings[0], run: 'run-2', asOf: '2026-03-09', fingerprint: 'x' }),
  ])
  t.equal(openQuestions(others.state, others.state.warnings[0]!).length, 1, 'of others it does not')
})

t.test('what its sources state lies beyond the limit, as what was found did', async (t) => {
  const item = (source: string) => ({ source, type: 'x', person: 'P1', key: 'K', asOf: ON.on, delivery: 'D', row: 1 })
  const beginning = (sources: readonly string[], figures: { measure: string | number; limit: string | number }) => {
    const { result } = story.found('deposits')
    const evidence = sources.map(item)
    return STORIES.drafted({
      warnings: [story.found('deposits', { sources, result: { ...result, ...figures, evidence } })],
    })
  }
  const period = { from: '2025-01-01', until: '2026-01-31' }
  const state = (of: story.Story, source: string, amount: string) =>
    tell(of, ON, (now, context) =>
      planSourceConfirmation(now, { warning: 'W1', source, amount, access: true, period, reference: '函' }, context),
    )
  const above = { measure: '300.00', limit: '200.00' }
  const below = { measure: '1500.00', limit: '2000.00' }
  const cars = { measure: 1, limit: 0 }
  for (const [sources, figures, amounts, isBeyond] of [
    [['bank'], above, ['200.01'], true],
    [['bank'], above, ['200.00'], false],
    [['bank'], above, ['0'], false],
    [['bank'], below, ['1999.99'], true],
    [['bank'], below, ['2000.00'], false],
    [['vehicle'], cars, ['1'], true],
    [['vehicle'], cars, ['0'], false],
    [['bank', 'tax'], above, ['100.00', '100.01'], true],
    [['bank', 'tax'], above, ['100.00', '100.00'], false],
    // The other has stated nothing.
    [['bank', 'tax'], above, ['100.00'], true],
  ] as const) {
    const of = amounts.reduce((story, amount, i) => state(story, sources[i]!, amount), beginning(sources, figures))
    if (isBeyond) t.equal(story.confirm(of, ON).state.warnings[0]?.state, 'confirmed', amounts.join())
    else refuses(t, 'STATE_UNVERIFIED', /lies within the limit of .*; dismiss it/, () => story.confirm(of, ON))
  }
})

t.test('a lead is settled before the warning that waits for it is confirmed', async (t) => {
  const lead = { source: 'bank', delivery: 'D1', row: 7, person: 'P1' }
  const of = STORIES.drafted({ warnings: [story.found('deposits', { leads: [lead] })] })
  refuses(t, 'STATE_UNVERIFIED', /a lead waits: row 7 of bank for P1/, () => story.confirm(of, ON))
  const settle = (from: story.Story, answer: 'yes' | 'no' | 'unsure', of = lead) =>
    tell(from, ON, (state, context) => planLeadAnswer(state, { lead: of, answer, reason: '电话核实' }, context))
  refuses(t, 'STATE_UNVERIFIED', /a lead waits/, () => story.confirm(settle(of, 'unsure'), ON))
  for (const answer of ['yes', 'no'] as const)
    t.equal(story.confirm(settle(of, answer), ON).state.warnings[0]?.state, 'confirmed')
  refuses(t, 'STATE_UNVERIFIED', /a lead waits/, () => story.confirm(settle(settle(of, 'no'), 'unsure'), ON))
  refuses(t, 'INPUT_NOT_FOUND', /no warning of the case waits/, () => settle(of, 'no', { ...lead, row: 8 }))
})

t.test('a packet is ready when nothing of it waits and something is confirmed', async (t) => {
  const of = STORIES.drafted()
  t.equal(packetToIssue(of.state), null)
  t.equal(packetToIssue(story.confirm(of, ON, ['W1']).state), null)
  const rest = story.dismiss(story.confirm(of, ON, ['W1']), ON)
  t.same(packetToIssue(rest.state), { number: 1, warnings: ['W1'] })
  t.equal(packetToIssue(story.issue(rest, ON).state), null)
  refuses(t, 'STATE_CASE', /no warning is proposed/, () => story.confirm(story.issue(rest, ON), ON))
})

t.test('the last confirmed warning taken back: before issue the case ends, after it a person decides', async (t) => {
  const withdraw = (from: story.Story, warning: string) =>
    tell(from, ON, (state, context) => planWithdrawal(state, { warning, reason: '有误' }, context))
  const both = (from: story.Story) => withdraw(withdraw(from, 'W1'), 'W2')
  t.equal(both(STORIES.drafted()).state.state, 'dismissed')
  for (const name of ['confirmed', 'served', 'undeliverable', 'rebutted', 'unanswered', 'paused'] as const) {
    const of = both(STORIES[name]())
    t.equal(of.state.state, name)
    t.ok(
      of.state.warnings.every(({ wrong }) => wrong),
      'a person took it back: it counts against the rule',
    )
    if (name !== 'paused') t.equal(story.decide(of, { on: '2026-03-20' }, 'no-issue').state.state, 'decided')
  }
  refuses(t, 'STATE_CASE', /W1 is withdrawn/, () => withdraw(both(STORIES.served()), 'W1'))
})

t.test('a visit is made by two people at least, and has been', async (t) => {
  const visit = (more: Record<string, unknown>) =>
    tell(STORIES.drafted(), ON, (state, context) =>
      planVisit(state, { on: ON.on, visitors: ['甲', '乙'], findings: '困难', by: 'county', ...more }, context),
    )
  t.equal(visit({}).state.visits.length, 1)
  for (const [more, message] of [
    [{ visitors: ['甲'] }, /two people/],
    [{ visitors: ['甲', ' 甲 '] }, /two people/],
    [{ visitors: ['甲', ' '] }, /two people/],
    [{ visitors: ['甲', '甲\u200b'] }, /two people/],
    [{ visitors: ['甲', '\u3164'] }, /two people/],
    [{ findings: '\u3164' }, /what was found/],
    [{ on: '2026-03-01' }, /before 2026-03-02, when the case was opened/],
    [{ findings: '' }, /what was found/],
    [{ on: '2026-03-11' }, /or before/],
  ] as const)
    refuses(t, 'INPUT_INVALID', message, () => visit(more))
  refuses(t, 'STATE_NEAR_KIN', /somebody else/, () =>
    tell(STORIES.drafted({ opened: { kin: [story.COUSIN] } }), ON, (state, context) =>
      planVisit(state, { on: ON.on, visitors: ['甲', story.COUSIN], findings: '困难', by: 'county' }, context),
    ),
  )
})

t.test('a report is linked once', async (t) => {
  const link = (from: story.Story) => tell(from, BY_PROGRAM, (state) => planTipOff(state, { tipOff: 'T1' }))
  const of = link(STORIES.decided())
  t.same(of.state.tipOffs, ['T1'])
  t.equal(link(of).events.length, of.events.length)
})

t.test('every act of a person needs one who is free to act, and those that judge a reason', async (t) => {
  const of = STORIES.drafted({ opened: { kin: [story.COUSIN] } })
  const confirm = (act: Partial<story.Act>, reason = '可靠') =>
    planConfirmation(of.state, { reason }, story.contextOf({ ...ON, ...act }))
  refuses(t, 'INPUT_ACTOR', /act of a person/, () => confirm({ role: 'system' }))
  refuses(t, 'INPUT_ACTOR', /act of a person/, () => confirm({ by: 'Hedui' }))
  refuses(t, 'STATE_NEAR_KIN', /somebody else acts/, () => confirm({ by: ` ${story.COUSIN}` }))
  for (const reason of ['', ' \n', '\u200b']) refuses(t, 'INPUT_REASON', /say why/, () => confirm({}, reason))
  refuses(t, 'INPUT_INVALID', /say it without 瞒报, fraud/, () => confirm({}, '疑似瞒报, a fraud'))
})
