import type { Reader } from '../connect.ts'
import { versionOn } from './households.ts'

/** A handler's relative as the register of near kin has it; the relative's name and number are sealed. */
export interface NearKin {
  readonly id: string
  readonly handler: string
  readonly office: string
  readonly relation: string
  readonly validFrom: string
  readonly validUntil: string | null
  readonly addedBy: string
  readonly addedAt: Date
  readonly reason: string
  readonly endedBy: string | null
  readonly endReason: string | null
}

/**
 * Handlers whose near kin are in these households on a date, by the versions that hold then. The kin are few and the
 * households may be all: their households are found by the kin first.
 */
export async function findActiveKin(
  reader: Reader,
  householdIds: readonly string[],
  on: string,
): Promise<{ householdId: string; handler: string }[]> {
  const { rows: kin } = await reader.query<{ person_hash: Buffer; handler: string }>(
    'select person_hash, handler from near_kin where valid_from <= $1 and (valid_until is null or valid_until >= $1)',
    [on],
  )
  if (kin.length === 0 || householdIds.length === 0) return []
  const hashes = [...new Map(kin.map((row) => [row.person_hash.toString('hex'), row.person_hash])).values()]
  const { rows: ever } = await reader.query(
    'select distinct household_id from membership where person_hash = any($1)',
    [hashes],
  )
  const wanted = new Set(householdIds)
  const near = ever.map((row) => row.household_id as string).filter((id) => wanted.has(id))
  if (near.length === 0) return []
  const version = versionOn('household_id = any($1)', [near], { asOf: on })
  const { rows } = await reader.query<{ household_id: string; person_hash: Buffer }>(
    `select p.household_id, p.person_hash
     from (${version.text}) v join household_person p using (household_id, version_id)
     where p.household_id = any($1) and p.person_hash = any($${version.values.length + 1})`,
    [...version.values, hashes],
  )
  return rows.flatMap(({ household_id, person_hash }) =>
    kin
      .filter((each) => each.person_hash.equals(person_hash))
      .map(({ handler }) => ({ householdId: household_id, handler })),
  )
}

export interface NewKin
  extends Pick<NearKin, 'id' | 'handler' | 'office' | 'relation' | 'validFrom' | 'addedBy' | 'addedAt' | 'reason'> {
  readonly personHash: Buffer
  readonly sealed: Buffer
}

export async function addNearKin(reader: Reader, kin: NewKin): Promise<void> {
  await reader.query(
    `insert into near_kin (id, handler, office, relation, person_hash, sealed, valid_from, added_by, added_at, reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      kin.id,
      kin.handler,
      kin.office,
      kin.relation,
      kin.personHash,
      kin.sealed,
      kin.validFrom,
      kin.addedBy,
      kin.addedAt,
      kin.reason,
    ],
  )
}

const KIN = `id, handler, office, relation, sealed, valid_from as "validFrom", valid_until as "validUntil",
  added_by as "addedBy", added_at as "addedAt", reason, ended_by as "endedBy", end_reason as "endReason"`

export type StoredKin = NearKin & { readonly sealed: Buffer }

/** Entries that were not ended of one person. */
export async function findKinOf(reader: Reader, personHash: Buffer): Promise<StoredKin[]> {
  const { rows } = await reader.query(
    `select ${KIN} from near_kin where person_hash = $1 and valid_until is null order by id`,
    [personHash],
  )
  return rows
}

/** An entry; `lock`: nobody else changes it until the transaction ends. */
export async function findNearKin(reader: Reader, id: string, { lock = false } = {}): Promise<StoredKin | undefined> {
  const { rows } = await reader.query(`select ${KIN} from near_kin where id = $1 ${lock ? 'for update' : ''}`, [id])
  return rows[0]
}

export interface KinFilter {
  /** Those that hold on the day; all unless given. */
  readonly on?: string | undefined
  readonly handler?: string | undefined
}

/** Entries by handler, then in the order in which they were added. */
export async function listNearKin(reader: Reader, { on, handler }: KinFilter): Promise<StoredKin[]> {
  const { rows } = await reader.query(
    `select ${KIN} from near_kin
     where ($1::date is null or (valid_from <= $1 and (valid_until is null or valid_until >= $1)))
       and ($2::text is null or handler = $2)
     order by handler, id`,
    [on ?? null, handler ?? null],
  )
  return rows
}

export async function endNearKin(
  reader: Reader,
  id: string,
  end: { readonly until: string; readonly by: string; readonly at: Date; readonly reason: string },
): Promise<void> {
  await reader.query(
    'update near_kin set valid_until = $2, ended_by = $3, ended_at = $4, end_reason = $5 where id = $1',
    [id, end.until, end.by, end.at, end.reason],
  )
}
