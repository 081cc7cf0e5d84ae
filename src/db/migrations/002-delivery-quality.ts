import { type Kysely, sql } from 'kysely'

/** What is told of a delivery's quality; deliveries from before have none. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table delivery add column quality json`.execute(db)
}
