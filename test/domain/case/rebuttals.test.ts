import t from 'tap'
import {
  type AssessmentInput,
  planAssessment,
  planRebuttal,
  type RebuttalInput,
} from '../../../src/domain/case/rebuttals.ts'
import * as story from './stories.ts'

const { STORIES, refuses, tell } = story
const ON = { on: '2026-03-10' }
const ANSWER = { warning: 'W1', evidenceKinds: ['medical-fund'], statement: '医疗专用款' }
const INPUT: RebuttalInput = {
  receivedOn: ON.on,
  answers: [ANSWER],
  attachments: [],
  vouchedBy: { name: '戊', relation: '本人' },
}

const rebut = (of: story.Story, more: Partial<RebuttalInput> = {}, act: story.Act = ON) =>
  tell(of, act, (state, context) => planRebuttal(state, { ...INPUT, ...more }, context))

t.test('an answer says to which warning, what, of which evidence, and who signs for it', async (t) => {
  const of = STORIES.served()
  t.match(rebut(of).state, { state: 'rebutted', rebuttals: [{ rebuttal: 'R1', late: false }] })
  t.equal(rebut(of, { answers: [{ ...ANSWER, evidenceKinds: ['other'] }] }).state.state, 'rebutted')
  for (const [more, message] of [
    [{ answers: [] }, /one warning at least/],
    [{ answers: [{ ...ANSWER, statement: ' ' }] }, /what the household answers/],
    [{ answers: [{ ...ANSWER, evidenceKinds: ['guess'] }] }, /allowed: medical-fund, held-for-another, other/],
    [{ vouchedBy: { name: ' ', relation: '本人' } }, /who signs for it/],
    [{ vouchedBy: { name: '戊', relation: '' } }, /who signs for it/],
    [{ receivedOn: '2026-03-11' }, /or before/],
    [{ receivedOn: '2026-03-03' }, /not be before the service of notice, 2026-03-04/],
  ] as const)
    refuses(t, 'INPUT_INVALID', message, () => rebut(of, more))
  refuses(t, 'INPUT_DUPLICATE', /a warning twice/, () => rebut(of, { answers: [ANSWER, ANSWER] }))
  refuses(t, 'INPUT_NOT_FOUND', /no warning W9/, () => rebut(of, { answers: [{ ...ANSWER, warning: 'W9' }] }))
})

t.test('a late answer is kept as late, and opens what had expired', async (t) => {
  const late = { receivedOn: '2026-03-19' }
  t.equal(rebut(STORIES.served(), { receivedOn: '2026-03-18' }, { on: '2026-03-18' }).state.rebuttals[0]?.late, false)
  t.equal(rebut(STORIES.served(), late, { on: '2026-03-19' }).state.rebuttals[0]?.late, true)
  t.match(rebut(STORIES.unanswered(), late, { on: '2026-03-19' }).state, {
    state: 'rebutted',
    rebuttals: [{ late: true }],
  })
})

const assess = (of: story.Story, more: Partial<AssessmentInput>) =>
  tell(of, ON, (state, context) =>
    planAssessment(
      state,
      {
        warning: 'W1',
        verdict: 'accepted',
        findings: '查看了单据',
        suppressUntil: null,
        correction: null,
        settles: null,
        ...more,
      },
      context,
    ),
  )

t.test('an assessment makes of the warning what was found', async (t) => {
  for (const [verdict, becomes] of [
    ['accepted', 'rebutted-accepted'],
    ['refused', 'rebutted-refused'],
    ['untrue', 'rebutted-refused'],
  ] as const)
    t.equal(assess(STORIES.rebutted(), { verdict }).state.warnings[0]?.state, becomes)
  refuses(t, 'INPUT_NOT_FOUND', /no rebuttal answers W2/, () => assess(STORIES.rebutted(), { warning: 'W2' }))
  refuses(t, 'INPUT_REASON', /say why/, () => assess(STORIES.rebutted(), { findings: ' ' }))
})

t.test('only an accepted answer suppresses, corrects or settles, and within its own warning', async (t) => {
  const lead = { source: 'bank', delivery: 'D1', row: 7, person: 'P1' }
  const settled = story.opened({ warnings: [story.found('deposits', { leads: [lead] })] })
  const confirmed = story.add(settled, ON, [{ kind: 'lead-settled', reason: '…', payload: { lead, answer: 'yes' } }])
  const of = rebut(story.serve(story.issue(story.confirm(confirmed, ON), ON), ON))
  const correction = { source: 'bank', record: '****1234', request: '户名有误' }
  t.match(assess(of, { suppressUntil: '2027-03-10', correction, settles: lead }).state, {
    leads: [{ answer: 'yes' }, { answer: 'no', lead }],
    warnings: [{ state: 'rebutted-accepted' }],
  })
  for (const more of [{ suppressUntil: '2027-03-10' }, { correction }, { settles: lead }])
    for (const verdict of ['refused', 'untrue'] as const)
      refuses(t, 'INPUT_INVALID', /only an accepted answer/, () => assess(of, { verdict, ...more }))
  for (const suppressUntil of ['2026-03-10', '2026-02-30', 'soon'])
    refuses(t, 'INPUT_INVALID', /real date after today/, () => assess(of, { suppressUntil }))
  refuses(t, 'INPUT_INVALID', /must be a source of W1: bank/, () =>
    assess(of, { correction: { ...correction, source: 'tax' } }),
  )
  refuses(t, 'INPUT_NOT_FOUND', /waits for no such lead/, () => assess(of, { settles: { ...lead, row: 8 } }))
})

t.test('of two answers to a warning the later one is assessed', async (t) => {
  const twice = rebut(STORIES.rebutted())
  refuses(t, 'STATE_CASE', /has a later answer, R2/, () => assess(twice, { rebuttal: 'R1' }))
  refuses(t, 'INPUT_NOT_FOUND', /no rebuttal answers W1/, () => assess(twice, { rebuttal: 'R9' }))
  t.match(assess(twice, {}).state.rebuttals, [{ answers: [{ verdict: null }] }, { answers: [{ verdict: 'accepted' }] }])
  // An answer opens a warning again that an earlier one did not explain.
  const refused = assess(STORIES.rebutted(), { verdict: 'refused' })
  t.equal(rebut(refused).state.warnings[0]?.state, 'confirmed')
  refuses(t, 'STATE_CASE', /W1 is rebutted-accepted/, () => rebut(assess(STORIES.rebutted(), {})))
})
