import t from 'tap'
import type { DelimitedFormat } from '../../../src/feeds/file-format.ts'
import { openFile } from '../../../src/feeds/readers/open-file.ts'
import { brief, CSV, read, refusal, written } from './reading.ts'

const folder = t.testdir({})
const long = 'x'.repeat((1 << 20) + 1)
const manyLines = (count: number) => Array.from({ length: count }, (_, i) => `l${i}`).join('\n')

const cases: { it: string; text: string; format?: Partial<DelimitedFormat>; columns?: string[]; rows: unknown[] }[] = [
  {
    it: 'reads plain rows',
    text: 'a,b\n1,2\n3,4\n',
    rows: [
      [2, ['1', '2']],
      [3, ['3', '4']],
    ],
  },
  { it: 'reads a last row without a line end', text: 'a,b\n1,2', rows: [[2, ['1', '2']]] },
  {
    it: 'takes a CR before LF for the line ending',
    text: 'a,b\r\n1,2\r\n"3","4"\r\n',
    rows: [
      [2, ['1', '2']],
      [3, ['3', '4']],
    ],
  },
  { it: 'keeps a CR that is within a line', text: 'a,b\n1\r2,3\n', rows: [[2, ['1\r2', '3']]] },
  {
    it: 'takes commas, quotes and line breaks within quotes',
    text: 'a,b\n"x,y","say ""hi"""\n"1\r\n2",z\n',
    rows: [
      [2, ['x,y', 'say "hi"']],
      [3, ['1\r\n2', 'z']],
    ],
  },
  {
    it: 'counts lines inside quotes',
    text: 'a,b\n"1\n\n2",z\n3,4\n',
    rows: [
      [2, ['1\n\n2', 'z']],
      [5, ['3', '4']],
    ],
  },
  { it: 'takes a quote for itself unless it starts a field', text: 'a,b\n5"x,6"\n', rows: [[2, ['5"x', '6"']]] },
  {
    it: 'takes quotes for themselves where quoting is off',
    text: 'a,b\n"1,2"\n',
    format: { quote: 'none' },
    rows: [[2, ['"1', '2"']]],
  },
  {
    it: 'splits at any one character',
    text: 'a｜b\n1｜"2｜3"\n',
    format: { delimiter: '｜' },
    rows: [[2, ['1', '2｜3']]],
  },
  { it: 'splits at tabs', text: 'a\tb\n\t1\n', format: { delimiter: '\t' }, rows: [[2, ['', '1']]] },
  {
    it: 'splits at a character outside the basic plane',
    text: 'a😀b\n1😀"2"\n',
    format: { delimiter: '😀' },
    rows: [[2, ['1', '2']]],
  },
  {
    it: 'skips blank lines and counts them',
    text: '\n  \na,b\n\n1,2\n　\n3,4\n',
    rows: [
      [5, ['1', '2']],
      [7, ['3', '4']],
    ],
  },
  { it: 'gives columns in the order asked', text: 'a,b,c\n1,2,3\n', columns: ['c', 'a'], rows: [[2, ['3', '1']]] },
  { it: 'trims the header and strips its BOM', text: '\uFEFF a , b \n1,2\n', rows: [[2, ['1', '2']]] },
  { it: 'reads a quoted header with a line break in it', text: '"a","b","c\nd"\n1,2,3\n', rows: [[3, ['1', '2']]] },
  {
    it: 'names columns where there is no header',
    text: '1,2\n',
    format: { header: false, columns: ['b', 'a'] },
    rows: [[1, ['2', '1']]],
  },
  {
    it: 'quarantines a row of another number of columns',
    text: 'a,b\n1\n1,2,3\n4,5\n',
    rows: [
      [2, 'RECORD_COLUMNS', null],
      [3, 'RECORD_COLUMNS', null],
      [4, ['4', '5']],
    ],
  },
  {
    it: 'quarantines garbage after a closing quote',
    text: 'a,b\n"1"x,2\n3,4\n',
    rows: [
      [2, 'RECORD_MALFORMED', null],
      [3, ['3', '4']],
    ],
  },
  {
    it: 'resumes after the first line of a row whose quote is never closed',
    text: 'a,b\n"1,2\n3,4\n5,6',
    rows: [
      [2, 'RECORD_MALFORMED', null],
      [3, ['3', '4']],
      [4, ['5', '6']],
    ],
  },
  {
    it: 'resumes after a quote that swallowed a row',
    text: 'a,b\n"1,2\n"3",4\n5,6\n',
    rows: [
      [2, 'RECORD_MALFORMED', null],
      [3, ['3', '4']],
      [4, ['5', '6']],
    ],
  },
  {
    it: 'gives up a field of more than 1,000 lines',
    text: `a,b\n"${manyLines(1001)}",x\n`,
    columns: [],
    rows: [
      [2, 'RECORD_MALFORMED', null],
      ...Array.from({ length: 1000 }, (_, i): unknown[] => [i + 3, 'RECORD_COLUMNS', null]).with(999, [1002, []]),
    ],
  },
  {
    it: 'takes a field of 1,000 lines',
    text: `a,b\n"${manyLines(1000)}",x\n1,2\n`,
    columns: ['b'],
    rows: [
      [2, ['x']],
      [1002, ['2']],
    ],
  },
  {
    it: 'gives up a field of more than 1 MB',
    text: `a,b\n"${'y'.repeat(1 << 19)}\n${'y'.repeat(1 << 19)}\n",x\n1,2\n`,
    rows: [
      [2, 'RECORD_MALFORMED', null],
      [3, 'RECORD_COLUMNS', null],
      [4, 'RECORD_MALFORMED', null],
      [5, ['1', '2']],
    ],
  },
  {
    it: 'gives up a line of more than 1 MB',
    text: `a,b\n${long},${long}${long}\n1,2\n${long}`,
    rows: [
      [2, 'RECORD_MALFORMED', null],
      [3, ['1', '2']],
      [4, 'RECORD_MALFORMED', null],
    ],
  },
  {
    it: 'gives up a row over several lines with far too many columns',
    text: `a,b\n${'x","y\n'.repeat(40)}1,2\n`.replace('x"', '"x"'),
    columns: ['a'],
    rows: [
      [2, 'RECORD_MALFORMED', null],
      ...Array.from({ length: 39 }, (_, i) => [i + 3, 'RECORD_MALFORMED', null]),
      [42, ['1']],
    ],
  },
  {
    it: 'quarantines U+FFFD and names the column, mapped or not',
    text: 'a,b,c\n1,2,3\n1,2,\uFFFD\n\uFFFD,2,3\n',
    columns: ['a'],
    rows: [
      [2, ['1']],
      [3, 'RECORD_UNDECODABLE', 'c'],
      [4, 'RECORD_UNDECODABLE', 'a'],
    ],
  },
  {
    it: 'quarantines NUL behind the start of the file',
    text: `a,b\n1,${'x'.repeat(70_000)}\n1,\0\n`,
    columns: ['a'],
    rows: [
      [2, ['1']],
      [3, 'RECORD_UNDECODABLE', 'b'],
    ],
  },
  {
    it: 'takes # for data where no comment character is declared',
    text: 'a,b\n#END|9,2\n',
    rows: [[2, ['#END|9', '2']]],
  },
  { it: 'reads a header without rows', text: 'a,b\n', rows: [] },
]

