import type pg from 'pg'
import { HASH_BYTES } from '../../domain/identity-hash.ts'
import type { Database } from '../connect.ts'
import { partitionOf } from './records.ts'

/** Rows that do not stand, leads not counted. */
export interface SettledKeys {
  readonly replaced: number
  readonly voided: number
}

/**
 * Settles which row of each key stands (design §6), once all rows are loaded and indexed by person: within person, name,
 * type and key, rows before a void row do not come back; among the rest the lowest rank wins, then the later row.
 *
 * Only the rows of the given people are looked at: those of whom a key may stand more than once, as lists of hashes one
 * behind the other. No two lists have a person in common, for each is settled on a connection of its own at the same time.
 */
export async function settleKeys(
  { pool }: Database,
  deliveryId: string,
  people: readonly Uint8Array[],
): Promise<SettledKeys> {
  const lists = people.filter(({ length }) => length > 0)
  const settled = await Promise.all(
    lists.map(async (list) => {
      const client = await pool.connect()
      let failure: unknown
      try {
        return await settle(client, deliveryId, list)
      } catch (error) {
        failure = error
        throw error
      } finally {
        client.release(failure as Error | undefined)
      }
    }),
  )
  return {
    replaced: settled.reduce((sum, { replaced }) => sum + replaced, 0),
    voided: settled.reduce((sum, { voided }) => sum + voided, 0),
  }
}

/** The people are few among the rows: looking each up takes half the time of reading all rows, which the planner would do. */
const PLAN = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'].map((name) => `set local ${name} = off`)

async function settle(client: pg.ClientBase, deliveryId: string, people: Uint8Array): Promise<SettledKeys> {
  const table = partitionOf(deliveryId)
  await client.query(`begin; set local work_mem = '128MB'; ${PLAN.join('; ')}`)
  const { rows } = await client.query(
    // Joined by person and row, which are a row of a delivery: by ctid Citus would refuse it, and it is no faster.
    `with changed as (
      update ${table} t set fate = s.fate
      from (
        select person_hash, row, case
          when row_number() over (
            partition by person_hash, name_hash, type, key, segment order by rank, row desc) > 1 then 'replaced'
          when segment < voids then 'voided'
          else 'record' end as fate
        from (
          select r.fate, r.rank, r.row, r.person_hash, r.name_hash, r.type, r.key,
            count(*) filter (where r.fate = 'void') over (key_of order by r.row) as segment,
            count(*) filter (where r.fate = 'void') over key_of as voids
          from (
            select distinct substring($1::bytea from at for ${HASH_BYTES}) as person_hash
            from generate_series(1, octet_length($1::bytea), ${HASH_BYTES}) as at
          ) p join ${table} r on r.person_hash = p.person_hash
          window key_of as (partition by r.person_hash, r.name_hash, r.type, r.key)
        ) placed where fate <> 'void'
      ) s left join lead_identity l on l.delivery_id = $2 and l.person_hash = s.person_hash and l.row = s.row
      where s.fate <> 'record' and t.person_hash = s.person_hash and t.row = s.row
      returning s.fate, l.row is not null as lead
    )
    select
      count(*) filter (where fate = 'replaced' and not lead)::int as replaced,
      count(*) filter (where fate = 'voided' and not lead)::int as voided
    from changed`,
    [Buffer.from(people.buffer, people.byteOffset, people.byteLength), deliveryId],
  )
  await client.query('commit')
  return rows[0]
}
