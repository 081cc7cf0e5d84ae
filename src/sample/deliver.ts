import { spoil } from './defects.ts'
import type { Holding } from './holding.ts'
import type { Layout, Row } from './layout.ts'
import { inventPayer } from './payers.ts'
import type { Random } from './prng.ts'
import { respellIdNumber, respellName } from './spellings.ts'

/** Rows of sound people whose name or number is written otherwise, without meaning another. */
const RESPELLED = 0.05
/** Of strangers' holdings, those that belong to an organization. */
const ORGANIZATIONS = 0.012
/** Of the share of defects, the one of rows that stand twice in the file. */
const TWICE = 0.15

/** Which of the rows of one key stand. Refused, lost and misnamed rows take no part. */
function settle(rows: readonly Row[]): void {
  let standing: Row | undefined
  for (const row of rows) {
    if (row.fate !== null) continue
    if (row.isVoid) {
      row.fate = 'voids'
      if (standing) standing.fate = 'voided'
      standing = undefined
    } else if (standing && standing.rank > row.rank) {
      row.fate = 'replaced'
    } else {
      if (standing) standing.fate = 'replaced'
      row.fate = 'matched'
      standing = row
    }
  }
}

/** The holding as rows of its file, in their order, each with what must become of it. */
export function deliver<F>(
  random: Random,
  layout: Layout<F>,
  holding: Holding<F>,
  drawnOn: string,
  defects: number,
): Row[] {
  const { owner, versions, exact } = holding
  const organization = owner.standing === 'stranger' && layout.hasOrganizations && random.chance(ORGANIZATIONS)
  const rows: Row[] = []
  // At most one spoiled row a key: two masked names of one key would replace each other among the leads.
  let mayBeSpoiled = !exact && !organization
  for (const fact of organization ? versions.slice(-1) : versions) {
    const isVoid = layout.isVoid?.(fact) ?? false
    const row: Row = {
      cells: layout.cells(random, owner, fact, drawnOn),
      about: owner.standing,
      isVoid,
      rank: layout.rank?.(fact) ?? 0,
      fate: null,
      why: null,
    }
    rows.push(row)
    if (organization) {
      const payer = inventPayer(random)
      row.cells[layout.name] = payer.name
      row.cells[layout.idNumber] = payer.code
      row.cells[layout.idType!] = '统一社会信用代码'
      row.fate = 'organizations'
      continue
    }
    if (owner.standing !== 'without-number') {
      if (random.chance(RESPELLED)) row.cells[layout.name] = respellName(random, owner.name)
      if (random.chance(RESPELLED)) row.cells[layout.idNumber] = respellIdNumber(random, owner.idNumber)
    }
    if (mayBeSpoiled && !isVoid && random.chance(defects)) {
      row.cells[layout.name] = owner.name
      row.cells[layout.idNumber] = owner.idNumber
      spoil(random, layout, fact, row)
      mayBeSpoiled = false
    } else if (random.chance(defects * TWICE)) rows.push({ ...row, cells: [...row.cells] })
  }
  if (owner.standing === 'household') settle(rows)
  for (const row of rows) row.fate ??= owner.standing === 'without-number' ? 'unidentified' : 'notMatched'
  return rows
}
