import { type Kysely, sql } from 'kysely'

/**
 * Cases (design §10): the events of each, hashed one with the other, are all there is of it; the row beside them is a
 * cache. Packets, notices and attachments hold people's names and lie sealed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- state, since, is_open, escalated and due_on are what the events fold to; head_* is where their chain ends.
    create table household_case (
      id uuid primary key,
      household_id text collate "C" not null,
      region text collate "C" not null,
      origin text not null,
      state text not null,
      since timestamptz not null,
      is_open boolean not null,
      escalated boolean not null,
      opened_at timestamptz not null,
      head_number integer not null,
      head_hash text not null,
      due_on date,
      provisional boolean not null,
      -- up to which event a checkpoint has signed its chain
      checked_number integer not null default 0
    );
    create unique index household_case_open on household_case (household_id) where is_open;
    create index household_case_household on household_case (household_id);
    create index household_case_due on household_case (due_on) where is_open;
    -- the work list: what is due first comes first, what nobody waits for last
    create index household_case_work on household_case ((coalesce(due_on, 'infinity'::date)), id) where is_open;

    -- append-only; a millisecond is what the hash knows of a time
    create table case_event (
      case_id uuid not null,
      number integer not null,
      at timestamptz(3) not null,
      actor text not null,
      role text not null,
      kind text not null,
      reason text,
      payload json not null,
      previous text not null,
      hash text not null,
      primary key (case_id, number)
    );
    create index case_event_kind on case_event (kind, at);

    create table packet (
      id uuid primary key,
      case_id uuid not null,
      number integer not null,
      issued_at timestamptz not null,
      sha256 text not null,
      code text not null,
      -- the sealed zip, encrypted
      sealed bytea not null,
      unique (case_id, number)
    );
    create unique index packet_code on packet (code);

    create table notice (
      id uuid primary key,
      case_id uuid not null,
      kind text not null check (kind in ('outcome', 'arbitration')),
      made_at timestamptz not null,
      -- of the PDF
      sha256 text not null,
      sealed bytea not null
    );
    create index notice_case on notice (case_id);

    create table attachment (
      case_id uuid not null,
      -- of the bytes, in hexadecimal
      sha256 text not null,
      name text not null,
      type text not null,
      bytes integer not null,
      added_at timestamptz not null,
      sealed bytea not null,
      primary key (case_id, sha256)
    );

    -- An accepted answer: the same warning on the same records is not raised until a date unless it grows.
    create table suppression (
      case_id uuid not null,
      warning text not null,
      household_id text collate "C" not null,
      rule text not null,
      person_id text,
      fingerprint text not null,
      measure text,
      until date not null,
      primary key (case_id, warning)
    );
    create index suppression_household on suppression (household_id);

    -- What all chains end in, signed day by day: a case that is removed or cut off is missed.
    create table chain_checkpoint (
      number integer primary key,
      at timestamptz(3) not null,
      previous text not null,
      -- [[case, number, hash], …] of the cases that something happened in since the one before
      heads json not null,
      hash text not null,
      signature text not null
    );
  `.execute(db)
}
