import type { BankAsset } from './bank-assets.ts'
import type { Cell, Layout } from './layout.ts'
import { bankLayout } from './layouts.ts'

/** The sources whose register of a whole city can be made. */
export const REGISTER_SOURCES = ['vehicle', 'bank'] as const
export type RegisterSource = (typeof REGISTER_SOURCES)[number]

const DATES = ['查询日期', '开户日期'].map((column) => bankLayout.columns.indexOf(column))

/** Serials seen and their dates: some thousand different ones. */
const dates = new Map<number, string>()

/** A serial (days since 1899-12-30) is a date in a workbook only: in a text file it would be a number like any other. */
function dateOfSerial(serial: number): string {
  let date = dates.get(serial)
  if (date === undefined) {
    date = new Date((serial - 25569) * 86_400_000).toISOString().slice(0, 10)
    dates.set(serial, date)
  }
  return date
}

/** The columns of bank.xlsx in a delimited text file. */
export const bankTextLayout: Layout<BankAsset> = {
  ...bankLayout,
  file: 'bank.csv',
  cells(random, owner, fact, drawnOn) {
    const cells: Cell[] = bankLayout.cells(random, owner, fact, drawnOn)
    for (const column of DATES) {
      const cell = cells[column]
      if (typeof cell === 'number') cells[column] = dateOfSerial(cell)
    }
    return cells
  },
  hasBytes: true,
  breaks: 'columns',
}
