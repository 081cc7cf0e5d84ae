import t from 'tap'
import { releaseDelivery } from '../../src/services/release-delivery.ts'
import { rowOf } from '../support/departments.ts'
import { householdOf, LI, memberOf, STRANGER, WANG } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const NAMES = ['王守义', WANG.name, LI.name, STRANGER.name]
const NUMBERS = [WANG, LI, STRANGER].map(({ idNumber }) => idNumber)
const ADDRESS = '南沟乡九百号'

t.test('no column but the sealed ones says who a person is', async (t) => {
  const work = await createWork(t)
  const people = [
    memberOf('P1', WANG),
    memberOf('P2', LI),
    memberOf('P3', { name: 'Ivan Petrov', idNumber: 'PA7654321' }, { idType: 'passport', role: 'supporter' }),
  ]
  await work.importLines([householdOf('H1', people, { address: ADDRESS })])
  const bad = { 购置价: '面议', 住所地址: ADDRESS }
  await work.deliver('vehicle', [
    rowOf.vehicle(WANG, { 住所地址: ADDRESS }),
    rowOf.vehicle({ ...WANG, name: '王守义' }),
    rowOf.vehicle({ ...LI, idNumber: '36990119******0029' }),
    rowOf.vehicle(STRANGER),
    rowOf.vehicle(LI, bad),
    rowOf.vehicle(LI, { 号牌种类: '' }),
  ])
  await work.deliver('bank', [rowOf.deposit(WANG, { 余额: 900000 }), rowOf.deposit(LI, { 余额: WANG.idNumber })])
  await work.deliver('social-insurance', [rowOf.contribution(WANG), rowOf.benefit(LI, { dylb: LI.idNumber })])
  await work.deliver('tax', [rowOf.tax(WANG), rowOf.tax(LI, { 税款所属期起: LI.name })])
  const held = await work.query<{ id: string }>(`select id from delivery where state = 'held'`)
  for (const { id } of held) await releaseDelivery(work.hedui, { id, actor: 'test' })
  const { lines } = await work.check()
  t.ok(lines[0]!.includes('"warned"'))

  const columns = await work.query<{ table: string; column: string; type: string }>(
    `select table_name as table, column_name as column, data_type as type from information_schema.columns
     where table_schema = 'public' and table_name not like 'kysely%' and table_name not like 'record\\_%'`,
  )
  t.ok(columns.length > 80)
  const secrets = [...NAMES, ...NUMBERS, ADDRESS, 'Petrov', 'PA7654321', '36990119******0029']
  for (const { table, column, type } of columns) {
    const text = type === 'bytea' ? `encode("${column}", 'hex')` : `"${column}"::text`
    const values = await work.query<{ value: string | null }>(`select ${text} as value from "${table}"`)
    const all = values.map(({ value }) => value ?? '').join('\n')
    const told = secrets.filter((secret) =>
      all.includes(type === 'bytea' ? Buffer.from(secret, 'utf8').toString('hex') : secret),
    )
    t.same(told, [], `${table}.${column}`)
  }
  for (const secret of secrets) t.notOk(lines.join('\n').includes(secret), 'nor do the results')
})

t.test('an account number is masked in the evidence', async (t) => {
  const work = await createWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  await work.deliver('bank', [rowOf.deposit(WANG, { 余额: 900000 })])
  const { lines } = await work.check()
  t.notOk(lines[0]!.includes('6217000000000000001'))
  t.match((await work.resultsOf('H1')).get('deposits')!.evidence, [{ key: /^江右银行\|.*\*/ }])
})
