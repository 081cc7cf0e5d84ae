import type { Work } from './work.ts'

export interface HouseholdRows {
  readonly quarantined: readonly (readonly [row: number, code: string, column: string | null])[]
  readonly unidentified: readonly number[]
  readonly nameDiffers: readonly number[]
  readonly nameMasked: readonly number[]
  readonly nameMissing: readonly number[]
  readonly matched: readonly number[]
  readonly replaced: readonly number[]
  readonly voided: readonly number[]
  readonly voids: readonly number[]
}

const rowsOf = (rows: readonly { row: number }[]) => rows.map(({ row }) => row).sort((a, b) => a - b)

/** What became of a delivery's rows, asked of the database: those of the register's people by fate, and the refused. */
export async function rowsOfDelivery(work: Work, delivery: string): Promise<HouseholdRows> {
  const owned = await work.query<{ row: number; fate: string; same: boolean; name: string }>(
    `select r.row, r.fate, r.name_state as name, r.name_hash = p.name_hash as same
     from record r join person p using (person_hash) where r.delivery_id = $1 and p.has_number`,
    [delivery],
  )
  const standing = (fate: string) => rowsOf(owned.filter((row) => row.same && row.fate === fate))
  const leads = (name: string) => rowsOf(owned.filter((row) => !row.same && row.name === name))
  const quarantined = await work.query<{ row: number; code: string; column: string | null }>(
    'select row, code, column_name as column from quarantined_row where delivery_id = $1 order by row',
    [delivery],
  )
  const unidentified = await work.query<{ row: number }>('select row from unidentified_row where delivery_id = $1', [
    delivery,
  ])
  return {
    quarantined: quarantined.map(({ row, code, column }) => [row, code, column] as const),
    unidentified: rowsOf(unidentified),
    nameDiffers: leads('given'),
    nameMasked: leads('masked'),
    nameMissing: leads('missing'),
    matched: standing('record'),
    replaced: standing('replaced'),
    voided: standing('voided'),
    voids: standing('void'),
  }
}

/** The codes of the catalogue for the kinds of defects that the counties' own programs name. */
export const CODE_OF_DEFECT: Readonly<Record<string, string>> = {
  missing: 'RECORD_MISSING',
  unparseable: 'RECORD_UNPARSEABLE',
  undecodable: 'RECORD_UNDECODABLE',
  'replacement-character': 'RECORD_UNDECODABLE',
  'no-identity': 'RECORD_NO_IDENTITY',
  'unknown-code': 'RECORD_UNKNOWN_CODE',
  'too-few-columns': 'RECORD_COLUMNS',
  'too-many-columns': 'RECORD_COLUMNS',
  malformed: 'RECORD_MALFORMED',
}
