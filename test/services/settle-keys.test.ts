import t from 'tap'
import { settleKeys } from '../../src/db/queries/settle-keys.ts'
import { rowOf } from '../support/departments.ts'
import { householdOf, LI, memberOf, WANG } from '../support/people.ts'
import { createWork, fatesOf } from '../support/work.ts'

const work = await createWork(t)
await work.importLines([householdOf('H1', [memberOf('P1', WANG), memberOf('P2', LI)])])

/** Ingests rows and gives the fates of the rows that have an owner, by line. */
async function fates(source: Parameters<typeof work.deliver>[0], rows: Parameters<typeof work.deliver>[1]) {
  const report = await work.deliver(source, rows)
  const all = await fatesOf(work, report.delivery)
  return { report, fates: all.map(({ fate }) => fate), rows: all.map(({ row }) => row) }
}

const TAX_CASES = {
  'a later row of a key replaces the earlier': [['', ''], ['replaced', 'record'], 0, 0],
  'a void row removes the row of its key': [['', '作废'], ['voided', 'void'], 1, 1],
  'a row after the void stands': [['', '作废', ''], ['voided', 'void', 'record'], 1, 1],
  'a void of nothing does nothing': [['作废'], ['void'], 0, 1],
  'a void before the first row does nothing to it': [['作废', ''], ['void', 'record'], 0, 1],
  'the row before the one that is voided does not come back': [['', '', '作废'], ['replaced', 'voided', 'void'], 1, 1],
  'two voids in a row': [['', '作废', '作废'], ['voided', 'void', 'void'], 1, 2],
  'void and void again': [['', '作废', '', '作废'], ['voided', 'void', 'voided', 'void'], 2, 2],
  'a correction is a row like any other': [['', '更正'], ['replaced', 'record'], 0, 0],
} as const

for (const [title, [marks, want, voided, voids]] of Object.entries(TAX_CASES)) {
  t.test(`tax: ${title}`, async (t) => {
    const amount = Object.keys(TAX_CASES).indexOf(title)
    const rows = marks.map((更正标志, i) => rowOf.tax(WANG, { 更正标志, 本期收入: `${amount}.${10 + i}` }))
    const { report, fates: have, rows: lines } = await fates('tax', rows)
    t.same(have, want)
    t.same(
      lines,
      marks.map((_, i) => i + 3),
      'lines count head and header',
    )
    t.match(report, { voided, voids, rows: marks.length })
  })
}

t.test('a void removes only rows of its own key and person', async (t) => {
  const { fates: have } = await fates('tax', [
    rowOf.tax(WANG),
    rowOf.tax(LI),
    rowOf.tax(WANG, { 税款所属期起: '2026-09-01' }),
    rowOf.tax(WANG, { 更正标志: '作废', 税款所属期起: '202610' }),
  ])
  t.same(have, ['voided', 'record', 'record', 'void'])
})

const certificate = { 登记类型: '首次登记', 不动产权证号: 'C1' }
const contract = { 登记类型: '网签备案' }
const now = { 权属状态: '现势' }
const past = { 权属状态: '历史' }
const PROPERTY_CASES = [
  ['a certificate goes before a contract that comes later', [certificate, contract], ['record', 'replaced']],
  ['and before one that came earlier', [contract, certificate], ['replaced', 'record']],
  ['of two certificates the later stands', [certificate, certificate], ['replaced', 'record']],
  ['of two contracts the later stands', [contract, contract], ['replaced', 'record']],
  [
    'a current row goes before a historic one that comes later',
    [
      { ...certificate, ...now },
      { ...certificate, ...past },
    ],
    ['record', 'replaced'],
  ],
  [
    'a historic certificate goes before a current contract: kind is asked first',
    [
      { ...certificate, ...past },
      { ...contract, ...now },
    ],
    ['record', 'replaced'],
  ],
  ['three rows', [contract, certificate, contract], ['replaced', 'record', 'replaced']],
] as const

for (const [title, list, want] of PROPERTY_CASES) {
  t.test(`property: ${title}`, async (t) => {
    const { fates: have, report } = await fates(
      'property',
      list.map((more) => rowOf.property(WANG, { ...more, 坐落: title })),
    )
    t.same(have, want)
    t.match(report, { kept: 1, replaced: list.length - 1, voided: 0 })
  })
}

