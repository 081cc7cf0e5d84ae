import type { OpenedFile } from '../delivered-row.ts'
import type { FileFormat } from '../file-format.ts'
import { openDelimited } from './delimited.ts'
import { openFixed } from './fixed.ts'
import { openJsonLines } from './json-lines.ts'
import { openWorkbook } from './workbook.ts'

/**
 * Opens a delivered file: checks what it is and its header, and reads its head. `columns` are the columns that the
 * adapter maps; the cells of each row come in their order. Files are streamed, `chunkBytes` at a time.
 *
 * Throws HeduiError INPUT_FILE where the file cannot be read, SOURCE_ENCODING where it is in another encoding,
 * SOURCE_FILE where it is not of the format, SOURCE_COLUMNS where a column is missing; `rows()` throws SOURCE_TRUNCATED
 * where head, tail and rows disagree. The caller reads the rows or closes the file.
 */
export async function openFile(
  path: string,
  format: FileFormat,
  columns: readonly string[],
  { chunkBytes }: { readonly chunkBytes?: number } = {},
): Promise<OpenedFile> {
  switch (format.format) {
    case 'delimited':
      return openDelimited(path, format, columns, chunkBytes)
    case 'fixed':
      return openFixed(path, format, columns, chunkBytes)
    case 'jsonl':
      return openJsonLines(path, format, columns, chunkBytes)
    case 'xlsx':
      return openWorkbook(path, format, columns, chunkBytes)
  }
}
