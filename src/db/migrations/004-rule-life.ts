import { type Kysely, sql } from 'kysely'

/**
 * The life of rule sets: the texts of their files, what people did with them, and a table of their own for results of
 * trials and shadows, so that nothing that makes cases can read one by mistake. Results of earlier trials move there.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- A set kept before has none; its content is enough to run it.
    create table rule_set_text (
      version text primary key,
      files json not null,
      kept_at timestamptz not null
    );

    -- position: the order of all acts, given under a lock. effective_from: of an approval the first day in force, of a
    -- retirement the first day no longer in force.
    create table rule_set_event (
      position integer primary key,
      version text not null,
      at timestamptz not null,
      actor text not null,
      action text not null check (action in ('shipped', 'drafted', 'approved', 'retired', 'shadowed', 'unshadowed')),
      effective_from date check (action not in ('approved', 'retired') or effective_from is not null),
      reason text not null
    );
    -- The live run whose dossiers a shadow saw.
    alter table run add column shadow_of uuid check (shadow_of is null or trial);
    create index run_shadow on run (shadow_of) where shadow_of is not null;

    create table trial_result (
      run_id uuid not null,
      household_id text collate "C" not null,
      version_id uuid not null,
      outcome text not null,
      body json not null,
      primary key (household_id, run_id)
    );
    create index trial_result_run on trial_result (run_id, household_id);

    insert into trial_result
    select r.* from check_result r join run on run.id = r.run_id where run.trial;
    delete from check_result r using run where run.id = r.run_id and run.trial;
  `.execute(db)
}
