import type { CaseState } from '../../domain/case/case-state.ts'
import type { AnyCaseEvent } from '../../domain/case/events.ts'
import { isOpen } from '../../domain/case/words.ts'
import type { Reader } from '../connect.ts'

/** What is kept of a case beside its events: a cache of what they fold to, and where its chain ends. */
export interface CaseRow {
  readonly id: string
  readonly householdId: string
  readonly region: string
  readonly origin: string
  readonly state: string
  readonly since: Date
  readonly isOpen: boolean
  readonly escalated: boolean
  readonly openedAt: Date
  readonly head: { readonly number: number; readonly hash: string }
  /** The last day on which nothing is overdue; null where nothing is. */
  readonly dueOn: string | null
  readonly provisional: boolean
}

const CASE = `id, household_id, region, origin, state, since, is_open, escalated, opened_at, head_number, head_hash, due_on,
  provisional`

// biome-ignore lint/suspicious/noExplicitAny: rows of the driver
const toCase = (row: any): CaseRow => ({
  id: row.id,
  householdId: row.household_id,
  region: row.region,
  origin: row.origin,
  state: row.state,
  since: row.since,
  isOpen: row.is_open,
  escalated: row.escalated,
  openedAt: row.opened_at,
  head: { number: row.head_number, hash: row.head_hash },
  dueOn: row.due_on,
  provisional: row.provisional,
})

/** The row of a case; `lock`: nobody else acts in it until the transaction ends. */
export async function findCaseRow(reader: Reader, id: string, { lock = false } = {}): Promise<CaseRow | undefined> {
  const { rows } = await reader.query(`select ${CASE} from household_case where id = $1 ${lock ? 'for update' : ''}`, [
    id,
  ])
  return rows[0] && toCase(rows[0])
}

/** The events of cases, by case and number. */
export async function listCaseEvents(reader: Reader, caseIds: readonly string[]): Promise<AnyCaseEvent[]> {
  const { rows } = await reader.query(
    `select case_id, number, at, actor, role, kind, reason, payload, previous, hash from case_event
     where case_id = any($1) order by case_id, number`,
    [caseIds],
  )
  return rows.map(({ case_id: caseId, at, ...event }) => ({ caseId, ...event, at: at.toISOString() }))
}

/** Adds events at the ends of their chains. Fails with unique_violation where somebody else was faster. */
export async function addCaseEvents(client: Reader, events: readonly AnyCaseEvent[]): Promise<void> {
  const rows = events.map(({ caseId: case_id, ...event }) => ({ case_id, ...event }))
  await client.query(
    `insert into case_event (case_id, number, at, actor, role, kind, reason, payload, previous, hash)
     select * from json_to_recordset($1) as event (case_id uuid, number int, at timestamptz, actor text, role text,
       kind text, reason text, payload json, previous text, hash text)`,
    [JSON.stringify(rows)],
  )
}

/** What the row of a case holds, of its state. */
export interface CaseCache {
  readonly state: CaseState
  readonly due: { readonly on: string; readonly provisional: boolean } | null
}

const RECORD = `(id uuid, household_id text, region text, origin text, state text, since timestamptz, is_open boolean,
  escalated boolean, opened_at timestamptz, head_number int, head_hash text, due_on date, provisional boolean)`

const rowOf = ({ state, due }: CaseCache) => ({
  id: state.id,
  household_id: state.opened.householdId,
  region: state.opened.region,
  origin: state.opened.origin,
  state: state.state,
  since: state.since,
  is_open: isOpen(state.state),
  escalated: state.escalated,
  opened_at: state.openedAt,
  head_number: state.head.number,
  head_hash: state.head.hash,
  due_on: due?.on ?? null,
  provisional: due?.provisional ?? false,
})

/** Adds cases and gives the ids of those that were added: a household that has an open one gets no other. */
export async function addCaseRows(client: Reader, cases: readonly CaseCache[]): Promise<Set<string>> {
  const { rows } = await client.query(
    `insert into household_case (${CASE}) select ${CASE} from json_to_recordset($1) as added ${RECORD}
     on conflict (household_id) where is_open do nothing returning id`,
    [JSON.stringify(cases.map(rowOf))],
  )
  return new Set(rows.map(({ id }) => id))
}

/** The open cases of households, locked in the order of their ids. */
export async function lockOpenCases(client: Reader, householdIds: readonly string[]): Promise<CaseRow[]> {
  const { rows } = await client.query(
    `select ${CASE} from household_case where is_open and household_id = any($1) order by id for update`,
    [householdIds],
  )
  return rows.map(toCase)
}

/** Of these households those with a case that has ended and had seen the run, or a later one. */
export async function listEndedSince(
  client: Reader,
  householdIds: readonly string[],
  { id: run, asOf }: { readonly id: string; readonly asOf: string },
): Promise<Set<string>> {
  const { rows } = await client.query(
    `select distinct c.household_id from household_case c join case_event e on e.case_id = c.id
     where not c.is_open and c.household_id = any($1) and e.kind in ('opened', 'warnings-added')
       and (e.payload ->> 'run' = $2 or e.payload ->> 'asOf' > $3
         or (e.payload ->> 'asOf' = $3 and e.payload ->> 'run' > $2))`,
    [householdIds, run, asOf],
  )
  return new Set(rows.map((row) => row.household_id))
}

