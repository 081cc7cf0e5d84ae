import { CopyRows } from '../db/copy-rows.ts'
import { RECORD_COLUMNS } from '../db/queries/records.ts'
import { HASH_BYTES, type IdentityHasher, wordOf } from '../domain/identity-hash.ts'
import { joinKey } from '../domain/record-key.ts'
import type { DeliveredRow, RowDefect } from '../feeds/delivered-row.ts'
import type { MappedRow, RowMapper } from '../feeds/map-row.ts'
import type { ParseOptions } from '../feeds/parse-value.ts'
import { RowStatistics } from '../feeds/row-statistics.ts'
import type { IdentityVault } from './identity-vault.ts'
import { NameHashes } from './name-hashes.ts'
import { KeyLog, type RecordKeys } from './repeated-keys.ts'
import type { SharedRegister } from './shared-register.ts'

/** How many rows went where. */
export interface LoadCounts {
  rows: number
  records: number
  leads: number
  unidentified: number
  quarantined: number
  dropped: number
  organizations: number
  /** Sound rows that void another, leads not counted. */
  voids: number
  /** Sound rows by record type. */
  byType: Record<string, number>
}

export const noRows = (): LoadCounts => ({
  rows: 0,
  records: 0,
  leads: 0,
  unidentified: 0,
  quarantined: 0,
  dropped: 0,
  organizations: 0,
  voids: 0,
  byType: {},
})

/** Adds counts to a total. */
export function addCounts(total: LoadCounts, { byType, ...counts }: LoadCounts): void {
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) total[name] += counts[name]
  for (const [type, count] of Object.entries(byType)) total.byType[type] = (total.byType[type] ?? 0) + count
}

/** The tables into which a delivery's rows go. */
export const ROW_TABLES = ['records', 'leads', 'unidentified', 'quarantined'] as const
export type RowTable = (typeof ROW_TABLES)[number]

/** Rows of COPY's binary format, by table. */
export type CopiedRows = Readonly<Record<RowTable, Uint8Array<ArrayBuffer>>>

/** What has become of some rows. */
export interface WrittenRows {
  readonly counts: LoadCounts
  readonly rows: CopiedRows
  readonly keys: RecordKeys
}

/** The columns of each table in the order in which they are written. */
export const ROW_COLUMNS: Readonly<Record<RowTable, readonly string[]>> = {
  records: RECORD_COLUMNS,
  leads: ['delivery_id', 'person_hash', 'row', 'sealed'],
  unidentified: ['delivery_id', 'row', 'type', 'why', 'sealed', 'fields'],
  quarantined: ['delivery_id', 'row', 'column_name', 'code', 'reason'],
}

export interface RowWriterOptions {
  readonly deliveryId: string
  readonly mapper: RowMapper
  readonly hasher: IdentityHasher
  readonly vault: IdentityVault
  readonly register: SharedRegister
  readonly retain: 'all' | 'known'
  readonly date1904: boolean
}

