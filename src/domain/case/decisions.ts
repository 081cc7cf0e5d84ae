import { HeduiError } from '../../errors.ts'
import { addCalendarDays, isMonth, monthsBefore } from '../dates.ts'
import { parseYuan } from '../money.ts'
import { isSameActor } from '../rule-set-life.ts'
import { rollToWorkday, workingDaysBetween } from '../working-days.ts'
import {
  type ActContext,
  kinOf,
  requirePast,
  requirePerson,
  requireReason,
  requireService,
  requireText,
} from './act-context.ts'
import { refuse, requireAllowed } from './allowed-acts.ts'
import { type CaseState, LIVE } from './case-state.ts'
import { isOver } from './counted-deadline.ts'
import type { EventPayloads, NewEvent } from './events.ts'
import { requireSoundRecovery } from './recovery.ts'
import { chinaDate, pauseEvent, silentPackets } from './serving.ts'
import { ADVERSE, type CaseStateName, type Outcome, type Verdict } from './words.ts'

/** From which states an outcome can be decided. */
const DECIDABLE: Readonly<Record<Outcome, readonly CaseStateName[]>> = {
  continue: ['rebutted', 'unanswered'],
  adjust: ['rebutted', 'unanswered'],
  'deemed-withdrawal': ['unanswered'],
  'cancel-and-recover': ['rebutted'],
  arbitration: ['served', 'rebutted', 'unanswered'],
  'no-issue': ['confirmed', 'served', 'undeliverable', 'rebutted', 'unanswered'],
}

/** The rule whose warning is for an arbitration (design §8). */
export const ARBITRATION_RULE = 'wage-below-minimum'

export type DecisionInput = EventPayloads['decided'] & { readonly reason: string }

/**
 * What a person decides, who is none of those who confirmed the warnings. What leaves the household with less needs that
 * every packet of a warning that stands was served and its time is over, that every answer was assessed, that the
 * household was contacted a second time where it did not answer, and a legal basis; a visit by the county where a report
 * began or joined the case or near kin of a handler is concerned; recovery needs an answer that was found untrue. A
 * decision can be made anew: one in the household's favor always, another as long as the notice of an adverse one was not
 * served. Throws HeduiError STATE_SAME_PERSON, STATE_CASE, STATE_RECOVERY or INPUT_INVALID.
 */
export function planDecision(state: CaseState, input: DecisionInput, context: ActContext): NewEvent[] {
  requireAllowed(state, 'decide')
  requirePerson(state, context)
  requireOther(state, context)
  const { reason, ...decision } = input
  const text = requireReason(reason)
  const { outcome } = decision
  const from = requireDecidable(state, outcome)
  requireText(decision.basis, 'basis', 'must name the rules that the decision rests on')
  requireFields(decision, from, context)
  if (outcome === 'no-issue') return [{ kind: 'decided', reason: text, payload: decision }]
  if (outcome === 'arbitration') return planArbitration(state, decision, { text, context })
  requireAssessed(state)
  if (ADVERSE.includes(outcome)) {
    requireHeard(state, context)
    requireCountyVisit(state, context)
  }
  requireRecovery(state, decision)
  if (
    outcome === 'continue' &&
    from === 'rebutted' &&
    !state.warnings.some((each) => each.state === 'rebutted-accepted')
  )
    throw refuse(state.state, 'no answer was accepted: assess one as accepted, or decide no-issue')
  return [{ kind: 'decided', reason: text, payload: decision }]
}

/** The state that an outcome is decided in. Throws HeduiError STATE_CASE where it cannot be. */
function requireDecidable({ state, decision, outcomeService }: CaseState, outcome: Outcome): CaseStateName {
  const from = state === 'decided' ? decision!.from : state
  if (!DECIDABLE[outcome].includes(from))
    throw refuse(state, `${outcome} can be decided of a case that is ${DECIDABLE[outcome].join(' or ')}`)
  if (state !== 'decided') return from
  if (outcome === 'arbitration') throw refuse(state, 'arbitration is for a case of which nothing is decided')
  if (!ADVERSE.includes(outcome)) return from
  if (!ADVERSE.includes(decision!.outcome)) throw refuse(state, 'what was decided in the household’s favor stands')
  if (outcomeService) throw refuse(state, 'the notice of the decision was served: only a better one can take its place')
  return from
}

