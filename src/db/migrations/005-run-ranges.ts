import { type Kysely, sql } from 'kysely'

/**
 * Runs in ranges of households, so that any number of workers share a run and a killed one loses no more than its range.
 * A range is done when its row in run_range_done stands, which comes in the transaction of its results.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- What had been published and imported by then is what the run uses, whatever comes later.
    alter table run add column known_at timestamptz;
    update run set known_at = started_at;
    alter table run alter column known_at set not null;
    alter table run add column households integer not null default 0;
    update run set households = coalesce((counts ->> 'households')::integer, 0);

    create table run_range (
      run_id uuid not null,
      number integer not null,
      household_ids text[] collate "C" not null,
      primary key (run_id, number)
    );

    -- failures: households that could not be checked, with a code each; the others of the range stand.
    create table run_range_done (
      run_id uuid not null,
      number integer not null,
      worker text not null,
      finished_at timestamptz not null,
      counts json not null,
      failures json not null,
      -- what the sets that ran beside came to
      shadows json not null,
      primary key (run_id, number)
    );

    -- number: the order of the acts on a run, given under its lock; the clocks of several machines would not do.
    create table run_event (
      run_id uuid not null,
      number integer not null,
      at timestamptz not null,
      action text not null check (action in ('created', 'cancelled', 'resumed', 'finished', 'failed')),
      actor text not null,
      reason text,
      primary key (run_id, number)
    );

    -- Runs of before are one range, done.
    insert into run_range
    select run_id, 0, array_agg(household_id order by household_id)
    from (select run_id, household_id from check_result union all select run_id, household_id from trial_result) r
    group by run_id;
    insert into run_range_done
    select id, 0, actor, finished_at, counts, '[]', '[]' from run
    where finished_at is not null and id in (select run_id from run_range);
    insert into run_event
    select id, 0, started_at, 'created', actor, null from run where shadow_of is null;
    insert into run_event
    select id, 1, finished_at, 'finished', actor, null from run
    where shadow_of is null and finished_at is not null;
  `.execute(db)
}
