import { copyBytes, copyText } from '../db/copy.ts'
import { CopyBuffer } from '../db/copy-buffer.ts'
import type { IdentityHasher } from '../domain/identity-hash.ts'
import { foldName, type NameState, nameState } from '../domain/person-name.ts'
import { joinKey } from '../domain/record-key.ts'
import type { DeliveredRow } from '../feeds/delivered-row.ts'
import type { MappedRow, RowMapper } from '../feeds/map-row.ts'
import { RowStatistics } from '../feeds/row-statistics.ts'
import type { IdentityVault } from './identity-vault.ts'
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

/** Lines of COPY's text format, by table. */
export type CopyLines = Readonly<Record<RowTable, Uint8Array<ArrayBuffer>>>

export interface RowWriterOptions {
  readonly deliveryId: string
  readonly mapper: RowMapper
  readonly hasher: IdentityHasher
  readonly vault: IdentityVault
  readonly register: SharedRegister
  readonly retain: 'all' | 'known'
  readonly date1904: boolean
}

/** Names repeat: a hash and a fold kept cost a tenth of those made again. Emptied when full, to stay small. */
const MOST_NAMES = 50_000

interface HashedName {
  readonly hash: Buffer
  readonly copied: string
  readonly state: NameState
}

/** Maps rows, identifies them and writes them as lines for COPY: the same in the main thread and in a worker. */
export class RowWriter {
  readonly #options: RowWriterOptions
  readonly #isKept: ((idNumber: string) => boolean) | undefined
  readonly #names = new Map<string, HashedName>()
  /** Of all rows since the writer was made, for the quality report. */
  readonly statistics: RowStatistics
  readonly #lines: Readonly<Record<RowTable, CopyBuffer>> = {
    records: new CopyBuffer(),
    leads: new CopyBuffer(),
    unidentified: new CopyBuffer(),
    quarantined: new CopyBuffer(),
  }
  #counts = noRows()

  constructor(options: RowWriterOptions) {
    this.#options = options
    const { hasher, register, retain, mapper } = options
    this.statistics = new RowStatistics(mapper)
    this.#isKept = retain === 'known' ? (number) => register.has(hasher.number(number)) : undefined
  }

  /** Takes one row; what becomes of it is in the next `flush`. */
  take(row: DeliveredRow): void {
    const { mapper, date1904, deliveryId } = this.#options
    const counts = this.#counts
    counts.rows++
    const outcome = mapper.map(row, { date1904 }, this.#isKept)
    switch (outcome.kind) {
      case 'dropped':
        counts.dropped++
        return
      case 'organization':
        counts.organizations++
        return
      case 'quarantined': {
        counts.quarantined++
        const { line, column, code, reason } = outcome
        this.statistics.addQuarantined(outcome, line)
        this.#lines.quarantined.add(`${deliveryId}\t${line}\t${copyText(column)}\t${code}\t${copyText(reason)}\n`)
        return
      }
      case 'record':
        counts.byType[outcome.type] = (counts.byType[outcome.type] ?? 0) + 1
        this.statistics.addSound(outcome.type, row)
        if (outcome.identity.idNumber === null) this.#takeUnidentified(outcome)
        else this.#takeRecord(outcome, outcome.identity.idNumber)
    }
  }

  #takeUnidentified(row: MappedRow): void {
    this.#counts.unidentified++
    const { deliveryId } = this.#options
    const fields = copyText(JSON.stringify(row.fields))
    const { unidentified } = row.identity
    this.#lines.unidentified.add(
      `${deliveryId}\t${row.line}\t${row.type}\t${unidentified}\t${this.#seal(row)}\t${fields}\n`,
    )
  }

  #takeRecord(row: MappedRow, idNumber: string): void {
    this.#counts.records++
    const { deliveryId, hasher, register } = this.#options
    const name = this.#nameOf(row.identity.name)
    const personHash = hasher.number(idNumber)
    const person = copyBytes(personHash)
    this.#lines.records.add(
      `${deliveryId}\t${person}\t${row.line}\t${name.copied}\t${name.state}\t${row.type}\t` +
        `${row.void ? 'void' : 'record'}\t${row.rank}\t${copyText(joinKey(row.key))}\t${copyText(JSON.stringify(row.fields))}\n`,
    )
    if (!register.knowsUnderOtherName(personHash, name.hash)) return
    this.#counts.leads++
    this.#lines.leads.add(`${deliveryId}\t${person}\t${row.line}\t${this.#seal(row)}\n`)
  }

  #nameOf(name: string): HashedName {
    const known = this.#names.get(name)
    if (known) return known
    if (this.#names.size >= MOST_NAMES) this.#names.clear()
    const hash = this.#options.hasher.name(foldName(name))
    const made = { hash, copied: copyBytes(hash), state: nameState(name) }
    this.#names.set(name, made)
    return made
  }

  #seal({ identity: { name, number, address } }: MappedRow): string {
    return copyBytes(this.#options.vault.seal({ name, number, address }))
  }

  /** Counts rows that were dropped before they were taken. */
  addDropped(count: number): void {
    this.#counts.rows += count
    this.#counts.dropped += count
  }

  /** What has been taken since the last time. */
  flush(): { counts: LoadCounts; lines: CopyLines } {
    const { records, leads, unidentified, quarantined } = this.#lines
    const flushed = {
      counts: this.#counts,
      lines: {
        records: records.take(),
        leads: leads.take(),
        unidentified: unidentified.take(),
        quarantined: quarantined.take(),
      },
    }
    this.#counts = noRows()
    return flushed
  }
}
