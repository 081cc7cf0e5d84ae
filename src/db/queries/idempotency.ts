import type { Reader } from '../connect.ts'

/** Whose key it is. */
export interface KeyOfCaller {
  readonly actor: string
  readonly key: string
}

export interface Claim extends KeyOfCaller {
  /** SHA-256 of all that makes the request what it is. */
  readonly requestHash: Buffer
  readonly requestId: string
  readonly at: Date
}

/** What is known of a key. */
export interface ClaimedKey {
  readonly requestHash: Buffer
  readonly requestId: string
  /** null: not answered yet. */
  readonly answer: unknown
}

export async function dropKeysBefore(reader: Reader, moment: Date): Promise<void> {
  await reader.query('delete from idempotency_key where claimed_at < $1', [moment])
}

/** Claims a key that nobody has. False: somebody has it. */
export async function claimKey(reader: Reader, { actor, key, requestHash, requestId, at }: Claim): Promise<boolean> {
  const { rowCount } = await reader.query(
    `insert into idempotency_key (actor, key, request_hash, request_id, claimed_at) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [actor, key, requestHash, requestId, at],
  )
  return rowCount === 1
}

export async function findKey(reader: Reader, { actor, key }: KeyOfCaller): Promise<ClaimedKey | undefined> {
  const { rows } = await reader.query(
    `select request_hash as "requestHash", request_id as "requestId", answer
     from idempotency_key where actor = $1 and key = $2`,
    [actor, key],
  )
  return rows[0]
}

/** Takes over a key that was claimed before a moment and never answered. False: there is none such, or another was first. */
export async function takeOverKey(
  reader: Reader,
  { actor, key }: KeyOfCaller,
  { before, at }: { before: Date; at: Date },
) {
  const { rowCount } = await reader.query(
    `update idempotency_key set claimed_at = $4
     where actor = $1 and key = $2 and answer is null and claimed_at < $3`,
    [actor, key, before, at],
  )
  return rowCount === 1
}

export async function answerKey(reader: Reader, { actor, key }: KeyOfCaller, answer: unknown): Promise<void> {
  await reader.query('update idempotency_key set answer = $3 where actor = $1 and key = $2', [
    actor,
    key,
    JSON.stringify(answer),
  ])
}

/** Leaves a key to whoever sends the request again, with its request_id. */
export async function abandonKey(reader: Reader, { actor, key }: KeyOfCaller, since: Date): Promise<void> {
  await reader.query('update idempotency_key set claimed_at = $3 where actor = $1 and key = $2 and answer is null', [
    actor,
    key,
    since,
  ])
}

/** Lets go of a key whose request was refused: it may be sent again, mended. */
export async function releaseKey(reader: Reader, { actor, key }: KeyOfCaller): Promise<void> {
  await reader.query('delete from idempotency_key where actor = $1 and key = $2 and answer is null', [actor, key])
}
