import { addAudit } from '../../db/queries/audit.ts'
import { findNotice } from '../../db/queries/notices.ts'
import { HeduiError } from '../../errors.ts'
import { isId } from './act-on-case.ts'
import type { CaseContext } from './case-context.ts'
import type { AttachmentFile } from './read-attachment.ts'
import type { CaseReader } from './show-case.ts'

/** The PDF of a notice or of an application. Who read it and why is audited before. Throws HeduiError INPUT_NOT_FOUND. */
export async function readNotice(
  { database, vault, now }: Pick<CaseContext, 'database' | 'vault' | 'now'>,
  id: string,
  { actor, role, reason }: CaseReader,
): Promise<AttachmentFile> {
  const stored = isId(id) ? await findNotice(database.pool, id) : undefined
  if (!stored) throw new HeduiError('INPUT_NOT_FOUND', `there is no notice ${id}`)
  const subject = { case: stored.caseId, notice: id }
  await addAudit(database, { at: now(), actor, role, action: 'read notice', reason, subject })
  return {
    name: `${id}.pdf`,
    type: 'application/pdf',
    bytes: Buffer.from(vault.open(stored.sealed) as string, 'base64'),
  }
}
