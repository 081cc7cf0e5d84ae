import type { Reader } from '../connect.ts'

export interface CaseCount {
  readonly state: string
  readonly count: number
  /** Of open ones: how many were escalated, and how many had to be looked at before today. */
  readonly escalated: number
  readonly overdue: number
}

/** How many cases are in each state. */
export async function countCases(reader: Reader, today: string): Promise<CaseCount[]> {
  const { rows } = await reader.query(
    `select state, count(*)::int as count, count(*) filter (where is_open and escalated)::int as escalated,
       count(*) filter (where is_open and due_on < $1::date)::int as overdue
     from household_case group by state`,
    [today],
  )
  return rows
}
