import t from 'tap'
import { SYSTEM } from '../../../src/domain/case/act-context.ts'
import { ACTS, type Act, ALLOWED } from '../../../src/domain/case/allowed-acts.ts'
import { planClosing } from '../../../src/domain/case/decisions.ts'
import { planLimits } from '../../../src/domain/case/limits.ts'
import {
  planFindings,
  planLeadAnswer,
  planSourceConfirmation,
  planTipOff,
  planVisit,
  planWithdrawal,
} from '../../../src/domain/case/prepare.ts'
import { planExtension, planResume, planSettledDeadlines } from '../../../src/domain/case/serving.ts'
import { CASE_STATES, type CaseStateName } from '../../../src/domain/case/words.ts'
import type { WaitingState } from '../../../src/domain/procedure.ts'
import { addWorkingDays } from '../../../src/domain/working-days.ts'
import * as story from './stories.ts'

const { tell, STORIES } = story

/** A day on which every story has come to its state, before any limit. */
const ON = '2026-03-20'
const LEAD = { source: 'bank', delivery: 'D1', row: 7, person: 'P1' }

/** What each act does where it is allowed. Some states allow an act that has nothing to work on in the plain story. */
const DO: Readonly<Record<Act, (of: story.Story) => story.Story>> = {
  'add-warnings': (of) =>
    tell(of, { on: ON }, (state) =>
      planFindings(state, { run: 'run-2', asOf: '2026-03-19', warnings: [story.found('property')], cleared: [] }),
    ),
  'link-tip-off': (of) => tell(of, { on: ON }, (state) => planTipOff(state, { tipOff: 'T1' })),
  'confirm-source': (of) =>
    tell(of, { on: ON }, (state, context) =>
      planSourceConfirmation(
        state,
        {
          warning: state.warnings.find((each) => each.state === 'proposed')?.id ?? 'W1',
          source: 'bank',
          amount: '86400.00',
          access: true,
          period: { from: '2025-01-01', until: '2026-01-31' },
          reference: '银函 12',
        },
        context,
      ),
    ),
  'settle-lead': (of) =>
    tell(of, { on: ON }, (state, context) =>
      planLeadAnswer(state, { lead: LEAD, answer: 'no', reason: '重名' }, context),
    ),
  confirm: (of) => story.confirm(of, { on: ON }),
  dismiss: (of) => story.dismiss(of, { on: ON }),
  withdraw: (of) =>
    tell(of, { on: ON }, (state, context) => planWithdrawal(state, { warning: 'W1', reason: '已核实' }, context)),
  visit: (of) =>
    tell(of, { on: ON }, (state, context) =>
      planVisit(state, { on: ON, visitors: ['甲', '乙'], findings: '生活困难', by: 'township' }, context),
    ),
  serve: (of) => story.serve(of, { on: ON }),
  'fail-service': (of) => story.failService(of, { on: ON }),
  extend: (of) => tell(of, { on: ON }, (state, context) => planExtension(state, { days: 5, reason: '住院' }, context)),
  'settle-deadline': (of) => tell(of, { on: ON }, (state, context) => planSettledDeadlines(state, context)),
  pause: (of) => story.pause(of, { on: ON }),
  resume: (of) =>
    tell(of, { on: ON }, (state, context) => planResume(state, { found: '属实', reason: '已复核' }, context)),
  rebut: (of) => story.rebut(of, { on: ON }),
  assess: (of) => story.assess(of, { on: ON }, 'accepted'),
  expire: (of) => story.expire(of, ON),
  'contact-again': (of) => story.contactAgain(of, { on: ON }),
  decide: (of) => story.decide(of, { on: ON }, 'no-issue'),
  'record-award': (of) => story.recordAward(of, { on: ON }),
  'serve-outcome': (of) => story.serveOutcome(of, { on: ON }),
  close: (of) => tell(of, { on: ON }, (state, context) => planClosing(state, { reason: '结案' }, context)),
  // No person escalates or lapses a case: its limits do, and they give nothing where none is passed.
  escalate: (of) => limits(of, 'escalated'),
  lapse: (of) => limits(of, 'lapsed'),
}

/** A case on the first day after one of its limits. */
function limits(of: story.Story, kind: 'escalated' | 'lapsed'): story.Story {
  const limit = story.PROCEDURE.limits[of.state.state as WaitingState]
  const days = kind === 'lapsed' ? limit.lapseDays : limit.escalateDays
  const on = addWorkingDays(story.CALENDAR, of.state.since.slice(0, 10), days + 1).date
  const next = tell(of, { on, by: SYSTEM.actor, role: SYSTEM.role }, (state, context) => planLimits(state, context))
  const kinds = next.events.slice(of.events.length).map((event) => event.kind)
  if (!kinds.includes(kind)) throw new Error(`not ${kind} but ${kinds}`)
  return next
}

/** A packet more in the making, as a newer run brings it. */
const withProposed = (of: story.Story) => DO['add-warnings'](of)
const withLead = (name: CaseStateName) => STORIES[name]({ warnings: [story.found('deposits', { leads: [LEAD] })] })
const withTwoPackets = (of: story.Story) => story.issue(story.confirm(withProposed(of), { on: ON }), { on: ON })

