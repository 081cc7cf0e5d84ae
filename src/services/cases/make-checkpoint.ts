import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { inTransaction, type Reader } from '../../db/connect.ts'
import {
  addCheckpoint,
  type Checkpoint,
  findLastCheckpoint,
  hasCases,
  takeGrownHeads,
  tryCheckpointLock,
} from '../../db/queries/checkpoints.ts'
import { CHAIN_START } from '../../domain/case/event-chain.ts'
import { dateInChina } from '../../domain/dates.ts'
import { createSealKey, signBytes } from '../../packets/seal-key.ts'
import type { CaseContext } from './case-context.ts'

/** Whether there are cases and none of today's checkpoint yet. */
export async function isCheckpointDue(reader: Reader, today: string): Promise<boolean> {
  const last = await findLastCheckpoint(reader)
  return last ? dateInChina(new Date(last.at)) < today : hasCases(reader)
}

/** sha256 in hexadecimal of the RFC 8785 JSON of a checkpoint without its hash and signature. */
export function hashCheckpoint({ number, at, previous, heads }: Omit<Checkpoint, 'hash' | 'signature'>): string {
  return createHash('sha256').update(canonicalize({ number, at, previous, heads })!).digest('hex')
}

/**
 * Signs where the chains of all cases end that grew since the last time: whoever removes a case, or its last events and
 * what else knows of them, is found by it. Gives false where another process is doing it.
 */
export function makeCheckpoint(context: Pick<CaseContext, 'database' | 'secret' | 'now'>): Promise<boolean> {
  return inTransaction(context.database, async (client) => {
    if (!(await tryCheckpointLock(client))) return false
    if (!(await isCheckpointDue(client, dateInChina(context.now())))) return false
    const last = await findLastCheckpoint(client)
    const heads = await takeGrownHeads(client)
    const at = context.now().toISOString()
    const unhashed = { number: (last?.number ?? 0) + 1, at, previous: last?.hash ?? CHAIN_START, heads }
    const hash = hashCheckpoint(unhashed)
    const signature = signBytes(Buffer.from(hash), createSealKey(context.secret)).toString('base64')
    await addCheckpoint(client, { ...unhashed, hash, signature })
    return true
  })
}
