import type pg from 'pg'
import type { Reader } from '../connect.ts'

/** Where the chain of a case ended: case, number, hash. */
export type ChainHead = readonly [caseId: string, number: number, hash: string]

export interface Checkpoint {
  /** 1, 2, … */
  readonly number: number
  readonly at: string
  /** The hash of the checkpoint before; 64 zeros before the first. */
  readonly previous: string
  /** Of the cases in which something happened since the one before. */
  readonly heads: readonly ChainHead[]
  readonly hash: string
  /** Ed25519 over the hash, in base64. */
  readonly signature: string
}

const LOCK = `hashtextextended('hedui checkpoint', 0)`

/** Lets one process at a time make a checkpoint, until the transaction ends; false: another is at it. */
export async function tryCheckpointLock(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query(`select pg_try_advisory_xact_lock(${LOCK}) as free`)
  return rows[0].free
}

export async function findLastCheckpoint(reader: Reader): Promise<Checkpoint | undefined> {
  const { rows } = await reader.query('select * from chain_checkpoint order by number desc limit 1')
  return rows[0] && toCheckpoint(rows[0])
}

// biome-ignore lint/suspicious/noExplicitAny: rows of the driver
const toCheckpoint = (row: any): Checkpoint => ({ ...row, at: row.at.toISOString() })

/** The ends of the chains that grew since the last checkpoint, which from now on are said to be checked. */
export async function takeGrownHeads(client: Reader): Promise<ChainHead[]> {
  const { rows } = await client.query(
    `update household_case set checked_number = head_number where head_number > checked_number
     returning id, head_number, head_hash`,
  )
  return rows
    .map((row): ChainHead => [row.id, row.head_number, row.head_hash])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

export async function addCheckpoint(client: Reader, checkpoint: Checkpoint): Promise<void> {
  const { number, at, previous, heads, hash, signature } = checkpoint
  await client.query(
    'insert into chain_checkpoint (number, at, previous, heads, hash, signature) values ($1, $2, $3, $4, $5, $6)',
    [number, at, previous, JSON.stringify(heads), hash, signature],
  )
}

/** All checkpoints by number, some at a time. */
export async function* readCheckpoints(reader: Reader): AsyncGenerator<Checkpoint> {
  for (let after = 0; ; ) {
    const { rows } = await reader.query('select * from chain_checkpoint where number > $1 order by number limit 10', [
      after,
    ])
    if (rows.length === 0) return
    for (const row of rows) yield toCheckpoint(row)
    after = rows.at(-1)!.number
  }
}

export async function hasCases(reader: Reader): Promise<boolean> {
  const { rows } = await reader.query('select exists (select from household_case) as some')
  return rows[0].some
}
