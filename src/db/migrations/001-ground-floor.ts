import { type Kysely, sql } from 'kysely'

/**
 * The ground floor: register, deliveries and their rows, runs and results, audit.
 *
 * Nothing here says who a person is but the `sealed` columns (AES-256-GCM) and the keyed hashes. There are no foreign
 * keys across distribution columns, no triggers and no sequences, so that a later release can distribute the tables
 * (household tables by household_id, rows of people by person_hash).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table setting (
      key text primary key,
      value text not null
    );

    create table household_import (
      id uuid primary key,
      file_name text not null,
      valid_from date not null,
      actor text not null,
      imported_at timestamptz not null
    );

    -- One row a person of the register. person_hash is of the ID number, or of another document, or of household and
    -- person where there is neither; only numbers can be found in rows, so has_number says which it is.
    create table person (
      person_hash bytea primary key,
      name_hash bytea not null,
      has_number boolean not null,
      sealed bytea not null,
      known_since timestamptz not null
    );

    create table household_version (
      household_id text collate "C" not null,
      version_id uuid not null,
      import_id uuid not null,
      valid_from date not null,
      imported_at timestamptz not null,
      region text collate "C" not null,
      content_hash bytea not null,
      facts json not null,
      sealed_address bytea not null,
      primary key (household_id, version_id)
    );
    create index household_version_region on household_version (region, household_id);

    create table household_person (
      household_id text collate "C" not null,
      version_id uuid not null,
      position smallint not null,
      person_hash bytea not null,
      name_hash bytea not null,
      has_number boolean not null,
      facts json not null,
      primary key (household_id, version_id, position)
    );
    create index household_person_hash on household_person (person_hash);

    create table delivery (
      id uuid primary key,
      source text not null,
      region text collate "C" not null,
      as_of date not null,
      sha256 text not null,
      file_name text not null,
      file_bytes bigint not null,
      adapter_version text not null,
      retain text not null check (retain in ('all', 'known')),
      state text not null check (state in ('loading', 'held', 'published', 'discarded', 'failed')),
      counts json,
      held_because json,
      further_columns json,
      register_at timestamptz not null,
      received_at timestamptz not null,
      published_at timestamptz
    );
    create unique index delivery_same on delivery (source, region, as_of, sha256)
      where state in ('loading', 'held', 'published');
    create index delivery_latest on delivery (source, as_of) where state = 'published';

    create table delivery_event (
      delivery_id uuid not null,
      id uuid not null,
      at timestamptz not null,
      state text not null,
      actor text not null,
      reason text,
      primary key (delivery_id, id)
    );

    -- fate: record = it stands; replaced, voided = another row of its key stands instead, or none; void = it voids.
    create table record (
      delivery_id uuid not null,
      person_hash bytea not null,
      row integer not null,
      name_hash bytea not null,
      name_state text not null,
      type text not null,
      fate text not null,
      rank smallint not null,
      key text collate "C" not null,
      fields json not null
    ) partition by list (delivery_id);
    create index record_person on record (person_hash);

    create table lead_identity (
      delivery_id uuid not null,
      person_hash bytea not null,
      row integer not null,
      sealed bytea not null,
      primary key (delivery_id, person_hash, row)
    );

    create table unidentified_row (
      delivery_id uuid not null,
      row integer not null,
      type text not null,
      why text not null,
      sealed bytea not null,
      fields json not null,
      primary key (delivery_id, row)
    );

    create table quarantined_row (
      delivery_id uuid not null,
      row integer not null,
      column_name text,
      code text not null,
      reason text not null,
      primary key (delivery_id, row)
    );

    create table rule_set (
      version text primary key,
      content json not null,
      first_used_at timestamptz not null
    );

    create table run (
      id uuid primary key,
      as_of date not null,
      scope json not null,
      rule_set text not null,
      trial boolean not null,
      actor text not null,
      deliveries json not null,
      started_at timestamptz not null,
      finished_at timestamptz,
      counts json
    );

    create table check_result (
      run_id uuid not null,
      household_id text collate "C" not null,
      version_id uuid not null,
      outcome text not null,
      body json not null,
      primary key (household_id, run_id)
    );
    create index check_result_run on check_result (run_id, household_id);

    create table audit (
      id uuid primary key,
      at timestamptz not null,
      actor text not null,
      role text not null,
      action text not null,
      reason text not null,
      subject json not null
    );
  `.execute(db)
}
