import type { Reader } from '../connect.ts'

export interface StoredNotice {
  readonly id: string
  readonly caseId: string
  readonly kind: 'outcome' | 'arbitration'
  readonly madeAt: string
  /** Of the PDF, in hexadecimal. */
  readonly sha256: string
  /** The PDF, encrypted. */
  readonly sealed: Buffer
}

export async function addNotice(client: Reader, notice: StoredNotice): Promise<void> {
  const { id, caseId, kind, madeAt, sha256, sealed } = notice
  await client.query(
    'insert into notice (id, case_id, kind, made_at, sha256, sealed) values ($1, $2, $3, $4, $5, $6)',
    [id, caseId, kind, madeAt, sha256, sealed],
  )
}

const NOTICE = 'id, case_id as "caseId", kind, made_at as "madeAt", sha256'

export async function findNotice(reader: Reader, id: string): Promise<StoredNotice | undefined> {
  const { rows } = await reader.query(`select ${NOTICE}, sealed from notice where id = $1`, [id])
  return rows[0] && { ...rows[0], madeAt: rows[0].madeAt.toISOString() }
}

/** The notices of a case, the oldest first, without their bytes. */
export async function listNotices(reader: Reader, caseId: string): Promise<Omit<StoredNotice, 'sealed'>[]> {
  const { rows } = await reader.query(`select ${NOTICE} from notice where case_id = $1 order by made_at, kind, id`, [
    caseId,
  ])
  return rows.map((row) => ({ ...row, madeAt: row.madeAt.toISOString() }))
}
