import type pg from 'pg'
import { type Database, inTransaction, type Reader } from '../connect.ts'
import { copyBytes, copyInto, copyText } from '../copy.ts'

/** Imports and the reading of the register exclude each other, so that "known to the register since" has a meaning. */
const REGISTER_LOCK = `hashtextextended('hedui register', 0)`

export interface NewPerson {
  readonly personHash: Buffer
  readonly nameHash: Buffer
  readonly hasNumber: boolean
  readonly sealed: Buffer
}

export interface NewHouseholdVersion {
  readonly householdId: string
  readonly versionId: string
  readonly region: string
  readonly contentHash: Buffer
  readonly facts: object
  readonly sealedAddress: Buffer
  readonly people: readonly (Omit<NewPerson, 'sealed'> & { readonly facts: object })[]
}

/** Begins an import in the client's transaction and gives the moment from which its people are known. */
export async function beginImport(
  client: pg.ClientBase,
  { id, fileName, validFrom, actor }: { id: string; fileName: string; validFrom: string; actor: string },
): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(${REGISTER_LOCK})`)
  await client.query(
    `insert into household_import (id, file_name, valid_from, actor, imported_at) values ($1, $2, $3, $4, clock_timestamp())`,
    [id, fileName, validFrom, actor],
  )
}

/** Name hashes of those of these people that the register knows, by hex of the person's hash. */
export async function findKnownNames(
  client: pg.ClientBase,
  personHashes: readonly Buffer[],
): Promise<Map<string, Buffer>> {
  const { rows } = await client.query('select person_hash, name_hash from person where person_hash = any($1)', [
    personHashes,
  ])
  return new Map(rows.map((row) => [row.person_hash.toString('hex'), row.name_hash]))
}

/** Content hashes of the versions that are valid on a date, by household. */
export async function findContentHashes(
  client: pg.ClientBase,
  householdIds: readonly string[],
  validOn: string,
): Promise<Map<string, { any: boolean; contentHash: Buffer | null }>> {
  const { rows } = await client.query(
    `select distinct on (household_id) household_id,
       case when valid_from <= $2 then content_hash end as content_hash
     from household_version where household_id = any($1)
     order by household_id, (valid_from <= $2) desc, valid_from desc, imported_at desc, version_id desc`,
    [householdIds, validOn],
  )
  return new Map(rows.map((row) => [row.household_id, { any: true, contentHash: row.content_hash }]))
}

/** Adds people to the register; those it knows are left as they are, or renamed where that is allowed. */
export async function addPeople(client: pg.ClientBase, people: readonly NewPerson[], renames: boolean): Promise<void> {
  if (people.length === 0) return
  const update =
    'do update set name_hash = excluded.name_hash, sealed = excluded.sealed where person.name_hash <> excluded.name_hash'
  await client.query(
    `insert into person (person_hash, name_hash, has_number, sealed, known_since)
     select *, clock_timestamp() from unnest($1::bytea[], $2::bytea[], $3::boolean[], $4::bytea[])
     on conflict (person_hash) ${renames ? update : 'do nothing'}`,
    [
      people.map((person) => person.personHash),
      people.map((person) => person.nameHash),
      people.map((person) => person.hasNumber),
      people.map((person) => person.sealed),
    ],
  )
}

/** Adds versions of households with their people, by COPY. */
export async function addHouseholdVersions(
  client: pg.ClientBase,
  { importId, validFrom }: { importId: string; validFrom: string },
  versions: readonly NewHouseholdVersion[],
): Promise<void> {
  if (versions.length === 0) return
  const { rows } = await client.query('select clock_timestamp()::text as now')
  const lines = versions.map((version) =>
    [
      copyText(version.householdId),
      version.versionId,
      importId,
      validFrom,
      rows[0].now,
      version.region,
      copyBytes(version.contentHash),
      copyText(JSON.stringify(version.facts)),
      copyBytes(version.sealedAddress),
    ].join('\t'),
  )
  const columns = [
    'household_id',
    'version_id',
    'import_id',
    'valid_from',
    'imported_at',
    'region',
    'content_hash',
    'facts',
    'sealed_address',
  ]
  await copyInto(client, 'household_version', columns, once(lines))
  const people = versions.flatMap((version) =>
    version.people.map((person, position) =>
      [
        copyText(version.householdId),
        version.versionId,
        position,
        copyBytes(person.personHash),
        copyBytes(person.nameHash),
        person.hasNumber,
        copyText(JSON.stringify(person.facts)),
      ].join('\t'),
    ),
  )
  const personColumns = ['household_id', 'version_id', 'position', 'person_hash', 'name_hash', 'has_number', 'facts']
  await copyInto(client, 'household_person', personColumns, once(people))
}

async function* once(lines: readonly string[]): AsyncGenerator<string> {
  yield lines.map((line) => `${line}\n`).join('')
}

export interface Register {
  readonly people: readonly { readonly personHash: Buffer; readonly nameHash: Buffer }[]
  /** When it was read, with microseconds. */
  readonly readAt: string
}

/** The people that the register knows by number, at one moment that no import overlaps. */
export function readRegister(database: Database): Promise<Register> {
  return inTransaction(database, async (client) => {
    await client.query(`select pg_advisory_xact_lock_shared(${REGISTER_LOCK})`)
    const { rows: moments } = await client.query('select clock_timestamp()::text as now')
    const { rows: people } = await client.query(
      'select person_hash as "personHash", name_hash as "nameHash" from person where has_number',
    )
    return { people, readAt: moments[0].now }
  })
}

/** Which households: all, some by id, or those whose region begins with a code. */
export type HouseholdScope = { readonly all: true } | { readonly ids: readonly string[] } | { readonly region: string }

/**
 * The version of each household that holds on a date: of those valid by then the latest, the later import where two
 * begin on one day; else the earliest there is.
 */
const versionOn = (condition: string, date: string) => `
  select distinct on (household_id) household_id, version_id, region, facts
  from household_version where ${condition}
  order by household_id, (valid_from <= ${date}) desc, case when valid_from <= ${date} then valid_from end desc,
    valid_from, imported_at desc, version_id desc`

/** Ids of the households in scope on a date, in the order of their bytes. */
export async function listHouseholdIds(reader: Reader, scope: HouseholdScope, asOf: string): Promise<string[]> {
  if ('region' in scope) {
    const { rows } = await reader.query(
      `select household_id from (${versionOn('true', '$2')}) v where starts_with(region, $1) order by household_id`,
      [scope.region, asOf],
    )
    return rows.map((row) => row.household_id)
  }
  const [condition, values] = 'ids' in scope ? ['household_id = any($1)', [scope.ids]] : ['true', []]
  const { rows } = await reader.query(
    `select distinct household_id from household_version where ${condition} order by household_id`,
    values,
  )
  return rows.map((row) => row.household_id)
}

export interface StoredPerson {
  readonly personHash: Buffer
  readonly nameHash: Buffer
  readonly hasNumber: boolean
  /** Microseconds since 1970 at which the register came to know this person; null where it does not. */
  readonly knownSince: number | null
  readonly facts: unknown
}

export interface StoredHousehold {
  readonly householdId: string
  readonly versionId: string
  readonly facts: unknown
  readonly people: readonly StoredPerson[]
}

/** The versions of these households that hold on a date (else the earliest), with their people in file order. */
export async function gatherHouseholds(
  reader: Reader,
  householdIds: readonly string[],
  asOf: string,
): Promise<StoredHousehold[]> {
  const { rows } = await reader.query(
    `with version as (${versionOn('household_id = any($1)', '$2')})
     select v.household_id, v.version_id, v.facts, p.person_hash, p.name_hash, p.has_number, p.facts as person,
       (extract(epoch from k.known_since) * 1000000)::bigint as known_since
     from version v
     join household_person p using (household_id, version_id)
     left join person k using (person_hash)
     order by v.household_id, p.position`,
    [householdIds, asOf],
  )
  const households: (StoredHousehold & { people: StoredPerson[] })[] = []
  for (const row of rows) {
    let household = households.at(-1)
    if (household?.householdId !== row.household_id) {
      household = { householdId: row.household_id, versionId: row.version_id, facts: row.facts, people: [] }
      households.push(household)
    }
    household!.people.push({
      personHash: row.person_hash,
      nameHash: row.name_hash,
      hasNumber: row.has_number,
      knownSince: row.known_since,
      facts: row.person,
    })
  }
  return households
}

/** Microseconds since 1970 at which the register came to know these people, by hex of the hash; those it knows. */
export async function findKnownSince(reader: Reader, personHashes: readonly Buffer[]): Promise<Map<string, number>> {
  const { rows } = await reader.query(
    `select person_hash, (extract(epoch from known_since) * 1000000)::bigint as known_since
     from person where person_hash = any($1)`,
    [personHashes],
  )
  return new Map(rows.map((row) => [row.person_hash.toString('hex'), row.known_since]))
}

export interface Membership {
  readonly personHash: Buffer
  readonly nameHash: Buffer
  readonly householdId: string
  readonly scheme: unknown
}

/**
 * Granted households of which these people are applicant or member on a date, by the versions that hold then. A benefit
 * granted from a later month is not yet one.
 */
export async function findMemberships(
  reader: Reader,
  personHashes: readonly Buffer[],
  asOf: string,
): Promise<Membership[]> {
  const theirs = 'household_id in (select household_id from household_person where person_hash = any($1))'
  const { rows } = await reader.query(
    `select p.person_hash as "personHash", p.name_hash as "nameHash", v.household_id as "householdId",
       v.facts ->> 'scheme' as scheme
     from (${versionOn(theirs, '$2')}) v join household_person p using (household_id, version_id)
     where p.person_hash = any($1) and p.facts ->> 'role' <> 'supporter'
       and v.facts ->> 'grantedFrom' <= left($2::text, 7)
     order by v.household_id, p.position`,
    [personHashes, asOf],
  )
  return rows
}

export async function countHouseholds({ pool }: Database): Promise<number> {
  const { rows } = await pool.query('select count(distinct household_id)::int as count from household_version')
  return rows[0].count
}