/** Maps rows, identifies them and writes them as rows for COPY: the same in the main thread and in a worker. */
export class RowWriter {
  readonly #options: RowWriterOptions
  readonly #parse: ParseOptions
  readonly #deliveryId: Buffer
  readonly #isKept: ((idNumber: string) => boolean) | undefined
  readonly #name: NameHashes
  /** Hash of the number of the row at hand. */
  readonly #person = Buffer.alloc(HASH_BYTES)
  /** Of all rows since the writer was made, for the quality report. */
  readonly statistics: RowStatistics
  readonly #rows: Readonly<Record<RowTable, CopyRows>> = {
    records: new CopyRows(),
    leads: new CopyRows(),
    unidentified: new CopyRows(),
    quarantined: new CopyRows(),
  }
  readonly #keys = new KeyLog()
  #counts = noRows()

  constructor(options: RowWriterOptions) {
    this.#options = options
    const { hasher, register, retain, mapper, deliveryId, date1904 } = options
    this.#parse = { date1904 }
    this.#name = new NameHashes(hasher)
    this.#deliveryId = Buffer.from(deliveryId.replaceAll('-', ''), 'hex')
    this.statistics = new RowStatistics(mapper)
    const isKept = (idNumber: string) => {
      hasher.numberInto(idNumber, this.#person)
      return register.has(this.#person)
    }
    this.#isKept = retain === 'known' ? isKept : undefined
  }

  /** Takes one row; what becomes of it is in the next `flush`. */
  take(row: DeliveredRow): void {
    const counts = this.#counts
    counts.rows++
    const outcome = this.#options.mapper.map(row, this.#parse, this.#isKept)
    switch (outcome.kind) {
      case 'dropped':
        counts.dropped++
        return
      case 'organization':
        counts.organizations++
        return
      case 'quarantined':
        counts.quarantined++
        this.#takeQuarantined(outcome)
        return
      case 'record':
        counts.byType[outcome.type] = (counts.byType[outcome.type] ?? 0) + 1
        this.statistics.addSound(outcome.type, row)
        if (outcome.identity.idNumber === null) this.#takeUnidentified(outcome)
        else this.#takeRecord(outcome, outcome.identity.idNumber)
    }
  }

  #takeQuarantined(row: RowDefect & { readonly line: number }): void {
    this.statistics.addQuarantined(row, row.line)
    const rows = this.#rows.quarantined
    rows.begin(ROW_COLUMNS.quarantined.length)
    rows.bytes(this.#deliveryId)
    rows.int4(row.line)
    rows.text(row.column)
    rows.text(row.code)
    rows.text(row.reason)
  }

  #takeUnidentified(row: MappedRow): void {
    this.#counts.unidentified++
    const rows = this.#rows.unidentified
    rows.begin(ROW_COLUMNS.unidentified.length)
    rows.bytes(this.#deliveryId)
    rows.int4(row.line)
    rows.text(row.type)
    rows.text(row.identity.unidentified)
    rows.bytes(this.#seal(row))
    rows.text(JSON.stringify(row.fields))
  }

  #takeRecord(row: MappedRow, idNumber: string): void {
    const counts = this.#counts
    counts.records++
    const { hasher, register } = this.#options
    const name = this.#name
    name.find(row.identity.name)
    const person = this.#person
    hasher.numberInto(idNumber, person)
    const rows = this.#rows.records
    rows.begin(ROW_COLUMNS.records.length)
    rows.bytes(this.#deliveryId)
    rows.bytes(person)
    rows.int4(row.line)
    rows.bytes(name.hash)
    rows.text(name.state)
    rows.text(row.type)
    rows.text(row.void ? 'void' : 'record')
    rows.int2(row.rank)
    const keyFrom = rows.length
    rows.text(joinKey(row.key))
    this.#keys.add(rows.hashFrom(keyFrom, wordOf(person, 0) ^ wordOf(name.hash, 1)), person)
    rows.text(JSON.stringify(row.fields))
    if (register.knowsUnderOtherName(person, name.hash)) this.#takeLead(row)
    else if (row.void) counts.voids++
  }

  #takeLead(row: MappedRow): void {
    this.#counts.leads++
    const rows = this.#rows.leads
    rows.begin(ROW_COLUMNS.leads.length)
    rows.bytes(this.#deliveryId)
    rows.bytes(this.#person)
    rows.int4(row.line)
    rows.bytes(this.#seal(row))
  }

  #seal({ identity: { name, number, address } }: MappedRow): Buffer {
    return this.#options.vault.seal({ name, number, address })
  }

  /** Counts rows that were dropped before they were taken. */
  addDropped(count: number): void {
    this.#counts.rows += count
    this.#counts.dropped += count
  }

  /** What has been taken since the last time. */
  flush(): WrittenRows {
    const { records, leads, unidentified, quarantined } = this.#rows
    const counts = this.#counts
    this.#counts = noRows()
    return {
      counts,
      rows: {
        records: records.take(),
        leads: leads.take(),
        unidentified: unidentified.take(),
        quarantined: quarantined.take(),
      },
      keys: this.#keys.take(),
    }
  }
}
