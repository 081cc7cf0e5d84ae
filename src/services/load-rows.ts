import type pg from 'pg'
import type { Database } from '../db/connect.ts'
import { CopyQueue, copyBytes, copyInto, copyText } from '../db/copy.ts'
import { partitionOf, RECORD_COLUMNS } from '../db/queries/records.ts'
import type { IdentityHasher } from '../domain/identity-hash.ts'
import { foldName, nameState } from '../domain/person-name.ts'
import { joinKey } from '../domain/record-key.ts'
import type { OpenedFile } from '../feeds/delivered-row.ts'
import type { MappedRow, RowMapper, RowOutcome } from '../feeds/map-row.ts'
import type { IdentityVault } from './identity-vault.ts'

export interface LoadRequest {
  readonly deliveryId: string
  readonly file: OpenedFile
  readonly mapper: RowMapper
  readonly hasher: IdentityHasher
  readonly vault: IdentityVault
  /** The register by number: hex of the number's hash -> hash of the name. */
  readonly register: ReadonlyMap<string, Buffer>
  readonly retain: 'all' | 'known'
}

export interface LoadCounts {
  rows: number
  records: number
  leads: number
  unidentified: number
  quarantined: number
  dropped: number
  organizations: number
}

/**
 * Reads a delivery's rows and loads them by COPY: sound rows into the delivery's own table, the others beside it, all
 * under the delivery's id, which nobody sees yet. `client` is the connection that made the table and holds the lock.
 */
export async function loadRows(
  database: Database,
  client: pg.ClientBase,
  request: LoadRequest,
  progress: (rows: number) => void,
): Promise<LoadCounts> {
  const { deliveryId, file, mapper, register, retain, hasher } = request
  const counts: LoadCounts = {
    rows: 0,
    records: 0,
    leads: 0,
    unidentified: 0,
    quarantined: 0,
    dropped: 0,
    organizations: 0,
  }
  const sinks = openSinks(deliveryId)
  const isKept =
    retain === 'known' ? (number: string) => register.has(hasher.number(number).toString('hex')) : undefined
  const options = { date1904: file.date1904 ?? false }
  const line = createLineWriter(request)

  const produce = async () => {
    try {
      for await (const batch of file.rows()) {
        for (const row of batch) {
          counts.rows++
          const wait = take(mapper.map(row, options, isKept), { counts, sinks, line })
          if (wait) await wait
        }
        progress(counts.rows)
      }
    } finally {
      for (const sink of Object.values(sinks)) sink.queue.close()
    }
  }
  const consume = Object.values(sinks).map((sink, i) => copy(database, i === 0 ? client : null, sink))
  const results = await Promise.allSettled([produce(), ...consume])
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return counts
}

interface Sink {
  readonly table: string
  readonly columns: readonly string[]
  readonly queue: CopyQueue
}

type Sinks = Readonly<Record<'records' | 'leads' | 'unidentified' | 'quarantined', Sink>>

function openSinks(deliveryId: string): Sinks {
  const sink = (table: string, columns: readonly string[]): Sink => ({ table, columns, queue: new CopyQueue() })
  return {
    records: sink(partitionOf(deliveryId), RECORD_COLUMNS),
    leads: sink('lead_identity', ['delivery_id', 'person_hash', 'row', 'sealed']),
    unidentified: sink('unidentified_row', ['delivery_id', 'row', 'type', 'why', 'sealed', 'fields']),
    quarantined: sink('quarantined_row', ['delivery_id', 'row', 'column_name', 'code', 'reason']),
  }
}

async function copy(database: Database, own: pg.ClientBase | null, { table, columns, queue }: Sink): Promise<void> {
  const client = own ?? (await database.pool.connect())
  try {
    await copyInto(client, table, columns, queue)
  } catch (error) {
    queue.fail(error)
    throw error
  } finally {
    if (!own) (client as pg.PoolClient).release()
  }
}

interface LineWriter {
  record(row: MappedRow, personHash: Buffer, nameHash: Buffer): string
  lead(row: MappedRow, personHash: Buffer): string
  unidentified(row: MappedRow): string
  quarantined(row: Extract<RowOutcome, { kind: 'quarantined' }>): string
  /** Hashes of a row that has a valid number, and whether the register knows the number under another name. */
  identify(row: MappedRow): { personHash: Buffer; nameHash: Buffer; isLead: boolean }
}

function createLineWriter({ deliveryId, hasher, vault, register }: LoadRequest): LineWriter {
  const sealed = ({ identity }: MappedRow) =>
    copyBytes(vault.seal({ name: identity.name, number: identity.number, address: identity.address }))
  return {
    record: (row, personHash, nameHash) =>
      `${deliveryId}\t${copyBytes(personHash)}\t${row.line}\t${copyBytes(nameHash)}\t${nameState(row.identity.name)}\t` +
      `${row.type}\t${row.void ? 'void' : 'record'}\t${row.rank}\t${copyText(joinKey(row.key))}\t` +
      `${copyText(JSON.stringify(row.fields))}\n`,
    lead: (row, personHash) => `${deliveryId}\t${copyBytes(personHash)}\t${row.line}\t${sealed(row)}\n`,
    unidentified: (row) =>
      `${deliveryId}\t${row.line}\t${row.type}\t${row.identity.unidentified}\t${sealed(row)}\t` +
      `${copyText(JSON.stringify(row.fields))}\n`,
    quarantined: (row) => `${deliveryId}\t${row.line}\t${copyText(row.column)}\t${row.code}\t${copyText(row.reason)}\n`,
    identify: ({ identity }) => {
      const personHash = hasher.number(identity.idNumber!)
      const nameHash = hasher.name(foldName(identity.name))
      const known = register.get(personHash.toString('hex'))
      return { personHash, nameHash, isLead: known !== undefined && !known.equals(nameHash) }
    },
  }
}

/** Sends one row where it belongs and counts it; gives a promise where COPY is behind. */
function take(
  outcome: RowOutcome,
  { counts, sinks, line }: { counts: LoadCounts; sinks: Sinks; line: LineWriter },
): Promise<void> | null {
  switch (outcome.kind) {
    case 'dropped':
      counts.dropped++
      return null
    case 'organization':
      counts.organizations++
      return null
    case 'quarantined':
      counts.quarantined++
      return sinks.quarantined.queue.write(line.quarantined(outcome))
    case 'record': {
      if (outcome.identity.idNumber === null) {
        counts.unidentified++
        return sinks.unidentified.queue.write(line.unidentified(outcome))
      }
      const { personHash, nameHash, isLead } = line.identify(outcome)
      counts.records++
      const wait = sinks.records.queue.write(line.record(outcome, personHash, nameHash))
      if (!isLead) return wait
      counts.leads++
      return sinks.leads.queue.write(line.lead(outcome, personHash)) ?? wait
    }
  }
}
