import type { CheckResult } from '../../domain/check-result.ts'
import type { Reader } from '../connect.ts'

/** What a live run found of a household. */
export interface RunOutcome {
  readonly householdId: string
  readonly versionId: string
  readonly outcome: string
  readonly result: CheckResult
}

interface Page {
  readonly after: string
  readonly count: number
  /** Of these households only. */
  readonly only: readonly string[] | null
}

const RESULT = `household_id as "householdId", version_id as "versionId", outcome, body as result`

/** A page of the households that a live run warned behind `after`, in the order of their ids. */
export async function listWarnedHouseholds(
  reader: Reader,
  run: string,
  { after, count, only }: Page,
): Promise<RunOutcome[]> {
  const { rows } = await reader.query(
    `select ${RESULT} from check_result
     where run_id = $1 and outcome = 'warned' and household_id > $2 and ($3::text[] is null or household_id = any($3))
     order by household_id limit $4`,
    [run, after, only, count],
  )
  return rows
}

/** What a live run found of the households behind `after` that have an open case. */
export async function listOpenOutcomes(reader: Reader, run: string, page: Page): Promise<RunOutcome[]> {
  for (let { after } = page; ; ) {
    const { rows: open } = await reader.query(
      `select household_id as id from household_case
       where is_open and household_id > $1 and ($2::text[] is null or household_id = any($2)) order by household_id limit $3`,
      [after, page.only, page.count],
    )
    if (open.length === 0) return []
    const { rows } = await reader.query(
      `select ${RESULT} from check_result where run_id = $1 and household_id = any($2) order by household_id`,
      [run, open.map(({ id }) => id)],
    )
    if (rows.length > 0) return rows
    after = open.at(-1).id
  }
}

/** More runs over one household than this are not looked through. */
const MOST_RUNS = 50

/**
 * What finished live runs of days not before `from` found of a household, the newest first: by the day that they speak of,
 * then by when they began.
 */
export async function listOutcomesSince(
  reader: Reader,
  household: string,
  { from }: { readonly from: string },
): Promise<CheckResult[]> {
  const { rows: all } = await reader.query('select run_id as id from check_result where household_id = $1', [household])
  const { rows: runs } = await reader.query(
    `select id from run where id = any($1) and finished_at is not null and not trial and as_of >= $2
     order by as_of desc, started_at desc limit $3`,
    [all.map(({ id }) => id), from, MOST_RUNS],
  )
  const { rows } = await reader.query(
    'select run_id as id, body as result from check_result where household_id = $1 and run_id = any($2)',
    [household, runs.map(({ id }) => id)],
  )
  const found = new Map(rows.map(({ id, result }) => [id, result]))
  return runs.map(({ id }) => found.get(id)!)
}
