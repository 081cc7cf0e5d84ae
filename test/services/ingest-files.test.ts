import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { encodeGb18030 } from '../../src/sample/gb18030.ts'
import { bytesOf, COLUMNS, type Row, rowOf, type Source, writeSource } from '../support/departments.ts'
import { householdOf, LI, memberOf, STRANGER, WANG } from '../support/people.ts'
import { AS_OF, createWork, errorOf } from '../support/work.ts'

const work = await createWork(t)
await work.importLines([householdOf('H1', [memberOf('P1', WANG), memberOf('P2', LI)])])

const ROWS: Readonly<Record<Source, readonly Row[]>> = {
  vehicle: [rowOf.vehicle(WANG), rowOf.vehicle(LI, { 号牌号码: '赣XA2' })],
  property: [rowOf.property(WANG), rowOf.property(LI, { 不动产单元号: 'U2' })],
  tax: [rowOf.tax(WANG), rowOf.tax(LI)],
  'social-insurance': [rowOf.contribution(WANG), rowOf.benefit(LI)],
  bank: [rowOf.deposit(WANG), rowOf.deposit(LI)],
}
const SOURCES = Object.keys(ROWS) as Source[]
const nothingLeft = async (t: Test) => {
  const rows = await work.query(
    `select 1 from delivery where state in ('loading') union all
     select 1 from pg_class where relname like 'record\\_%' and not relispartition and relkind = 'r'`,
  )
  t.same(rows, [], 'nothing is left half done')
}

t.test('every format is read, and every row has its line', async (t) => {
  for (const source of SOURCES) {
    const report = await work.deliver(source, ROWS[source])
    t.match(report, { state: 'published', rows: 2, kept: 2, quarantined: 0, repeated: false }, source)
    const rows = await work.query<{ row: number }>('select row from record where delivery_id = $1 order by row', [
      report.delivery,
    ])
    const first = { tax: 3, 'social-insurance': 1 }[source as string] ?? 2
    t.same(
      rows.map(({ row }) => row),
      [first, first + 1],
      source,
    )
  }
})

t.test('a row that spans lines starts where it starts', async (t) => {
  const { delivery } = await work.deliver('property', [
    rowOf.property(WANG, { 坐落: '南沟乡\n1号' }),
    rowOf.property(LI),
  ])
  const rows = await work.query('select row from record where delivery_id = $1 order by row', [delivery])
  t.same(rows, [{ row: 2 }, { row: 4 }])
})

const utf8 = (text: string) => Buffer.from(text, 'utf8')
const many = (source: 'vehicle' | 'property') => Array.from({ length: 30 }, () => ROWS[source]).flat()
const without = (source: 'vehicle' | 'property' | 'tax' | 'bank', column: string) =>
  COLUMNS[source].split(' ').filter((name) => name !== column)

const REFUSED: readonly (readonly [title: string, code: string, source: Source, make: () => string, says?: RegExp])[] =
  [
    [
      'a GB18030 file that comes in UTF-8',
      'SOURCE_ENCODING',
      'vehicle',
      () => writeSource(work.folder, 'vehicle', many('vehicle'), { encode: utf8 }),
    ],
    [
      'a UTF-8 file that comes in GB18030',
      'SOURCE_ENCODING',
      'property',
      () => writeSource(work.folder, 'property', many('property'), { encode: encodeGb18030 }),
    ],
    [
      'a file in UTF-16',
      'SOURCE_ENCODING',
      'vehicle',
      () =>
        writeSource(work.folder, 'vehicle', many('vehicle'), {
          encode: (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
        }),
    ],
    ...(['vehicle', 'property', 'tax', 'bank'] as const).map(
      (source) =>
        [
          `${source}: a header that lacks a mapped column`,
          'SOURCE_COLUMNS',
          source,
          () => {
            const column = { vehicle: '机动车状态', property: '权属状态', tax: '更正标志', bank: '余额' }[source]
            return writeSource(work.folder, source, ROWS[source], { columns: without(source, column) })
          },
          /机动车状态|权属状态|更正标志|余额/,
        ] as const,
    ),
    [
      'a tail that is missing',
      'SOURCE_TRUNCATED',
      'tax',
      () => writeSource(work.folder, 'tax', ROWS.tax, { tail: null }),
    ],
    [
      'a tail that counts otherwise',
      'SOURCE_TRUNCATED',
      'tax',
      () => writeSource(work.folder, 'tax', ROWS.tax, { tail: 3 }),
    ],
    [
      'a head that counts otherwise',
      'SOURCE_TRUNCATED',
      'tax',
      () => writeSource(work.folder, 'tax', ROWS.tax, { head: 1 }),
    ],
    [
      'a workbook that is cut off',
      'SOURCE_FILE',
      'bank',
      () => {
        const bytes = bytesOf('bank', ROWS.bank)
        const path = join(work.folder, 'cut.xlsx')
        writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * 0.7)))
        return path
      },
    ],
    [
      'a workbook of no bytes',
      'SOURCE_',
      'bank',
      () => {
        const path = join(work.folder, 'empty.xlsx')
        writeFileSync(path, '')
        return path
      },
    ],
    ['a file that is not there', 'INPUT_FILE', 'vehicle', () => join(work.folder, 'none.csv')],
    ['a folder', 'INPUT_FILE', 'vehicle', () => work.folder],
  ]

