import { randomUUIDv7 } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import { copyBytes, copyText } from '../src/db/copy.ts'
import { changeDeliveryState, insertDelivery, setDeliveryOutcome } from '../src/db/queries/deliveries.ts'
import { readRegister } from '../src/db/queries/households.ts'
import {
  attachPartition,
  createPartition,
  indexPartition,
  partitionOf,
  RECORD_COLUMNS,
} from '../src/db/queries/records.ts'
import { foldName, nameState } from '../src/domain/person-name.ts'
import { createRandom } from '../src/sample/prng.ts'
import { importHouseholds } from '../src/services/import-households.ts'
import type { Hedui } from '../src/services/open-hedui.ts'
import { type BenchHousehold, futureVersionOf, householdOf, laterVersionOf, strangersOf } from './checks-households.ts'
import { type BenchRecord, recordsOf } from './checks-records.ts'
import { CopyBuffer } from './copy-buffer.ts'

/** Beside ten rows of the register's people stand two of others; banks answer for listed people only. */
const STRANGERS = 0.2
/** What was delivered a month before covers this share of the households. */
const EARLIER = 0.1
/** As-of dates of what is used, all fresh at the check. */
const SOURCES = {
  vehicle: { asOf: '2026-10-25', retain: 'all' },
  property: { asOf: '2026-10-20', retain: 'all' },
  tax: { asOf: '2026-10-20', retain: 'all' },
  'social-insurance': { asOf: '2026-10-25', retain: 'all' },
  bank: { asOf: '2026-10-31', retain: 'known' },
} as const
type Source = keyof typeof SOURCES
const SOURCE_NAMES = Object.keys(SOURCES) as Source[]
const MONTHS = 16

/** Fills a database with so many households and their records, by the functions that import and ingest use. */
export async function fillDatabase(hedui: Hedui, count: number): Promise<void> {
  await importVersions(hedui, '2026-09-01', count, householdOf)
  await deliver(hedui, Math.ceil(count * EARLIER), 31)
  await deliver(hedui, count, 0)
  // A version that holds at the check, and one that does not yet.
  await importVersions(hedui, '2026-10-15', count, laterVersionOf)
  await importVersions(hedui, '2026-12-01', count, futureVersionOf)
  // What autovacuum would have come to by the time of a check.
  await hedui.database.pool.query('vacuum (freeze, analyze)')
}

async function importVersions(
  hedui: Hedui,
  asOf: string,
  count: number,
  versionOf: (index: number) => BenchHousehold | null,
): Promise<void> {
  function* lines() {
    for (let index = 0; index < count; index++) {
      const household = versionOf(index)
      if (household) yield JSON.stringify(household)
    }
  }
  const sources = [...hedui.adapters.keys()]
  const report = await importHouseholds({ ...hedui, sources }, { file: lines(), asOf, actor: 'bench' })
  if (report.refused > 0) throw new Error(`${report.refused} households were refused: ${report.refusals[0]!.message}`)
}

/** One delivery of each source, `daysBefore` the dates of those that the check uses. */
async function deliver(hedui: Hedui, count: number, daysBefore: number): Promise<void> {
  const { readAt } = await readRegister(hedui.database)
  const writers = new Map(SOURCE_NAMES.map((source) => [source, new RowLines(hedui, randomUUIDv7())]))
  for (const [index, household, known] of inFileOrder(count)) {
    for (const record of recordsOf(index, household)) {
      const source = record.source as Source
      if (known || SOURCES[source].retain === 'all') writers.get(source)!.add(record)
    }
  }
  for (const [source, writer] of writers) {
    const { asOf, retain } = SOURCES[source]
    const day = new Date(Date.parse(asOf) - daysBefore * 86_400_000).toISOString().slice(0, 10)
    await publish(hedui, { source, retain, asOf: day, registerAt: readAt, writer })
  }
}

