import type { Reader } from '../connect.ts'

/** Cases of which something is not counted yet, after one. */
export async function listUncounted(reader: Reader, after: string, count: number): Promise<string[]> {
  const { rows } = await reader.query(
    `select c.id from household_case c left join case_tally t on t.case_id = c.id
     where c.id > $1 and t.head_number is distinct from c.head_number order by c.id limit $2`,
    [after, count],
  )
  return rows.map((row) => row.id)
}

export interface CaseTallyRow {
  readonly case_id: string
  readonly head_number: number
  readonly region: string
  readonly origin: string
  readonly state: string
  readonly outcome: string | null
  readonly direction: 'raised' | 'lowered' | 'same' | null
  readonly at: string
}

export interface WarningTallyRow {
  readonly case_id: string
  readonly warning: string
  readonly household_id: string
  readonly version_date: string
  readonly person_id: string | null
  readonly rule: string
  readonly region: string
  readonly origin: string
  readonly match: string
  readonly sources: readonly string[]
  readonly result: string
  readonly decided_at: string
}

/**
 * Writes what cases come to in place of what was counted of them before. In a transaction. Of two that count the same case
 * the later waits; what it writes is what the events that it read say, and the next count mends it where it read fewer.
 */
export async function putTallies(
  client: Reader,
  cases: readonly CaseTallyRow[],
  warnings: readonly WarningTallyRow[],
): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(hashtextextended('hedui precision', 0))`)
  const ids = cases.map((row) => row.case_id)
  await client.query('delete from warning_tally where case_id = any($1)', [ids])
  await client.query('delete from case_tally where case_id = any($1)', [ids])
  await client.query(
    `insert into case_tally (case_id, head_number, region, origin, state, outcome, direction, at)
     select * from json_to_recordset($1) as tally (case_id uuid, head_number int, region text, origin text, state text,
       outcome text, direction text, at timestamptz)`,
    [JSON.stringify(cases)],
  )
  await client.query(
    `insert into warning_tally (case_id, warning, household_id, version_date, person_id, rule, region, origin, match, sources,
       result, decided_at)
     select case_id, warning, household_id, version_date, person_id, rule, region, origin, match,
       array(select json_array_elements_text(sources)), result, decided_at
     from json_to_recordset($1) as tally (case_id uuid, warning text, household_id text, version_date date, person_id text,
       rule text, region text, origin text, match text, sources json, result text, decided_at timestamptz)`,
    [JSON.stringify(warnings)],
  )
}

/** A warning on which a person has decided. */
export interface DecidedRow {
  readonly case: string
  readonly household: string
  readonly personId: string | null
  /** The day of the check that gave it. */
  readonly asOf: string
  readonly rule: string
  readonly region: string
  readonly origin: string
  readonly match: string
  readonly sources: readonly string[]
  readonly result: string
  readonly decidedAt: Date
}

/** Rules of which something was decided in a region, sorted. */
export async function listDecidedRules(reader: Reader, region: string): Promise<string[]> {
  const { rows } = await reader.query(
    'select distinct rule from warning_tally where starts_with(region, $1) order by rule',
    [region],
  )
  return rows.map((row) => row.rule)
}

const DECIDED = `case_id as "case", household_id as household, person_id as "personId", version_date as "asOf", rule, region, origin, match,
  sources, result, decided_at as "decidedAt"`

export interface DecidedFilter {
  readonly rule: string
  /** A prefix of region codes. */
  readonly region: string
  /** Only what was decided after it. */
  readonly after: Date | null
}

/**
 * The last `count` warnings of a rule in a region that turned out right or wrong; the latest first. Those of which nothing
 * was found out take nobody's place among them.
 */
export async function listDecided(
  reader: Reader,
  { rule, region, after, count }: DecidedFilter & { readonly count: number },
): Promise<DecidedRow[]> {
  const { rows } = await reader.query(
    `select ${DECIDED} from warning_tally
     where rule = $1 and starts_with(region, $2) and ($3::timestamptz is null or decided_at > $3) and result <> 'confirmed'
     order by decided_at desc, case_id desc, warning desc limit $4`,
    [rule, region, after, count],
  )
  return rows
}

/** The last `count` warnings of which nothing was found out. */
export async function listSilent(
  reader: Reader,
  { rule, region, after, count }: DecidedFilter & { readonly count: number },
): Promise<DecidedRow[]> {
  const { rows } = await reader.query(
    `select ${DECIDED} from warning_tally
     where rule = $1 and starts_with(region, $2) and ($3::timestamptz is null or decided_at > $3) and result = 'confirmed'
     order by decided_at desc, case_id desc, warning desc limit $4`,
    [rule, region, after, count],
  )
  return rows
}

/** How many cases of a region came to what. */
export async function countOutcomes(
  reader: Reader,
  region: string,
): Promise<{ state: string; outcome: string | null; direction: string | null; cases: number }[]> {
  const { rows } = await reader.query(
    `select state, outcome, direction, count(*)::int as cases from case_tally where starts_with(region, $1)
     group by 1, 2, 3 order by 1, 2 nulls first, 3 nulls first`,
    [region],
  )
  return rows
}
