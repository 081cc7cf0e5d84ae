import t from 'tap'
import type { DecidedResult } from '../../../src/domain/case/precision.ts'
import type { Origin } from '../../../src/domain/case/words.ts'
import { reportPrecision } from '../../../src/services/precision/report-precision.ts'
import { releaseRule, showRuleStops, stopRules } from '../../../src/services/precision/stop-rules.ts'
import { listStoppedRules } from '../../../src/services/precision/stopped-rules.ts'
import { tallyCase } from '../../../src/services/precision/tally-case.ts'
import {
  assess,
  type Beginning,
  calledAgain,
  decide,
  dismiss,
  expire,
  found,
  rebut,
  STORIES,
  type Story,
} from '../../domain/case/stories.ts'
import { createHedui } from '../../support/hedui.ts'
import { householdOf, memberOf, personOf } from '../../support/people.ts'
import { continueStory, storeStories } from '../../support/stored-cases.ts'
import { createWork, errorOf } from '../../support/work.ts'

const WHO = { actor: '陈主任', role: 'centre' }

let households = 0
/** Of a household of its own, of one warning. */
const beginning = (rule = 'deposits', more: Beginning['opened'] = {}): Beginning => ({
  warnings: [found(rule)],
  opened: { householdId: `H${households++}`, ...more },
})

/** A case whose one warning was answered, assessed and decided on in March. */
const answered = (
  begun: Beginning,
  verdict: 'accepted' | 'refused',
  outcome: 'continue' | 'adjust',
  more = {},
): Story => {
  const heard = assess(rebut(STORIES.served(begun), { on: '2026-03-10' }), { on: '2026-03-11' }, verdict)
  return decide(expire(heard, '2026-03-19'), { on: '2026-03-20' }, outcome, more)
}

/** A case that ends in each result. */
const ENDS: Readonly<Record<DecidedResult, (begun: Beginning) => Story>> = {
  dismissed: (begun) => STORIES.dismissed(begun),
  confirmed: (begun) => decide(calledAgain(begun), { on: '2026-03-23' }, 'deemed-withdrawal'),
  rebutted: (begun) => answered(begun, 'accepted', 'continue'),
  upheld: (begun) => answered(begun, 'refused', 'adjust'),
  wrong: (begun) => STORIES.decided(begun),
}

t.test('what became of a warning is what people made of it', (t) => {
  const resultsOf = (story: Story) =>
    tallyCase(story.events).warnings.map(({ result, decidedAt }) => [result, decidedAt.slice(0, 10)])
  for (const [result, end] of Object.entries(ENDS))
    t.same(
      resultsOf(end(beginning())).map(([each]) => each),
      [result],
    )
  t.same(resultsOf(ENDS.dismissed(beginning())), [['dismissed', '2026-03-03']])
  t.same(resultsOf(ENDS.rebutted(beginning())), [['rebutted', '2026-03-20']], 'when the case was decided')
  for (const state of ['drafted', 'confirmed', 'served', 'rebutted', 'unanswered'] as const)
    t.same(resultsOf(STORIES[state](beginning())), [], `${state}: nothing is known yet`)
  const late = rebut(ENDS.confirmed(beginning()), { on: '2026-03-25' })
  t.same(resultsOf(late), [], 'a late answer opens it again')
  t.end()
})

