import { join } from 'node:path'
import t from 'tap'
import type { HeduiError } from '../../src/errors.ts'
import type { AdapterExample } from '../../src/feeds/manifest.ts'
import { runAdapterExample } from '../../src/feeds/run-example.ts'
import { checkAdapterExamples } from '../../src/services/check-adapters.ts'
import { type Adapter, loadAdapters } from '../../src/services/load-adapters.ts'
import { ADAPTER, mapperOf } from './manifests.ts'

const adapters = await loadAdapters(join(import.meta.dirname, '..', '..', 'adapters'))

t.test('there are the five sources of design §2, and five that only supplementary rules read', async (t) => {
  const days = [...adapters].map(([id, { manifest }]) => [id, manifest.freshnessDays])
  t.same(Object.fromEntries(days), {
    bank: 15,
    business: 60,
    death: 100,
    'housing-fund': 60,
    payroll: 60,
    prison: 60,
    property: 60,
    'social-insurance': 60,
    tax: 60,
    vehicle: 40,
  })
  const known = [...adapters.values()].filter(({ manifest }) => manifest.retain === 'known')
  t.same(
    known.map(({ manifest }) => manifest.id),
    ['bank', 'prison'],
    'of whom rows are kept of people in the register only',
  )
})

t.test('the examples of all adapters give what they say', async (t) => {
  const all = [...adapters.values()].flatMap(({ manifest }) => manifest.examples)
  t.equal(checkAdapterExamples(adapters), all.length)
  for (const [id, { manifest }] of adapters) {
    for (const { type } of manifest.records) {
      const shown = manifest.examples.some(
        (example) => example.record && (example.type ?? manifest.records[0]!.type) === type,
      )
      t.ok(shown, `${id} has an example of a ${type}`)
    }
    t.ok(
      manifest.examples.some(({ refused }) => refused),
      `${id} has an example of a refusal`,
    )
  }
})

t.test('an account number is masked for people, a plate is not', async (t) => {
  t.same(adapters.get('bank')!.sensitiveKeyParts.get('deposit'), [false, true])
  t.same(adapters.get('housing-fund')!.sensitiveKeyParts.get('housingFund'), [true])
  t.same(adapters.get('vehicle')!.sensitiveKeyParts.get('vehicle'), [false, false])
})

const ROW = { 权利人: '王伟', 证件号: '369901197003070010', 类别: '房屋', 单元号: 'U1', 面积: '50' }
const RECORD = { unit: 'U1', area: 5000, usage: '住宅', nature: '国有', share: 1 }
const mapper = mapperOf(ADAPTER)

t.test('an example that is right passes', async (t) => {
  for (const example of [
    { row: ROW, type: 'property', record: RECORD },
    { row: { ...ROW, 更正: '作废' }, void: true },
    { row: { ...ROW, 面积: 'x' }, refused: 'RECORD_UNPARSEABLE', column: '面积' },
    { row: { ...ROW, 证件号: null }, unidentified: 'missing' },
    { row: { ...ROW, 证件种类: '统一社会信用代码' }, organization: true },
  ] as AdapterExample[]) {
    t.equal(runAdapterExample(mapper, example), null)
  }
})

t.test('an example that is wrong is found out', async (t) => {
  for (const [what, example] of [
    ['another value', { row: ROW, record: { ...RECORD, area: 5001 } }],
    ['a field too many', { row: ROW, record: { ...RECORD, kind: 'certificate' } }],
    ['a field too few', { row: ROW, record: { unit: 'U1' } }],
    ['another type', { row: ROW, type: 'vehicle' }],
    ['a column that is not mapped', { row: { ...ROW, 面积数: '50' }, record: RECORD }],
    ['a refusal that does not come', { row: ROW, refused: 'RECORD_MISSING' }],
    ['another refusal', { row: { ...ROW, 面积: 'x' }, refused: 'RECORD_MISSING' }],
    ['another column', { row: { ...ROW, 面积: 'x' }, refused: 'RECORD_UNPARSEABLE', column: '单元号' }],
    ['a refusal that is not expected', { row: { ...ROW, 面积: 'x' }, record: RECORD }],
    ['no void', { row: ROW, void: true }],
    ['no organization', { row: ROW, organization: true }],
    ['an organization', { row: { ...ROW, 证件种类: '统一社会信用代码' }, record: RECORD }],
    ['someone identified', { row: ROW, unidentified: 'masked' }],
    ['someone unidentified in another way', { row: { ...ROW, 证件号: '1' }, unidentified: 'masked' }],
  ] as [string, AdapterExample][]) {
    t.type(runAdapterExample(mapper, example), 'string', what)
  }
})

t.test('adapters whose examples are wrong are refused, each example with its place', async (t) => {
  const tax = adapters.get('tax')!
  const [first, ...others] = tax.manifest.examples
  const wrong: Adapter = {
    ...tax,
    manifest: { ...tax.manifest, examples: [{ ...first!, record: { ...first!.record, amount: 1 } }, ...others] },
  }
  try {
    checkAdapterExamples(new Map([...adapters, ['tax', wrong]]))
    t.fail('is refused')
  } catch (error) {
    t.match(error, { code: 'DEFINITION_EXAMPLE', place: { path: 'tax examples.0' }, others: [] })
    t.match((error as HeduiError).message, /amount/)
  }
})
