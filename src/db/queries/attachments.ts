import type { Reader } from '../connect.ts'

export interface StoredAttachment {
  readonly caseId: string
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string
  readonly name: string
  readonly type: string
  readonly bytes: number
  readonly addedAt: string
  readonly sealed: Buffer
}

/** Keeps attachments of a case; one that it has already is left as it is. */
export async function addAttachments(client: Reader, attachments: readonly StoredAttachment[]): Promise<void> {
  for (const { caseId, sha256, name, type, bytes, addedAt, sealed } of attachments) {
    await client.query(
      `insert into attachment (case_id, sha256, name, type, bytes, added_at, sealed)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (case_id, sha256) do nothing`,
      [caseId, sha256, name, type, bytes, addedAt, sealed],
    )
  }
}

export async function findAttachment(
  reader: Reader,
  caseId: string,
  sha256: string,
): Promise<StoredAttachment | undefined> {
  const { rows } = await reader.query(
    `select case_id as "caseId", sha256, name, type, bytes, added_at as "addedAt", sealed
     from attachment where case_id = $1 and sha256 = $2`,
    [caseId, sha256],
  )
  return rows[0] && { ...rows[0], addedAt: rows[0].addedAt.toISOString() }
}
