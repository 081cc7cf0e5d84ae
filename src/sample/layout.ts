import type { Source } from './assumptions.ts'
import type { Owner, Standing } from './people.ts'
import type { Random } from './prng.ts'

/** What stands in a column: a text, a number where the file has numbers (workbook, JSON), or nothing. */
export type Cell = string | number | null

/**
 * What becomes of a row, as county/README.md says: it stands as a record of a household's person, a later row of its key
 * replaces it, it is voided or voids; it is of nobody in a household; it is refused; or nobody knows whose it is.
 */
export const FATES = [
  'matched',
  'replaced',
  'voided',
  'voids',
  'notMatched',
  'quarantined',
  'unidentified',
  'nameDiffers',
  'nameMasked',
  'nameMissing',
  'organizations',
] as const
export type Fate = (typeof FATES)[number]

export interface Row {
  cells: Cell[]
  readonly about: Standing
  readonly isVoid: boolean
  /** Among rows of one key the higher rank stands, then the later. */
  readonly rank: number
  fate: Fate | null
  /** Of a quarantined row: kind of defect and column, "missing:号牌种类". */
  why: string | null
  /** Damage that concerns the line and no column. */
  broken?: 'truncated' | 'no-object'
}

/** How one source writes its rows, and how a row of it can be spoiled so that it must be refused. */
export interface Layout<F> {
  readonly source: Source
  readonly file: string
  readonly columns: readonly string[]
  readonly name: number
  readonly idNumber: number
  readonly idType: number | null
  /** The cells of a row; a running number is put in by whoever writes the file. */
  cells(random: Random, owner: Owner, fact: F, drawnOn: string): Cell[]
  isVoid?(fact: F): boolean
  rank?(fact: F): number
  /** Columns that this row must have. */
  required(fact: F): readonly number[]
  /** Columns that are parsed, with texts that cannot be. */
  parsed(fact: F): readonly (readonly [column: number, garbage: readonly string[]])[]
  /** Columns of codes, with codes that nobody knows. */
  coded(fact: F): readonly (readonly [column: number, codes: readonly string[]])[]
  /** Mapped text columns: U+FFFD and undecodable bytes in them refuse the row. */
  readonly texts: readonly number[]
  /** Whether the file's bytes are of an encoding that a byte can break. */
  readonly hasBytes: boolean
  readonly breaks: 'columns' | 'json' | null
  /** Whether organizations have rows in it: they own vehicles and property; the others deliver natural persons only. */
  readonly hasOrganizations: boolean
}

export const NOT_MONEY = ['一千二百', '面议', '见附件', '12.3.4', '12万'] as const
export const NOT_A_DATE = ['不详', '2026-13-45', '上个月'] as const
export const NOT_A_MONTH = ['上月', '202613'] as const

/** The kind of document as the files call it. */
export const documentOf = (owner: Owner) => (owner.standing === 'without-number' ? '护照' : '居民身份证')

/** An address, now and then with what a quoted field can hold. */
export function spellAddress(random: Random, address: string): string {
  if (!random.chance(0.05)) return address
  return random.pick([`"${address}"`, `${address}\n(老宅)`, `${address},后院`])
}
