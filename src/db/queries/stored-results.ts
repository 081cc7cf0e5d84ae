import type { Database } from '../connect.ts'

/** The line that a finished run kept of a household, as it was written; undefined where it kept none. */
export async function findStoredLine(
  { kysely }: Pick<Database, 'kysely'>,
  { id, trial }: { readonly id: string; readonly trial: boolean },
  householdId: string,
): Promise<string | undefined> {
  const row = await kysely
    .selectFrom(trial ? 'trial_result' : 'check_result')
    .select((expression) => expression.cast<string>('body', 'text').as('line'))
    .where('household_id', '=', householdId)
    .where('run_id', '=', id)
    .executeTakeFirst()
  return row?.line
}