for (const [title, code, source, make, says] of REFUSED) {
  t.test(`refuses ${title}`, async (t) => {
    const before = await work.query('select id from delivery where state = $1', ['published'])
    const error = await errorOf(work.ingest(source, make(), { asOf: AS_OF[source] }))
    t.ok(error.code.startsWith(code), `${error.code} ${error.located}`)
    if (says) t.match(error.message, says)
    t.notMatch(error.located, new RegExp(`${WANG.name}|${LI.name}|${WANG.idNumber}`))
    t.same(await work.query('select id from delivery where state = $1', ['published']), before)
    await nothingLeft(t)
  })
}

t.test('a refused file may come again in order', async (t) => {
  const path = writeSource(work.folder, 'tax', [rowOf.tax(WANG, { 本期收入: '9.00' })], {
    tail: null,
    name: 'again.txt',
  })
  t.equal((await errorOf(work.ingest('tax', path))).code, 'SOURCE_TRUNCATED')
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('#END|1\n')]))
  t.match(await work.ingest('tax', path), { state: 'published', rows: 1, repeated: false, asOf: '2026-11-01' })
})

t.test('further columns are reported', async (t) => {
  const columns = [...COLUMNS.vehicle.split(' '), '备注', '车辆颜色']
  const report = await work.deliver('vehicle', [rowOf.vehicle(WANG, { 备注: 'x' })], { columns })
  t.same(report.furtherColumns.toSorted(), ['备注', '序号', '车辆颜色'].toSorted())
  const json = await work.deliver('social-insurance', [rowOf.benefit(WANG, { zzz: '1' })])
  t.same(json.furtherColumns, ['zzz'])
  const [kept] = await work.query<{ further_columns: string[] }>('select further_columns from delivery where id = $1', [
    json.delivery,
  ])
  t.same(kept!.further_columns, ['zzz'])
})

t.test('an empty file and one that has only a header are held', async (t) => {
  for (const source of SOURCES) {
    const asOf = source === 'tax' ? '2026-11-01' : '2026-10-30'
    const report = await work.deliver(source, [], { asOf })
    t.match(report, { state: 'held', rows: 0 }, source)
    t.ok(report.heldBecause.includes('empty'), source)
  }
})

t.test('a file of no bytes is held or refused, and never used', async (t) => {
  for (const [source, name] of [
    ['vehicle', 'none.csv'],
    ['social-insurance', 'none.jsonl'],
  ] as const) {
    const path = join(work.folder, name)
    writeFileSync(path, '')
    const outcome = await work.ingest(source, path, { asOf: AS_OF[source] }).then(
      ({ state }) => state as string,
      (error) => error.code as string,
    )
    t.match(outcome, /^(held|SOURCE_\w+)$/, `${source}: ${outcome}`)
  }
})

t.test('rows of organizations are counted and not kept', async (t) => {
  const report = await work.deliver('vehicle', [
    rowOf.vehicle(WANG),
    rowOf.vehicle(STRANGER, {
      号牌号码: '赣XA9',
      身份证明名称: '统一社会信用代码',
      身份证明号码: '12369901000000000X',
    }),
  ])
  t.match(report, { rows: 2, kept: 1, organizations: 1, unidentified: 0 })
})

t.test('wrong usage is told before anything is done', async (t) => {
  const path = writeSource(work.folder, 'tax', ROWS.tax, { head: null, tail: null, name: 'headless.txt' })
  t.equal((await errorOf(work.ingest('tax', path))).code, 'INPUT_USAGE', 'no as-of date at all')
  const headed = writeSource(work.folder, 'tax', ROWS.tax, { name: 'headed.txt' })
  t.equal((await errorOf(work.ingest('tax', headed, { asOf: '2026-10-31' }))).code, 'INPUT_AS_OF')
  const unknown = await errorOf(work.ingest('vehicles', path, { asOf: '2026-11-01' }))
  t.match(unknown, {
    code: 'INPUT_UNKNOWN_SOURCE',
    message: /bank, business, .*, property, social-insurance, tax, vehicle/,
  })
  t.equal((await work.ingest('tax', path, { asOf: '2026-10-15' })).asOf, '2026-10-15')
})
