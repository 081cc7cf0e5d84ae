import t from 'tap'
import type { MappedRow } from '../../src/feeds/map-row.ts'
import { ADAPTER, adapterWith, mapped, mapperOf } from './manifests.ts'

const NUMBER = '369901197003070010'
const mapper = mapperOf(ADAPTER)
const PERSON = { 权利人: '王伟', 证件号: NUMBER, 证件种类: '居民身份证' }
const FLAT = { ...PERSON, 类别: '房屋', 单元号: 'U1', 面积: '89.53' }
const map = (row: Readonly<Record<string, string | number | undefined>>) => mapped(mapper, row)
const record = (row: Readonly<Record<string, string | number | undefined>>) => {
  const outcome = map(row)
  if (outcome.kind !== 'record') throw new Error(`gives ${JSON.stringify(outcome)}`)
  return outcome as MappedRow
}

t.test('a row becomes a record of the type that takes its code', async (t) => {
  t.same(record({ ...FLAT, 证号: '赣1', 登记时间: '2015/8/22', 类型: '转移', 状态: '现势', 坐落: ' 云溪县 ' }), {
    kind: 'record',
    line: 7,
    type: 'property',
    fields: {
      unit: 'U1',
      certificate: '赣1',
      area: 8953,
      usage: '住宅',
      nature: '国有',
      share: 1,
      registeredOn: '2015-08-22',
      kind: 'certificate',
      current: true,
    },
    key: ['U1'],
    rank: 0,
    void: false,
    identity: { name: '王伟', number: NUMBER, address: '云溪县', idNumber: NUMBER, unidentified: null },
  })
  const tractor = record({ ...PERSON, 类别: '农机', 号牌种类: '14', 号牌: '赣X1', 车况: 'GQ', 价格: 1200.5 })
  t.match(tractor, { type: 'vehicle', key: ['14', '赣X1'] })
  t.same(tractor.fields, { plateClass: '14', plateNumber: '赣X1', statuses: ['G', 'Q'], price: 120050 })
})

t.test('what is not delivered is the default, or is not there', async (t) => {
  const { fields } = record(FLAT)
  t.same(fields, { unit: 'U1', area: 8953, usage: '住宅', nature: '国有', share: 1 })
  t.same(record({ ...PERSON, 类别: '农机', 号牌种类: '14', 号牌: '赣X1' }).fields.statuses, [])
})

t.test('a value of only spaces is missing', async (t) => {
  for (const blank of ['', '  ', '\t', '　', '\u00a0']) {
    t.equal(record({ ...FLAT, 用途: blank }).fields.usage, '住宅', JSON.stringify(blank))
    t.match(map({ ...FLAT, 面积: blank }), { kind: 'quarantined', code: 'RECORD_MISSING', column: '面积' })
  }
})

t.test('a key part that is blank counts as ""', async (t) => {
  const withPayer = mapperOf(adapterWith(['key: [unit]', 'key: [unit, certificate]']))
  const outcome = mapped(withPayer, FLAT)
  t.match(outcome, { kind: 'record', key: ['U1', ''] })
})

t.test('a code becomes a word; one that is not listed becomes otherwise, or refuses the row', async (t) => {
  for (const [type, kind] of [
    ['网签', 'contract'],
    ['变更', 'certificate'],
    ['别的', 'certificate'],
  ] as const) {
    t.equal(record({ ...FLAT, 类型: type }).fields.kind, kind, type)
  }
  t.equal(record({ ...FLAT, 状态: '历史' }).fields.current, false)
  t.match(map({ ...FLAT, 状态: '注销中' }), { kind: 'quarantined', code: 'RECORD_UNKNOWN_CODE', column: '状态' })
  t.equal(record({ ...FLAT, 类型: undefined }).fields.kind, undefined, 'otherwise is for codes, not for none')
})

t.test(
  'a value that is there and cannot be parsed refuses the row, also where the field is not required',
  async (t) => {
    for (const [column, value, code] of [
      ['登记时间', '2025-02-30', 'RECORD_UNPARSEABLE'],
      ['面积', '约90', 'RECORD_UNPARSEABLE'],
      ['份额', '一半', 'RECORD_UNPARSEABLE'],
      ['份额', '3/2', 'RECORD_OUT_OF_RANGE'],
      ['份额', '-0.5', 'RECORD_OUT_OF_RANGE'],
      ['面积', '-1', 'RECORD_OUT_OF_RANGE'],
      ['单元号', ' ', 'RECORD_MISSING'],
    ] as const) {
      const outcome = map({ ...FLAT, [column]: value })
      t.match(outcome, { kind: 'quarantined', code, column, line: 7 }, `${column} ${value}`)
      t.notOk((outcome as { reason: string }).reason.includes(value.trim() || '~'), 'the reason holds no value')
    }
  },
)

t.test('a row that no record type takes is quarantined', async (t) => {
  t.match(map({ ...FLAT, 类别: '林地' }), { kind: 'quarantined', code: 'RECORD_UNKNOWN_CODE', column: '类别' })
  t.match(map({ ...FLAT, 类别: ' ' }), { kind: 'quarantined', code: 'RECORD_MISSING', column: '类别' })
})

t.test('codes in full-width forms are the codes that the adapter names', async (t) => {
  const wide = mapperOf(
    adapterWith(
      ['in: [房屋]', 'in: [房屋（住宅）]'],
      ['equals: 作废', 'equals: 作废（更正）'],
      ['organizations: [统一社会信用代码]', 'organizations: [统一社会信用代码（法人）]'],
    ),
  )
  t.match(mapped(wide, { ...FLAT, 类别: '房屋（住宅）' }), { kind: 'record' }, 'when')
  t.match(mapped(wide, { ...FLAT, 类别: '房屋(住宅)' }), { kind: 'record' }, 'when, in half-width forms')
  t.match(mapped(wide, { ...FLAT, 类别: '房屋（住宅）', 更正: '作废（更正）' }), { kind: 'record', void: true }, 'void')
  t.match(mapped(wide, { ...FLAT, 证件种类: '统一社会信用代码（法人）' }), { kind: 'organization' }, 'organizations')
})

