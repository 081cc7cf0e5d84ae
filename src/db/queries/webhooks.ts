import { randomUUIDv7 } from 'node:crypto'
import type { Reader } from '../connect.ts'

/** Where events of cases are sent to. */
export interface Webhook {
  readonly id: string
  readonly url: string
  /** Cases of regions that begin with it; "" is all. */
  readonly region: string
  readonly sealedSecret: Buffer
  readonly actor: string
  readonly createdAt: Date
  readonly endedAt: Date | null
  readonly endedBy: string | null
}

export type OutboxState = 'waiting' | 'delivered' | 'parked' | 'cancelled'

const WEBHOOK = `id, url, region, sealed_secret as "sealedSecret", actor, created_at as "createdAt", ended_at as "endedAt",
  ended_by as "endedBy"`

export async function addWebhook(reader: Reader, webhook: Omit<Webhook, 'endedAt' | 'endedBy'>): Promise<void> {
  const { id, url, region, sealedSecret, actor, createdAt } = webhook
  await reader.query(
    'insert into webhook (id, url, region, sealed_secret, actor, created_at) values ($1, $2, $3, $4, $5, $6)',
    [id, url, region, sealedSecret, actor, createdAt],
  )
}

export async function listWebhooks(reader: Reader): Promise<Webhook[]> {
  const { rows } = await reader.query(`select ${WEBHOOK} from webhook order by id`)
  return rows
}

export interface WebhookCounts {
  readonly webhook: string
  readonly state: OutboxState
  readonly count: number
}

export async function countOutbox(reader: Reader): Promise<WebhookCounts[]> {
  const { rows } = await reader.query(
    'select webhook_id as webhook, state, count(*)::int as count from outbox group by 1, 2',
  )
  return rows
}

/** Ends a webhook; what still waits for it is not sent. False: there is none such, or it has ended. */
export async function endWebhook(reader: Reader, id: string, by: { at: Date; actor: string }): Promise<boolean> {
  const { rowCount } = await reader.query(
    'update webhook set ended_at = $2, ended_by = $3 where id = $1 and ended_at is null',
    [id, by.at, by.actor],
  )
  if (rowCount === 0) return false
  await reader.query('update outbox_lane set due_at = null where webhook_id = $1', [id])
  await reader.query(
    `update outbox set state = 'cancelled', settled_at = $2 where webhook_id = $1 and state = 'waiting'`,
    [id, by.at],
  )
  return true
}

/** Webhooks for which something is due. */
export async function listDueWebhooks(reader: Reader, now: Date): Promise<Webhook[]> {
  const { rows } = await reader.query(
    `select ${WEBHOOK} from webhook w where ended_at is null
     and exists (select from outbox_lane l where l.webhook_id = w.id and l.due_at <= $1) order by id`,
    [now],
  )
  return rows
}

/** What is to be sent. */
export interface OutboxMessage {
  readonly id: string
  readonly caseId: string
  readonly body: string
  readonly tries: number
}

/** For how long a claim holds: longer than a try can take. Whoever died with it sends the same again after that. */
export const CLAIM_SECONDS = 60

/**
 * Claims cases whose next event is due, at most `limit`, and gives the first event that waits of each; of `idle` cases
 * nothing waits. Nobody else has them until the claim ends.
 */
export async function claimMessages(
  reader: Reader,
  { webhook, claim, now, limit }: { webhook: string; claim: string; now: Date; limit: number },
): Promise<{ messages: OutboxMessage[]; idle: string[] }> {
  const { rows: lanes } = await reader.query(
    `with due as (
       select webhook_id, case_id from outbox_lane where webhook_id = $1 and due_at <= $2
       order by due_at limit $3 for update skip locked
     )
     update outbox_lane l set claim = $4, due_at = $5 from due
     where l.webhook_id = due.webhook_id and l.case_id = due.case_id returning l.case_id`,
    [webhook, now, limit, claim, new Date(now.getTime() + CLAIM_SECONDS * 1000)],
  )
  if (lanes.length === 0) return { messages: [], idle: [] }
  const claimed: string[] = lanes.map((lane) => lane.case_id)
  const { rows: messages } = await reader.query<OutboxMessage>(
    `select distinct on (case_id) id, case_id as "caseId", body, tries from outbox
     where webhook_id = $1 and case_id = any($2) and state = 'waiting' order by case_id, number`,
    [webhook, claimed],
  )
  const waiting = new Set(messages.map(({ caseId }) => caseId))
  return { messages, idle: claimed.filter((id) => !waiting.has(id)) }
}

/** How a try went. */
export interface WebhookTry {
  readonly at: Date
  /** null: there was no answer. */
  readonly status: number | null
  /** null: it arrived. */
  readonly error: string | null
}

/**
 * Keeps a try, and what follows of it: the message is settled, or tried again at `again`. Then the case goes on with what
 * waits next. To be called in a transaction. Where the claim was lost meanwhile, the try is kept and a message that
 * arrived has arrived; when the case goes on is the new owner's to say.
 */