t.test('warnings are counted by rule, source and way of beginning, with intervals', async (t) => {
  const hedui = await createHedui(t)
  const of = (result: DecidedResult, count: number, rule = 'deposits', origin: Origin = 'batch') =>
    Array.from({ length: count }, () => ENDS[result](beginning(rule, { origin })))
  await storeStories(hedui, [
    ...of('upheld', 5),
    ...of('dismissed', 2),
    ...of('rebutted', 2, 'deposits', 'tip-off'),
    ...of('wrong', 1),
    ...of('confirmed', 3),
    ...of('dismissed', 1, 'vehicles', 'tip-off'),
    STORIES.served(beginning('insurance')),
  ])
  const { rules, outcomes } = await reportPrecision(hedui)
  t.same(
    rules.map(({ rule }) => rule),
    ['deposits', 'vehicles'],
  )
  const [deposits] = rules
  t.match(deposits!.counts, { dismissed: 2, confirmed: 3, rebutted: 2, upheld: 5, wrong: 1, decided: 10, right: 5 })
  // Wilson 1927 for 5 of 10.
  const { low, high } = deposits!.counts.interval
  t.same([low.toFixed(4), high.toFixed(4)], ['0.2366', '0.7634'])
  t.match(deposits!.bySource, { bank: { decided: 10, right: 5 } })
  t.match(deposits!.byMatch, { exact: { decided: 10 } })
  t.match(deposits!.byOrigin, { batch: { decided: 8, right: 5, confirmed: 3 }, 'tip-off': { decided: 2, right: 0 } })
  t.match(rules[1], {
    counts: { decided: 1, right: 0 },
    byOrigin: { 'tip-off': { dismissed: 1 } },
    stops: [],
    belowFloor: false,
  })
  t.match(outcomes, {
    cases: 15,
    open: 1,
    inFavor: { dismissed: 3, continued: 2, noIssue: 1, underpaid: 0, lapsed: 0 },
    less: { lowered: 0, deemedWithdrawal: 3, cancelAndRecover: 0 },
    otherAdjusted: 5,
  })
  t.notMatch(JSON.stringify(await reportPrecision(hedui)), /H\d+|P1|甲|乙/, 'nobody is named')
  t.same((await reportPrecision(hedui, { region: '11' })).rules, [], 'of another region')
})

t.test('what was paid too little is counted beside what was paid too much', async (t) => {
  const { hedui, importLines } = await createWork(t)
  // The register has 745.00.
  const line = (id: string, i: number) => householdOf(id, [memberOf('P1', personOf(i, '王一'))])
  await importLines(['R1', 'R2', 'R3'].map(line), { asOf: '2026-01-01' })
  const adjust = (householdId: string, newMonthlyBenefit: string) =>
    answered(beginning('income', { householdId }), 'refused', 'adjust', { newMonthlyBenefit })
  await storeStories(hedui, [
    adjust('R1', '800.00'),
    adjust('R2', '320.00'),
    adjust('R3', '745.00'),
    STORIES.lapsed(beginning()),
    STORIES.dismissed(beginning()),
  ])
  const { outcomes } = await reportPrecision(hedui)
  t.match(outcomes, { inFavor: { underpaid: 1, lapsed: 1, dismissed: 1 }, less: { lowered: 1 }, otherAdjusted: 1 })
})

t.test('a case that goes on is counted anew', async (t) => {
  const hedui = await createHedui(t)
  const story = ENDS.confirmed(beginning())
  const [id] = await storeStories(hedui, [story])
  const counts = async () => (await reportPrecision(hedui)).rules.map((rule) => rule.counts)
  t.match(await counts(), [{ confirmed: 1, decided: 0 }])
  const late = rebut(story, { on: '2026-03-25' })
  await continueStory(hedui, id!, late)
  t.same(await counts(), [], 'the decision does not stand any more')
  const accepted = decide(assess(late, { on: '2026-03-26' }, 'accepted'), { on: '2026-03-27' }, 'continue')
  await continueStory(hedui, id!, accepted)
  t.match(await counts(), [{ rebutted: 1, confirmed: 0, decided: 1, right: 0 }])
  await hedui.database.pool.query('truncate case_tally, warning_tally')
  t.match(await counts(), [{ rebutted: 1 }], 'what is counted can be made anew')
})

