import { isTextFormat } from '../feeds/readers/read-part.ts'
import { loadInParts } from './load-parts.ts'
import { type Loaded, type LoadRequest, PARTS, type WriteRows } from './load-request.ts'
import { RepeatedKeys } from './repeated-keys.ts'
import { addCounts, noRows, ROW_TABLES, RowWriter } from './write-rows.ts'

/**
 * Reads, maps and identifies a delivery's rows, a large text file with several threads, and gives what to load of them to `write`:
 * what loading a delivery and validating a file have in common. Throws HeduiError SOURCE_* where the file as a whole
 * turns out unusable.
 */
export function readDelivery(
  request: LoadRequest,
  write: WriteRows,
  progress: (rows: number) => void,
): Promise<Loaded> {
  const inParts = isTextFormat(request.adapter.manifest.file) && request.fileBytes >= (request.parts ?? PARTS).from
  return inParts ? loadInParts(request, write, progress) : loadInOrder(request, write, progress)
}

/** Reads the file from its beginning to its end in this thread. */
async function loadInOrder(request: LoadRequest, write: WriteRows, progress: (rows: number) => void): Promise<Loaded> {
  const { file, adapter } = request
  const writer = new RowWriter({ ...request, mapper: adapter.mapper, date1904: file.date1904 ?? false })
  const total = noRows()
  const repeated = new RepeatedKeys()
  for await (const batch of file.rows()) {
    for (const row of batch) writer.take(row)
    const { counts, rows, keys } = writer.flush()
    addCounts(total, counts)
    repeated.add(keys)
    for (const table of ROW_TABLES) await write(table, rows[table])
    progress(total.rows)
  }
  const { furtherColumns, absentColumns } = file
  return { counts: total, furtherColumns, absentColumns, repeated, statistics: writer.statistics }
}
