import type pg from 'pg'
import { type Database, databaseFailure, type Reader } from '../connect.ts'
import { type GatheredRecord, hashesLiteral, recordsByPerson, recordsQuery } from './records.ts'

export interface PeopleNow {
  /** Of the deliveries that are in use. */
  readonly deliveryIds: readonly string[]
  /** Whether these very deliveries, in this order, are asked again and again: the statement over them is then prepared. */
  readonly again: boolean
  /** Hex of their hashes. */
  readonly personHashes: readonly string[]
}

/** What there is of some people; by hex of their hashes. */
export interface GatheredNow {
  readonly records: ReadonlyMap<string, readonly GatheredRecord[]>
  /** Of those whom the register knows. */
  readonly known: ReadonlyMap<string, KnownPerson>
  /** As readMark, at a moment after all else was read. */
  readonly mark: string
}

export interface KnownPerson {
  /** Microseconds since 1970. */
  readonly since: number
  /** Ids of the households that have the person in whatever version. */
  readonly households: readonly string[]
}

/**
 * What changes when a delivery is published or taken out of use, or somebody acts on a rule set: as long as two readings
 * are the same, nothing of the kind was done between. Of the deliveries it is what is published, for that decides which
 * are used; acts on rule sets are counted.
 */
const MARK = `select count(*) || ' ' || coalesce(bit_xor(uuid_hash_extended(id, 0)), 0) || ' ' ||
  (select coalesce(max(position), 0) from rule_set_event) from delivery where state = 'published'`

export async function readMark(reader: Reader): Promise<string> {
  const { rows } = await reader.query<[string]>({ text: MARK, rowMode: 'array' })
  return rows[0]![0]
}

/** By the distribution column all through, for Citus. */
const KNOWN = `select p.person_hash, (extract(epoch from p.known_since) * 1000000)::bigint,
    coalesce(json_agg(m.household_id) filter (where m.household_id is not null), '[]')
  from person p left join membership m using (person_hash)
  where p.person_hash = any($1) group by p.person_hash, p.known_since`

/** What a connection has prepared: to plan these statements takes longer than to run them for one household. */
interface Prepared {
  /** What comes before them. */
  readonly before: readonly string[]
  /** By the ids of the deliveries, the name of the statement that reads their records; the one used last comes last. */
  readonly records: Map<string, string>
  count: number
}

const prepared = new WeakMap<pg.ClientBase, Prepared>()

/** Lists of deliveries whose statements a connection keeps: of today, and of dates that people look back at. */
const MOST_LISTS = 8

async function prepare(client: pg.ClientBase): Promise<Prepared> {
  const before = prepared.get(client)
  if (before) return before
  await client.query(`prepare current_mark as ${MARK}`)
  await client.query(`prepare current_known (bytea[]) as ${KNOWN}`)
  const { rows } = await client.query(`select to_regclass('pg_dist_partition') is not null as citus`)
  // The deliveries are in the statement, so a plan for any people is as good as one for these. Citus has none for any.
  const generic = ['set local plan_cache_mode = force_generic_plan']
  const now = { before: rows[0].citus ? [] : generic, records: new Map<string, string>(), count: 0 }
  prepared.set(client, now)
  return now
}

async function prepareRecords(client: pg.ClientBase, known: Prepared, deliveryIds: readonly string[]): Promise<string> {
  const key = deliveryIds.join(' ')
  let name = known.records.get(key)
  if (name === undefined) {
    const [oldest] = known.records
    if (known.records.size >= MOST_LISTS) {
      known.records.delete(oldest![0])
      await client.query(`deallocate ${oldest![1]}`)
    }
    name = `current_records_${known.count++}`
    await client.query(`prepare ${name} (bytea[]) as ${recordsQuery(deliveryIds, '$1')}`)
  }
  known.records.delete(key)
  known.records.set(key, name)
  return name
}

/**
 * What a check of some people now needs, in one round trip of several statements. Nothing is locked: the mark is read
 * after all else and in a snapshot of its own (read committed), and rows are removed only after their delivery is no
 * longer published. So where it is the mark of the list that `deliveryIds` come from, all their rows were there.
 */
export async function gatherNow({ pool }: Pick<Database, 'pool'>, people: PeopleNow): Promise<GatheredNow> {
  const client = await pool.connect()
  // A connection that is lost, or on which preparing failed half-way, is not used again.
  let isUsable = false
  try {
    const known = await prepare(client)
    const { deliveryIds, personHashes, again } = people
    const hashes = hashesLiteral(personHashes)
    let records: string | null = null
    if (deliveryIds.length > 0 && personHashes.length > 0) {
      records = again
        ? `execute ${await prepareRecords(client, known, deliveryIds)} (${hashes})`
        : recordsQuery(deliveryIds, hashes)
    }
    isUsable = true
    return await execute(client, { before: known.before, records, hashes })
  } catch (error) {
    isUsable &&= databaseFailure(error) === null
    throw error
  } finally {
    client.release(!isUsable)
  }
}

interface Statements {
  readonly before: readonly string[]
  /** null: there are none to read. */
  readonly records: string | null
  readonly hashes: string
}

/** Values as the server's text; the driver's objects are not worth their time here. */
const TEXT = { getTypeParser: () => (text: string) => text }
const FORM = {
  /** Hex digits of a bytea, `\x` taken away. */
  hexOf: (field: string) => field.slice(2),
  textOf: (field: string) => field,
}

async function execute(client: pg.ClientBase, { before, records, hashes }: Statements): Promise<GatheredNow> {
  const statements = [
    ...before,
    ...(records === null ? [] : [records]),
    `execute current_known (${hashes})`,
    'execute current_mark',
  ]
  const answer: unknown = await client.query({ text: statements.join(';\n'), rowMode: 'array', types: TEXT })
  const results = (answer as readonly { readonly rows: readonly (readonly string[])[] }[]).map(({ rows }) => rows)
  const after = before.length + (records === null ? 0 : 1)
  const known = results[after]!.map(
    ([person, since, ids]) =>
      [FORM.hexOf(person!), { since: Number(since), households: JSON.parse(ids!) as string[] }] as const,
  )
  return {
    records: recordsByPerson(records === null ? [] : results[before.length]!, FORM),
    known: new Map(known),
    mark: results[after + 1]![0]![0]!,
  }
}
