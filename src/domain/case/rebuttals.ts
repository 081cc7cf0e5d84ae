import { HeduiError } from '../../errors.ts'
import { isDate } from '../dates.ts'
import { type ActContext, requirePast, requirePerson, requireReason, requireText } from './act-context.ts'
import { refuse, requireAllowed } from './allowed-acts.ts'
import { type CaseState, LIVE, sameLead } from './case-state.ts'
import type { AttachmentFacts, EventPayloads, NewEvent } from './events.ts'
import { requireWarning } from './prepare.ts'

/** The largest attachment, in bytes. */
export const MOST_ATTACHMENT_BYTES = 10 * 1024 * 1024

export interface RebuttalInput {
  readonly receivedOn: string
  /** What the household says to each warning that it answers, and of which kinds its evidence is. */
  readonly answers: EventPayloads['rebutted']['answers']
  readonly attachments: readonly AttachmentFacts[]
  /** Who signs for it (谁签字谁负责). */
  readonly vouchedBy: { readonly name: string; readonly relation: string }
  readonly reason?: string
}

/**
 * Keeps the household's answer. One that comes late opens what was expired or decided again. Throws HeduiError
 * INPUT_INVALID where a kind of evidence is none that the rule names ("other" is always one), or nobody vouches for it.
 */
export function planRebuttal(state: CaseState, input: RebuttalInput, context: ActContext): NewEvent[] {
  requireAllowed(state, 'rebut')
  requirePerson(state, context)
  requirePast(input.receivedOn, context, 'receivedOn')
  const { vouchedBy, answers, attachments } = input
  for (const text of [vouchedBy.name, vouchedBy.relation])
    requireText(text, 'vouchedBy', 'must say who signs for it, and how they stand to the household')
  if (answers.length === 0)
    throw new HeduiError('INPUT_INVALID', 'must answer one warning at least', { path: 'answers' })
  for (const [i, answer] of answers.entries()) checkAnswer(state, answer, i)
  const ids = answers.map(({ warning }) => warning)
  if (new Set(ids).size < ids.length)
    throw new HeduiError('INPUT_DUPLICATE', 'answers a warning twice', { path: 'answers' })
  const first = state.packets.find(({ service }) => service)?.service?.on
  if (first && input.receivedOn < first)
    throw new HeduiError('INPUT_INVALID', `must not be before the service of notice, ${first}`, { path: 'receivedOn' })
  const packets = state.packets.filter(({ number }) =>
    state.warnings.some(({ id, packet }) => packet === number && ids.includes(id)),
  )
  const late = packets.some(
    ({ deadline, expired }) => expired || (deadline !== null && deadline.date < input.receivedOn),
  )
  const payload = {
    rebuttal: `R${state.rebuttals.length + 1}`,
    receivedOn: input.receivedOn,
    late,
    answers,
    attachments,
    vouchedBy,
  }
  return [{ kind: 'rebutted', reason: input.reason?.trim() || null, payload }]
}

function checkAnswer(state: CaseState, answer: RebuttalInput['answers'][number], i: number): void {
  // Whatever was served can be answered, also what an earlier answer did not explain.
  const warning = requireWarning(state, answer.warning, LIVE)
  if (!state.packets.find(({ number }) => number === warning.packet)?.service)
    throw refuse(state.state, `the packet of ${warning.id} has not been served`)
  const allowed = [...warning.accepts, 'other']
  for (const kind of answer.evidenceKinds)
    if (!allowed.includes(kind))
      throw new HeduiError('INPUT_INVALID', `"${kind}" is no evidence of this rule; allowed: ${allowed.join(', ')}`, {
        path: `answers.${i}.evidenceKinds`,
      })
  requireText(answer.statement, `answers.${i}.statement`, 'must say what the household answers')
}

export type AssessmentInput = Omit<EventPayloads['rebuttal-assessed'], 'rebuttal'> & {
  /** The rebuttal's id; the last that answers the warning unless given. */
  readonly rebuttal?: string | undefined
}

/**
 * Keeps what a person found of an answer: it explains the warning, it does not, or it states what is untrue. Only an
 * accepted one can suppress the same warning until a date, ask a department to correct a record, or settle a lead.
 */
export function planAssessment(state: CaseState, input: AssessmentInput, context: ActContext): NewEvent[] {
  requireAllowed(state, 'assess')
  requirePerson(state, context)
  const answering = state.rebuttals.filter((each) => each.answers.some(({ warning }) => warning === input.warning))
  const rebuttal =
    input.rebuttal === undefined ? answering.at(-1) : answering.find((each) => each.rebuttal === input.rebuttal)
  if (!rebuttal) throw new HeduiError('INPUT_NOT_FOUND', `no rebuttal answers ${input.warning}`)
  if (rebuttal !== answering.at(-1))
    throw refuse(state.state, `${input.warning} has a later answer, ${answering.at(-1)!.rebuttal}`)
  const warning = requireWarning(state, input.warning, [...LIVE, 'rebutted-accepted'])
  const findings = requireReason(input.findings)
  const { verdict, suppressUntil, correction, settles } = input
  if (verdict !== 'accepted' && (suppressUntil || correction || settles))
    throw new HeduiError('INPUT_INVALID', 'only an accepted answer suppresses, corrects or settles', {
      path: 'verdict',
    })
  if (suppressUntil !== null && (!isDate(suppressUntil) || suppressUntil <= context.today))
    throw new HeduiError('INPUT_INVALID', 'must be a real date after today', { path: 'suppressUntil' })
  if (correction && !warning.sources.includes(correction.source))
    throw new HeduiError('INPUT_INVALID', `must be a source of ${warning.id}: ${warning.sources.join(', ')}`, {
      path: 'correction.source',
    })
  if (settles && !warning.leads.some((lead) => sameLead(lead, settles)))
    throw new HeduiError('INPUT_NOT_FOUND', `${warning.id} waits for no such lead`)
  const payload = {
    rebuttal: rebuttal.rebuttal,
    warning: warning.id,
    verdict,
    findings,
    suppressUntil,
    correction,
    settles,
  }
  return [{ kind: 'rebuttal-assessed', reason: findings, payload }]
}
