import { HeduiError } from '../../errors.ts'
import { addCalendarDays, isDate } from '../dates.ts'
import type { Procedure } from '../procedure.ts'
import { isSameActor, visibleLetters } from '../rule-set-life.ts'
import type { WorkingCalendar } from '../working-days.ts'
import { findAccusingWords } from './accusing-words.ts'
import type { CaseState } from './case-state.ts'

/** Who acts, when, and by what calendar and procedure. */
export interface ActContext {
  readonly actor: string
  /** "system" is the program: it opens, adds, expires, escalates, lapses, and decides nothing. */
  readonly role: string
  /** The date in China. */
  readonly today: string
  readonly calendar: WorkingCalendar
  readonly procedure: Procedure
  /** Handlers who are registered today as near kin of somebody in the household; the case knows those of its opening. */
  readonly kin?: readonly string[]
}

export const SYSTEM = { actor: 'hedui', role: 'system' } as const

/**
 * A person who is free to act in the case. Throws HeduiError INPUT_ACTOR where nobody is named, or the program is;
 * STATE_NEAR_KIN where the person is near kin of the household (近亲属备案).
 */
export function requirePerson(state: Pick<CaseState, 'opened'>, context: ActContext): void {
  const { actor, role } = context
  if (role === 'system' || visibleLetters(actor) === '' || isSameActor(actor, SYSTEM.actor))
    throw new HeduiError('INPUT_ACTOR', 'this is an act of a person: say who, with --actor NAME')
  requireNoKin(state, actor, context)
}

/** Everybody who was near kin of the household when the case was opened, or is today. */
export const kinOf = ({ opened }: Pick<CaseState, 'opened'>, { kin = [] }: Pick<ActContext, 'kin'>): string[] => [
  ...opened.kin,
  ...kin,
]

/** Throws HeduiError STATE_NEAR_KIN where the person is near kin of the household. */
export function requireNoKin(state: Pick<CaseState, 'opened'>, person: string, context: Pick<ActContext, 'kin'>): void {
  if (!kinOf(state, context).some((name) => isSameActor(name, person))) return
  throw new HeduiError('STATE_NEAR_KIN', 'this person is registered as near kin of the household; somebody else acts')
}

/** Throws HeduiError INPUT_INVALID where a text shows nothing that can be read. */
export function requireText(text: string, path: string, message: string): void {
  if (visibleLetters(text) === '') throw new HeduiError('INPUT_INVALID', message, { path })
}

/** The reason without blanks around it. Throws HeduiError INPUT_REASON where there is none. */
export function requireReason(reason: string | undefined): string {
  const text = reason?.trim() ?? ''
  if (visibleLetters(text) === '')
    throw new HeduiError('INPUT_REASON', 'say why, with --reason TEXT: it stays with the case')
  return text
}

/**
 * A text that is printed in the notice to the household. Throws HeduiError INPUT_INVALID where it accuses: before a
 * person's decision nothing that the household reads does.
 */
export function requireNeutral(text: string, path: string): string {
  const words = findAccusingWords(text)
  if (words.length > 0) {
    const message = `is printed in the notice, which asks and accuses nobody; say it without ${words.join(', ')}`
    throw new HeduiError('INPUT_INVALID', message, { path })
  }
  return text
}

/** Throws HeduiError INPUT_INVALID unless the text is a real date, today in China or before. */
export function requirePast(date: string, { today }: Pick<ActContext, 'today'>, path: string): void {
  if (!isDate(date) || date > today)
    throw new HeduiError('INPUT_INVALID', `must be a real date, ${today} or before`, { path })
}

/** A public notice counts as served thirty days after it was put up (民事诉讼法 art. 95). */
const PUBLIC_NOTICE_DAYS = 30

interface ServiceFacts {
  readonly method: string
  readonly on: string
  readonly by: string
  readonly receivedBy: string
  readonly proof: { readonly kind: string; readonly reference: string }
}

/**
 * Throws HeduiError INPUT_INVALID unless a service can have been on its day, after what was served was `made`, and says
 * by whom and to whom; INPUT_PROOF where nothing proves it.
 */
export function requireService(service: ServiceFacts, made: string, context: Pick<ActContext, 'today'>): void {
  const { method, on, by, receivedBy, proof } = service
  requirePast(on, context, 'on')
  const wait = method === 'public-notice' ? PUBLIC_NOTICE_DAYS : 0
  const first = addCalendarDays(made, wait)
  if (on < first) {
    const why = wait > 0 ? `: a public notice counts as served after ${wait} days` : ''
    throw new HeduiError('INPUT_INVALID', `must not be before ${first}${why}`, { path: 'on' })
  }
  for (const [path, who] of Object.entries({ by, receivedBy }))
    if (visibleLetters(who) === '') throw new HeduiError('INPUT_INVALID', 'must say who', { path })
  if (visibleLetters(proof.kind) === '' || visibleLetters(proof.reference) === '')
    throw new HeduiError(
      'INPUT_PROOF',
      'say how it is proven that the notice arrived: a signed receipt, a postal number …',
    )
}