t.test('two co-owners of a unit are two records', async (t) => {
  const { fates: have } = await fates('property', [rowOf.property(WANG), rowOf.property(LI)])
  t.same(have, ['record', 'record'])
})

t.test('the same unit of one person under two spellings of the name is one key', async (t) => {
  const { fates: have } = await fates('property', [
    rowOf.property({ ...WANG, name: '王 守仁' }),
    rowOf.property({ ...WANG, idNumber: `'${WANG.idNumber.toLowerCase()} ` }),
  ])
  t.same(have, ['replaced', 'record'])
})

t.test('a quarantined row never replaces a sound one', async (t) => {
  const { report, fates: have } = await fates('property', [
    ...Array.from({ length: 20 }, (_, i) => rowOf.property(LI, { 不动产单元号: `L${i}` })),
    rowOf.property(WANG),
    rowOf.property(WANG, { 建筑面积: '约90' }),
  ])
  t.match(report, { state: 'published', quarantined: 1, replaced: 0, kept: 21 })
  t.ok(have.every((fate) => fate === 'record'))
})

t.test('a row with another name never takes part in replacing', async (t) => {
  const { report, fates: have } = await fates('property', [
    rowOf.property(WANG),
    rowOf.property({ ...WANG, name: '王守义' }),
    rowOf.property({ ...WANG, name: '' }),
    rowOf.property({ ...WANG, name: '王*' }),
  ])
  t.same(have, ['record', 'lead', 'lead', 'lead'])
  t.match(report, { kept: 1, leads: 3, replaced: 0 })
})

t.test('a void under another name removes nothing of the person', async (t) => {
  const { fates: have } = await fates('tax', [
    rowOf.tax(WANG, { 本期收入: '77.00' }),
    rowOf.tax({ ...WANG, name: '王守义' }, { 更正标志: '作废' }),
  ])
  t.same(have, ['record', 'lead'])
})

t.test('blank parts of a key are the same key', async (t) => {
  const { fates: have } = await fates('tax', [
    rowOf.tax(WANG, { 统一社会信用代码: '' }),
    rowOf.tax(WANG, { 统一社会信用代码: ' ' }),
    rowOf.tax(WANG),
  ])
  t.same(have, ['replaced', 'record', 'record'])
})

t.test('benefits and contributions of one month have keys of their own', async (t) => {
  const { fates: have } = await fates('social-insurance', [
    rowOf.contribution(WANG),
    rowOf.benefit(WANG),
    rowOf.contribution(WANG, { aae003: '202609' }),
    rowOf.benefit(WANG, { aae002: 202610, aae019: 55 }),
  ])
  t.same(have, ['record', 'replaced', 'record', 'record'])
})

t.test('accounts of the same number at two banks are two, the same one again is one', async (t) => {
  const { fates: have } = await fates('bank', [
    rowOf.deposit(WANG),
    rowOf.deposit(WANG, { 机构名称: '云溪农商行' }),
    rowOf.deposit(WANG, { 余额: 7 }),
  ])
  t.same(have, ['replaced', 'record', 'record'])
})

t.test('a person who is looked at in vain keeps every row', async (t) => {
  const { report, fates: have } = await fates('tax', [
    rowOf.tax(WANG, { 本期收入: '88.00' }),
    rowOf.tax(WANG, { 本期收入: '88.00', 税款所属期起: '2026-07-01' }),
    rowOf.tax(LI, { 本期收入: '88.00' }),
  ])
  t.same(have, ['record', 'record', 'record'])
  const { database } = work.hedui
  const { rows } = await database.pool.query('select person_hash from record where delivery_id = $1', [report.delivery])
  const people = Buffer.concat(rows.map((row) => row.person_hash))
  t.same(await settleKeys(database, report.delivery, [people, Buffer.alloc(0)]), { replaced: 0, voided: 0 })
  t.same(await settleKeys(database, report.delivery, []), { replaced: 0, voided: 0 })
  t.same(
    (await fatesOf(work, report.delivery)).map(({ fate }) => fate),
    ['record', 'record', 'record'],
  )
})
