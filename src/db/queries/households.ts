import type pg from 'pg'
import { type Database, inTransaction, type Reader } from '../connect.ts'

/** Imports and the reading of the register exclude each other, so that "known to the register since" has a meaning. */
export const REGISTER_LOCK = `hashtextextended('hedui register', 0)`

export interface Register {
  readonly people: readonly { readonly personHash: Buffer; readonly nameHash: Buffer }[]
  /** When it was read, with microseconds. */
  readonly readAt: string
}

/** Waits for an import that is under way, and lets no other begin until the client's transaction ends. */
export async function shareRegister(client: pg.ClientBase): Promise<void> {
  await client.query(`select pg_advisory_xact_lock_shared(${REGISTER_LOCK})`)
}

/** The people that the register knows by number, at one moment that no import overlaps. */
export function readRegister(database: Database): Promise<Register> {
  return inTransaction(database, async (client) => {
    await shareRegister(client)
    const { rows: moments } = await client.query('select clock_timestamp()::text as now')
    const { rows: people } = await client.query(
      'select person_hash as "personHash", name_hash as "nameHash" from person where has_number',
    )
    return { people, readAt: moments[0].now }
  })
}

/** Which households: all, some by id, or those whose region begins with a code. */
export type HouseholdScope = { readonly all: true } | { readonly ids: readonly string[] } | { readonly region: string }

/** Of which day the version of a household is wanted, and by when it had to be imported: any time unless given. */
export interface VersionMoment {
  readonly asOf: string
  readonly knownAt?: Date | undefined
}

// The imports that came too late are few: of a run of today none. Those in time may be millions.
const importedBy = (parameter: number) =>
  `import_id not in (select id from household_import where imported_at > $${parameter})`

interface Statement {
  readonly text: string
  readonly values: unknown[]
}

/**
 * The version of each household that holds on a date: of those valid by then the latest, the later import where two
 * begin on one day; else the earliest there is. `values` are the parameters that `condition` uses; the date is the next.
 */
export function versionOn(condition: string, values: readonly unknown[], { asOf, knownAt }: VersionMoment): Statement {
  const date = `$${values.length + 1}::date`
  return {
    text: `
      select distinct on (household_id) household_id, version_id, region, facts
      from household_version where ${condition} ${knownAt ? `and ${importedBy(values.length + 2)}` : ''}
      order by household_id, (valid_from <= ${date}) desc, case when valid_from <= ${date} then valid_from end desc,
        valid_from, imported_at desc, version_id desc`,
    values: [...values, asOf, ...(knownAt ? [knownAt] : [])],
  }
}

/** Ids of the households in scope on a date, in the order of their bytes. */
export async function listHouseholdIds(
  reader: Reader,
  scope: HouseholdScope,
  asOf: string,
  knownAt?: Date,
): Promise<string[]> {
  const { text, values } = 'region' in scope ? idsWithin(scope.region, { asOf, knownAt }) : idsOf(scope, knownAt)
  const { rows } = await reader.query(`${text} order by household_id`, values)
  return rows.map((row) => row.household_id)
}

function idsWithin(region: string, moment: VersionMoment): Statement {
  const version = versionOn('true', [], moment)
  const values = [...version.values, region]
  return { text: `select household_id from (${version.text}) v where starts_with(region, $${values.length})`, values }
}

function idsOf(scope: Exclude<HouseholdScope, { region: string }>, knownAt: Date | undefined): Statement {
  const values: unknown[] = 'ids' in scope ? [scope.ids] : []
  const conditions = ['ids' in scope ? 'household_id = any($1)' : 'true']
  if (knownAt) conditions.push(importedBy(values.push(knownAt)))
  return { text: `select distinct household_id from household_version where ${conditions.join(' and ')}`, values }
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
  knownAt?: Date,
): Promise<StoredHousehold[]> {
  return gatherPeople(reader, versionOn('household_id = any($1)', [householdIds], { asOf, knownAt }))
}

/** Which version of a household. */
export interface HouseholdVersion {
  readonly householdId: string
  readonly versionId: string
}

/** These versions of households, with their people in file order; by household. */
export async function gatherVersions(
  reader: Reader,
  versions: readonly HouseholdVersion[],
): Promise<StoredHousehold[]> {
  // unnest in a query of its own: Citus takes two arrays joined at once for two of the first one's type.
  return gatherPeople(reader, {
    text: `select household_id, version_id, facts from household_version
      join (select * from unnest($1::text[] collate "C", $2::uuid[]) as pairs (household_id, version_id)) wanted
      using (household_id, version_id)`,
    values: [versions.map(({ householdId }) => householdId), versions.map(({ versionId }) => versionId)],
  })
}

async function gatherPeople(reader: Reader, version: Statement): Promise<StoredHousehold[]> {
  const { rows } = await reader.query(
    `with version as (${version.text})
     select v.household_id, v.version_id, v.facts, p.person_hash, p.name_hash, p.has_number, p.facts as person,
       (extract(epoch from p.known_since) * 1000000)::bigint as known_since
     from version v
     join household_person p using (household_id, version_id)
     order by v.household_id, p.position`,
    version.values,
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
  moment: VersionMoment,
): Promise<Membership[]> {
  const { rows: theirs } = await reader.query(
    'select distinct household_id from membership where person_hash = any($1)',
    [personHashes],
  )
  if (theirs.length === 0) return []
  const householdIds = theirs.map((row) => row.household_id)
  const version = versionOn('household_id = any($1)', [householdIds], moment)
  const values = [...version.values, personHashes]
  const { rows } = await reader.query(
    `select p.person_hash as "personHash", p.name_hash as "nameHash", v.household_id as "householdId",
       v.facts ->> 'scheme' as scheme
     from (${version.text}) v join household_person p using (household_id, version_id)
     where p.household_id = any($1) and p.person_hash = any($${values.length}) and p.facts ->> 'role' <> 'supporter'
       and v.facts ->> 'grantedFrom' <= left($2::text, 7)
     order by v.household_id, p.position`,
    values,
  )
  return rows
}

export async function countHouseholds({ pool }: Database): Promise<number> {
  const { rows } = await pool.query('select count(distinct household_id)::int as count from household_version')
  return rows[0].count
}
