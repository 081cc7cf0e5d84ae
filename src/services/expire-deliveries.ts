import type { Database } from '../db/connect.ts'
import { dropRows } from '../db/queries/records.ts'
import { discardSuperseded, findExpiredRows } from '../db/queries/superseded.ts'

export interface Expiry {
  /** For how many days a superseded delivery is kept. */
  readonly days: number
  /** The person whose act this is. */
  readonly actor: string
}

const DAY_MS = 86_400_000

/**
 * Removes the rows of deliveries that have been superseded for so many days (state discarded, reason "retention") and
 * gives their ids; those stay on which a case rests whose packet is not issued yet. What came of them in earlier runs stays
 * with those; nothing else is touched. Ended in the middle, it goes on the next time.
 */
export async function expireDeliveries(
  { database, now }: { readonly database: Database; now(): Date },
  { days, actor }: Expiry,
): Promise<string[]> {
  const at = now()
  const expired = await discardSuperseded(database, new Date(at.getTime() - days * DAY_MS), { actor, at })
  for (const id of await findExpiredRows(database.pool)) await dropRows(database, id)
  return expired
}