t.test('a rule that is wrong too often stops until a person releases it', async (t) => {
  const opened = await createHedui(t)
  let now = '2026-03-05T04:00:00Z'
  const hedui = { ...opened, now: () => new Date(now) }
  const dismissOn = (on: string) => dismiss(STORIES.drafted(beginning()), { on })
  const times = (count: number, make: () => Story) => Array.from({ length: count }, make)
  await storeStories(hedui, [
    ...times(19, () => dismissOn('2026-03-03')),
    ...times(30, () => ENDS.confirmed(beginning())),
  ])
  t.same(await stopRules(hedui), [], 'nineteen say too little, and silence says nothing')
  await storeStories(hedui, [
    ...times(10, () => ENDS.upheld(beginning('vehicles'))),
    ...times(10, () => ENDS.wrong(beginning('vehicles'))),
  ])
  t.same(await stopRules(hedui), [], 'half of them right is not below the floor')
  await storeStories(hedui, [dismissOn('2026-03-03')])
  const stopped = (await Promise.all([stopRules(hedui), stopRules(hedui), stopRules(hedui)])).flat()
  t.match(stopped, [
    {
      rule: 'deposits',
      region: '',
      actor: 'hedui',
      reason: '0 of the last 20 decided warnings were right, less than 50 percent',
    },
  ])
  t.equal(stopped.length, 1, 'once, however many look')
  t.same(await stopRules(hedui), [])
  t.same(await listStoppedRules(hedui.database.pool), ['deposits'])
  t.same(await listStoppedRules(hedui.database.pool, '369901003'), ['deposits'])
  t.match((await reportPrecision(hedui)).rules[0], {
    rule: 'deposits',
    belowFloor: true,
    stops: [{ region: '', since: '2026-03-05T04:00:00.000Z' }],
  })

  const release = (more = {}) => releaseRule(hedui, { rule: 'deposits', reason: '账户去重已修正', ...WHO, ...more })
  t.equal((await errorOf(release({ actor: 'hedui', role: 'system' }))).code, 'INPUT_ACTOR')
  t.equal((await errorOf(release({ reason: '' }))).code, 'INPUT_REASON')
  t.match(await errorOf(release({ rule: 'vehicles' })), { code: 'INPUT_NOT_FOUND', message: /stopped: deposits/ })
  now = '2026-03-06T04:00:00Z'
  t.match(await release(), { action: 'released', number: 2, actor: '陈主任' })
  t.equal((await errorOf(release())).code, 'INPUT_NOT_FOUND')
  t.same(await listStoppedRules(hedui.database.pool), [])
  t.same(await stopRules(hedui), [], 'what was decided before the release counts no more')
  await storeStories(
    hedui,
    times(19, () => dismissOn('2026-03-09')),
  )
  t.same(await stopRules(hedui), [])
  await storeStories(hedui, [dismissOn('2026-03-09')])
  now = '2026-03-10T04:00:00Z'
  t.match(await stopRules(hedui), [{ rule: 'deposits', number: 3 }])
  t.same(
    (await showRuleStops(hedui)).map(({ action, reason }) => [action, reason.slice(0, 4)]),
    [
      ['stopped', '0 of'],
      ['released', '账户去重'],
      ['stopped', '0 of'],
    ],
  )
})

t.test('a region with figures of its own judges by them, and stops the rule there alone', async (t) => {
  const opened = await createHedui(t)
  const figure = (value: number) => ({ value, basis: 'chosen' as const, authority: 'a test' })
  const procedures = [
    ...opened.procedures.filter(({ region }) => region === ''),
    { region: '3699', precision: { leastDecided: figure(3) } },
  ]
  const hedui = { ...opened, procedures }
  const elsewhere = () => STORIES.dismissed(beginning('vehicles', { region: '110101001' }))
  await storeStories(hedui, [
    ...Array.from({ length: 3 }, () => STORIES.dismissed(beginning('deposits'))),
    ...Array.from({ length: 3 }, elsewhere),
  ])
  t.match(await stopRules(hedui), [{ rule: 'deposits', region: '3699' }])
  const { pool } = hedui.database
  t.same(await listStoppedRules(pool, '369901003'), ['deposits'])
  t.same(await listStoppedRules(pool, '110101001'), [])
  t.same(await listStoppedRules(pool), ['deposits'], 'anywhere')
  t.match(await errorOf(releaseRule(hedui, { rule: 'deposits', reason: 'x', ...WHO })), {
    message: /stopped: deposits in 3699/,
  })
  await releaseRule(hedui, { rule: 'deposits', region: '3699', reason: 'x', ...WHO })
  t.same(await listStoppedRules(pool, '369901003'), [])
})

t.test('only the last decided warnings count, by the window', async (t) => {
  const opened = await createHedui(t)
  const figure = (value: number) => ({ value, basis: 'chosen' as const, authority: 'a test' })
  const national = opened.procedures.find(({ region }) => region === '')!
  const precision = { floorPercent: figure(50), leastDecided: figure(4), window: figure(4) }
  const hedui = { ...opened, procedures: [{ ...national, precision }] }
  const dismissed = () => STORIES.dismissed(beginning())
  const upheld = () => ENDS.upheld(beginning())
  await storeStories(hedui, [dismissed(), dismissed(), dismissed(), dismissed(), upheld(), upheld()])
  t.match((await reportPrecision(hedui)).rules, [{ counts: { decided: 4, right: 2, dismissed: 2 }, belowFloor: false }])
  t.same(await stopRules(hedui), [], 'two of the last four are right, of all six two')
})
