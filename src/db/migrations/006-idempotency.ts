import { type Kysely, sql } from 'kysely'

/**
 * What was answered to requests that carry an Idempotency-Key, for a day: a client that did not hear the answer asks
 * again without doing it twice. request_id is what the work is done under, so that a request whose service died in the
 * middle is taken up where it was.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table idempotency_key (
      actor text not null,
      key text not null,
      request_hash bytea not null,
      request_id uuid not null,
      claimed_at timestamptz not null,
      -- null: it is being answered, or whoever did so is gone
      answer json,
      primary key (actor, key)
    );
    create index idempotency_key_age on idempotency_key (claimed_at);
  `.execute(db)
}
