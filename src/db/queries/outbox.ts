import { randomUUIDv7 } from 'node:crypto'
import type { Reader } from '../connect.ts'

/** An event of a case as the case system hears of it: no personal data, no amounts. */
export interface OutboxEvent {
  readonly caseId: string
  /** The event's number in the case. */
  readonly number: number
  /** The event's kind: "served", "decided", … */
  readonly kind: string
  /** The case's state after it. */
  readonly state: string
  /** ISO 8601 in UTC. */
  readonly at: string
  readonly householdId: string
  readonly region: string
}

/**
 * Puts events into the outbox of every webhook of their region, in the transaction that writes the events themselves: what
 * is written is told, and nothing else. Without webhooks it writes nothing. Call it once a transaction, with all of them.
 */
export async function addOutbox(client: Reader, rows: readonly OutboxEvent[]): Promise<void> {
  if (rows.length === 0) return
  // Locked, so that one that is ended meanwhile is ended after this and cancels what is written here.
  const { rows: hooks } = await client.query(
    'select id, region from webhook where ended_at is null order by id for share',
  )
  const entries = hooks.flatMap(({ id: webhook, region }) =>
    rows
      .filter((row) => row.region.startsWith(region))
      .sort((a, b) => (a.caseId < b.caseId ? -1 : a.caseId > b.caseId ? 1 : a.number - b.number))
      .map(({ caseId, number, kind, state, at, householdId, region: place }) => {
        const body = {
          type: 'case.event',
          timestamp: at,
          data: { case: caseId, number, kind, state, at, household: householdId, region: place },
        }
        return { webhook, caseId, number, at, body: JSON.stringify(body) }
      }),
  )
  if (entries.length === 0) return
  // Messages are listed by id: those of one millisecond would stand in any order.
  const ids = entries.map(() => randomUUIDv7()).sort()
  const text = JSON.stringify(entries.map((entry, i) => ({ id: ids[i], ...entry })))
  await client.query(
    `insert into outbox (id, webhook_id, case_id, number, body, state, tries, written_at)
     select id, webhook, "caseId", number, body, 'waiting', 0, at
     from json_to_recordset($1) as entry (id uuid, webhook uuid, "caseId" uuid, number integer, body text, at timestamptz)`,
    [text],
  )
  // Several acts at once lock the lanes in one order. A lane that a worker has in hand keeps its time: the worker looks for more when it is done.
  await client.query(
    `insert into outbox_lane as lane (webhook_id, case_id, due_at)
     select webhook, "caseId", min(at)
     from json_to_recordset($1) as entry (webhook uuid, "caseId" uuid, at timestamptz)
     group by 1, 2 order by 1, 2
     on conflict (webhook_id, case_id) do update set due_at = coalesce(lane.due_at, excluded.due_at)`,
    [text],
  )
}
