import type { Reader } from '../../db/connect.ts'
import { findTipOff, type TipOff } from '../../db/queries/tip-offs.ts'
import { isSameActor } from '../../domain/rule-set-life.ts'
import { HeduiError } from '../../errors.ts'
import { type FindKinContext, findKinHandlers } from '../kin/find-kin.ts'
import { isUuid, requireActor } from '../people-of-acts.ts'

/** Who does something with a tip-off. */
export interface TipOffActor {
  readonly actor: string
  readonly role: string
}

/** Who may read what was said and who said it. */
export const TIP_OFF_READERS = ['reviewer', 'centre', 'auditor'] as const

/**
 * The name of a person who may have to do with tip-offs against a household: near kin of it may not, not even to know of
 * them. Throws HeduiError INPUT_ACTOR, STATE_NEAR_KIN.
 */
export async function requireStranger(context: FindKinContext, who: TipOffActor, household: string): Promise<string> {
  const actor = requireActor(who)
  const kin = await findKinHandlers(context, [household])
  if (kin.get(household)?.some((name) => isSameActor(name, actor)))
    throw new HeduiError('STATE_NEAR_KIN', 'this person is registered as near kin of the household; somebody else acts')
  return actor
}

/** Throws HeduiError INPUT_NOT_FOUND. */
export async function requireTipOff(reader: Reader, id: string, options: { lock?: boolean } = {}): Promise<TipOff> {
  const tipOff = isUuid(id) ? await findTipOff(reader, id, options) : undefined
  if (!tipOff) throw new HeduiError('INPUT_NOT_FOUND', `there is no tip-off ${id}`)
  return tipOff
}

/** HeduiError STATE_CASE: why something cannot be done with a tip-off now, and what can. */
export function refuseTipOff({ state }: Pick<TipOff, 'state'>, why: string): HeduiError {
  const allowed = {
    received: 'check, visit',
    checking: 'check again, visit, nothing-found after a visit by the county',
    case: 'acts in its case; settle when the case has ended',
    'nothing-found': 'nothing any more',
    settled: 'nothing any more',
  }[state]
  return new HeduiError('STATE_CASE', `the tip-off is ${state}: ${why}; allowed: ${allowed}`)
}
