import type { Database } from '../db/connect.ts'
import { ping } from '../db/queries/settings.ts'

/** Whether the database answers now. */
export function isAnswering(database: Database): Promise<boolean> {
  return ping(database).then(
    () => true,
    () => false,
  )
}
