import { randomUUIDv7 } from 'node:crypto'
import { type Selectable, sql, type Transaction } from 'kysely'
import type pg from 'pg'
import type { QualityReport } from '../../domain/quality-report.ts'
import type { Database, Reader } from '../connect.ts'
import type { DeliveryCounts, DeliveryMode, DeliveryState, Tables } from '../tables.ts'

export type Delivery = Selectable<Tables['delivery']>

/** What makes two deliveries the same one. */
export interface DeliveryIdentity {
  readonly source: string
  readonly region: string
  readonly asOf: string
  readonly sha256: string
}

export interface NewDelivery extends DeliveryIdentity {
  readonly fileName: string
  readonly fileBytes: number
  readonly adapterVersion: string
  readonly retain: 'all' | 'known'
  readonly mode: DeliveryMode
  /** With microseconds: when the register was read. */
  readonly registerAt: string
  readonly receivedAt: Date
  readonly actor: string
}

type Executor = Database['kysely'] | Transaction<Tables>

/** The delivery that is the same file for the same day, unless it was discarded or failed. */
export function findSameDelivery({ kysely }: Database, same: DeliveryIdentity): Promise<Delivery | undefined> {
  return kysely
    .selectFrom('delivery')
    .selectAll()
    .where('source', '=', same.source)
    .where('region', '=', same.region)
    .where('as_of', '=', same.asOf)
    .where('sha256', '=', same.sha256)
    .where('state', 'in', ['loading', 'held', 'published'])
    .executeTakeFirst()
}

export function findDelivery({ kysely }: Database, id: string): Promise<Delivery | undefined> {
  return kysely.selectFrom('delivery').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Which of these deliveries were discarded. */
export async function listDiscarded(reader: Reader, ids: readonly string[]): Promise<string[]> {
  const { rows } = await reader.query(
    `select id from delivery where id = any($1) and state = 'discarded' order by id`,
    [ids],
  )
  return rows.map(({ id }) => id)
}

export function listDeliveries({ kysely }: Database): Promise<Delivery[]> {
  return kysely.selectFrom('delivery').selectAll().orderBy('received_at').orderBy('id').execute()
}

/** The published snapshot that comes before in time: what the next is measured by, and what a delta lies on. */
export function findPreviousDelivery(
  { kysely }: Database,
  { source, region, asOf }: Omit<DeliveryIdentity, 'sha256'>,
): Promise<Delivery | undefined> {
  return kysely
    .selectFrom('delivery')
    .selectAll()
    .where('source', '=', source)
    .where('region', '=', region)
    .where('state', '=', 'published')
    .where('mode', '=', 'snapshot')
    .where('as_of', '<=', asOf)
    .orderBy('as_of', 'desc')
    .orderBy('published_at', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** What a check uses of a source in a region: its latest snapshot, with the deltas on top of it. */
export interface UsableDelivery {
  /** The latest of the layers: what a result names. */
  readonly id: string
  readonly source: string
  readonly region: string
  /** Of the latest layer. */
  readonly asOf: string
  /** The snapshot and the deltas after it, in their order. */
  readonly layers: readonly UsableLayer[]
  readonly retain: 'all' | 'known'
  /** Microseconds since 1970: when the register was read to know whose rows of the snapshot to keep. */
  readonly registerAt: number
}

export interface UsableLayer {
  readonly id: string
  readonly asOf: string
  /** It was in use at the moment that is asked about, and its rows are gone now. */
  readonly discarded: boolean
}

interface UsableRow {
  readonly discarded: boolean
  readonly id: string
  readonly source: string
  readonly region: string
  readonly as_of: string
  readonly retain: 'all' | 'known'
  readonly mode: DeliveryMode
  readonly register_at: number
}

const USABLE = `d.id, d.source, d.region, d.as_of, d.retain, d.mode, d.state = 'discarded' as discarded,
  (extract(epoch from d.register_at) * 1000000)::bigint as register_at`
const LAYER_ORDER = 'd.source, d.region, d.as_of, d.published_at, d.id'

/**
 * What a check on `asOf` may use: of each source and region the latest published snapshot and the deltas since. With
 * `knownAt` what it might have used at that moment: what had been published and not discarded by then.
 */
export async function listUsableDeliveries(reader: Reader, asOf: string, knownAt?: Date): Promise<UsableDelivery[]> {
  const inUse = knownAt
    ? `d.published_at <= $2 and not exists (
         select from delivery_event e where e.delivery_id = d.id and e.state = 'discarded' and e.at <= $2)`
    : `d.state = 'published'`
  const { rows } = await reader.query<UsableRow>(
    `with usable as (select * from delivery d where d.as_of <= $1 and ${inUse}),
     base as (
       select distinct on (source, region) source, region, as_of, published_at, id
       from usable where mode = 'snapshot'
       order by source, region, as_of desc, published_at desc, id desc
     )
     select ${USABLE}
     from usable d join base b using (source, region)
     where d.id = b.id or (d.mode = 'delta' and (d.as_of, d.published_at, d.id) > (b.as_of, b.published_at, b.id))
     order by ${LAYER_ORDER}`,
    knownAt ? [asOf, knownAt] : [asOf],
  )
  return stackDeliveries(rows)
}

/** The deliveries that a run pinned, stacked as it used them. */
export async function findPinnedDeliveries(reader: Reader, ids: readonly string[]): Promise<UsableDelivery[]> {
  const { rows } = await reader.query<UsableRow>(
    `select ${USABLE} from delivery d where d.id = any($1) order by ${LAYER_ORDER}`,
    [ids],
  )
  return stackDeliveries(rows)
}

/** One entry for each snapshot, with the deltas that follow it. */
function stackDeliveries(rows: readonly UsableRow[]): UsableDelivery[] {
  const usable: UsableDelivery[] = []
  for (const { id, source, region, as_of, retain, mode, register_at, discarded } of rows) {
    const layer = { id, asOf: as_of, discarded }
    const below = usable.at(-1)
    if (mode === 'snapshot' || !below) {
      usable.push({ id, asOf: as_of, source, region, layers: [layer], retain, registerAt: register_at })
    } else usable[usable.length - 1] = { ...below, id, asOf: as_of, layers: [...below.layers, layer] }
  }
  return usable
}

/** Records that a delivery has come in and is being loaded. A second one at once violates delivery_same (23505). */
export async function insertDelivery({ kysely }: Database, id: string, delivery: NewDelivery): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('delivery')
      .values({
        id,
        source: delivery.source,
        region: delivery.region,
        as_of: delivery.asOf,
        sha256: delivery.sha256,
        file_name: delivery.fileName,
        file_bytes: delivery.fileBytes,
        adapter_version: delivery.adapterVersion,
        retain: delivery.retain,
        mode: delivery.mode,
        state: 'loading',
        register_at: delivery.registerAt,
        received_at: delivery.receivedAt,
      })
      .execute()
    await addEvent(transaction, id, { state: 'loading', actor: delivery.actor, at: delivery.receivedAt, reason: null })
  })
}