/** Departments know no households: theirs and strangers' rows lie in an order that has nothing to do with them. */
function* inFileOrder(count: number): Generator<[number, BenchHousehold, boolean]> {
  const indexes = Array.from({ length: count + Math.round(count * STRANGERS) }, (_, index) => index)
  for (const index of createRandom(1, 4, count).shuffled(indexes)) {
    if (index < count) yield [index, householdOf(index), true]
    else yield [STRANGER_RECORDS + index, strangersOf(index - count), false]
  }
}
const STRANGER_RECORDS = 2_000_000_000

/** Lines for COPY, by month: a department writes January before February. */
class RowLines {
  readonly id: string
  readonly #hasher: Hedui['hasher']
  readonly #months = Array.from({ length: MONTHS }, () => [] as CopyRow[])
  readonly fates = { record: 0, replaced: 0, voided: 0, void: 0 }

  constructor({ hasher }: Hedui, id: string) {
    this.#hasher = hasher
    this.id = id
  }

  add(record: BenchRecord): void {
    const { idNumber, name, type, fate, rank, key, fields } = record
    this.fates[fate]++
    const row = {
      person: this.#hasher.number(idNumber),
      name: this.#hasher.name(foldName(name)),
      rest: [nameState(name), type, fate, rank, key, JSON.stringify(fields)] as const,
    }
    this.#months[record.monthsAgo]!.push(row)
  }

  *chunks(): Generator<Uint8Array> {
    const buffer = new CopyBuffer()
    let line = 1
    for (const rows of this.#months.toReversed()) {
      for (const { person, name, rest } of rows) {
        line++
        const [state, type, fate, rank, key, fields] = rest
        const values = {
          delivery_id: this.id,
          person_hash: copyBytes(person),
          row: line,
          name_hash: copyBytes(name),
          name_state: state,
          type,
          fate,
          rank,
          key: copyText(key),
          fields: copyText(fields),
        } satisfies Record<(typeof RECORD_COLUMNS)[number], string | number>
        buffer.add(`${RECORD_COLUMNS.map((column) => values[column]).join('\t')}\n`)
        if (line % 4000 === 0) yield buffer.take()
      }
    }
    yield buffer.take()
  }
}

interface CopyRow {
  readonly person: Buffer
  readonly name: Buffer
  readonly rest: readonly [string, string, string, number, string, string]
}

interface Delivered {
  readonly source: Source
  readonly retain: 'all' | 'known'
  readonly asOf: string
  readonly registerAt: string
  readonly writer: RowLines
}

async function publish({ database, now }: Hedui, { source, retain, asOf, registerAt, writer }: Delivered) {
  const { id } = writer
  await insertDelivery(database, id, {
    source,
    region: '',
    asOf,
    sha256: id,
    fileName: `${source}.bench`,
    fileBytes: 0,
    adapterVersion: 'bench',
    retain,
    mode: 'snapshot',
    registerAt,
    receivedAt: now(),
    actor: 'bench',
  })
  const client = await database.pool.connect()
  try {
    await createPartition(client, id)
    await copyRows(client, writer)
    await indexPartition(client, id)
    await attachPartition(client, id)
    const none = { dropped: 0, quarantined: 0, unidentified: 0, leads: 0, organizations: 0 }
    const { record: kept, replaced, voided, void: voids } = writer.fates
    const rows = kept + replaced + voided + voids
    const counts = { rows, kept, replaced, voided, voids, ...none }
    const quality = {} as Parameters<typeof setDeliveryOutcome>[2]['quality']
    await setDeliveryOutcome(database.kysely, id, { counts, heldBecause: [], furtherColumns: [], quality })
    const change = { state: 'published', actor: 'bench', at: now(), reason: null } as const
    await changeDeliveryState(database.kysely, id, ['loading'], change)
  } finally {
    client.release()
  }
}

async function copyRows(client: pg.PoolClient, writer: RowLines): Promise<void> {
  const columns = RECORD_COLUMNS.map((name) => `"${name}"`).join(', ')
  const sink = client.query(from(`copy ${partitionOf(writer.id)} (${columns}) from stdin`))
  await pipeline(Readable.from(writer.chunks(), { objectMode: true, highWaterMark: 2 }), sink)
}
