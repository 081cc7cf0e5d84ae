import t from 'tap'
import { openFile } from '../../../src/feeds/readers/open-file.ts'
import { brief, read, refusal, written } from './reading.ts'
import { textRow, type WorkbookText, workbookOf } from './write-workbook.ts'

const folder = t.testdir({})
const XLSX = { format: 'xlsx' } as const
const header = textRow(['a', 'b'], 1)
const number = (text: string) => ['number', text]
const book = (rows: string, more: Partial<WorkbookText> = {}) => workbookOf({ sheets: { S: rows }, ...more })

const cells: [it: string, xml: string, row: unknown][] = [
  ['reads a shared string', '<c r="A2" t="s"><v>0</v></c>', [2, ['one', undefined]]],
  ['joins the runs of a text and skips phonetic hints', '<c r="A2" t="s"><v>1</v></c>', [2, ['云溪县', undefined]]],
  [
    'reads an inline string of several runs',
    '<c r="B2" t="inlineStr"><is><r><t>x</t></r><rPh><t>no</t></rPh><r><t> y</t></r></is></c>',
    [2, [undefined, 'x y']],
  ],
  ['reads the text of a formula', '<c r="A2" t="str"><f>"no"&amp;1</f><v>yes</v></c>', [2, ['yes', undefined]]],
  ['reads a boolean', '<c r="A2" t="b"><v>1</v></c><c r="B2" t="b"><v>0</v></c>', [2, ['true', 'false']]],
  [
    'keeps the text of a number',
    '<c r="A2"><v>30501.270</v></c><c r="B2" t="n"><v>3.6990119690913741E+17</v></c>',
    [2, [number('30501.270'), number('3.6990119690913741E+17')]],
  ],
  ['reads a date in ISO form as text', '<c r="A2" t="d"><v>2026-01-03</v></c>', [2, ['2026-01-03', undefined]]],
  ['gives text where a number is none', '<c r="A2"><v>x</v></c>', [2, ['x', undefined]]],
  ['gives nothing for a cell without value', '<c r="A2" s="3"/><c r="B2"><v>1</v></c>', [2, [undefined, number('1')]]],
  [
    'places cells without reference after the one before',
    '<c><v>1</v></c><c><v>2</v></c>',
    [2, [number('1'), number('2')]],
  ],
  [
    'decodes escapes',
    '<c r="A2" t="inlineStr"><is><t>1_x000D_2_x005F_x000D_</t></is></c>',
    [2, ['1\r2_x000D_', undefined]],
  ],
  ['reads CDATA', '<c r="A2" t="inlineStr"><is><t><![CDATA[<x>]]></t></is></c>', [2, ['<x>', undefined]]],
  [
    'quarantines an error value in a mapped column',
    '<c r="A2"><v>1</v></c><c r="B2" t="e"><v>#N/A</v></c>',
    [2, 'RECORD_UNPARSEABLE', 'b'],
  ],
  [
    'quarantines a value behind the header',
    '<c r="A2"><v>1</v></c><c r="D2"><v>1</v></c>',
    [2, 'RECORD_COLUMNS', null],
  ],
  [
    'takes a blank behind the header',
    '<c r="A2"><v>1</v></c><c r="D2" t="inlineStr"><is><t> </t></is></c>',
    [2, [number('1'), undefined]],
  ],
  ['quarantines U+FFFD', '<c r="B2" t="inlineStr"><is><t>\uFFFD</t></is></c>', [2, 'RECORD_UNDECODABLE', 'b']],
  ['quarantines an escaped NUL', '<c r="B2" t="inlineStr"><is><t>_x0000_</t></is></c>', [2, 'RECORD_UNDECODABLE', 'b']],
]

t.test('a cell', async (t) => {
  const strings =
    '<si><t>one</t></si><si><r><t>云溪</t></r><rPh sb="0"><t>yun</t></rPh><r><t>县</t></r><phoneticPr fontId="1"/></si>'
  for (const [it, xml, row] of cells) {
    for (const chunkBytes of [1, 7, 65_536]) {
      const path = written(folder, book(`${header}<row r="2">${xml}</row>`, { strings }))
      const { rows } = await read(path, XLSX, ['a', 'b'], { chunkBytes })
      t.same(rows.map(brief), [row], it)
    }
  }
})

