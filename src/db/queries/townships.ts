import type { Reader } from '../connect.ts'
import { versionOn } from './households.ts'

/** Digits of a region code that name the township. */
const TOWNSHIP_DIGITS = 9

/** Granted households of a date, by the version that a check of that date takes: `$1` is the date, `$2` the region's beginning. */
function granted(asOf: string, region: string): { text: string; values: unknown[] } {
  const version = versionOn('true', [], { asOf })
  return {
    text: `
      select household_id, version_id, left(region, ${TOWNSHIP_DIGITS}) as township, facts
      from (${version.text}) v
      where starts_with(region, $2) and facts ->> 'grantedFrom' <= left($1::text, 7)`,
    values: [...version.values, region],
  }
}

export interface CountedTownship {
  readonly township: string
  readonly households: number
  readonly recipients: number
  readonly checked: number
  readonly warned: number
  readonly unverifiable: number
}

/**
 * What is counted of each township on a date: granted households, people in them (supporters are none), and the outcomes
 * of their last live results by then. Of runs of one date the one that knew most is the last.
 */
export async function countTownships(
  reader: Reader,
  { asOf, region }: { readonly asOf: string; readonly region: string },
): Promise<CountedTownship[]> {
  const { text, values } = granted(asOf, region)
  // The last outcome is found by a maximum over place and outcome together: sorting millions of results takes twice as long.
  const { rows } = await reader.query(
    `with household as materialized (select household_id, version_id, township from (${text}) g), member as materialized (
       select p.household_id, count(*) as people
       from household h join household_person p using (household_id, version_id)
       where p.facts ->> 'role' <> 'supporter' group by p.household_id
     ), finished as materialized (
       select id, row_number() over (order by as_of, known_at, started_at, id) * 4 as place
       from run where finished_at is not null and not trial and as_of <= $1
     ), last as materialized (
       select r.household_id,
         max(f.place + array_position('{clear,unverifiable,warned}'::text[], r.outcome)) % 4 as outcome
       from check_result r join finished f on f.id = r.run_id
       where r.household_id in (select household_id from household)
       group by r.household_id
     )
     select h.township, count(*)::int as households, coalesce(sum(m.people), 0)::int as recipients,
       count(l.outcome)::int as checked,
       count(*) filter (where l.outcome = 3)::int as warned,
       count(*) filter (where l.outcome = 2)::int as unverifiable
     from household h left join member m using (household_id) left join last l using (household_id)
     group by h.township order by h.township`,
    values,
  )
  return rows
}

export interface GrantedHousehold {
  readonly household: string
  readonly township: string
  readonly scheme: string
  readonly category: string | null
}

/** The granted households of a date, by id: a few dozen bytes each. */
export async function listGranted(
  reader: Reader,
  { asOf, region }: { readonly asOf: string; readonly region: string },
): Promise<GrantedHousehold[]> {
  const { text, values } = granted(asOf, region)
  const { rows } = await reader.query(
    `select household_id as household, township, facts ->> 'scheme' as scheme, facts ->> 'category' as category
     from (${text}) g order by household_id`,
    values,
  )
  return rows
}
