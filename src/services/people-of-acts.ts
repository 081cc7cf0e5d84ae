import { SYSTEM } from '../domain/case/act-context.ts'
import { isSameActor, visibleLetters } from '../domain/rule-set-life.ts'
import { HeduiError } from '../errors.ts'

/** Whether a text is an id of the program's making. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

/** The name of the person who acts. Throws HeduiError INPUT_ACTOR where nobody is named, or the program is. */
export function requireActor({ actor, role }: { readonly actor: string; readonly role: string }): string {
  const name = actor.trim()
  if (role === SYSTEM.role || visibleLetters(name) === '' || isSameActor(name, SYSTEM.actor))
    throw new HeduiError('INPUT_ACTOR', 'this is an act of a person: say who, with --actor NAME')
  return name
}

/** Throws HeduiError INPUT_FORBIDDEN unless the role is one of those. */
export function requireRole({ role }: { readonly role: string }, allowed: readonly string[]): void {
  if (!allowed.includes(role))
    throw new HeduiError('INPUT_FORBIDDEN', `this is not for the role ${role}; allowed: ${allowed.join(', ')}`)
}