/** The state that each allowed act brings a case to; "=" where it stays. */
const BECOMES: Readonly<Record<string, Partial<Record<Act, CaseStateName>>>> = {
  drafted: { dismiss: 'dismissed', lapse: 'lapsed' },
  confirmed: { serve: 'served', 'fail-service': 'undeliverable', decide: 'decided', lapse: 'lapsed' },
  served: { pause: 'paused', rebut: 'rebutted', expire: 'unanswered', decide: 'decided', serve: 'served' },
  undeliverable: { serve: 'served', decide: 'decided', lapse: 'lapsed' },
  rebutted: { pause: 'paused', decide: 'decided', serve: 'served', lapse: 'lapsed' },
  unanswered: { rebut: 'rebutted', decide: 'decided', serve: 'served', lapse: 'lapsed' },
  paused: { resume: 'served', lapse: 'lapsed' },
  decided: { rebut: 'rebutted', close: 'closed', lapse: 'lapsed' },
}

/** How a case in a state is made ready for an act that needs something to work on. */
function readyFor(name: CaseStateName, act: Act): story.Story {
  const plain = STORIES[name]()
  if (act === 'settle-lead') return withLeadUnsettled(name)
  const needsProposed: readonly Act[] = ['confirm', 'dismiss', 'confirm-source']
  if (needsProposed.includes(act) && name !== 'drafted') return withProposed(plain)
  if ((act === 'serve' || act === 'fail-service') && !['confirmed', 'undeliverable', 'decided'].includes(name))
    return withTwoPackets(plain)
  if (act === 'rebut' && name === 'decided')
    return story.decide(story.contactAgain(STORIES.unanswered(), { on: '2026-03-19' }), { on: ON }, 'deemed-withdrawal')
  if (act === 'record-award') return arbitrated()
  if (act === 'assess' && (name === 'served' || name === 'paused')) return answeredIn(name)
  return plain
}

/** The lead is settled for the confirmation and can be settled anew. */
function withLeadUnsettled(name: CaseStateName): story.Story {
  if (name === 'drafted') return withLead('drafted')
  const plain = STORIES[name]()
  if (name === 'decided') return plain
  return tell(plain, { on: ON }, (state) =>
    planFindings(state, {
      run: 'run-2',
      asOf: '2026-03-19',
      warnings: [story.found('property', { leads: [LEAD] })],
      cleared: [],
    }),
  )
}

const arbitrated = () => {
  const served = STORIES.served({ warnings: [story.found('wage-below-minimum')] })
  return story.decide(served, { on: '2026-03-10' }, 'arbitration')
}

function answeredIn(name: 'served' | 'paused'): story.Story {
  if (name === 'paused') return story.rebut(STORIES.paused(), { on: '2026-03-11' })
  return story.serve(withTwoPackets(STORIES.rebutted()), { on: ON })
}

t.test(
  'each act is allowed in the states of the table, does what it says there, and is refused in all others',
  async (t) => {
    for (const name of CASE_STATES) {
      for (const act of ACTS) {
        if (ALLOWED[name].includes(act)) continue
        if (act === 'escalate' || act === 'lapse') {
          t.same(planLimits(STORIES[name]().state, story.contextOf({ on: '2027-03-01' })), [], `${name} has no limit`)
          continue
        }
        story.refuses(t, 'STATE_CASE', new RegExp(`the case is ${name}: ${act} is not allowed`), () =>
          DO[act](STORIES[name]()),
        )
      }
    }
  },
)

t.test('a refused act leaves nothing behind but the message with what is allowed', async (t) => {
  story.refuses(t, 'STATE_CASE', /the case is closed: .*; nothing is allowed any more/, () =>
    DO.rebut(STORIES.closed()),
  )
  story.refuses(t, 'STATE_CASE', /; allowed: confirm-source, settle-lead, confirm, dismiss, visit, withdraw$/, () =>
    DO.serve(STORIES.drafted()),
  )
})

/** Allowed by the table, and refused in the plain story by a guard of their own: tested where those guards are. */
const GUARDED: readonly `${CaseStateName} ${Act}`[] = ['rebutted contact-again', 'decided fail-service']

t.test('every allowed act works in its state and leads where design §10 says', async (t) => {
  for (const name of CASE_STATES) {
    for (const act of ALLOWED[name]) {
      if (GUARDED.includes(`${name} ${act}`)) continue
      const ready = readyFor(name, act)
      const next = DO[act](ready)
      const expected = BECOMES[name]?.[act] ?? ready.state.state
      t.equal(next.state.state, expected, `${name} --${act}--> ${expected}`)
      const happens = next.events.length > ready.events.length
      const mayBeNothing = act === 'settle-deadline' || (act === 'expire' && name === 'rebutted')
      t.ok(happens || mayBeNothing, `${act} in ${name} is kept`)
    }
  }
})
