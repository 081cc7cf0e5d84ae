import type { Reader } from '../connect.ts'
import type { HouseholdVersion } from './households.ts'

/** A finished run, with what it pinned. */
export interface PastRun {
  readonly id: string
  readonly asOf: string
  readonly scope: unknown
  readonly trial: boolean
  /** The version of its rules. */
  readonly ruleSet: string
  /** Ids of the deliveries that its rules needed, every layer of them. */
  readonly deliveries: readonly string[]
  /** What had been published and imported by then is what it used. */
  readonly knownAt: Date
}

/** The finished run of an id, or undefined. */
export async function findPastRun(reader: Reader, id: string): Promise<PastRun | undefined> {
  const { rows } = await reader.query('select * from run where id = $1 and finished_at is not null', [id])
  const [row] = rows
  return (
    row && {
      id: row.id,
      asOf: row.as_of,
      scope: row.scope,
      trial: row.trial,
      ruleSet: row.rule_set,
      deliveries: row.deliveries,
      knownAt: row.known_at ?? row.started_at,
    }
  )
}

/** The names of a set's sources: of each rule that is switched on anywhere, from what is kept of it. */
export async function findSourcesOf(reader: Reader, ruleSet: string): Promise<string[]> {
  const { rows } = await reader.query(
    `select distinct source from rule_set s, json_array_elements(s.content -> 'rules') rule,
       json_array_elements_text(rule -> 'sources') source
     where s.version = $1 and rule ->> 'enabled' is distinct from 'false' order by source`,
    [ruleSet],
  )
  return rows.map(({ source }) => source)
}

const resultsOf = ({ trial }: Pick<PastRun, 'trial'>) => (trial ? 'trial_result' : 'check_result')

/** The regions that a run's households had in it, and how many households; of these households only, where they are given. */
export async function countRunRegions(
  reader: Reader,
  run: PastRun,
  householdIds: readonly string[] | null,
): Promise<{ region: string; households: number }[]> {
  const { rows } = await reader.query(
    `select v.region, count(*)::int as households
     from ${resultsOf(run)} r join household_version v using (household_id, version_id)
     where r.run_id = $1 and ($2::text[] is null or r.household_id = any($2))
     group by v.region order by v.region`,
    [run.id, householdIds],
  )
  return rows
}

/** A page of the households of a run behind `after`, in the order of their ids, with the versions that it used. */
export async function listRunHouseholds(
  reader: Reader,
  run: PastRun,
  { after, count, only }: { after: string; count: number; only: readonly string[] | null },
): Promise<HouseholdVersion[]> {
  const { rows } = await reader.query(
    `select household_id as "householdId", version_id as "versionId" from ${resultsOf(run)}
     where run_id = $1 and household_id > $2 and ($3::text[] is null or household_id = any($3))
     order by household_id limit $4`,
    [run.id, after, only, count],
  )
  return rows
}
