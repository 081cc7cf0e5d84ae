import type pg from 'pg'
import { copyBytes, copyInto, copyText } from '../copy.ts'
import { REGISTER_LOCK } from './households.ts'

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

/** Begins an import in the client's transaction: until its end nobody else imports, and nobody reads the register. */
export async function beginImport(client: pg.ClientBase): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(${REGISTER_LOCK})`)
}

export interface FinishedImport {
  readonly id: string
  readonly fileName: string
  readonly validFrom: string
  readonly actor: string
  /** When it was done: what it brought is known from then on. */
  readonly at: Date
}

/**
 * Keeps the import, as the last statement of its transaction. No run that has begun takes it for known, whatever the
 * clocks of the machines say.
 */
export async function addImport(
  client: pg.ClientBase,
  { id, fileName, validFrom, actor, at }: FinishedImport,
): Promise<void> {
  const { rows } = await client.query(
    `select greatest($1::timestamptz, max(known_at) + interval '1 millisecond') as at from run`,
    [at],
  )
  await client.query(
    'insert into household_import (id, file_name, valid_from, actor, imported_at) values ($1, $2, $3, $4, $5)',
    [id, fileName, validFrom, actor, rows[0].at],
  )
}

export interface KnownPerson {
  readonly nameHash: Buffer
  /** With microseconds. */
  readonly knownSince: string
}

/** Those of these people that the register knows, by hex of the person's hash. */
export async function findKnownPeople(
  client: pg.ClientBase,
  personHashes: readonly Buffer[],
): Promise<Map<string, KnownPerson>> {
  const { rows } = await client.query(
    `select person_hash, name_hash as "nameHash", known_since::text as "knownSince"
     from person where person_hash = any($1)`,
    [personHashes],
  )
  return new Map(rows.map(({ person_hash, ...known }) => [person_hash.toString('hex'), known]))
}

/** The database's clock, with microseconds. */
export async function readClock(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query('select clock_timestamp()::text as now')
  return rows[0].now
}

/** Content hashes of the versions that are valid on a date, by household. */
export async function findContentHashes(
  client: pg.ClientBase,
  householdIds: readonly string[],
  validOn: string,
): Promise<Map<string, { any: boolean; contentHash: Buffer | null }>> {
  const { rows } = await client.query(
    `select household_id, content_hash from (
       select distinct on (household_id) household_id,
         case when valid_from <= $2 then content_hash end as content_hash
       from household_version where household_id = any($1)
       order by household_id, (valid_from <= $2) desc, valid_from desc, imported_at desc, version_id desc
     ) latest`,
    [householdIds, validOn],
  )
  return new Map(rows.map((row) => [row.household_id, { any: true, contentHash: row.content_hash }]))
}

/** Adds people to the register, known since `now`; those it knows are left as they are, or renamed where that is allowed. */
export async function addPeople(
  client: pg.ClientBase,
  people: readonly NewPerson[],
  { now, renames }: { readonly now: string; readonly renames: boolean },
): Promise<void> {
  if (people.length === 0) return
  const update =
    'do update set name_hash = excluded.name_hash, sealed = excluded.sealed where person.name_hash <> excluded.name_hash'
  await client.query(
    `insert into person (person_hash, name_hash, has_number, sealed, known_since)
     select *, $5::timestamptz from unnest($1::bytea[], $2::bytea[], $3::boolean[], $4::bytea[])
     on conflict (person_hash) ${renames ? update : 'do nothing'}`,
    [
      people.map((person) => person.personHash),
      people.map((person) => person.nameHash),
      people.map((person) => person.hasNumber),
      people.map((person) => person.sealed),
      now,
    ],
  )
}

export interface AddedVersions {
  readonly importId: string
  readonly validFrom: string
  readonly now: string
  /** The people whom the register knew before, by hex of their hashes; the others it knows since now. */
  readonly known: ReadonlyMap<string, KnownPerson>
}

/** Adds versions of households with their people, by COPY, and the people's memberships. */
export async function addHouseholdVersions(
  client: pg.ClientBase,
  { importId, validFrom, now, known }: AddedVersions,
  versions: readonly NewHouseholdVersion[],
): Promise<void> {
  if (versions.length === 0) return
  const lines = versions.map((version) =>
    [
      copyText(version.householdId),
      version.versionId,
      importId,
      validFrom,
      now,
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
        known.get(person.personHash.toString('hex'))?.knownSince ?? now,
      ].join('\t'),
    ),
  )
  const personColumns = [
    'household_id',
    'version_id',
    'position',
    'person_hash',
    'name_hash',
    'has_number',
    'facts',
    'known_since',
  ]
  await copyInto(client, 'household_person', personColumns, once(people))
  await addMemberships(client, versions)
}

async function addMemberships(client: pg.ClientBase, versions: readonly NewHouseholdVersion[]): Promise<void> {
  const members = versions.flatMap(({ householdId, people }) =>
    people.map(({ personHash }) => ({ householdId, personHash })),
  )
  await client.query(
    `insert into membership (person_hash, household_id)
     select * from unnest($1::bytea[], $2::text[]) on conflict do nothing`,
    [members.map(({ personHash }) => personHash), members.map(({ householdId }) => householdId)],
  )
}

async function* once(lines: readonly string[]): AsyncGenerator<string> {
  yield lines.map((line) => `${line}\n`).join('')
}
