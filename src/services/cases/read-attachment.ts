import { findAttachment } from '../../db/queries/attachments.ts'
import { addAudit } from '../../db/queries/audit.ts'
import { HeduiError } from '../../errors.ts'
import { isId } from './act-on-case.ts'
import type { CaseContext } from './case-context.ts'
import type { CaseReader } from './show-case.ts'

export interface AttachmentFile {
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
}

/** A file that came with an answer or a proof. Who read it and why is audited before. Throws HeduiError INPUT_NOT_FOUND. */
export async function readAttachment(
  { database, vault, now }: Pick<CaseContext, 'database' | 'vault' | 'now'>,
  { case: id, attachment }: { readonly case: string; readonly attachment: string },
  { actor, role, reason }: CaseReader,
): Promise<AttachmentFile> {
  const stored = isId(id) ? await findAttachment(database.pool, id, attachment) : undefined
  if (!stored) throw new HeduiError('INPUT_NOT_FOUND', 'the case has no such attachment')
  const subject = { case: id, attachment }
  await addAudit(database, { at: now(), actor, role, action: 'read attachment', reason, subject })
  return { name: stored.name, type: stored.type, bytes: Buffer.from(vault.open(stored.sealed) as string, 'base64') }
}
