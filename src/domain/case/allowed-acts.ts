import { HeduiError } from '../../errors.ts'
import type { CaseState } from './case-state.ts'
import type { CaseStateName } from './words.ts'

/** What can be done in a case; the words of commands and of HTTP. */
export const ACTS = [
  'add-warnings',
  'link-tip-off',
  'confirm-source',
  'settle-lead',
  'confirm',
  'dismiss',
  'withdraw',
  'visit',
  'serve',
  'fail-service',
  'extend',
  'settle-deadline',
  'pause',
  'resume',
  'rebut',
  'assess',
  'expire',
  'contact-again',
  'decide',
  'record-award',
  'serve-outcome',
  'close',
  'escalate',
  'lapse',
] as const
export type Act = (typeof ACTS)[number]

/** What the program does by itself, or other use cases do. */
const NO_PERSONS_ACTS: readonly Act[] = [
  'add-warnings',
  'link-tip-off',
  'settle-deadline',
  'expire',
  'escalate',
  'lapse',
]

/** A further packet can be confirmed and served beside one that runs. */
const PREPARE: readonly Act[] = [
  'add-warnings',
  'link-tip-off',
  'confirm-source',
  'settle-lead',
  'confirm',
  'dismiss',
  'visit',
]
const AGENCY: readonly Act[] = ['escalate', 'lapse']

/** What may be done in which state (design §10). */
export const ALLOWED: Readonly<Record<CaseStateName, readonly Act[]>> = {
  drafted: [...PREPARE, 'withdraw', ...AGENCY],
  confirmed: [...PREPARE, 'withdraw', 'serve', 'fail-service', 'decide', ...AGENCY],
  // It waits for the household: the agency owes nothing.
  served: [
    ...PREPARE,
    'withdraw',
    'serve',
    'fail-service',
    'extend',
    'settle-deadline',
    'pause',
    'rebut',
    'assess',
    'expire',
    'decide',
  ],
  undeliverable: [...PREPARE, 'withdraw', 'serve', 'fail-service', 'decide', ...AGENCY],
  rebutted: [
    ...PREPARE,
    'withdraw',
    'serve',
    'fail-service',
    'extend',
    'settle-deadline',
    'pause',
    'rebut',
    'assess',
    'expire',
    'contact-again',
    'decide',
    ...AGENCY,
  ],
  unanswered: [...PREPARE, 'withdraw', 'serve', 'fail-service', 'rebut', 'contact-again', 'decide', ...AGENCY],
  paused: [...PREPARE, 'withdraw', 'resume', 'rebut', 'assess', 'record-award', ...AGENCY],
  // What comes to light after a decision: an answer, a letter that comes back, an error of the decision itself.
  decided: ['link-tip-off', 'visit', 'rebut', 'fail-service', 'decide', 'serve-outcome', 'close', ...AGENCY],
  closed: [],
  dismissed: [],
  lapsed: [],
}

/** What a person can do in a state. */
export const personsActs = (state: CaseStateName): Act[] =>
  ALLOWED[state].filter((act) => !NO_PERSONS_ACTS.includes(act))

/** Throws HeduiError STATE_CASE where the act is not allowed in the case's state, with what is. */
export function requireAllowed({ state }: Pick<CaseState, 'state'>, act: Act): void {
  if (ALLOWED[state].includes(act)) return
  throw refuse(state, `${act} is not allowed`)
}

/** HeduiError STATE_CASE: why something is not allowed now, and what a person can do. */
export function refuse(state: CaseStateName, why: string): HeduiError {
  const acts = personsActs(state)
  const allowed = acts.length > 0 ? `allowed: ${acts.join(', ')}` : 'nothing is allowed any more'
  return new HeduiError('STATE_CASE', `the case is ${state}: ${why}; ${allowed}`)
}
