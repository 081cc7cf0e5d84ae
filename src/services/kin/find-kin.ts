import type { Database } from '../../db/connect.ts'
import { findActiveKin } from '../../db/queries/near-kin.ts'
import { dateInChina } from '../../domain/dates.ts'

export interface FindKinContext {
  readonly database: Database
  now(): Date
}

/**
 * Names of the handlers who are registered today as near kin of somebody in these households (近亲属备案, 220号 art. 14), by
 * household id, sorted; households without any are left out. It counts who is in the household by any version that holds
 * today, supporters too.
 */
export async function findKinHandlers(
  { database, now }: FindKinContext,
  householdIds: readonly string[],
): Promise<Map<string, string[]>> {
  const on = dateInChina(now())
  const found = new Map<string, Set<string>>()
  for (const { householdId, handler } of await findActiveKin(database.pool, householdIds, on)) {
    const handlers = found.get(householdId) ?? new Set()
    found.set(householdId, handlers.add(handler))
  }
  return new Map([...found].map(([id, handlers]) => [id, [...handlers].sort()]))
}