export interface DeliveryChange {
  readonly state: DeliveryState
  readonly actor: string
  readonly at: Date
  readonly reason: string | null
}

async function addEvent(executor: Executor, id: string, change: DeliveryChange): Promise<void> {
  await executor
    .insertInto('delivery_event')
    .values({ delivery_id: id, id: randomUUIDv7(), ...change })
    .execute()
}

/**
 * Moves a delivery from one of `from` to another state, with an event. Gives false where it is in none of them, for
 * another process was first.
 */
export async function changeDeliveryState(
  executor: Executor,
  id: string,
  from: readonly DeliveryState[],
  change: DeliveryChange,
): Promise<boolean> {
  const result = await executor
    .updateTable('delivery')
    .set({ state: change.state, ...(change.state === 'published' ? { published_at: change.at } : {}) })
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst()
  if (Number(result.numUpdatedRows) !== 1) return false
  await addEvent(executor, id, change)
  return true
}

/** Keeps what a loaded delivery's rows have become. */
export async function setDeliveryOutcome(
  executor: Executor,
  id: string,
  outcome: {
    counts: DeliveryCounts
    heldBecause: readonly string[]
    furtherColumns: readonly string[]
    quality: QualityReport
  },
): Promise<void> {
  await executor
    .updateTable('delivery')
    .set({
      counts: JSON.stringify(outcome.counts),
      held_because: JSON.stringify(outcome.heldBecause),
      further_columns: JSON.stringify(outcome.furtherColumns),
      quality: JSON.stringify(outcome.quality),
    })
    .where('id', '=', id)
    .execute()
}

/** A number for PostgreSQL's advisory locks, the same for the same delivery. */
const lockOf = (id: string) => sql<string>`hashtextextended(${`delivery ${id}`}, 0)`

/** Ids of deliveries that are said to be loading although no process holds their lock: left by a crash. */
export async function findAbandonedDeliveries({ kysely }: Database): Promise<string[]> {
  // The lock is taken for the length of this transaction only, to see whether it is free.
  return kysely.transaction().execute(async (transaction) => {
    const loading = await transaction.selectFrom('delivery').select('id').where('state', '=', 'loading').execute()
    const abandoned: string[] = []
    for (const { id } of loading) {
      const { rows } = await sql<{ free: boolean }>`select pg_try_advisory_xact_lock(${lockOf(id)}) as free`.execute(
        transaction,
      )
      if (rows[0]?.free) abandoned.push(id)
    }
    return abandoned
  })
}

/** Takes the lock that says "this delivery is being loaded"; held until it is given up or the connection ends. */
export async function lockDelivery(client: pg.ClientBase, id: string): Promise<void> {
  await client.query(`select pg_advisory_lock(hashtextextended('delivery ' || $1, 0))`, [id])
}

export async function unlockDelivery(client: pg.ClientBase, id: string): Promise<void> {
  await client.query(`select pg_advisory_unlock(hashtextextended('delivery ' || $1, 0))`, [id])
}

export type DeliveryEvent = Selectable<Tables['delivery_event']>

export function findDeliveryEvents({ kysely }: Database, id: string): Promise<DeliveryEvent[]> {
  return kysely
    .selectFrom('delivery_event')
    .selectAll()
    .where('delivery_id', '=', id)
    .orderBy('at')
    .orderBy('id')
    .execute()
}

/** A page of the quarantined rows of a delivery, by line, behind the line `after`. */
export function findQuarantinedRows(
  { kysely }: Database,
  id: string,
  { after, count }: { after: number; count: number },
): Promise<{ row: number; column: string | null; code: string; reason: string }[]> {
  return kysely
    .selectFrom('quarantined_row')
    .select(['row', 'column_name as column', 'code', 'reason'])
    .where('delivery_id', '=', id)
    .where('row', '>', after)
    .orderBy('row')
    .limit(count)
    .execute()
}
