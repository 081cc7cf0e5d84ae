import { type Kysely, sql } from 'kysely'

/** A delivery is a snapshot of its source, or a delta on top of the snapshot before it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table delivery add column mode text not null default 'snapshot' check (mode in ('snapshot', 'delta'))
  `.execute(db)
}