/** Two pairs of eyes: whoever confirmed a warning does not decide on it. */
function requireOther({ warnings, packets }: CaseState, { actor }: ActContext): void {
  const confirmers = [...warnings.map(({ confirmedBy }) => confirmedBy), ...packets.map(({ issuedBy }) => issuedBy)]
  if (confirmers.some((name) => name !== null && isSameActor(name, actor)))
    throw new HeduiError(
      'STATE_SAME_PERSON',
      'who confirmed a warning of the case does not decide it; another person does',
    )
}

function requireFields(decision: EventPayloads['decided'], from: CaseStateName, { today }: ActContext): void {
  const { outcome, effectiveFrom, newMonthlyBenefit, recovery } = decision
  const ends = outcome === 'deemed-withdrawal' || outcome === 'cancel-and-recover'
  const invalid = (path: string, message: string) => new HeduiError('INPUT_INVALID', message, { path })
  if (ADVERSE.includes(outcome)) {
    // 57号 art. 21, 32: a change holds from the month after the decision.
    const next = monthsBefore(today, -1)
    if (!effectiveFrom || !isMonth(effectiveFrom) || effectiveFrom < next)
      throw invalid('effectiveFrom', `must be a month, ${next} or later`)
  } else if (effectiveFrom !== null) throw invalid('effectiveFrom', `must be null for ${outcome}`)
  const isMoney = newMonthlyBenefit !== null && /^\d{1,13}\.\d{2}$/.test(newMonthlyBenefit)
  if (outcome === 'adjust' && !isMoney)
    throw invalid('newMonthlyBenefit', 'must be a decimal string of yuan such as "320.00"')
  // Ending a benefit for silence has its own name, and its own guards.
  if (outcome === 'adjust' && from === 'unanswered' && parseYuan(newMonthlyBenefit!) === 0)
    throw invalid('newMonthlyBenefit', 'must be more than 0.00 where nobody answered; see deemed-withdrawal')
  if (ends && newMonthlyBenefit !== null && newMonthlyBenefit !== '0.00')
    throw invalid('newMonthlyBenefit', `must be "0.00" or null for ${outcome}`)
  if (!ADVERSE.includes(outcome) && newMonthlyBenefit !== null)
    throw invalid('newMonthlyBenefit', `must be null for ${outcome}`)
  if (recovery && outcome !== 'cancel-and-recover')
    throw new HeduiError(
      'STATE_RECOVERY',
      `nothing is recovered with ${outcome}: only of an answer that was found untrue`,
    )
  if (outcome !== 'cancel-and-recover') return
  if (!recovery) throw invalid('recovery', 'must list the months')
  requireSoundRecovery(recovery, effectiveFrom!)
}

/** The last answer to each warning that it can still settle: an earlier one is assessed with it. */
function lastVerdicts({ rebuttals, warnings }: CaseState): Map<string, Verdict | null> {
  const open = warnings.filter(({ state }) => LIVE.includes(state) || state === 'rebutted-accepted').map(({ id }) => id)
  const answers = rebuttals.flatMap((rebuttal) => rebuttal.answers)
  return new Map(answers.filter(({ warning }) => open.includes(warning)).map((each) => [each.warning, each.verdict]))
}

function requireAssessed(state: CaseState): void {
  const left = [...lastVerdicts(state)].filter(([, verdict]) => verdict === null).map(([warning]) => warning)
  if (left.length > 0) throw refuse(state.state, `the answer to ${left.join(', ')} is not assessed`)
}

/** The household could answer all that stands against it, and had all the time for it. */
function requireHeard(state: CaseState, context: ActContext): void {
  const { warnings, packets, contactsAgain } = state
  if (warnings.some((warning) => warning.state === 'proposed'))
    throw refuse(state.state, 'a warning is neither confirmed nor dismissed')
  const live = warnings.filter((warning) => LIVE.includes(warning.state))
  if (live.length === 0) throw refuse(state.state, 'no warning stands')
  const asked = packets.filter(({ number }) => live.some(({ packet }) => packet === number))
  for (const { number, id, service, deadline } of asked) {
    if (id === null) throw refuse(state.state, `packet ${number} has not been issued`)
    if (!service) throw refuse(state.state, `packet ${number} has not been served`)
    if (!deadline || !isOver(deadline, context))
      throw refuse(state.state, `the household may answer packet ${number} until ${deadline?.date ?? 'the pause ends'}`)
  }
  // Silence proves nothing: before anything follows of it somebody tries once more, and leaves a working day for it.
  for (const { number, deadline } of silentPackets(state)) {
    const contacts = contactsAgain.filter(({ on }) => on > deadline!.date)
    if (contacts.length === 0)
      throw refuse(state.state, `the household has not been contacted a second time about packet ${number}`)
    if (!contacts.some(({ on }) => workingDaysBetween(context.calendar, on, context.today) > 0))
      throw refuse(state.state, 'the second contact was made today: the next working day is the first to decide on')
  }
}

