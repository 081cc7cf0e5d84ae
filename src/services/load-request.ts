import type { IdentityHasher } from '../domain/identity-hash.ts'
import type { OpenedFile } from '../feeds/delivered-row.ts'
import type { RowStatistics } from '../feeds/row-statistics.ts'
import type { IdentityVault } from './identity-vault.ts'
import type { Adapter } from './load-adapters.ts'
import type { RepeatedKeys } from './repeated-keys.ts'
import type { SharedRegister } from './shared-register.ts'
import type { LoadCounts, RowTable } from './write-rows.ts'

export interface LoadRequest {
  readonly deliveryId: string
  readonly file: OpenedFile
  readonly path: string
  readonly fileBytes: number
  readonly adapter: Adapter
  readonly hasher: IdentityHasher
  readonly vault: IdentityVault
  readonly secret: Buffer
  readonly register: SharedRegister
  readonly retain: 'all' | 'known'
  readonly parts?: Parts
}

/** What was loaded, and what the rows told of the columns. */
export interface Loaded {
  readonly counts: LoadCounts
  readonly furtherColumns: ReadonlySet<string>
  /** Mapped columns that no row had, in a format whose rows say which they have. */
  readonly absentColumns: ReadonlySet<string>
  /** What settles which row of each key stands. */
  readonly repeated: RepeatedKeys
  /** For the quality report. */
  readonly statistics: RowStatistics
}

/** How a text file is read in parts by several threads. */
export interface Parts {
  /** From which size of the file on, in bytes; starting threads takes as long as 20,000 rows. */
  readonly from: number
  /** How long a part is, in bytes: what a part leaves behind should be gone before the next collection of garbage. */
  readonly bytes: number
}

/** Of parts of 2 MB a file took a third longer and half as much memory again as of parts of 64 KB. */
export const PARTS: Parts = { from: 4 << 20, bytes: 64 << 10 }

/** Takes rows of COPY's binary format for one table; gives a promise where COPY is behind. */
export type WriteRows = (table: RowTable, rows: Uint8Array) => Promise<void> | null
