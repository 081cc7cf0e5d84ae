import type { BatchHead, DeliveredRow, OpenedFile } from '../delivered-row.ts'
import type { Encoding } from '../file-format.ts'
import { checkEncoding } from './check-encoding.ts'
import { decodedText } from './decode.ts'
import { FileBytes } from './file-bytes.ts'
import { closing, once } from './reading-once.ts'
import { TextLines } from './text-lines.ts'

/** A text file whose encoding has been checked, and its lines. */
export interface OpenedText {
  readonly path: string
  /** The first bytes, for a closer look where the header is not what it should be. */
  readonly start: Uint8Array
  readonly lines: TextLines
}

/** What a format's reader finds out before the rows, and how it reads them. */
export interface ReadText {
  readonly head: BatchHead | null
  readonly furtherColumns: ReadonlySet<string>
  readonly absentColumns: ReadonlySet<string>
  /** Names of the file's columns in order, where the format has a header. */
  readonly names?: readonly string[]
  /** The line below the header, before which no row stands. */
  readonly rowsFrom?: number
  readonly rows: AsyncGenerator<readonly DeliveredRow[]>
}

/**
 * Opens a text file, lets `read` look at its beginning, and ties the life of the file to that of the rows.
 * Throws HeduiError INPUT_FILE, SOURCE_ENCODING, SOURCE_FILE and what `read` throws; the file is then closed.
 */
export async function openText(
  path: string,
  encoding: Encoding,
  read: (text: OpenedText) => Promise<ReadText>,
  chunkBytes?: number,
): Promise<OpenedFile> {
  const bytes = await FileBytes.open(path)
  try {
    const start = await bytes.start()
    checkEncoding(start, encoding, path)
    const lines = new TextLines(decodedText(bytes.chunks(chunkBytes), encoding))
    const { rows, ...known } = await read({ path, start, lines })
    return { ...known, rows: once(() => closing(rows, bytes)), close: () => bytes.close() }
  } catch (error) {
    await bytes.close()
    throw error
  }
}
