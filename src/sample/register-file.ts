import { join } from 'node:path'
import { createFileSink } from './file-sink.ts'
import { encodeGb18030, encodeUtf8 } from './gb18030.ts'
import type { Cell, Layout } from './layout.ts'
import { createRandom, STREAM } from './prng.ts'
import { createShuffle } from './shuffle.ts'

/** A large delimited file while it is written: rows are mixed, numbered and quoted on the way. */
export interface RegisterFile {
  /** Takes the rows of one person, in the order in which they must stand. */
  add(rows: readonly { readonly cells: readonly Cell[] }[]): void
  flush(): Promise<void>
  close(): Promise<{ rows: number; bytes: number }>
  abandon(): Promise<void>
}

export interface RegisterFileOptions {
  readonly folder: string
  readonly seed: number
  readonly encoding: 'gb18030' | 'utf-8'
  readonly newline: string
}

/**
 * Rows that wait to be mixed. As lines and not as cells, and few: 20,000 rows of cells outlive every collection of the
 * young generation, which then takes a third of the time.
 */
const POOL = 2000
/** Characters that are encoded at once. */
const BLOCK = 1 << 15
const BLANK_LINES = 0.001

const NEEDS_QUOTES = /[",\r\n]/

function field(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  return NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** Opens the layout's file in a folder: commas, quotes where needed, a blank line now and then. */
export async function createRegisterFile(
  layout: Pick<Layout<never>, 'file' | 'columns'>,
  { folder, seed, encoding, newline }: RegisterFileOptions,
): Promise<RegisterFile> {
  const sink = await createFileSink(join(folder, layout.file))
  const encode = encoding === 'utf-8' ? encodeUtf8 : encodeGb18030
  const random = createRandom(seed, STREAM.order, layout.file.length)
  const isNumbered = layout.columns[0] === '序号'
  let block = (encoding === 'utf-8' ? '\ufeff' : '') + layout.columns.join(',') + newline
  let rows = 0
  const emit = (line: string) => {
    if (random.chance(BLANK_LINES)) block += newline
    rows++
    block += isNumbered ? rows + line : line
    if (block.length < BLOCK) return
    sink.write(encode(block))
    block = ''
  }
  const shuffle = createShuffle(createRandom(seed, STREAM.order), POOL, emit)
  /** Without the running number, which is known when the row's place in the file is. Joined, so that it is one string. */
  const lineOf = ({ cells }: { readonly cells: readonly Cell[] }) => {
    const fields: string[] = []
    for (const cell of cells) fields.push(field(cell))
    return fields.join(',') + newline
  }
  return {
    add: (group) => shuffle.add(group.map(lineOf)),
    flush: () => sink.flush(),
    async close() {
      shuffle.drain()
      sink.write(encode(block))
      return { rows, bytes: await sink.close() }
    },
    abandon: () => sink.abandon(),
  }
}
