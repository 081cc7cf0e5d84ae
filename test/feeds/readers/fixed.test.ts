import t from 'tap'
import type { FixedFormat } from '../../../src/feeds/file-format.ts'
import { brief, read, refusal, written } from './reading.ts'

const folder = t.testdir({})
const FIXED: FixedFormat = {
  format: 'fixed',
  encoding: 'utf-8',
  columns: [
    { name: 'name', start: 1, length: 3 },
    { name: 'number', start: 5, length: 4 },
  ],
}

const cases: { it: string; text: string; format?: Partial<FixedFormat>; columns?: string[]; rows: unknown[] }[] = [
  {
    it: 'cuts by characters and does not trim',
    text: '王伟  1234\n 李  12 4\n',
    rows: [
      [1, ['王伟 ', '1234']],
      [2, [' 李 ', '12 4']],
    ],
  },
  { it: 'takes a character outside the basic plane for one', text: '𠀀伟𠀀 1234\n', rows: [[1, ['𠀀伟𠀀', '1234']]] },
  {
    it: 'counts from 0 where the first column does',
    text: 'abc 1234\n',
    format: {
      columns: [
        { name: 'name', start: 0, length: 3 },
        { name: 'number', start: 4, length: 4 },
      ],
    },
    rows: [[1, ['abc', '1234']]],
  },
  {
    it: 'takes a last column that is cut short',
    text: 'abc 12\nabc \r\n',
    rows: [
      [1, ['abc', '12']],
      [2, ['abc', '']],
    ],
  },
  {
    it: 'quarantines a line that ends before the last column',
    text: 'abc\nabc 1\n',
    rows: [
      [1, 'RECORD_COLUMNS', null],
      [2, ['abc', '1']],
    ],
  },
  {
    it: 'quarantines a line with something behind the last column',
    text: 'abc 1234x\nabc 1234  \n',
    rows: [
      [1, 'RECORD_COLUMNS', null],
      [2, ['abc', '1234']],
    ],
  },
  {
    it: 'quarantines what could not be decoded',
    text: 'a\uFFFDc 1234\nabc\uFFFD1234\n\uFFFD\n',
    rows: [
      [1, 'RECORD_UNDECODABLE', 'name'],
      [2, 'RECORD_UNDECODABLE', null],
      [3, 'RECORD_UNDECODABLE', 'name'],
    ],
  },
  {
    it: 'skips blank lines and comments',
    text: '#x\n\nabc 1234\n#END|1\n',
    format: { comment: '#' },
    rows: [[3, ['abc', '1234']]],
  },
  { it: 'gives columns in the order asked', text: 'abc 1234\n', columns: ['number'], rows: [[1, ['1234']]] },
  {
    it: 'gives up a line of more than 1 MB',
    text: `${'x'.repeat(1 << 21)}\nabc 1234\n`,
    rows: [
      [1, 'RECORD_MALFORMED', null],
      [2, ['abc', '1234']],
    ],
  },
  { it: 'reads an empty file', text: '', rows: [] },
]

t.test('fixed', async (t) => {
  for (const { it, text, format, columns = ['name', 'number'], rows } of cases) {
    for (const chunkBytes of text.length > 5_000 ? [65_536] : [1, 100]) {
      const got = await read(written(folder, text), { ...FIXED, ...format }, columns, { chunkBytes })
      t.same(got.rows.map(brief), rows, it)
    }
  }
})

t.test('holds the rows against head and tail', async (t) => {
  const text = '#BATCH|2026-11-01|2\nabc 1234\n#END|2\n'
  t.match(await refusal(read(written(folder, text), { ...FIXED, comment: '#' }, ['name'])), {
    code: 'SOURCE_TRUNCATED',
  })
})

t.test('reports further columns, and refuses one that the format lacks', async (t) => {
  const path = written(folder, 'abc 1234\n')
  t.same([...(await read(path, FIXED, ['name'])).file.furtherColumns], ['number'])
  t.match(await refusal(read(path, FIXED, ['nam'])), { code: 'SOURCE_COLUMNS', message: /did you mean name\?/ })
})
