import type { Reader } from '../connect.ts'

/** received: nothing was done yet; checking: a run was begun; case: a case holds it; the other two are ends. */
export const TIP_OFF_STATES = ['received', 'checking', 'case', 'nothing-found', 'settled'] as const
export type TipOffState = (typeof TIP_OFF_STATES)[number]

/** A tip-off without what was said and who said it, which lie sealed. */
export interface TipOff {
  readonly id: string
  readonly householdId: string
  readonly region: string
  readonly channel: string
  readonly named: boolean
  readonly receivedOn: string
  readonly recordedAt: Date
  readonly state: TipOffState
  readonly since: Date
  readonly run: string | null
  readonly case: string | null
}

export type TipOffAction = 'received' | 'check-begun' | 'case-linked' | 'visited' | 'nothing-found' | 'settled'

export interface TipOffEvent {
  readonly number: number
  readonly at: Date
  readonly actor: string
  readonly action: TipOffAction
  readonly reason: string | null
  readonly payload: unknown
}

const TIP_OFF = `id, household_id as "householdId", region, channel, named, received_on as "receivedOn",
  recorded_at as "recordedAt", state, since, run_id as run, case_id as "case"`

export async function addTipOff(reader: Reader, tipOff: TipOff & { readonly sealed: Buffer }): Promise<void> {
  await reader.query(
    `insert into tip_off (id, household_id, region, channel, named, sealed, received_on, recorded_at, state, since)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      tipOff.id,
      tipOff.householdId,
      tipOff.region,
      tipOff.channel,
      tipOff.named,
      tipOff.sealed,
      tipOff.receivedOn,
      tipOff.recordedAt,
      tipOff.state,
      tipOff.since,
    ],
  )
}

/** `lock`: nobody else changes it until the transaction ends. */
export async function findTipOff(reader: Reader, id: string, { lock = false } = {}): Promise<TipOff | undefined> {
  const { rows } = await reader.query(`select ${TIP_OFF} from tip_off where id = $1 ${lock ? 'for update' : ''}`, [id])
  return rows[0]
}

export async function findSealedTipOff(reader: Reader, id: string): Promise<Buffer | undefined> {
  const { rows } = await reader.query('select sealed from tip_off where id = $1', [id])
  return rows[0]?.sealed
}

export interface TipOffFilter {
  readonly state?: string | undefined
  /** A prefix of region codes. */
  readonly region?: string | undefined
  readonly household?: string | undefined
  /** The id of the last of the page before. */
  readonly after?: string | undefined
  readonly count: number
}

/** Tip-offs in the order in which they were recorded. */
export async function listTipOffs(reader: Reader, filter: TipOffFilter): Promise<TipOff[]> {
  const { rows } = await reader.query(
    `select ${TIP_OFF} from tip_off
     where ($1::text is null or state = $1) and starts_with(region, $2) and ($3::text is null or household_id = $3)
       and ($4::uuid is null or id > $4)
     order by id limit $5`,
    [filter.state ?? null, filter.region ?? '', filter.household ?? null, filter.after ?? null, filter.count],
  )
  return rows
}

export async function listTipOffEvents(reader: Reader, id: string): Promise<TipOffEvent[]> {
  const { rows } = await reader.query(
    'select number, at, actor, action, reason, payload from tip_off_event where tip_off_id = $1 order by number',
    [id],
  )
  return rows
}

/** Adds what happened to a tip-off that the caller has locked. */
export async function addTipOffEvent(client: Reader, id: string, event: Omit<TipOffEvent, 'number'>): Promise<void> {
  await client.query(
    `insert into tip_off_event (tip_off_id, number, at, actor, action, reason, payload)
     select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6 from tip_off_event where tip_off_id = $1`,
    [id, event.at, event.actor, event.action, event.reason, JSON.stringify(event.payload)],
  )
}

export interface TipOffChange {
  readonly state: TipOffState
  readonly since: Date
  readonly run?: string | undefined
  readonly case?: string | undefined
}

export async function updateTipOff(client: Reader, id: string, change: TipOffChange): Promise<void> {
  await client.query(
    `update tip_off set state = $2, since = $3, run_id = coalesce($4, run_id), case_id = coalesce($5, case_id)
     where id = $1`,
    [id, change.state, change.since, change.run ?? null, change.case ?? null],
  )
}

/** The open case of a household. */
export async function findOpenCaseOf(reader: Reader, householdId: string): Promise<string | undefined> {
  const { rows } = await reader.query('select id from household_case where household_id = $1 and is_open', [
    householdId,
  ])
  return rows[0]?.id
}

export async function isCaseOpen(reader: Reader, id: string): Promise<boolean> {
  const { rows } = await reader.query('select is_open from household_case where id = $1', [id])
  return rows[0]?.is_open === true
}

/** Why the county has to visit a household (57号 art. 20). */
export interface CountyVisit {
  readonly household: string
  readonly region: string
  readonly why: 'near-kin' | 'tip-off'
  readonly case: string | null
  readonly tipOff: string | null
  readonly since: string
}

const COUNTY_VISITED = `exists (select from case_event v where v.case_id = c.id and v.kind = 'visit-recorded'
  and v.payload ->> 'by' = 'county')`

/** Tip-offs that are not settled and of which the county has visited nobody yet, in the order in which they were recorded. */
export async function listTipOffsToVisit(reader: Reader, region: string): Promise<CountyVisit[]> {
  const { rows } = await reader.query(
    `select t.household_id as household, t.region, 'tip-off' as why, t.case_id as "case", t.id as "tipOff",
       t.received_on as since
     from tip_off t left join household_case c on c.id = t.case_id
     where t.state in ('received', 'checking', 'case') and starts_with(t.region, $1) and not coalesce(${COUNTY_VISITED}, false)
       and not exists (select from tip_off_event e where e.tip_off_id = t.id and e.action = 'visited'
         and e.payload ->> 'by' = 'county')
     order by t.id`,
    [region],
  )
  return rows
}

export interface UnvisitedCase {
  readonly case: string
  readonly household: string
  readonly region: string
  readonly openedAt: Date
  /** Handlers who were near kin when the case was opened. */
  readonly kin: readonly string[]
}

/** Open cases after one in which the county has recorded no visit. */
export async function listUnvisitedCases(
  reader: Reader,
  { region, after, count }: { region: string; after: string; count: number },
): Promise<UnvisitedCase[]> {
  const { rows } = await reader.query(
    `select c.id as "case", c.household_id as household, c.region, c.opened_at as "openedAt", e.payload -> 'kin' as kin
     from household_case c join case_event e on e.case_id = c.id and e.number = 1
     where c.is_open and starts_with(c.region, $1) and c.id > $2 and not ${COUNTY_VISITED}
     order by c.id limit $3`,
    [region, after, count],
  )
  return rows
}
