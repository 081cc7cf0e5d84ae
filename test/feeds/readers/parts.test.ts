import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { HeduiError } from '../../../src/errors.ts'
import type { DeliveredRow } from '../../../src/feeds/delivered-row.ts'
import { BatchLines } from '../../../src/feeds/readers/batch-lines.ts'
import { cutParts } from '../../../src/feeds/readers/cut-parts.ts'
import { openFile } from '../../../src/feeds/readers/open-file.ts'
import { type PartColumns, readPart, type TextFormat } from '../../../src/feeds/readers/read-part.ts'

const folder = mkdtempSync(join(tmpdir(), 'hedui-parts-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'file')

interface Reading {
  readonly rows: readonly DeliveredRow[]
  readonly error: string | null
}

async function collect(rows: AsyncIterable<readonly DeliveredRow[]>, into: DeliveredRow[]): Promise<void> {
  for await (const batch of rows) into.push(...batch)
}

const told = (error: unknown) => (error instanceof HeduiError ? `${error.code} ${error.message}` : `defect ${error}`)

async function readWhole(
  format: TextFormat,
  columns: readonly string[],
): Promise<Reading & Pick<PartColumns, 'names' | 'rowsFrom'>> {
  const rows: DeliveredRow[] = []
  let names: readonly string[] = []
  let rowsFrom = 1
  try {
    const opened = await openFile(file, format, columns)
    names = opened.names ?? []
    rowsFrom = opened.rowsFrom ?? 1
    await collect(opened.rows(), rows)
    return { rows, error: null, names, rowsFrom }
  } catch (error) {
    return { rows, error: told(error), names, rowsFrom }
  }
}

async function readParts(format: TextFormat, columns: PartColumns, partBytes: number): Promise<Reading> {
  const rows: DeliveredRow[] = []
  const batch = new BatchLines('comment' in format ? format.comment : undefined, file)
  try {
    for await (const part of cutParts(file, format, columns.names.length, partBytes)) {
      const read = readPart(part, format, columns, file)
      await collect(read.rows, rows)
      batch.addPart(read.part.comments)
    }
    batch.check()
    return { rows, error: null }
  } catch (error) {
    return { rows, error: told(error) }
  }
}

const CSV = {
  format: 'delimited',
  encoding: 'utf-8',
  delimiter: ',',
  header: true,
  quote: '"',
  comment: '#',
} as const satisfies TextFormat

const { comment: _, ...UNCOMMENTED } = CSV

/** Lines as they come, with quotes where they belong and where they do not. */
const line = fc.oneof(
  fc.constantFrom(
    '1,2,3',
    '"a","b\nc",3',
    '"a ""b""",2,3',
    'x,"open,2',
    '"x"y,2,3',
    ',,',
    '',
    '# note',
    '一,"二,三"\r\n,四',
    '1,2',
    '1,"2\n3\n4",5,6',
  ),
  fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', '字', ' ', '#'), maxLength: 30 }),
)

// Without comments, rows whose quotes are plain are told by their bytes alone.
for (const [title, format] of [
  ['comments and quotes', CSV],
  ['quotes', UNCOMMENTED],
] as const) {
  t.test(`parts of any size give the rows of the whole file, wherever ${title} are`, async (t) => {
    let several = 0
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 25 }), fc.integer({ min: 1, max: 60 }), async (lines, partBytes) => {
        writeFileSync(file, ['a,b,c', ...lines].join('\n'))
        const whole = await readWhole(format, ['b', 'a'])
        const parts = await readParts(format, { ...whole, columns: ['b', 'a'] }, partBytes)
        t.strictSame(parts, { rows: whole.rows, error: whole.error })
        if (whole.rows.length > 3) several += 1
      }),
      { numRuns: 600 },
    )
    t.ok(several > 100, 'most files held several rows')
  })
}

t.test('a head and a tail are held against the rows of all parts together', async (t) => {
  const head = '#BATCH|2026-11-01|3\na,b,c\n'
  for (const [name, text] of [
    ['sound', `${head}1,2,3\n4,5,6\n7,8,9\n#END|3\n`],
    ['tail missing', `${head}1,2,3\n4,5,6\n7,8,9\n`],
    ['a row too few', `${head}1,2,3\n4,5,6\n#END|3\n`],
    ['rows after the tail', `${head}1,2,3\n4,5,6\n#END|3\n7,8,9\n`],
    ['two tails', `${head}1,2,3\n4,5,6\n7,8,9\n#END|3\n#END|3\n`],
  ] as const) {
    writeFileSync(file, text)
    const whole = await readWhole(CSV, ['a'])
    for (const partBytes of [1, 7, 20, 1000]) {
      const { error } = await readParts(CSV, { names: ['a', 'b', 'c'], rowsFrom: 3, columns: ['a'] }, partBytes)
      t.equal(error, whole.error, `${name}, ${partBytes} bytes`)
    }
    t.equal(whole.error === null, name === 'sound', name)
  }
})

t.test('GB18030, fixed columns and JSON lines are cut at lines', async (t) => {
  const formats: [TextFormat, Buffer, string[]][] = [
    // 0x7C is the second byte of a character here, and 0x81 before a line feed is half of one.
    [
      { format: 'delimited', encoding: 'gb18030', delimiter: '|', header: true, quote: 'none' },
      Buffer.from('a|b\n\x81\x7cx|2\n\x81\n3|\x84\x31\xa4\x37\n"|4\n', 'latin1'),
      ['a', 'b'],
    ],
    [
      {
        format: 'fixed',
        encoding: 'utf-8',
        columns: [
          { name: 'a', start: 1, length: 2 },
          { name: 'b', start: 3, length: 2 },
        ],
      },
      Buffer.from('一二34\n5678\n\n90\n'),
      ['a', 'b'],
    ],
    [
      { format: 'jsonl', encoding: 'utf-8' },
      Buffer.from('\ufeff{"a":"\\n","b":1.10}\n{"a":"字"}\n{oops\n{"b":12345678901234567890}\n'),
      ['a', 'b'],
    ],
  ]
  for (const [format, bytes, columns] of formats) {
    writeFileSync(file, bytes)
    const whole = await readWhole(format, columns)
    t.ok(whole.rows.length >= 3, format.format)
    for (const partBytes of [1, 5, 9, 64]) {
      const parts = await readParts(format, { ...whole, columns }, partBytes)
      t.strictSame(parts, { rows: whole.rows, error: whole.error }, `${format.format}, ${partBytes} bytes`)
    }
  }
})
