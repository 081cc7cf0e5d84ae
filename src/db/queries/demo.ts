import { sql } from 'kysely'
import type { Database } from '../connect.ts'

const MARK = 'demo'

/** Whether the database holds a demonstration, something else, or nothing yet. */
export async function demoState({ kysely }: Database): Promise<'demo' | 'other' | 'empty'> {
  const { rows } = await sql<{ marked: boolean; used: boolean }>`
    select exists (select from setting where key = ${MARK}) as marked,
      exists (select from household_import) or exists (select from delivery) as used`.execute(kysely)
  const { marked, used } = rows[0]!
  return marked ? 'demo' : used ? 'other' : 'empty'
}

/** Empties a database that holds a demonstration and marks it as one. */
export async function beginDemo({ kysely }: Database): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    // On Citus: table after table over one connection a node, so that dropping and emptying do not wait for each other.
    await sql`set local citus.multi_shard_modify_mode = 'sequential'`.execute(transaction)
    await transaction
      .insertInto('setting')
      .values({ key: MARK, value: 'yes' })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute()
    const { rows } = await sql<{ name: string }>`
      select inhrelid::regclass::text as name from pg_inherits where inhparent = 'record'::regclass`.execute(
      transaction,
    )
    for (const { name } of rows) await sql`drop table ${sql.table(name)}`.execute(transaction)
    await sql`truncate household_import, person, membership, household_version, household_person, delivery,
      delivery_event, lead_identity, unidentified_row, quarantined_row, run, run_event, run_range, run_range_done,
      check_result, trial_result`.execute(transaction)
    await sql`truncate household_case, case_event, packet, notice, attachment, suppression, chain_checkpoint, tip_off,
      tip_off_event, near_kin, case_tally, warning_tally, rule_stop, outbox, outbox_lane, webhook_try`.execute(
      transaction,
    )
  })
}

/** Anything that is not the demonstration's own makes the database more than a demonstration, for good. */
export async function endDemo({ kysely }: Database): Promise<void> {
  await kysely.deleteFrom('setting').where('key', '=', MARK).execute()
}
