import type { DeliveredRow } from '../delivered-row.ts'
import type { DelimitedFormat, FileFormat, FixedFormat, JsonLinesFormat } from '../file-format.ts'
import { CommentLog } from './batch-lines.ts'
import { decodedText } from './decode.ts'
import { readDelimitedPart } from './delimited.ts'
import { readFixedPart } from './fixed.ts'
import { readJsonLinesPart } from './json-lines.ts'
import { TextLines } from './text-lines.ts'

/** Formats whose files can be cut at row boundaries and read in parts; a workbook cannot. */
export type TextFormat = DelimitedFormat | FixedFormat | JsonLinesFormat

export function isTextFormat(format: FileFormat): format is TextFormat {
  return format.format !== 'xlsx'
}

/** Some bytes of a text file that begin and end at a row boundary. */
export interface FilePart {
  /** From 0, in the order of the file. */
  readonly index: number
  readonly bytes: Uint8Array
  /** Number of the line with which the part begins. */
  readonly line: number
}

export interface PartColumns {
  /** Names of the file's columns, for a delimited file. */
  readonly names: readonly string[]
  /** The line below the header. */
  readonly rowsFrom: number
  /** The columns asked for. */
  readonly columns: readonly string[]
}

export interface Part {
  readonly lines: TextLines
  readonly comments: CommentLog
  readonly path: string
  /** Columns that the rows of the part did or did not have, where a format finds out by its rows. */
  seen: { further: ReadonlySet<string>; absent: ReadonlySet<string> } | null
}

export type PartReader<F> = (part: Part, format: F, columns: PartColumns) => AsyncGenerator<readonly DeliveredRow[]>

export interface ReadPart {
  readonly part: Part
  readonly rows: AsyncGenerator<readonly DeliveredRow[]>
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** The rows of a part, exactly as the reader of the whole file would give them; its comments are in `part` afterwards. */
export function readPart(
  { index, bytes, line }: FilePart,
  format: TextFormat,
  columns: PartColumns,
  path: string,
): ReadPart {
  const part: Part = {
    lines: new TextLines(decodedText(whole(bytes), format.encoding, { first: index === 0 }), line),
    comments: new CommentLog('comment' in format ? format.comment : undefined),
    path,
    seen: null,
  }
  return { part, rows: rowsOf(part, format, columns) }
}

async function* rowsOf(part: Part, format: TextFormat, columns: PartColumns): AsyncGenerator<readonly DeliveredRow[]> {
  await skipTo(columns.rowsFrom, part)
  switch (format.format) {
    case 'delimited':
      return yield* readDelimitedPart(part, format, columns)
    case 'fixed':
      return yield* readFixedPart(part, format, columns)
    case 'jsonl':
      return yield* readJsonLinesPart(part, format, columns)
  }
}

/** Passes the header and what stands above it; comments there are kept as any others. */
async function skipTo(line: number, { lines, comments }: Part): Promise<void> {
  while (lines.number < line) {
    const text = lines.peek()
    if (text === undefined) {
      if (!(await lines.more()) && lines.ended) return
      continue
    }
    comments.takes(text, lines.number)
    lines.advance(1)
  }
}
