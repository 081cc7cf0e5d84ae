import type pg from 'pg'
import type { Database, Reader } from '../connect.ts'

/** The partition of a delivery. The id is a UUID made by the program, so its letters are safe in a name. */
export function partitionOf(deliveryId: string): string {
  if (!/^[0-9a-f-]{36}$/.test(deliveryId)) throw new Error('not a delivery id')
  return `record_${deliveryId.replaceAll('-', '')}`
}

export const RECORD_COLUMNS = [
  'delivery_id',
  'person_hash',
  'row',
  'name_hash',
  'name_state',
  'type',
  'fate',
  'rank',
  'key',
  'fields',
] as const

/** Makes the table that will be the delivery's partition, still by itself: nobody sees it. */
export async function createPartition(client: pg.ClientBase, deliveryId: string): Promise<void> {
  const table = partitionOf(deliveryId)
  await client.query(`create table ${table} (like record including defaults including storage)`)
  // With the constraint in place ATTACH need not read the rows to believe it.
  await client.query(`alter table ${table} add constraint ${table}_of check (delivery_id = '${deliveryId}')`)
}

/** Indexes the loaded rows by person, as the parent is indexed. */
export async function indexPartition(client: pg.ClientBase, deliveryId: string): Promise<void> {
  const table = partitionOf(deliveryId)
  await client.query(`create index ${table}_person on ${table} (person_hash)`)
  await client.query(`analyze ${table}`)
}

/**
 * Settles which row of each key stands (design §6), once all rows are loaded and indexed: within person, name, type and key, rows
 * before a void row do not come back; among the rest the lowest rank wins, then the later row. Gives the number of rows
 * replaced, voided and voiding, leads not counted.
 */
export async function settleKeys(
  client: pg.ClientBase,
  deliveryId: string,
): Promise<{ replaced: number; voided: number; voids: number }> {
  const table = partitionOf(deliveryId)
  await client.query('begin')
  try {
    // Half a gigabyte for a moment: a hash of a million keys that goes to disk takes twice as long.
    await client.query(`set local work_mem = '256MB'`)
    await settle(client, table)
    const counts = await countSettled(client, table, deliveryId)
    await client.query('commit')
    return counts
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/**
 * Only keys that stand more than once matter, and a key is long: those that may are found by a hash of it, which is a
 * third of the work of grouping by the keys themselves.
 */
async function settle(client: pg.ClientBase, table: string): Promise<void> {
  await client.query(`
    with likely as materialized (
      select person_hash, hashtextextended(key, 0) as hash from ${table}
      group by 1, 2 having count(*) > 1
    ), repeated as (
      select t.person_hash, t.name_hash, t.type, t.key
      from ${table} t join likely l on l.person_hash = t.person_hash and l.hash = hashtextextended(t.key, 0)
      group by 1, 2, 3, 4 having count(*) > 1
    ), placed as (
      select t.ctid as at, t.fate, t.rank, t.row, t.person_hash, t.name_hash, t.type, t.key,
        count(*) filter (where t.fate = 'void') over (key_of order by t.row) as segment,
        count(*) filter (where t.fate = 'void') over key_of as voids
      from ${table} t join repeated using (person_hash, name_hash, type, key)
      window key_of as (partition by t.person_hash, t.name_hash, t.type, t.key)
    ), settled as (
      select at, case
        when row_number() over (
          partition by person_hash, name_hash, type, key, segment order by rank, row desc) > 1 then 'replaced'
        when segment < voids then 'voided'
        else 'record' end as fate
      from placed where fate <> 'void'
    )
    update ${table} t set fate = settled.fate from settled where t.ctid = settled.at and settled.fate <> 'record'`)
}

async function countSettled(
  client: pg.ClientBase,
  table: string,
  deliveryId: string,
): Promise<{ replaced: number; voided: number; voids: number }> {
  const { rows } = await client.query(
    `select
      count(*) filter (where fate = 'replaced')::int as replaced,
      count(*) filter (where fate = 'voided')::int as voided,
      count(*) filter (where fate = 'void')::int as voids
    from ${table} t
    where fate <> 'record' and not exists (
      select from lead_identity l where l.delivery_id = $1 and l.person_hash = t.person_hash and l.row = t.row)`,
    [deliveryId],
  )
  return rows[0]
}

/** Makes the indexed table a partition. */
export async function attachPartition(client: pg.ClientBase, deliveryId: string): Promise<void> {
  const table = partitionOf(deliveryId)
  await client.query(`alter table record attach partition ${table} for values in ('${deliveryId}')`)
  await client.query(`alter table ${table} drop constraint ${table}_of`)
}

/** Removes the rows of a delivery: its partition, and what it left beside. */
export async function dropRows({ pool }: Database, deliveryId: string): Promise<void> {
  await pool.query(`drop table if exists ${partitionOf(deliveryId)}`)
  for (const table of ['lead_identity', 'unidentified_row', 'quarantined_row']) {
    await pool.query(`delete from ${table} where delivery_id = $1`, [deliveryId])
  }
}

export interface GatheredRecord {
  readonly delivery_id: string
  readonly person_hash: Buffer
  readonly name_hash: Buffer
  readonly name_state: 'given' | 'missing' | 'masked'
  readonly row: number
  readonly rank: number
  readonly type: string
  readonly fate: 'record' | 'replaced' | 'voided' | 'void'
  readonly key: string
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * Makes sure that the rows of these deliveries stay until the reader's transaction ends: a delivery that is discarded
 * meanwhile must not look like one without rows, for that would be clear.
 */
export async function holdPartitions(reader: Reader, deliveryIds: readonly string[]): Promise<void> {
  if (deliveryIds.length === 0) return
  await reader.query(`lock table ${deliveryIds.map((id) => `only ${partitionOf(id)}`).join(', ')} in access share mode`)
}

/** All rows of these people in these deliveries, also those of other names and those that do not stand. */
export async function gatherRecords(
  reader: Reader,
  deliveryIds: readonly string[],
  personHashes: readonly Buffer[],
): Promise<GatheredRecord[]> {
  if (deliveryIds.length === 0 || personHashes.length === 0) return []
  // The deliveries stand in the statement itself, so that the planner leaves the other partitions out.
  const list = deliveryIds.map((id) => `'${id}'`).join(', ')
  const { rows } = await reader.query(
    `select delivery_id, person_hash, name_hash, name_state, row, rank, type, fate, key, fields
     from record where delivery_id in (${list}) and person_hash = any($1)`,
    [personHashes],
  )
  return rows
}
