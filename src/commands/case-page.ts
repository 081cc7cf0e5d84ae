import type { CaseView } from '../services/cases/case-view.ts'
import { textTable } from './text-table.ts'

/** A case in lines, for a terminal. */
export function describeCase(view: CaseView): string[] {
  const { id, state, householdId, origin, asOf, seen, due, escalated, pause, decision, notices, allowed } = view
  const until = due ? `; ${due.who === 'household' ? 'to be answered' : 'to be acted on'} by ${describeDue(due)}` : ''
  return [
    `case ${id}: ${state}${escalated ? ', escalated' : ''}${until}`,
    `  household ${householdId} as of ${asOf}, by ${origin}; events ${seen}`,
    ...(view.protected.length > 0
      ? [`  protected: ${view.protected.map(({ person, why }) => `${person} (${why.join(', ')})`).join(', ')}`]
      : []),
    ...(view.kin.length > 0 ? [`  near kin, who do not act in it: ${view.kin.join(', ')}`] : []),
    ...(pause ? [`  paused: ${pause.waitingFor}`] : []),
    ...describeWarnings(view),
    ...view.packets.flatMap(describePacket),
    ...view.rebuttals.map(
      ({ rebuttal, receivedOn, late, answers }) =>
        `  ${rebuttal} of ${receivedOn}${late ? ', late' : ''}: ` +
        answers.map(({ warning, verdict }) => `${warning} ${verdict ?? 'not assessed'}`).join(', '),
    ),
    ...(decision
      ? [
          `  decided by ${decision.by}: ${decision.outcome}${decision.recovery ? `, ${decision.recovery.total} to pay back` : ''}`,
        ]
      : []),
    ...notices.map((notice) => `  notice (${notice.kind}) ${notice.id}`),
    `  allowed: ${allowed.length > 0 ? allowed.join(', ') : 'nothing any more'}`,
  ]
}

export const describeDue = ({ on, provisional }: { readonly on: string; readonly provisional: boolean }) =>
  `${on}${provisional ? ' or later' : ''}`

function describeWarnings({ warnings }: CaseView): string[] {
  const rows = warnings.map(({ id, state, result, openQuestions }) => [
    id,
    result.person === null ? result.rule : `${result.rule} ${result.person}`,
    `${result.measure} > ${result.limit}`,
    state,
    openQuestions.join('; '),
  ])
  return rows.length > 0 ? textTable([['warning', 'rule', 'found', 'state', 'open questions'], ...rows]) : []
}

function describePacket({
  number,
  id,
  code,
  service,
  deadline,
  failures,
  expired,
  answered,
}: CaseView['packets'][number]) {
  if (id === null) return [`  packet ${number}: being prepared`]
  const served = service
    ? `served ${service.on} (${service.method})`
    : failures.length > 0
      ? 'not delivered'
      : 'not served'
  const time = expired
    ? ', time over'
    : deadline
      ? `, to be answered by ${describeDue({ on: deadline.date, ...deadline })}`
      : ''
  return [`  packet ${number}: ${id} ${code}: ${served}${time}${answered ? ', answered' : ''}`]
}
