import fc from 'fast-check'
import t from 'tap'
import type { DelimitedFormat, FileFormat } from '../../../src/feeds/file-format.ts'
import { brief, CSV, read, refusal, written } from './reading.ts'
import { textRow, workbookOf } from './write-workbook.ts'

const folder = t.testdir({})
const characters = fc.constantFrom(...'ab1 ,"|#\'\t\n\r　王伟𠀀é,"\n')
const value = fc.oneof(fc.string({ unit: characters, maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 6 }))
const legible = value.map((text) =>
  text
    .replace(/[\0\uFFFD\uFEFF]/g, '')
    .toWellFormed()
    .replaceAll('\uFFFD', ''),
)
const table = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(legible, { minLength: width, maxLength: width }), { maxLength: 12 }))
const chunkBytes = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(65_536))
const namesFor = (rows: readonly (readonly string[])[]) => (rows[0] ?? ['x']).map((_, i) => `c${i}`)

const lineFeeds = (text: string) => text.split('\n').length - 1

function csvOf(rows: readonly (readonly string[])[], end: string, format: DelimitedFormat, always: boolean) {
  const quoted = (text: string, first: boolean) =>
    always ||
    /["\r\n]/.test(text) ||
    text.includes(format.delimiter) ||
    (first && (text.trim() === '' || text.startsWith('#')))
      ? `"${text.replaceAll('"', '""')}"`
      : text
  const lines = rows.map((row) => row.map((text, i) => quoted(text, i === 0)).join(format.delimiter))
  let line = 2
  const expected = rows.map((row, i) => {
    const at = line
    line += lineFeeds(lines[i]!) + 1
    return [at, [...row]]
  })
  return { text: [namesFor(rows).join(format.delimiter), ...lines].join(end), expected }
}

t.test('any table comes back from CSV, with its line numbers', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom(',', '|', '\t', ';'),
      fc.boolean(),
      fc.boolean(),
      chunkBytes,
      async (rows, end, delimiter, always, ends, size) => {
        const format = { ...CSV, delimiter, comment: '#' }
        const { text, expected } = csvOf(rows, end, format, always)
        const path = written(folder, ends ? text + end : text)
        const got = await read(path, format, namesFor(rows), { chunkBytes: size })
        t.strictSame(got.rows.map(brief), expected)
      },
    ),
    { numRuns: 400 },
  )
})

t.test('any table comes back from JSON lines', async (t) => {
  await fc.assert(
    fc.asyncProperty(table, chunkBytes, async (rows, size) => {
      const names = namesFor(rows)
      const lines = rows.map((row) => `${JSON.stringify(Object.fromEntries(row.map((text, i) => [names[i], text])))}\n`)
      const got = await read(written(folder, lines.join('')), { format: 'jsonl', encoding: 'utf-8' }, names, {
        chunkBytes: size,
      })
      t.strictSame(
        got.rows.map(brief),
        rows.map((row, i) => [i + 1, [...row]]),
      )
    }),
    { numRuns: 150 },
  )
})

t.test('any number comes back from JSON lines as the same number', async (t) => {
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), fc.bigInt().map(String))
  await fc.assert(
    fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 20 }), async (numbers) => {
      const text = numbers.map((each) => `{"a":${each}}\n`).join('')
      const got = await read(written(folder, text), { format: 'jsonl', encoding: 'utf-8' }, ['a'])
      t.strictSame(
        got.rows.map(brief),
        numbers.map((each, i) => [i + 1, [['number', each]]]),
      )
    }),
  )
})

t.test('any table comes back from a workbook', async (t) => {
  // XML holds no control characters but three; a literal _x would be an escape; blank rows are skipped.
  const sayable = (text: string) => text.replace(/[\x01-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF_]/g, '')
  await fc.assert(
    fc.asyncProperty(table, chunkBytes, async (rows, size) => {
      const names = namesFor(rows)
      const texts = rows.map((row) => row.map(sayable))
      const sheet = [names, ...texts].map((row, i) => textRow(row, i + 1)).join('')
      const got = await read(written(folder, workbookOf({ sheets: { S: sheet } })), { format: 'xlsx' }, names, {
        chunkBytes: size,
      })
      const expected = texts.map((row, i) => [i + 2, row] as const).filter(([, row]) => row.some((text) => text.trim()))
      t.strictSame(got.rows.map(brief), expected)
    }),
    { numRuns: 150 },
  )
})

const FORMATS: FileFormat[] = [
  { ...CSV, comment: '#' },
  { ...CSV, quote: 'none', encoding: 'gb18030' },
  { ...CSV, encoding: 'gb18030' },
  { ...CSV, encoding: 'gbk', header: false, columns: ['a', 'b'] },
  { format: 'fixed', encoding: 'gb18030', columns: [{ name: 'a', start: 1, length: 2 }], comment: '#' },
  { format: 'jsonl', encoding: 'utf-8' },
  { format: 'jsonl', encoding: 'gb18030' },
  { format: 'xlsx' },
]

const sheet = [
  ['a', 'b'],
  ['王伟', '1'],
  ['x', '\r\n'],
]
  .map((row, i) => textRow(row, i + 1))
  .join('')
const SOUND = [
  Buffer.from('#BATCH|2026-11-01|2\na,b\n"1\n2",3\n王,"x""y"\n#END|2\n'),
  Buffer.from('{"a":"王","b":1e5}\n{"a":"1"}\n'),
  Buffer.from(workbookOf({ sheets: { S: sheet }, strings: '<si><t>x</t></si>' })),
]

/** A sound file with some bytes changed, and perhaps cut off. */
const damaged = fc
  .tuple(fc.constantFrom(...SOUND), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.option(fc.nat()))
  .map(([sound, changes, cut]) => {
    const bytes = Buffer.from(sound)
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte
    return cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1))
  })
const headed = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([Buffer.from('a,b\n'), bytes]))
const anyBytes = fc.oneof(damaged, headed, fc.uint8Array({ maxLength: 300 }))

t.test('any bytes are read or refused, the same whatever the chunks', async (t) => {
  await fc.assert(
    fc.asyncProperty(anyBytes, fc.constantFrom(...FORMATS), chunkBytes, async (bytes, format, size) => {
      const path = written(folder, bytes)
      const outcome = async (options: { chunkBytes?: number }) => {
        let rows: unknown[] = []
        const error = await refusal(read(path, format, ['a'], options).then((got) => (rows = got.rows.map(brief))))
        return { rows, code: error?.code, message: error?.message }
      }
      t.same(await outcome({ chunkBytes: size }), await outcome({}))
    }),
    { numRuns: 3_000 },
  )
})
