import { join } from 'node:path'
import { createFileSink, type FileSink, moveInto } from './file-sink.ts'
import { encodeGb18030, encodeUtf8 } from './gb18030.ts'
import type { Cell, Layout, Row } from './layout.ts'
import { createRandom, type Random, STREAM } from './prng.ts'

/** One of the five files while it is written. */
export interface RowFile {
  /** Writes a row; the line (or sheet row) on which it starts, from 1. */
  add(row: Row): number
  flush(): Promise<void>
  /** Completes the file: its rows and bytes. */
  close(): Promise<{ rows: number; bytes: number }>
  abandon(): Promise<void>
}

export interface RowFileOptions {
  readonly folder: string
  readonly seed: number
  /** "2026-11-01", for a head line. */
  readonly drawnOn: string
}

type AnyLayout = Pick<Layout<never>, 'file' | 'columns' | 'source'>

const countLines = (text: string) => {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

const asText = (cell: Cell) => (cell === null ? '' : String(cell))
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A running number stands in column 0 where the file has one and the line is whole. */
function withRunningNumber(layout: AnyLayout, cells: readonly Cell[], number: number): readonly Cell[] {
  return layout.columns[0] === '序号' ? [number, ...cells.slice(1)] : cells
}

interface TextFormat {
  readonly encode: (text: string) => Buffer
  /** Lines that stand before the first row, with their line feeds. */
  readonly head: string
  readonly format: (row: Row, number: number, random: Random) => string
  readonly blankLine?: string
}

function textFile(
  sink: FileSink,
  random: Random,
  format: TextFormat,
  close: RowFile['close'],
): RowFile & { rows(): number } {
  let line = 1 + countLines(format.head)
  let rows = 0
  const write = (text: string) => {
    sink.write(format.encode(text))
    const start = line
    line += countLines(text)
    return start
  }
  sink.write(format.encode(format.head))
  return {
    add(row) {
      if (format.blankLine !== undefined && random.chance(0.001)) write(format.blankLine)
      return write(format.format(row, ++rows, random))
    },
    flush: () => sink.flush(),
    close,
    abandon: () => sink.abandon(),
    rows: () => rows,
  }
}

/** vehicle.csv and property.csv: commas, quotes where needed, a blank line now and then. */
export async function createCsvFile(
  layout: AnyLayout,
  options: RowFileOptions,
  how: { encoding: 'gb18030' | 'utf-8'; newline: string },
): Promise<RowFile> {
  const sink = await createFileSink(join(options.folder, layout.file))
  const line = (cells: readonly Cell[]) => cells.map((cell) => quoted(asText(cell))).join(',') + how.newline
  const utf8 = how.encoding === 'utf-8'
  const format: TextFormat = {
    encode: utf8 ? encodeUtf8 : encodeGb18030,
    head: (utf8 ? '\ufeff' : '') + line(layout.columns),
    format: (row, number) => line(withRunningNumber(layout, row.cells, number)),
    blankLine: how.newline,
  }
  const random = createRandom(options.seed, STREAM.order, layout.file.length)
  const file = textFile(sink, random, format, async () => ({ rows: file.rows(), bytes: await sink.close() }))
  return file
}

/** tax.txt: bars, no quotes, head and tail with the number of rows. The head is written last: only then it is known. */
export async function createTaxFile(layout: AnyLayout, options: RowFileOptions): Promise<RowFile> {
  const path = join(options.folder, layout.file)
  const body = await createFileSink(`${path}.rows`)
  const line = (cells: readonly Cell[]) => `${cells.map(asText).join('|')}\n`
  const format: TextFormat = {
    encode: encodeGb18030,
    head: '',
    format: (row, number) => line(withRunningNumber(layout, row.cells, number)),
  }
  const close = async () => {
    await body.close()
    const sink = await createFileSink(path)
    sink.write(encodeGb18030(`#BATCH|${options.drawnOn}|${file.rows()}\n${line(layout.columns)}`))
    await moveInto(sink, `${path}.rows`)
    sink.write(encodeGb18030(`#END|${file.rows()}\n`))
    return { rows: file.rows(), bytes: await sink.close() }
  }
  const file = textFile(body, createRandom(options.seed), format, close)
  return { ...file, add: (row) => file.add(row) + 2 }
}

/** social-insurance.jsonl: an object a line, with and without blanks between its parts; absent, null or "" where there is nothing. */
export async function createJsonLinesFile(layout: AnyLayout, options: RowFileOptions): Promise<RowFile> {
  const sink = await createFileSink(join(options.folder, layout.file))
  const format: TextFormat = {
    encode: encodeUtf8,
    head: '',
    format(row, _, random) {
      const blanks = random.chance(0.4)
      const parts = row.cells.flatMap((cell, i) =>
        cell === null && !random.chance(0.02)
          ? []
          : [`${JSON.stringify(layout.columns[i])}:${blanks ? ' ' : ''}${JSON.stringify(cell)}`],
      )
      const object = `{${parts.join(blanks ? ', ' : ',')}}`
      if (row.broken === 'no-object') return `[${parts.map((part) => part.slice(part.indexOf(':') + 1)).join(',')}]\n`
      return `${row.broken === 'truncated' ? object.slice(0, Math.floor(object.length * 0.8)) : object}\n`
    },
  }
  const random = createRandom(options.seed, STREAM.order, layout.file.length)
  const file = textFile(sink, random, format, async () => ({ rows: file.rows(), bytes: await sink.close() }))
  return file
}
