import t from 'tap'
import { openFile } from '../../../src/feeds/readers/open-file.ts'
import { allRows, brief, CSV, read, refusal, written } from './reading.ts'

const folder = t.testdir({})
const format = { ...CSV, delimiter: '|', comment: '#' }
const row = '1|2\n'

t.test('knows the head before the rows are read', async (t) => {
  for (const text of [
    '#BATCH|2026-11-01|1\na|b\n1|2\n#END|1\n',
    '\n# BATCH | 2026-11-01 | 1 \r\n# another\na|b\n1|2\n#END| 1',
    'a|b\n#BATCH|2026-11-01|1\n1|2\n#END|1\n# thanks\n',
  ]) {
    const file = await openFile(written(folder, text), format, ['a'])
    t.same(file.head, { asOf: '2026-11-01', rows: 1 })
    t.equal((await allRows(file)).length, 1)
  }
})

t.test('has no head where there is none', async (t) => {
  const { file, rows } = await read(written(folder, 'a|b\n# BATCHES\n1|2\n#\n3|4\n'), format, ['a'])
  t.equal(file.head, null)
  t.same(rows.map(brief), [
    [3, ['1']],
    [5, ['3']],
  ])
})

const disagreeing: [it: string, text: string, says: RegExp][] = [
  [
    'a head without a tail',
    `#BATCH|2026-11-01|2\na|b\n${row}`,
    /announces 2 rows; the file ends after 1 row, without a tail/,
  ],
  ['a tail of fewer rows', `a|b\n${row}${row}#END|1\n`, /the tail line says 1 row, the file has 2 rows$/],
  [
    'a head of more rows',
    `#BATCH|2026-11-01|3\na|b\n${row}#END|1\n`,
    /head line says 3 rows, the tail line says 1 row, the file has 1 row$/,
  ],
  ['a tail of more rows', `#BATCH|2026-11-01|1\na|b\n${row}#END|3\n`, /tail line says 3 rows, the file has 1 row/],
  ['rows after the tail', `a|b\n${row}#END|1\n${row}${row}`, /2 rows after the tail line \(line 3\)/],
  ['a tail of rows where there are none', 'a|b\n#END|1\n', /the file has 0 rows/],
]

t.test('ends in SOURCE_TRUNCATED for', async (t) => {
  for (const [it, text, says] of disagreeing) {
    t.test(it, async (t) => {
      const file = await openFile(written(folder, text), format, ['a'])
      t.match(await refusal(allRows(file)), { code: 'SOURCE_TRUNCATED', message: says })
    })
  }
})

t.test('refuses as SOURCE_FILE', async (t) => {
  for (const text of [
    '#BATCH|2026-02-30|1\na|b\n',
    '#BATCH|20261101|1\na|b\n',
    '#BATCH|2026-11-01|-1\na|b\n',
    '#BATCH|2026-11-01\na|b\n',
    '#BATCH|2026-11-01|1|2\na|b\n',
    '#BATCH|2026-11-01|1\n#BATCH|2026-11-01|1\na|b\n',
    'a|b\n1|2\n#END|x\n',
    'a|b\n1|2\n#END|1\n#END|1\n',
  ]) {
    t.match(await refusal(read(written(folder, text), format, ['a'])), { code: 'SOURCE_FILE' }, JSON.stringify(text))
  }
})

t.test('counts rows with defects, and no blank lines and comments', async (t) => {
  const text = '#BATCH|2026-11-01|4\na|b\n1|2\n\n# x\n1|2|3\n"1"x|2\n"1|2\n#END|4\n'
  const { rows } = await read(written(folder, text), format, ['a'])
  t.same(
    rows.map((row) => row.defect?.code),
    [undefined, 'RECORD_COLUMNS', 'RECORD_MALFORMED', 'RECORD_MALFORMED'],
  )
})

t.test('takes another comment character', async (t) => {
  const { file } = await read(written(folder, ';BATCH|2026-11-01|1\na|b\n1|2\n;END|1\n'), { ...format, comment: ';' }, [
    'a',
  ])
  t.same(file.head, { asOf: '2026-11-01', rows: 1 })
})