/** Ids of open cases behind `after` in which the clock may have something to do; all open ones where `all`. */
export async function listDueCases(
  reader: Reader,
  { today, all, after, count }: { today: string; all: boolean; after: string; count: number },
): Promise<string[]> {
  const { rows } = await reader.query(
    `select id from household_case where is_open and ($1 or due_on < $2) and id > $3
     order by id limit $4`,
    [all, today, after, count],
  )
  return rows.map(({ id }) => id)
}

export interface CaseFilter {
  /** All states unless given. */
  readonly states?: readonly string[] | undefined
  /** Open ones, ended ones, or both. */
  readonly open?: boolean | undefined
  /** Beginning of the region's code. */
  readonly region?: string | undefined
  readonly household?: string | undefined
  /** Due by then at the latest. */
  readonly dueBy?: string | undefined
  readonly escalated?: boolean | undefined
}

/** The place of a case in the work list: what is due first, then what nobody waits for. */
export interface CasePlace {
  readonly dueOn: string | null
  readonly id: string
}

/** A page of the work list behind a place. */
export async function listCaseRows(
  reader: Reader,
  { states, open, region = '', household, dueBy, escalated }: CaseFilter,
  { after, count }: { after: CasePlace | null; count: number },
): Promise<CaseRow[]> {
  const { rows } = await reader.query(
    `select ${CASE} from household_case
     where ($1::text[] is null or state = any($1)) and ($2::boolean is null or is_open = $2)
       and starts_with(region, $3) and ($4::text is null or household_id = $4)
       and ($5::date is null or due_on <= $5) and ($6::boolean is null or escalated = $6)
       and ($8::uuid is null or (coalesce(due_on, 'infinity'), id) > (coalesce($7::date, 'infinity'), $8))
     order by coalesce(due_on, 'infinity'), id limit $9`,
    [
      states ?? null,
      open ?? null,
      region,
      household ?? null,
      dueBy ?? null,
      escalated ?? null,
      after?.dueOn ?? null,
      after?.id ?? null,
      count,
    ],
  )
  return rows.map(toCase)
}

/** All cases behind an id, in the order of their ids. */
export async function listCasesById(reader: Reader, after: string, count: number): Promise<CaseRow[]> {
  const { rows } = await reader.query(`select ${CASE} from household_case where id > $1 order by id limit $2`, [
    after,
    count,
  ])
  return rows.map(toCase)
}

/** Cases of which there are events and no row. */
export async function listOrphanedCases(reader: Reader): Promise<string[]> {
  const { rows } = await reader.query(
    `select distinct case_id from case_event e
     where not exists (select from household_case c where c.id = e.case_id) order by case_id`,
  )
  return rows.map((row) => row.case_id)
}

export interface CorrectionRow {
  readonly caseId: string
  readonly householdId: string
  readonly region: string
  readonly at: string
  readonly actor: string
  readonly warning: string
  readonly correction: { readonly source: string; readonly record: string; readonly request: string }
}

/** What departments were asked to correct, by what was last found of each answer; the latest first. */
export async function listCorrectionRows(
  reader: Reader,
  { region, source, from }: { region: string; source: string | null; from: string },
): Promise<CorrectionRow[]> {
  const { rows } = await reader.query(
    `select case_id as "caseId", c.household_id as "householdId", c.region, e.at, e.actor, e.warning, e.correction
     from (select distinct on (case_id, payload ->> 'warning') case_id, at, actor, payload ->> 'warning' as warning,
         payload -> 'correction' as correction
       from case_event where kind = 'rebuttal-assessed'
       order by case_id, payload ->> 'warning', number desc) e
     join household_case c on c.id = e.case_id
     where json_typeof(e.correction) = 'object' and starts_with(c.region, $1)
       and ($2::text is null or e.correction ->> 'source' = $2) and e.at >= $3
     order by e.at desc, case_id, e.warning`,
    [region, source, from],
  )
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }))
}

/** Of these events of cases the hashes there are, by "case number". */
export async function findEventHashes(
  reader: Reader,
  events: readonly { readonly caseId: string; readonly number: number }[],
): Promise<Map<string, string>> {
  const { rows } = await reader.query(
    `select e.case_id, e.number, e.hash from json_to_recordset($1) as wanted ("caseId" uuid, number int)
     join case_event e on e.case_id = wanted."caseId" and e.number = wanted.number`,
    [JSON.stringify(events)],
  )
  return new Map(rows.map((row) => [`${row.case_id} ${row.number}`, row.hash]))
}

/** Writes what the cases' events fold to now. */
export async function updateCaseRows(client: Reader, cases: readonly CaseCache[]): Promise<void> {
  await client.query(
    `update household_case c set state = n.state, since = n.since, is_open = n.is_open, escalated = n.escalated,
       head_number = n.head_number, head_hash = n.head_hash, due_on = n.due_on, provisional = n.provisional
     from json_to_recordset($1) as n ${RECORD} where c.id = n.id`,
    [JSON.stringify(cases.map(rowOf))],
  )
}
