import { type Kysely, sql } from 'kysely'

/**
 * What joins need lies beside what they join, so that none crosses from households to people (docs/scale.md): since when
 * the register knows a person stands with the household, and a person's households stand with the person.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- The same as in person, where it never changes.
    alter table household_person add column known_since timestamptz;
    update household_person p set known_since = k.known_since from person k where k.person_hash = p.person_hash;
    alter table household_person alter column known_since set not null;

    -- Households that have ever had a person in them; which version holds is asked of household_version.
    create table membership (
      person_hash bytea not null,
      household_id text collate "C" not null,
      primary key (person_hash, household_id)
    );
    insert into membership select distinct person_hash, household_id from household_person;
    drop index household_person_hash;

    -- Imports that came too late for a run are few and the last.
    create index household_import_at on household_import (imported_at);
  `.execute(db)
}
