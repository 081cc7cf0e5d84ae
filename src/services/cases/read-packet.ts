import { unzipSync } from 'fflate'
import { addAudit } from '../../db/queries/audit.ts'
import { findPacket, type StoredPacket } from '../../db/queries/packets.ts'
import { HeduiError } from '../../errors.ts'
import { FILES } from '../../packets/manifest.ts'
import type { Packet } from '../../packets/packet.ts'
import { isId } from './act-on-case.ts'
import type { CaseContext } from './case-context.ts'
import type { CaseReader } from './show-case.ts'

export const PACKET_FORMATS = ['json', 'pdf', 'zip'] as const
export type PacketFormat = (typeof PACKET_FORMATS)[number]

export interface PacketFile {
  /** "packet-3699….pdf" would say whom it is of: the name is the id. */
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
  readonly sha256: string
  readonly code: string
}

const TYPES: Readonly<Record<PacketFormat, string>> = {
  json: 'application/json',
  pdf: 'application/pdf',
  zip: 'application/zip',
}

/** A sealed packet, or one file of it. Who read it and why is audited before. Throws HeduiError INPUT_NOT_FOUND. */
export async function readPacket(
  context: Pick<CaseContext, 'database' | 'vault' | 'now'>,
  { packet: id, format }: { readonly packet: string; readonly format: PacketFormat },
  { actor, role, reason }: CaseReader,
): Promise<PacketFile> {
  const stored = isId(id) ? await findPacket(context.database.pool, id) : undefined
  if (!stored) throw new HeduiError('INPUT_NOT_FOUND', `there is no packet ${id}`)
  const subject = { case: stored.caseId, packet: id, format }
  await addAudit(context.database, { at: context.now(), actor, role, action: 'read packet', reason, subject })
  const zip = openZip(context, stored)
  const bytes = format === 'zip' ? zip : Buffer.from(unzipSync(zip)[FILES[format]]!)
  return { name: `${id}.${format}`, type: TYPES[format], bytes, sha256: stored.sha256, code: stored.code }
}

/** The bytes of a kept packet's zip. */
export function openZip({ vault }: Pick<CaseContext, 'vault'>, { sealed }: Pick<StoredPacket, 'sealed'>): Buffer {
  return Buffer.from(vault.open(sealed) as string, 'base64')
}

/** What a kept packet says. */
export function openPacket(context: Pick<CaseContext, 'vault'>, stored: StoredPacket): Packet {
  const files = unzipSync(openZip(context, stored), { filter: ({ name }) => name === FILES.json })
  return JSON.parse(Buffer.from(files[FILES.json]!).toString('utf8'))
}
