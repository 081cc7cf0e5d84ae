import { HeduiError } from '../../errors.ts'
import { isDate } from '../dates.ts'
import { visibleLetters } from '../rule-set-life.ts'
import {
  type ActContext,
  requireNeutral,
  requireNoKin,
  requirePast,
  requirePerson,
  requireReason,
  requireText,
} from './act-context.ts'
import { refuse, requireAllowed } from './allowed-acts.ts'
import { type CaseState, type CaseWarning, LIVE, sameLead } from './case-state.ts'
import type { CaseWarningFacts, EventPayloads, LeadKey, NewEvent, SourceConfirmation } from './events.ts'
import { chinaDate, packetToIssue } from './serving.ts'

/** A warning that a run gives, before it has its id in the case. */
export type FoundWarning = Omit<CaseWarningFacts, 'id'>

export interface RunFindings {
  readonly run: string
  readonly asOf: string
  readonly warnings: readonly FoundWarning[]
  /** Rules and people that the run found clear or not applicable: what was proposed for them is no longer asked. */
  readonly cleared: readonly { readonly rule: string; readonly person: string | null }[]
}

const isOf = (a: { rule: string; person: string | null }, b: { rule: string; person: string | null }) =>
  a.rule === b.rule && a.person === b.person

/**
 * What a run's results do to an open case: what was not issued yet is renewed, and is to be confirmed anew, or falls
 * away; what is new is added to the packet that is being prepared, else to a further one. Gives nothing where the case has
 * it all.
 */
export function planFindings(state: CaseState, findings: RunFindings): NewEvent[] {
  requireAllowed(state, 'add-warnings')
  const { run, asOf } = findings
  const preparing = state.packets.find(({ id }) => id === null)
  const packet = preparing?.number ?? state.packets.length + 1
  const known = state.warnings.length
  let added = 0
  const warnings = findings.warnings.flatMap((found): CaseWarningFacts[] => {
    const own = state.warnings.filter((warning) => isOf(warning.result, found.result))
    const waiting = own.find((warning) => isUnissued(state, warning))
    if (waiting) return isOlder(waiting, findings) ? [{ ...found, id: waiting.id }] : []
    // What is asked already, or was settled on the same records, is not asked again in the same case.
    if (own.some((warning) => LIVE.includes(warning.state) || warning.fingerprint === found.fingerprint)) return []
    added += 1
    return [{ ...found, id: `W${known + added}` }]
  })
  const withdrawn = state.warnings.filter(
    (warning) =>
      isUnissued(state, warning) &&
      isOlder(warning, findings) &&
      findings.cleared.some((cleared) => isOf(warning.result, cleared)),
  )
  return [
    ...(warnings.length > 0
      ? [{ kind: 'warnings-added' as const, reason: null, payload: { run, asOf, packet, warnings } }]
      : []),
    ...withdrawn.map(({ id }) => ({
      kind: 'warning-withdrawn' as const,
      reason: `the run ${run} does not give it any more`,
      payload: { warning: id },
    })),
  ]
}

/** Whether a warning is of an earlier run; the ids of runs are in the order in which they were made. */
const isOlder = (warning: CaseWarning, { asOf, run }: RunFindings) =>
  warning.asOf < asOf || (warning.asOf === asOf && warning.run < run)

/** Whether a warning is asked, or may be, in a packet that the household has not been written. */
function isUnissued({ packets }: CaseState, { state, packet }: CaseWarning): boolean {
  return (
    (state === 'proposed' || state === 'confirmed') &&
    packets.some(({ number, id }) => number === packet && id === null)
  )
}

/** Links a report against the household to the case; who made it is not told here. */
export function planTipOff(state: CaseState, { tipOff }: EventPayloads['tip-off-linked']): NewEvent[] {
  requireAllowed(state, 'link-tip-off')
  if (state.tipOffs.includes(tipOff)) return []
  return [{ kind: 'tip-off-linked', reason: null, payload: { tipOff } }]
}

