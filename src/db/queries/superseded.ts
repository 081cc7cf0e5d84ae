import { sql } from 'kysely'
import type { Database, Reader } from '../connect.ts'
import { changeDeliveryState, type DeliveryChange } from './deliveries.ts'

/** A published delivery that checks of today do not use any more, for a later snapshot of its source and region is there. */
export interface Superseded {
  readonly id: string
  /** The snapshot that comes next after it. */
  readonly by: string
  /** Since when: the first moment at which both it and a later one were published. */
  readonly since: Date
}

const SUPERSEDED = `
  select d.id, l.by, greatest(d.published_at, l.at) as since
  from delivery d cross join lateral (
    select (array_agg(s.id order by s.as_of, s.published_at, s.id))[1] as by, min(s.published_at) as at
    from delivery s
    where s.state = 'published' and s.mode = 'snapshot' and s.source = d.source and s.region = d.region
      and (s.as_of, s.published_at, s.id) > (d.as_of, d.published_at, d.id)
  ) l
  where d.state = 'published' and l.by is not null`

/** The superseded deliveries, by id. The state is derived: it ends where the later delivery is discarded. */
export async function findSuperseded(reader: Reader): Promise<ReadonlyMap<string, Superseded>> {
  const { rows } = await reader.query<Superseded>(SUPERSEDED)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Why an event of a delivery says that retention ended it. */
const RETENTION = 'retention'

/**
 * Deliveries that a packet in preparation rests on: of the runs whose warnings an open case has not issued yet. A packet
 * that was issued holds all it needs itself.
 */
const HELD_BY_CASES = `
  select delivery::uuid from household_case c
  join case_event a on a.case_id = c.id and a.kind = 'warnings-added'
  join run r on r.id = (a.payload ->> 'run')::uuid
  cross join lateral json_array_elements_text(r.deliveries) as pinned (delivery)
  where c.is_open and not exists (
    select from case_event i
    where i.case_id = c.id and i.kind = 'packet-issued' and i.payload ->> 'packet' = a.payload ->> 'packet')`

/**
 * Discards the deliveries that were superseded by then already and gives their ids, the oldest first; those that a packet
 * in preparation needs stay. Their rows are still there: `findExpiredRows` names them until they are dropped.
 */
export async function discardSuperseded(
  { kysely }: Database,
  until: Date,
  { actor, at }: Pick<DeliveryChange, 'actor' | 'at'>,
): Promise<string[]> {
  return kysely.transaction().execute(async (transaction) => {
    // Nobody may discard the later delivery meanwhile: then the earlier one would be in use again.
    await sql`lock table delivery in share row exclusive mode`.execute(transaction)
    const { rows } = await sql<Superseded>`
      select * from (${sql.raw(SUPERSEDED)}) superseded
      where since <= ${until} and id not in (${sql.raw(HELD_BY_CASES)}) order by since, id`.execute(transaction)
    for (const { id } of rows) {
      await changeDeliveryState(transaction, id, ['published'], { state: 'discarded', actor, at, reason: RETENTION })
    }
    return rows.map(({ id }) => id)
  })
}

/** Deliveries that retention has discarded and whose rows are still there: just now, or because a process ended. */
export async function findExpiredRows(reader: Reader): Promise<string[]> {
  const { rows } = await reader.query<{ id: string }>(
    `select d.id from delivery d join delivery_event e on e.delivery_id = d.id
     where d.state = 'discarded' and e.state = 'discarded' and e.reason = $1
       and to_regclass('record_' || replace(d.id::text, '-', '')) is not null
     order by d.id`,
    [RETENTION],
  )
  return rows.map(({ id }) => id)
}