t.test('a void row is a void of its key', async (t) => {
  t.match(record({ ...FLAT, 更正: '作废' }), { void: true, key: ['U1'] })
  for (const value of ['', '更正', undefined]) t.equal(record({ ...FLAT, 更正: value }).void, false)
})

t.test('preferences rank the rows of a key, the first before the second', async (t) => {
  const rank = (类型: string | undefined, 状态: string | undefined) => record({ ...FLAT, 类型, 状态 }).rank
  const order = [
    rank('变更', '现势'),
    rank('变更', '历史'),
    rank('变更', undefined),
    rank('网签', '现势'),
    rank('网签', '历史'),
    rank('网签', undefined),
    rank(undefined, '现势'),
    rank(undefined, undefined),
  ]
  t.same(
    order,
    [...new Set(order)].sort((a, b) => a - b),
  )
})

t.test('rows of organizations are counted and not kept, whatever else they hold', async (t) => {
  for (const row of [
    { ...FLAT, 证件种类: '统一社会信用代码' },
    { 证件种类: ' 统一社会信用代码 ' },
    { ...FLAT, 证件种类: '统一社会信用代码', 面积: 'x' },
  ]) {
    t.same(map(row), { kind: 'organization', line: 7 })
  }
})

t.test('a blank name with a blank number refuses the row; one of them is a person not identified', async (t) => {
  t.match(map({ ...FLAT, 权利人: ' ', 证件号: '' }), { kind: 'quarantined', code: 'RECORD_NO_IDENTITY' })
  for (const [name, number, unidentified] of [
    ['王伟', '', 'missing'],
    ['王伟', '369901********0010', 'masked'],
    ['王伟', '369901xxxxxxxx0010', 'masked'],
    ['王伟', '369901197003070011', 'invalid'],
    ['王伟', '3.69901E+17', 'invalid'],
    ['', NUMBER, null],
    ['王*', NUMBER, null],
    ['王伟', '11010519491231002x', null],
    ['王伟', '110105491231002', null],
  ] as const) {
    const outcome = record({ ...FLAT, 权利人: name, 证件号: number })
    t.equal(outcome.identity.unidentified, unidentified, `${name} ${number}`)
    t.equal(outcome.identity.idNumber === null, unidentified !== null)
  }
})

t.test('rows of strangers are dropped, also bad ones; unidentified rows are kept', async (t) => {
  const keep = (row: Readonly<Record<string, string>>, kept: boolean) => mapped(mapper, row, () => kept)
  t.match(keep(FLAT, true), { kind: 'record' })
  t.same(keep(FLAT, false), { kind: 'dropped', line: 7 })
  t.same(keep({ ...FLAT, 面积: 'x' }, false), { kind: 'dropped', line: 7 })
  t.same(keep({ ...FLAT, 类别: '林地' }, false), { kind: 'dropped', line: 7 })
  t.match(keep({ ...FLAT, 面积: 'x' }, true), { kind: 'quarantined' })
  t.match(keep({ ...FLAT, 证件号: '369901********0010' }, false), { kind: 'record' })
  t.match(keep({ ...FLAT, 证件号: '', 面积: 'x' }, false), { kind: 'quarantined' })
  t.match(keep({ ...FLAT, 权利人: '', 证件号: '' }, false), { kind: 'quarantined', code: 'RECORD_NO_IDENTITY' })
})

t.test('a row that the reader could not read is quarantined as the reader says', async (t) => {
  const defect = { code: 'RECORD_UNDECODABLE', column: '坐落', reason: 'holds bytes that are not UTF-8' } as const
  const cells = mapper.columns.map((column) => (column === '证件号' ? NUMBER : undefined))
  const row = { line: 9, cells, defect }
  t.same(mapper.map(row), { kind: 'quarantined', line: 9, ...defect })
  t.same(
    mapper.map(row, undefined, () => true),
    { kind: 'quarantined', line: 9, ...defect },
  )
  t.same(
    mapper.map(row, undefined, () => false),
    { kind: 'dropped', line: 9 },
    "a stranger's",
  )
  const illegible = { ...row, cells: cells.map(() => undefined) }
  t.match(
    mapper.map(illegible, undefined, () => false),
    { kind: 'quarantined' },
    'no one knows whose',
  )
})

t.test('of several things wrong the first is reported: identity, then type, then fields in their order', async (t) => {
  const bad = { ...FLAT, 单元号: '', 面积: 'x', 类别: '林地' }
  t.match(map({ ...bad, 权利人: '', 证件号: '' }), { code: 'RECORD_NO_IDENTITY' })
  t.match(map(bad), { code: 'RECORD_UNKNOWN_CODE', column: '类别' })
  t.match(map({ ...bad, 类别: '房屋' }), { code: 'RECORD_MISSING', column: '单元号' })
  t.match(map({ ...bad, 类别: '房屋', 单元号: 'U1' }), { code: 'RECORD_UNPARSEABLE', column: '面积' })
})

t.test('the mapper names the columns that it needs, each once', async (t) => {
  t.same([...mapper.columns].sort(), [...new Set(mapper.columns)].sort())
  for (const column of ['权利人', '证件号', '证件种类', '坐落', '类别', '更正', '单元号', '车况', '状态'])
    t.ok(mapper.columns.includes(column), column)
})