t.test('skips an error value in a column that is not mapped', async (t) => {
  const path = written(folder, book(`${header}<row><c><v>1</v></c><c t="e"><v>#N/A</v></c></row>`))
  t.same((await read(path, XLSX, ['a'])).rows.map(brief), [[2, [number('1')]]])
})

t.test('counts sheet rows, and skips empty ones also before the header', async (t) => {
  const rows = `<row/><row r="3">${''}</row>${textRow([' a ', '', 'b', 'c'], 4)}${textRow(['1', 'x', '2'], 5)}${textRow(['', ' '], 6)}${textRow(['3'], 9)}<row><c><v>4</v></c></row>`
  const { file, rows: got } = await read(written(folder, book(rows)), XLSX, ['b', 'a'])
  t.same(got.map(brief), [
    [5, ['2', '1']],
    [9, [undefined, '3']],
    [10, [undefined, number('4')]],
  ])
  t.same([...file.furtherColumns], ['c'])
  t.same([file.head, file.date1904, file.absentColumns.size], [null, false, 0])
})

t.test('finds columns beyond Z', async (t) => {
  const rows =
    '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="AB1" t="str"><v>b</v></c></row><row r="2"><c r="AB2"><v>9</v></c></row>'
  t.same((await read(written(folder, book(rows)), XLSX, ['a', 'b'])).rows.map(brief), [[2, [undefined, number('9')]]])
})

t.test('takes the first sheet in the order of the workbook, or the one named', async (t) => {
  const path = written(folder, workbookOf({ sheets: { 核对结果: textRow(['a'], 1), 说明: textRow(['b'], 1) } }))
  await (await openFile(path, XLSX, ['a'])).close()
  await (await openFile(path, { ...XLSX, sheet: '说明' }, ['b'])).close()
  const error = await refusal(read(path, { ...XLSX, sheet: '核对' }, ['b']))
  t.match(error, {
    code: 'SOURCE_FILE',
    message: /no sheet 核对; did you mean 核对结果\?; its sheets are: 核对结果, 说明$/,
  })
})

t.test('knows a workbook that counts from 1904', async (t) => {
  for (const [value, date1904] of [
    ['1', true],
    ['true', true],
    ['0', false],
  ] as const) {
    const path = written(folder, book(header, { workbookPr: `<workbookPr date1904="${value}"/>` }))
    t.equal((await read(path, XLSX, ['a'])).file.date1904, date1904)
  }
})

t.test('reads prefixed names and absolute targets', async (t) => {
  const parts = {
    'xl/workbook.xml':
      '<x:workbook xmlns:x="m" xmlns:rel="r"><x:sheets><x:sheet name="S" sheetId="7" rel:id="R1"/></x:sheets></x:workbook>',
    'xl/_rels/workbook.xml.rels':
      '<p:Relationships xmlns:p="p"><p:Relationship Id="R1" Type="x/worksheet" Target="/xl/Sheets/../Sheets/Data.xml"/></p:Relationships>',
    'xl/sheets/data.xml':
      '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="str"><x:v>a</x:v></x:c></x:row><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>',
  }
  const { rows } = await read(written(folder, workbookOf({ sheets: {}, parts })), XLSX, ['a'])
  t.same(rows.map(brief), [[2, [number('1')]]])
})

const sound = book(`${header}${Array.from({ length: 3_000 }, (_, i) => textRow([`v${i}`, 'x'], i + 2)).join('')}`)
const CFB = Buffer.from('d0cf11e0a1b11ae1', 'hex')

