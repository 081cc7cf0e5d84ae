import { type Kysely, sql } from 'kysely'

/**
 * What stands around cases: tip-offs, the register of handlers' near kin, what was decided of each warning (a cache of the
 * events), rules that were stopped, and the webhooks with their outbox.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tip_off (
      id uuid primary key,
      household_id text collate "C" not null,
      region text not null,
      channel text not null,
      named boolean not null,
      -- the report's text and, of a named one, who made it: read by few, each time with a reason
      sealed bytea not null,
      received_on date not null,
      recorded_at timestamptz not null,
      state text not null,
      since timestamptz not null,
      run_id uuid,
      case_id uuid
    );
    create index tip_off_household on tip_off (household_id);
    create index tip_off_state on tip_off (state, received_on, id);

    -- Added to only; holds nothing of the report itself.
    create table tip_off_event (
      tip_off_id uuid not null,
      number integer not null,
      at timestamptz not null,
      actor text not null,
      action text not null check (action in ('received', 'check-begun', 'case-linked', 'visited', 'nothing-found', 'settled')),
      reason text,
      payload json not null,
      primary key (tip_off_id, number)
    );

    -- A relative of somebody who handles cases or supervises it. Ended, never removed.
    create table near_kin (
      id uuid primary key,
      handler text not null,
      office text not null,
      relation text not null,
      person_hash bytea not null,
      sealed bytea not null,
      valid_from date not null,
      valid_until date,
      added_by text not null,
      added_at timestamptz not null,
      reason text not null,
      ended_by text,
      ended_at timestamptz,
      end_reason text,
      check (valid_until is null or valid_until >= valid_from),
      check ((valid_until is null) = (ended_by is null) and (valid_until is null) = (end_reason is null))
    );
    create index near_kin_person on near_kin (person_hash);

    -- How far the events of a case are counted below, and what came of it: made anew from the events at any time.
    create table case_tally (
      case_id uuid primary key,
      head_number integer not null,
      region text not null,
      origin text not null,
      state text not null,
      outcome text,
      -- of an adjustment: whether the benefit rose or fell
      direction text check (direction in ('raised', 'lowered', 'same')),
      -- when the state or the outcome began
      at timestamptz not null
    );
    create table warning_tally (
      case_id uuid not null,
      warning text not null,
      household_id text collate "C" not null,
      version_date date not null,
      person_id text,
      rule text not null,
      region text not null,
      origin text not null,
      match text not null,
      sources text[] not null,
      result text not null,
      decided_at timestamptz not null,
      primary key (case_id, warning)
    );
    create index warning_tally_rule on warning_tally (rule, decided_at);

    -- Rules that issue no packets, within a region ("" everywhere), and their release. Added to only.
    create table rule_stop (
      rule text not null,
      region text not null,
      number integer not null,
      at timestamptz not null,
      actor text not null,
      action text not null check (action in ('stopped', 'released')),
      reason text not null,
      figures json not null,
      primary key (rule, region, number)
    );

    create table webhook (
      id uuid primary key,
      url text not null,
      region text not null,
      sealed_secret bytea not null,
      actor text not null,
      created_at timestamptz not null,
      ended_at timestamptz,
      ended_by text
    );

    -- One row an event and webhook, kept for ever. body: the bytes that are signed, the same at each try.
    create table outbox (
      id uuid primary key,
      webhook_id uuid not null,
      case_id uuid not null,
      number integer not null,
      body text not null,
      state text not null check (state in ('waiting', 'delivered', 'parked', 'cancelled')),
      -- tries since it was written, or since it was last sent again by hand
      tries integer not null,
      written_at timestamptz not null,
      settled_at timestamptz,
      unique (webhook_id, case_id, number)
    );
    create index outbox_waiting on outbox (webhook_id, case_id, number) where state = 'waiting';
    create index outbox_parked on outbox (webhook_id, id) where state = 'parked';

    -- The events of one case go to one webhook one after the other: due_at is when the first that waits is tried; null,
    -- nothing waits. claim: of the worker that sends it; due_at is then when the claim ends.
    create table outbox_lane (
      webhook_id uuid not null,
      case_id uuid not null,
      due_at timestamptz,
      claim uuid,
      primary key (webhook_id, case_id)
    );
    create index outbox_lane_due on outbox_lane (webhook_id, due_at) where due_at is not null;

    create table webhook_try (
      outbox_id uuid not null,
      id uuid primary key,
      at timestamptz not null,
      -- the answer's HTTP status; null where there was none
      status integer,
      error text
    );
    create index webhook_try_outbox on webhook_try (outbox_id, at);
  `.execute(db)
}
