import type { Reader } from '../db/connect.ts'
import { type HouseholdScope, listHouseholdIds } from '../db/queries/households.ts'
import { HeduiError } from '../errors.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import { listDueIds } from './list-due.ts'

/** Which households a run checks: some of the register, or those that are due for a re-check on its date. */
export type RunScope = HouseholdScope | { readonly due: true; readonly region?: string }

export interface ScopeMoment {
  readonly asOf: string
  /** Only households imported by then. */
  readonly knownAt?: Date | undefined
  /** Whose parameters say who is due. */
  readonly ruleSet: RuleSet
}

/**
 * Ids of the households in scope, in the order of their bytes. Throws HeduiError INPUT_NOT_FOUND where one that is asked
 * for by id is not in the register.
 */
export async function listScope(reader: Reader, scope: RunScope, moment: ScopeMoment): Promise<string[]> {
  const { asOf, knownAt, ruleSet } = moment
  if ('due' in scope) return listDueIds(reader, ruleSet, { asOf, knownAt, region: scope.region ?? '' })
  const ids = await listHouseholdIds(reader, scope, asOf, knownAt)
  if ('ids' in scope) requireAll(scope.ids, ids)
  return ids
}

function requireAll(wanted: readonly string[], found: readonly string[]): void {
  const known = new Set(found)
  const unknown = wanted.filter((id) => !known.has(id))
  if (unknown.length > 0)
    throw new HeduiError('INPUT_NOT_FOUND', `no household of the register has the id ${unknown.join(', ')}`)
}
