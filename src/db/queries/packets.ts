import type { Reader } from '../connect.ts'
import type { HouseholdVersion } from './households.ts'

/** A sealed packet as it is kept. */
export interface StoredPacket {
  readonly id: string
  readonly caseId: string
  /** 1, 2, … within the case. */
  readonly number: number
  readonly issuedAt: string
  readonly sha256: string
  readonly code: string
  /** The zip, encrypted. */
  readonly sealed: Buffer
}

export async function addPacket(client: Reader, packet: StoredPacket): Promise<void> {
  const { id, caseId, number, issuedAt, sha256, code, sealed } = packet
  await client.query(
    'insert into packet (id, case_id, number, issued_at, sha256, code, sealed) values ($1, $2, $3, $4, $5, $6, $7)',
    [id, caseId, number, issuedAt, sha256, code, sealed],
  )
}

const PACKET = `id, case_id as "caseId", number, issued_at as "issuedAt", sha256, code, sealed`

const toPacket = (row: Omit<StoredPacket, 'issuedAt'> & { issuedAt: Date }): StoredPacket => ({
  ...row,
  issuedAt: row.issuedAt.toISOString(),
})

export async function findPacket(reader: Reader, id: string): Promise<StoredPacket | undefined> {
  const { rows } = await reader.query(`select ${PACKET} from packet where id = $1`, [id])
  return rows[0] && toPacket(rows[0])
}

/** The packets of a case by number. */
export async function listPackets(reader: Reader, caseId: string): Promise<StoredPacket[]> {
  const { rows } = await reader.query(`select ${PACKET} from packet where case_id = $1 order by number`, [caseId])
  return rows.map(toPacket)
}

/** What a packet says of a delivered file. */
export interface DeliveredFile {
  readonly id: string
  readonly source: string
  readonly asOf: string
  readonly fileName: string
  readonly sha256: string
  readonly rows: number | null
  readonly publishedAt: string | null
}

export async function listDeliveredFiles(reader: Reader, ids: readonly string[]): Promise<DeliveredFile[]> {
  const { rows } = await reader.query(
    `select id, source, as_of as "asOf", file_name as "fileName", sha256, (counts ->> 'rows')::int as rows,
       published_at as "publishedAt" from delivery where id = any($1) order by source, as_of, id`,
    [ids],
  )
  return rows.map((row) => ({ ...row, publishedAt: row.publishedAt?.toISOString() ?? null }))
}

/** The address of a household in a version, encrypted. */
export async function findSealedAddress(
  reader: Reader,
  { householdId, versionId }: HouseholdVersion,
): Promise<Buffer | undefined> {
  const { rows } = await reader.query(
    'select sealed_address from household_version where household_id = $1 and version_id = $2',
    [householdId, versionId],
  )
  return rows[0]?.sealed_address
}

/** Who people are, encrypted, by hex of their hashes. */
export async function findSealedPeople(reader: Reader, hashes: readonly Buffer[]): Promise<Map<string, Buffer>> {
  const { rows } = await reader.query('select person_hash, sealed from person where person_hash = any($1)', [hashes])
  return new Map(rows.map((row) => [row.person_hash.toString('hex'), row.sealed]))
}