/** What begins with a report, or concerns near kin of somebody who handles cases, the county sees for itself. */
function requireCountyVisit(state: CaseState, context: ActContext): void {
  const isKin = kinOf(state, context).length > 0
  if ((!isKin && state.tipOffs.length === 0) || state.visits.some(({ by }) => by === 'county')) return
  const why = isKin ? 'near kin of somebody who handles cases is in it' : 'it was reported'
  throw refuse(
    state.state,
    `the county has not visited the household, and must, for ${why} (57号 art. 20): record the visit first`,
  )
}

function requireRecovery(state: CaseState, { outcome }: EventPayloads['decided']): void {
  if (outcome !== 'cancel-and-recover') return
  const refused = state.warnings.filter((each) => each.state === 'rebutted-refused' || each.state === 'upheld')
  const verdicts = lastVerdicts(state)
  if (!refused.some(({ id }) => verdicts.get(id) === 'untrue'))
    throw new HeduiError('STATE_RECOVERY', 'no answer was found untrue: nothing can be recovered')
}

/** The application form is issued; the case waits for the award (design §10). */
function planArbitration(
  state: CaseState,
  decision: EventPayloads['decided'],
  { text, context }: { text: string; context: ActContext },
): NewEvent[] {
  const served = new Set(state.packets.filter(({ service }) => service).map(({ number }) => number))
  const isAsked = state.warnings.some(
    ({ result, state: each, packet }) => result.rule === ARBITRATION_RULE && LIVE.includes(each) && served.has(packet),
  )
  if (!isAsked) throw refuse(state.state, `arbitration is for a warning of ${ARBITRATION_RULE} that was served`)
  const waitingFor = 'the award of the labour arbitration'
  return [
    { kind: 'decided', reason: text, payload: decision },
    pauseEvent(state, { why: 'arbitration', waitingFor, reason: text }, context),
  ]
}

/** Keeps an award of the labour arbitration; the case goes on with `resume`. */
export function planAward(
  state: CaseState,
  { reason, ...award }: EventPayloads['award-recorded'] & { readonly reason?: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'record-award')
  requirePerson(state, context)
  if (state.pause?.why !== 'arbitration') throw refuse(state.state, 'the case waits for no arbitration')
  requirePast(award.on, context, 'on')
  requireText(award.award, 'award', 'must say what was awarded')
  if (award.wage !== null && !/^\d{1,13}\.\d{2}$/.test(award.wage))
    throw new HeduiError('INPUT_INVALID', 'must be a decimal string of yuan such as "2200.00"', { path: 'wage' })
  return [{ kind: 'award-recorded', reason: reason?.trim() || null, payload: award }]
}

/** Keeps that the notice of the outcome reached the household; the time to seek review begins. */
export function planOutcomeService(
  state: CaseState,
  { reason, ...service }: EventPayloads['outcome-served'] & { readonly reason?: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'serve-outcome')
  requirePerson(state, context)
  if (state.outcomeService) throw refuse(state.state, 'the notice of the outcome was served already')
  requireService(service, chinaDate(state.decision!.at), context)
  return [{ kind: 'outcome-served', reason: reason?.trim() || null, payload: service }]
}

/**
 * Ends a case. One whose outcome leaves the household with less stays open until the notice was served and the time to
 * seek review is over (复议法 art. 20), so that a late answer can still set the decision aside.
 */
export function planClosing(
  state: CaseState,
  { reason }: { readonly reason: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'close')
  requirePerson(state, context)
  const text = requireReason(reason)
  const { decision, outcomeService } = state
  if (ADVERSE.includes(decision!.outcome)) {
    if (!outcomeService) throw refuse(state.state, 'the notice of the outcome has not been served')
    const last = addCalendarDays(outcomeService.on, context.procedure.reviewCalendarDays)
    const { date } = rollToWorkday(context.calendar, last)
    if (context.today <= date) throw refuse(state.state, `review may be sought until ${date}`)
  }
  return [{ kind: 'closed', reason: text, payload: { on: context.today } }]
}
