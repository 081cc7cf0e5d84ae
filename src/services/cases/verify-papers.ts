import { createHash } from 'node:crypto'
import { unzipSync } from 'fflate'
import { findAttachment } from '../../db/queries/attachments.ts'
import { findNotice } from '../../db/queries/notices.ts'
import { findPacket } from '../../db/queries/packets.ts'
import type { AnyCaseEvent } from '../../domain/case/events.ts'
import { FILES } from '../../packets/manifest.ts'
import { createSealKey } from '../../packets/seal-key.ts'
import { verifyPacket } from '../../packets/verify-packet.ts'
import type { CaseContext } from './case-context.ts'
import { openZip } from './read-packet.ts'
import type { CaseFault } from './verify-cases.ts'

interface Paper {
  readonly number: number
  readonly name: string
  /** What is wrong with it, or null. */
  readonly look: () => Promise<string | null>
}

/** Whether the packets, notices and attachments that a case's events name are there, and what the events say. */
export async function findPaperFaults(
  context: CaseContext,
  caseId: string,
  events: readonly AnyCaseEvent[],
): Promise<{ readonly papers: number; readonly faults: readonly CaseFault[] }> {
  const papers = events.flatMap((event) => papersOf(context, event))
  const faults: CaseFault[] = []
  for (const { number, name, look } of papers) {
    // Whatever cannot be opened was changed, or sealed with another secret.
    const wrong = await look().catch(() => 'cannot be opened')
    if (wrong) faults.push({ case: caseId, number, what: 'paper', detail: `${name} ${wrong}` })
  }
  return { papers: papers.length, faults }
}

function papersOf(context: CaseContext, event: AnyCaseEvent): Paper[] {
  const { number, caseId } = event
  const attachment = (id: string): Paper => ({
    number,
    name: `the attachment ${id.slice(0, 12)}`,
    look: () => lookAtAttachment(context, caseId, id),
  })
  switch (event.kind) {
    case 'packet-issued': {
      const { id, sha256 } = event.payload
      return [{ number, name: `the packet ${id}`, look: () => lookAtPacket(context, id, sha256) }]
    }
    case 'decided': {
      const { notice } = event.payload
      if (!notice) return []
      return [{ number, name: `the notice ${notice.id}`, look: () => lookAtNotice(context, notice.id, notice.sha256) }]
    }
    case 'rebutted':
      return event.payload.attachments.map(({ id }) => attachment(id))
    case 'served':
    case 'outcome-served':
      return event.payload.proof.attachment ? [attachment(event.payload.proof.attachment)] : []
    default:
      return []
  }
}

const GONE = 'is not there any more'
const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const compare = (found: string, said: string) => (found === said ? null : 'is not what the event says')

async function lookAtPacket(context: CaseContext, id: string, sha256: string): Promise<string | null> {
  const stored = await findPacket(context.database.pool, id)
  if (!stored) return GONE
  const zip = openZip(context, stored)
  const { ok } = verifyPacket(zip, { own: createSealKey(context.secret).fingerprint })
  return ok ? compare(sha256Of(unzipSync(zip)[FILES.manifest]!), sha256) : 'was changed'
}

async function lookAtNotice({ database, vault }: CaseContext, id: string, sha256: string): Promise<string | null> {
  const stored = await findNotice(database.pool, id)
  return stored ? compare(sha256Of(Buffer.from(vault.open(stored.sealed) as string, 'base64')), sha256) : GONE
}

async function lookAtAttachment({ database, vault }: CaseContext, caseId: string, id: string): Promise<string | null> {
  const stored = await findAttachment(database.pool, caseId, id)
  return stored ? compare(sha256Of(Buffer.from(vault.open(stored.sealed) as string, 'base64')), id) : GONE
}