export async function settleMessage(
  client: Reader,
  { webhook, claim, message }: { webhook: string; claim: string; message: OutboxMessage },
  { tried, settled, again }: { tried: WebhookTry; settled: 'delivered' | 'parked' | null; again: Date },
): Promise<void> {
  const isOurs = await lockLane(client, { webhook, claim, caseId: message.caseId })
  await client.query('insert into webhook_try (outbox_id, id, at, status, error) values ($1, $2, $3, $4, $5)', [
    message.id,
    randomUUIDv7(),
    tried.at,
    tried.status,
    tried.error,
  ])
  if (settled === 'delivered' || isOurs) {
    // One whose webhook was ended while it was on its way arrived all the same.
    await client.query(
      `update outbox set tries = tries + 1, state = coalesce($2, state), settled_at = case when $2 is null then null else $3::timestamptz end
       where id = $1 and state in ('waiting', case when $2 = 'delivered' then 'cancelled' else 'waiting' end)`,
      [message.id, settled, tried.at],
    )
  }
  if (isOurs) await releaseLane(client, { webhook, caseId: message.caseId, due: settled ? tried.at : again })
}

/** A case whose messages to a webhook somebody has claimed. */
export interface ClaimedLane {
  readonly webhook: string
  readonly claim: string
  readonly caseId: string
}

async function lockLane(client: Reader, { webhook, caseId, claim }: ClaimedLane): Promise<boolean> {
  const { rowCount } = await client.query(
    'select from outbox_lane where webhook_id = $1 and case_id = $2 and claim = $3 for update',
    [webhook, caseId, claim],
  )
  return rowCount === 1
}

/**
 * Lets go of a case that is locked: what waits of it is due then. A statement of its own, after the lock, so that it sees
 * what was written until then; in one statement with the lock it would not, and the message would wait for ever.
 */
async function releaseLane(
  client: Reader,
  { webhook, caseId, due }: { webhook: string; caseId: string; due: Date },
): Promise<void> {
  await client.query(
    `update outbox_lane set claim = null, due_at = case when exists (
       select from outbox where webhook_id = $1 and case_id = $2 and state = 'waiting') then $3::timestamptz end
     where webhook_id = $1 and case_id = $2`,
    [webhook, caseId, due],
  )
}

/** Lets go of a claimed case of which nothing waits. To be called in a transaction. */
export async function releaseIdle(client: Reader, lane: ClaimedLane, now: Date): Promise<void> {
  if (await lockLane(client, lane)) await releaseLane(client, { ...lane, due: now })
}

/** A message as people see it. */
export interface OutboxRow {
  readonly id: string
  readonly webhook: string
  readonly caseId: string
  readonly number: number
  readonly state: OutboxState
  readonly tries: number
  readonly writtenAt: Date
  readonly settledAt: Date | null
  /** When the case's next message is tried; of one that waits. */
  readonly dueAt: Date | null
  readonly lastTry: WebhookTry | null
}

export interface OutboxFilter {
  readonly webhook?: string | undefined
  readonly state?: OutboxState | undefined
  readonly caseId?: string | undefined
  /** The id of the last of the page before. */
  readonly after?: string | undefined
  readonly count: number
}

/** Messages by the millisecond in which they were written. */
export async function listOutbox(reader: Reader, filter: OutboxFilter): Promise<OutboxRow[]> {
  const { rows } = await reader.query(
    `select o.id, o.webhook_id as webhook, o.case_id as "caseId", o.number, o.state, o.tries, o.written_at as "writtenAt",
       o.settled_at as "settledAt", case when o.state = 'waiting' then l.due_at end as "dueAt", t.last as "lastTry"
     from outbox o left join outbox_lane l on l.webhook_id = o.webhook_id and l.case_id = o.case_id
     left join lateral (select json_build_object('at', at, 'status', status, 'error', error) as last from webhook_try
       where outbox_id = o.id order by at desc, id desc limit 1) t on true
     where ($1::uuid is null or o.webhook_id = $1) and ($2::text is null or o.state = $2)
       and ($3::uuid is null or o.case_id = $3) and ($4::uuid is null or o.id > $4)
     order by o.id limit $5`,
    [filter.webhook ?? null, filter.state ?? null, filter.caseId ?? null, filter.after ?? null, filter.count],
  )
  return rows.map(({ lastTry, ...row }) => ({
    ...row,
    lastTry: lastTry && { ...lastTry, at: new Date(lastTry.at) },
  }))
}

/** Has a message sent once more, with its own id; gives its case, or undefined where there is none such. In a transaction. */
export async function sendAgain(client: Reader, id: string, now: Date): Promise<string | undefined> {
  const { rows: found } = await client.query(
    `select o.webhook_id as webhook, o.case_id as "caseId" from outbox o join webhook w on w.id = o.webhook_id
     where o.id = $1 and w.ended_at is null for share of w`,
    [id],
  )
  if (found.length === 0) return undefined
  const [{ webhook, caseId }] = found
  // Locked first: whoever has the case in hand looks for more of it when this is written.
  await client.query(`select from outbox_lane where webhook_id = $1 and case_id = $2 for update`, [webhook, caseId])
  await client.query(`update outbox set state = 'waiting', tries = 0, settled_at = null where id = $1`, [id])
  await client.query('update outbox_lane set due_at = $3 where webhook_id = $1 and case_id = $2 and claim is null', [
    webhook,
    caseId,
    now,
  ])
  return caseId
}
