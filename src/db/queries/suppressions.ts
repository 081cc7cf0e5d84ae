import type { Reader } from '../connect.ts'

/** An accepted answer: the same warning on the same records is not raised until a date, unless it grows. */
export interface Suppression {
  readonly caseId: string
  readonly warning: string
  readonly householdId: string
  readonly rule: string
  readonly person: string | null
  readonly fingerprint: string
  /** As in the result; null where it had none. */
  readonly measure: string | null
  readonly until: string
}

/** Keeps what was last said of a warning in a case: until when it is suppressed, or that it is not. */
export async function setSuppression(
  client: Reader,
  { caseId, warning }: Pick<Suppression, 'caseId' | 'warning'>,
  suppression: Suppression | null,
): Promise<void> {
  await client.query('delete from suppression where case_id = $1 and warning = $2', [caseId, warning])
  if (!suppression) return
  const { householdId, rule, person, fingerprint, measure, until } = suppression
  await client.query(
    `insert into suppression (case_id, warning, household_id, rule, person_id, fingerprint, measure, until)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [caseId, warning, householdId, rule, person, fingerprint, measure, until],
  )
}

/** The suppressions of households that hold on a date. */
export async function listSuppressions(
  reader: Reader,
  householdIds: readonly string[],
  on: string,
): Promise<Suppression[]> {
  const { rows } = await reader.query(
    `select case_id, warning, household_id, rule, person_id, fingerprint, measure, until
     from suppression where household_id = any($1) and until >= $2 order by household_id, case_id, warning`,
    [householdIds, on],
  )
  return rows.map((row) => ({
    caseId: row.case_id,
    warning: row.warning,
    householdId: row.household_id,
    rule: row.rule,
    person: row.person_id,
    fingerprint: row.fingerprint,
    measure: row.measure,
    until: row.until,
  }))
}