/** Keeps what a source states of a proposed warning: amount, access and period, all three. */
export function planSourceConfirmation(
  state: CaseState,
  input: SourceConfirmation & { readonly reason?: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'confirm-source')
  requirePerson(state, context)
  const { reason, ...confirmation } = input
  const warning = requireWarning(state, confirmation.warning, ['proposed'])
  if (!warning.sources.includes(confirmation.source))
    throw new HeduiError('INPUT_INVALID', `is not a source of ${warning.id}; allowed: ${warning.sources.join(', ')}`, {
      path: 'source',
    })
  const { from, until } = confirmation.period
  if (!isDate(from) || !isDate(until) || from > until)
    throw new HeduiError('INPUT_INVALID', 'must be two real dates, from <= until', { path: 'period' })
  if (!/^\d{1,13}(\.\d{1,2})?$/.test(confirmation.amount))
    throw new HeduiError('INPUT_INVALID', 'must be a decimal number in the unit of the warning, such as "86400.00"', {
      path: 'amount',
    })
  requireText(confirmation.reference, 'reference', 'must say the source’s paper')
  requireNeutral(confirmation.reference, 'reference')
  return [{ kind: 'source-confirmed', reason: reason?.trim() || null, payload: confirmation }]
}

/** Keeps a person's answer to a lead: is the row this person's? */
export function planLeadAnswer(
  state: CaseState,
  {
    lead,
    answer,
    reason,
  }: { readonly lead: LeadKey; readonly answer: 'yes' | 'no' | 'unsure'; readonly reason: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'settle-lead')
  requirePerson(state, context)
  if (!state.warnings.some(({ leads }) => leads.some((each) => sameLead(each, lead))))
    throw new HeduiError('INPUT_NOT_FOUND', 'no warning of the case waits for this lead')
  return [{ kind: 'lead-settled', reason: requireReason(reason), payload: { lead, answer } }]
}

/**
 * Confirms proposed warnings, all unless told which. Where none is left, but a packet is ready to be issued (what waited in
 * it was withdrawn), gives nothing: the packet is to be issued. Throws HeduiError STATE_UNVERIFIED where one rests on a source that
 * has not answered or on a lead that nobody settled, where the household cannot dispose of what was found, and where what
 * the sources state lies within the limit.
 */
export function planConfirmation(
  state: CaseState,
  { warnings, reason }: { readonly warnings?: readonly string[] | undefined; readonly reason: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'confirm')
  requirePerson(state, context)
  const text = requireNeutral(requireReason(reason), 'reason')
  if (!warnings?.length && packetToIssue(state)) return []
  return chosen(state, warnings).map((warning) => {
    requireVerified(state, warning)
    return { kind: 'warning-confirmed', reason: text, payload: { warning: warning.id } }
  })
}

/** What still has to be answered before a warning can be confirmed; empty where nothing is. */
export function openQuestions(state: Pick<CaseState, 'leads'>, warning: CaseWarning): string[] {
  const { questions, confirmations, leads } = warning
  const unanswered = questions.filter(({ source }) => !confirmations.some((each) => each.source === source))
  const settled = (lead: LeadKey) => state.leads.findLast((each) => sameLead(each.lead, lead))?.answer
  return [
    ...unanswered.map(
      ({ source, why }) => `the source ${source} is ${why} and has not confirmed amount, access and period`,
    ),
    ...leads
      .filter((lead) => (settled(lead) ?? 'unsure') === 'unsure')
      .map(({ source, row, person }) => `a lead waits: row ${row} of ${source} for ${person}`),
  ]
}

function requireVerified(state: CaseState, warning: CaseWarning): void {
  const [first, ...more] = openQuestions(state, warning)
  if (first) {
    throw new HeduiError('STATE_UNVERIFIED', `${warning.id} cannot be confirmed: ${[first, ...more].join('; ')}`)
  }
  const closed = warning.confirmations.find(({ access }) => !access)
  if (closed) {
    const message = `${warning.id} cannot be confirmed: ${closed.source} states that the household cannot dispose of it; dismiss it`
    throw new HeduiError('STATE_UNVERIFIED', message)
  }
  requireBeyondLimit(warning)
}