const refusals: [it: string, bytes: Uint8Array, code: string, says: RegExp][] = [
  [
    'a missing column',
    book(textRow(['a', 'bb'], 1)),
    'SOURCE_COLUMNS',
    /lacks a column that the adapter maps: b; did you mean bb\?/,
  ],
  ['a doubled column', book(textRow(['a', 'b', 'a'], 1)), 'SOURCE_COLUMNS', /stand twice: a/],
  ['an empty sheet', book(''), 'SOURCE_FILE', /no header row/],
  [
    'an old or encrypted workbook',
    Buffer.concat([CFB, Buffer.alloc(600)]),
    'SOURCE_FILE',
    /old \.xls workbook or one with a password/,
  ],
  ['text', Buffer.from('a,b\n'), 'SOURCE_FILE', /not an XLSX workbook/],
  ['an empty file', Buffer.alloc(0), 'SOURCE_FILE', /not an XLSX workbook/],
  ['a zip that is cut off', sound.subarray(0, sound.length - 200), 'SOURCE_FILE', /broken or cut off/],
  ['another zip', book(header, { parts: { 'xl/workbook.xml': null } }), 'SOURCE_FILE', /no XLSX workbook/],
  [
    'a workbook without relationships',
    book(header, { parts: { 'xl/_rels/workbook.xml.rels': null } }),
    'SOURCE_FILE',
    /no part/,
  ],
  [
    'a sheet whose part is missing',
    book(header, { parts: { 'xl/worksheets/sheet1.xml': null } }),
    'SOURCE_FILE',
    /no part xl\/worksheets/,
  ],
  ['broken XML', book(`${header}<row><c></row>`), 'SOURCE_FILE', /XML is broken/],
  ['an entity that is not defined', book(`${header}<row><c><v>&boom;</v></c></row>`), 'SOURCE_FILE', /XML is broken/],
  [
    'a text that is not in the table',
    book(`${header}<row><c t="s"><v>7</v></c></row>`),
    'SOURCE_FILE',
    /does not hold/,
  ],
  ['a row without number', book('<row r="x"/>'), 'SOURCE_FILE', /from 1 to 1048576/],
  ['a cell without column', book('<row><c r="7"/></row>'), 'SOURCE_FILE', /no column/],
  ['a cell too far right', book('<row><c r="ZZZZ1"/></row>'), 'SOURCE_FILE', /no column/],
  [
    'an endless text',
    book(`${header}<row><c t="str"><v>${'x'.repeat(1 << 21)}</v></c></row>`),
    'SOURCE_FILE',
    /longer than 1 MB/,
  ],
  [
    'an endless shared text',
    book(header, { strings: `<si><t>${'x'.repeat(1 << 21)}</t></si>` }),
    'SOURCE_FILE',
    /longer than 1 MB/,
  ],
  ['an endless comment', book(`<!--${'x'.repeat(17 << 20)}-->`), 'SOURCE_FILE', /XML is broken/],
]

t.test('refuses', async (t) => {
  for (const [it, bytes, code, says] of refusals) {
    const path = written(folder, bytes)
    t.match(await refusal(read(path, XLSX, ['a', 'b'])), { code, message: says, place: { file: path } }, it)
  }
})

t.test('refuses a table of texts that says it is larger than 1 GB', async (t) => {
  const bytes = Buffer.from(book(header, { strings: '<si><t>x</t></si>' }))
  const central = bytes.lastIndexOf('xl/sharedStrings.xml') - 46
  bytes.writeUInt32LE(2 ** 30 + 1, central + 24)
  t.match(await refusal(read(written(folder, bytes), XLSX, ['a'])), {
    code: 'SOURCE_FILE',
    message: /larger than 1 GB/,
  })
})

t.test('hands rows over in batches, once, and may be left early', async (t) => {
  const path = written(folder, sound)
  const file = await openFile(path, XLSX, ['a'])
  for await (const batch of file.rows()) {
    t.equal(batch.length, 1000)
    break
  }
  t.throws(() => file.rows(), /read once/)
  await file.close()
  t.equal((await read(path, XLSX, ['a'])).rows.length, 3000)
})

t.test('says nothing of what stands in the rows', async (t) => {
  const error = await refusal(
    read(written(folder, book(`${header}<row><c t="str"><v>王&伟</v></c></row>`)), XLSX, ['a']),
  )
  t.notMatch(`${error?.message}${error?.cause}`, /王|伟/)
})
