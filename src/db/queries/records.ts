import type pg from 'pg'
import type { Database, Reader } from '../connect.ts'
import { copyOut, fromCopyText, hexOfCopied } from '../copy-out.ts'
import { distributePartition } from '../distribute.ts'

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
  await distributePartition(client, table)
}

/** Indexes the loaded rows by person, as the parent is indexed, and counts what the planner wants to know of them. */
export async function indexPartition(client: pg.ClientBase, deliveryId: string): Promise<void> {
  await indexByPerson(client, deliveryId)
  await analyzePartition(client, deliveryId)
}

export async function indexByPerson(client: pg.ClientBase, deliveryId: string): Promise<void> {
  const table = partitionOf(deliveryId)
  await client.query(`create index ${table}_person on ${table} (person_hash)`)
}

export async function analyzePartition(client: pg.ClientBase, deliveryId: string): Promise<void> {
  await client.query(`analyze ${partitionOf(deliveryId)}`)
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
  readonly delivery: string
  /** Hex of the hashes. */
  readonly personHash: string
  readonly nameHash: string
  readonly nameState: 'given' | 'missing' | 'masked'
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
  // The whole first, as DROP TABLE of a partition does: the other way round the two could wait for each other.
  const tables = ['record', ...deliveryIds.map(partitionOf)]
  await reader.query(`lock table ${tables.map((table) => `only ${table}`).join(', ')} in access share mode`)
}

/**
 * All rows of these people (hex of their hashes) in these deliveries, also those of other names and those that do not
 * stand; by hex of the person's hash.
 */
export async function gatherRecords(
  client: pg.ClientBase,
  deliveryIds: readonly string[],
  personHashes: readonly string[],
): Promise<Map<string, GatheredRecord[]>> {
  if (deliveryIds.length === 0 || personHashes.length === 0) return new Map()
  const rows = await copyOut(client, recordsQuery(deliveryIds, hashesLiteral(personHashes)))
  return recordsByPerson(rows, { hexOf: hexOfCopied, textOf: fromCopyText })
}

/**
 * The query of these rows: see gatherRecords. The deliveries stand in the statement itself, so that the planner leaves the
 * other partitions out; there is one at least. `people` is an SQL expression, a parameter or an array.
 */
export function recordsQuery(deliveryIds: readonly string[], people: string): string {
  const deliveries = deliveryIds.map((id) => `'${id}'`).join(', ')
  return `select person_hash, name_hash, delivery_id, row, rank, name_state, type, fate, key, fields
     from record where delivery_id in (${deliveries}) and person_hash = any(${people})`
}

/**
 * Hashes (hex) as an array in a statement's text, in the order of the index: pages that it leads to are met in turn, a
 * third less work at a city's size.
 */
export const hashesLiteral = (hashes: readonly string[]): string =>
  `'{${[...hashes]
    .sort()
    .map((hash) => `"\\\\x${hash}"`)
    .join(',')}}'::bytea[]`

/** How a field stands in what the server sends: of COPY, or of a row. */
interface FieldForm {
  hexOf(field: string): string
  textOf(field: string): string
}

/** Rows of recordsQuery by hex of the person's hash. */
export function recordsByPerson(
  rows: readonly (readonly string[])[],
  { hexOf, textOf }: FieldForm,
): Map<string, GatheredRecord[]> {
  const byPerson = new Map<string, GatheredRecord[]>()
  for (const [person, name, delivery, row, rank, state, type, fate, key, fields] of rows as readonly Line[]) {
    const record: GatheredRecord = {
      delivery,
      personHash: hexOf(person),
      nameHash: hexOf(name),
      nameState: state as GatheredRecord['nameState'],
      row: Number(row),
      rank: Number(rank),
      type,
      fate: fate as GatheredRecord['fate'],
      key: textOf(key),
      fields: JSON.parse(textOf(fields)),
    }
    const known = byPerson.get(record.personHash)
    if (known) known.push(record)
    else byPerson.set(record.personHash, [record])
  }
  return byPerson
}

type Line = [string, string, string, string, string, string, string, string, string, string]