t.test('delimited', async (t) => {
  for (const { it, text, format, columns = ['a', 'b'], rows } of cases) {
    t.test(it, async (t) => {
      const path = written(folder, text)
      for (const chunkBytes of text.length > 5_000 ? [65_536, 262_144] : [1, 7, 262_144]) {
        const got = await read(path, { ...CSV, ...format }, columns, { chunkBytes })
        t.same(got.rows.map(brief), rows, `in chunks of ${chunkBytes}`)
        t.equal(got.file.absentColumns.size, 0)
      }
    })
  }
})

t.test('says how many columns a row has', async (t) => {
  const { rows } = await read(written(folder, 'a,b,c\n1,2\n"1\n2",3\n'), CSV, ['a'])
  t.same(
    rows.map((row) => row.defect?.reason),
    ['has 2 columns, the header has 3', 'has 2 columns over 2 lines, the header has 3'],
  )
})

t.test('reports further columns', async (t) => {
  const { file } = await read(written(folder, 'a,x,,b,y\n'), CSV, ['b', 'a'])
  t.same([...file.furtherColumns], ['x', 'y'])
})

t.test('hands rows over in batches of 1,000', async (t) => {
  const file = await openFile(written(folder, `a\n${'1\n'.repeat(2_500)}`), CSV, ['a'])
  const sizes: number[] = []
  for await (const batch of file.rows()) sizes.push(batch.length)
  t.same(sizes, [1000, 1000, 500])
  t.throws(() => file.rows(), /read once/)
})

t.test('may be left early, and closed unread', async (t) => {
  const path = written(folder, `a\n${'1\n'.repeat(2_500)}`)
  const file = await openFile(path, CSV, ['a'])
  for await (const batch of file.rows()) {
    t.equal(batch.length, 1000)
    break
  }
  await file.close()
  const unread = await openFile(path, CSV, ['a'])
  await unread.close()
  await unread.close()
})

const refusals: { it: string; text: string; format?: Partial<DelimitedFormat>; code: string; says: RegExp }[] = [
  { it: 'an empty file', text: '', code: 'SOURCE_FILE', says: /no header line/ },
  {
    it: 'a file of blank lines and comments',
    text: '\n# x\n \n',
    format: { comment: '#' },
    code: 'SOURCE_FILE',
    says: /no header line/,
  },
  {
    it: 'missing columns',
    text: 'a,bb\n1,2\n',
    code: 'SOURCE_COLUMNS',
    says: /lacks a column that the adapter maps: b; did you mean bb\?$/,
  },
  { it: 'a mapped column that stands twice', text: 'a,b,a\n1,2,3\n', code: 'SOURCE_COLUMNS', says: /stand twice: a$/ },
  {
    it: 'a column that the adapter does not declare',
    text: '1\n',
    format: { header: false, columns: ['a'] },
    code: 'SOURCE_COLUMNS',
    says: /: b/,
  },
  {
    it: 'a header with an open quote',
    text: '"a,b\n1,2\n',
    code: 'SOURCE_FILE',
    says: /header line cannot be taken apart/,
  },
  { it: 'a header without end', text: `${long}\n`, code: 'SOURCE_FILE', says: /longer than 1 MB/ },
  { it: 'lines that end with CR', text: 'a;c\rb\r1,2\r', code: 'SOURCE_COLUMNS', says: /not with CR/ },
]

t.test('refuses', async (t) => {
  for (const { it, text, format, code, says } of refusals) {
    t.test(it, async (t) => {
      const path = written(folder, text)
      const error = await refusal(read(path, { ...CSV, ...format }, ['a', 'b']))
      t.match(error, { code, message: says, place: { file: path } })
    })
  }
})

t.test('takes a doubled column that is not mapped', async (t) => {
  const { rows } = await read(written(folder, 'a,x,x\n1,2,3\n'), CSV, ['a'])
  t.same(rows.map(brief), [[2, ['1']]])
})

t.test('does not look at the same lines over and over where every line opens a quote', async (t) => {
  const path = written(folder, `a,b\n${'x","y\n'.repeat(200_000)}`)
  const { rows } = await read(path, CSV, ['a'])
  t.equal(rows.length, 200_000)
})