/** Where every source that a warning rests on has stated an amount, these together lie beyond the limit as what was found did. */
function requireBeyondLimit({ id, result, confirmations }: CaseWarning): void {
  const [measure, limit] = [result.measure, result.limit].map((value) => (value === null ? null : Number(value)))
  const sources = new Set(result.evidence.map(({ source }) => source))
  const stated = confirmations.filter(({ source }) => sources.has(source))
  if (measure == null || limit == null || measure === limit || stated.length === 0 || stated.length < sources.size)
    return
  const sum = stated.reduce((total, { amount }) => total + Math.round(Number(amount) * 100), 0) / 100
  if (measure > limit ? sum > limit : sum < limit) return
  throw new HeduiError(
    'STATE_UNVERIFIED',
    `${id} cannot be confirmed: what ${[...sources].join(', ')} stated, ${sum.toFixed(2)}, lies within the limit of ${result.limit}; dismiss it`,
  )
}

/** Dismisses proposed warnings: they were wrong, or not worth asking. */
export function planDismissal(
  state: CaseState,
  { warnings, reason }: { readonly warnings?: readonly string[] | undefined; readonly reason: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'dismiss')
  requirePerson(state, context)
  const text = requireReason(reason)
  return chosen(state, warnings).map(({ id }) => ({
    kind: 'warning-dismissed',
    reason: text,
    payload: { warning: id },
  }))
}

/** Takes a confirmed warning back, in the household's favor, any time before the decision. */
export function planWithdrawal(
  state: CaseState,
  { warning, reason }: { readonly warning: string; readonly reason: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'withdraw')
  requirePerson(state, context)
  requireWarning(state, warning, ['proposed', ...LIVE])
  return [{ kind: 'warning-withdrawn', reason: requireReason(reason), payload: { warning } }]
}

/**
 * Keeps a visit to the household: two officers at least (57号 art. 16), none of them near kin, and since the case began: an
 * earlier one asked for something else.
 */
export function planVisit(
  state: CaseState,
  { reason, ...visit }: EventPayloads['visit-recorded'] & { readonly reason?: string },
  context: ActContext,
): NewEvent[] {
  requireAllowed(state, 'visit')
  requirePerson(state, context)
  requirePast(visit.on, context, 'on')
  const opened = chinaDate(state.openedAt)
  if (visit.on < opened)
    throw new HeduiError('INPUT_INVALID', `must not be before ${opened}, when the case was opened`, { path: 'on' })
  const visitors = new Set(visit.visitors.map(visibleLetters).filter(Boolean))
  if (visitors.size < 2) throw new HeduiError('INPUT_INVALID', 'must be two people at least', { path: 'visitors' })
  for (const visitor of visit.visitors) requireNoKin(state, visitor, context)
  requireText(visit.findings, 'findings', 'must say what was found')
  return [{ kind: 'visit-recorded', reason: reason?.trim() || null, payload: visit }]
}

function chosen(state: CaseState, ids: readonly string[] | undefined): CaseWarning[] {
  const proposed = state.warnings.filter((warning) => warning.state === 'proposed')
  if (ids === undefined || ids.length === 0) {
    if (proposed.length === 0) throw refuse(state.state, 'no warning is proposed')
    return proposed
  }
  return [...new Set(ids)].map((id) => requireWarning(state, id, ['proposed']))
}

/** The case's warning of an id. Throws HeduiError INPUT_NOT_FOUND, STATE_CASE where it is in none of the states. */
export function requireWarning(state: CaseState, id: string, states: readonly CaseWarning['state'][]): CaseWarning {
  const warning = state.warnings.find((each) => each.id === id)
  if (!warning) {
    const ids = state.warnings.map((each) => each.id).join(', ')
    throw new HeduiError('INPUT_NOT_FOUND', `the case has no warning ${id}; it has ${ids}`)
  }
  if (!states.includes(warning.state))
    throw refuse(state.state, `the warning ${id} is ${warning.state}, not ${states.join(' or ')}`)
  return warning
}
