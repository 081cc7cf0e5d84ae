import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HeduiError } from '../../../src/errors.ts'
import { type Cell, type DeliveredRow, NumberCell, type OpenedFile } from '../../../src/feeds/delivered-row.ts'
import type { DelimitedFormat, FileFormat } from '../../../src/feeds/file-format.ts'
import { openFile } from '../../../src/feeds/readers/open-file.ts'

export const CSV: DelimitedFormat = { format: 'delimited', encoding: 'utf-8', delimiter: ',', header: true, quote: '"' }

/** Writes a file into the test's folder and returns its path. */
export function written(folder: string, content: string | Uint8Array, name = 'file'): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** A cell as something that `same` shows well: a number as ["number", its text]. */
export const plain = (cell: Cell) => (cell instanceof NumberCell ? ['number', cell.text] : cell)

/** A row as [line, cells], or [line, code, column] where it has a defect. */
export const brief = ({ line, cells, defect }: DeliveredRow) =>
  defect ? [line, defect.code, defect.column] : [line, cells.map(plain)]

export async function allRows(file: OpenedFile): Promise<DeliveredRow[]> {
  const rows: DeliveredRow[] = []
  for await (const batch of file.rows()) rows.push(...batch)
  return rows
}

export interface Read {
  readonly file: OpenedFile
  readonly rows: readonly DeliveredRow[]
}

/** Opens a file and reads all of it. */
export async function read(
  path: string,
  format: FileFormat,
  columns: readonly string[],
  options: { chunkBytes?: number } = {},
): Promise<Read> {
  const file = await openFile(path, format, columns, options)
  return { file, rows: await allRows(file) }
}

/** The HeduiError that reading ends in, or null where it ends well; throws any other. */
export async function refusal(reading: Promise<unknown>): Promise<HeduiError | null> {
  try {
    await reading
    return null
  } catch (error) {
    if (error instanceof HeduiError) return error
    throw error
  }
}
