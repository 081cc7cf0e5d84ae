import { createHash, randomUUIDv7 } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Database } from '../db/connect.ts'
import {
  abandonKey,
  answerKey,
  claimKey,
  dropKeysBefore,
  findKey,
  type KeyOfCaller,
  releaseKey,
  takeOverKey,
} from '../db/queries/idempotency.ts'
import { HeduiError } from '../errors.ts'

/** A request that carries an Idempotency-Key. */
export interface KeyedRequest extends KeyOfCaller {
  /** All that makes it what it is: method, path and body. */
  readonly request: unknown
}

export interface AnsweredOnce<T> {
  readonly answer: T
  /** It is the answer of an earlier time. */
  readonly replayed: boolean
}

interface Context {
  readonly database: Database
  now(): Date
}

/** How long an answer is kept. */
const KEPT_MS = 24 * 3600_000
/** After so long without an answer whoever was at it is taken for dead. */
const PATIENCE_MS = 60_000

/**
 * Does what a request asks for once, however often it comes within a day with the same key, and gives the same answer
 * each time. What failed is not kept and may be asked again. `work` is given an id that is the same when the request is
 * taken up after a crash, so that it can see what it had done. Throws HeduiError INPUT_IDEMPOTENCY_KEY where the key
 * was used for another request, STATE_BUSY while the first is being answered.
 */
export async function answerOnce<T>(
  { database, now }: Context,
  { request, ...owner }: KeyedRequest,
  work: (requestId: string) => Promise<T>,
): Promise<AnsweredOnce<T>> {
  const reader = database.pool
  const at = now()
  const requestHash = createHash('sha256').update(canonicalize(request)!).digest()
  let requestId: string = randomUUIDv7()
  await dropKeysBefore(reader, new Date(at.getTime() - KEPT_MS))
  if (!(await claimKey(reader, { ...owner, requestHash, requestId, at }))) {
    const known = await findKey(reader, owner)
    if (known && !known.requestHash.equals(requestHash)) {
      throw new HeduiError('INPUT_IDEMPOTENCY_KEY', 'this key came with another request before: give each its own')
    }
    if (known && known.answer !== null) return { answer: known.answer as T, replayed: true }
    const isDead = await takeOverKey(reader, owner, { before: new Date(at.getTime() - PATIENCE_MS), at })
    if (!known || !isDead)
      throw new HeduiError('STATE_BUSY', 'the same request is being answered: ask again in a moment')
    requestId = known.requestId
  }
  const answer = await work(requestId).catch(async (error) => {
    // What was refused has done nothing. What broke may have: whoever asks again takes it up under the same id.
    const isRefused = error instanceof HeduiError && error.status < 500
    const letGo = isRefused
      ? releaseKey(reader, owner)
      : abandonKey(reader, owner, new Date(at.getTime() - PATIENCE_MS - 1))
    await letGo.catch(() => {})
    throw error
  })
  await answerKey(reader, owner, answer)
  return { answer, replayed: false }
}
