import t from 'tap'
import { findKinHandlers } from '../../../src/services/kin/find-kin.ts'
import { type AddKinRequest, addKin, endKin, listKin, readKin } from '../../../src/services/kin/register-kin.ts'
import { createHedui, TODAY } from '../../support/hedui.ts'
import { householdOf, LI, memberOf, personOf, STRANGER, WANG, ZHAO } from '../../support/people.ts'
import { createWork, errorOf } from '../../support/work.ts'

const WHO = { actor: '陈主任', role: 'centre', reason: '备案表2026-17' }
const ENTRY: AddKinRequest = {
  handler: '王建国',
  office: '南沟乡民政办',
  relation: 'parent',
  name: WANG.name,
  idNumber: WANG.idNumber,
  from: '2026-01-01',
  ...WHO,
}

t.test('handlers are found by the people who are in a household today', async (t) => {
  const work = await createWork(t)
  const { hedui } = work
  const supporter = { role: 'supporter', relation: 'child' }
  await work.importLines([
    householdOf('H1', [memberOf('P1', WANG), memberOf('P2', LI)]),
    householdOf('H2', [memberOf('P1', ZHAO), memberOf('P2', personOf(5, '周天明'), supporter)]),
    householdOf('H3', [memberOf('P1', personOf(6, '吴三省'))]),
  ])
  const find = (now = TODAY) => findKinHandlers({ ...hedui, now: () => now }, ['H1', 'H2', 'H3', 'H9'])
  t.same(await find(), new Map())
  await addKin(hedui, ENTRY)
  await addKin(hedui, { ...ENTRY, handler: '李爱国', name: LI.name, idNumber: LI.idNumber, relation: 'sibling' })
  await addKin(hedui, {
    ...ENTRY,
    handler: '周局长',
    name: '周天明',
    idNumber: personOf(5, '').idNumber,
    relation: 'self',
  })
  await addKin(hedui, { ...ENTRY, name: STRANGER.name, idNumber: STRANGER.idNumber })
  t.same(
    await find(),
    new Map([
      ['H1', ['李爱国', '王建国']],
      ['H2', ['周局长']],
    ]),
    'members and supporters, of every handler',
  )
  t.same(await findKinHandlers(hedui, ['H2']), new Map([['H2', ['周局长']]]), 'of the households asked for')
  await work.importLines([householdOf('H1', [memberOf('P1', LI)])], { asOf: '2026-10-15' })
  t.same((await find()).get('H1'), ['李爱国'], 'who has left the household is no longer in it')
  t.same((await find(new Date('2025-12-31T04:00:00Z'))).size, 0, 'not before the entry holds')
})

t.test('an entry holds from day to day and is never removed', async (t) => {
  const work = await createWork(t)
  const { hedui } = work
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  const kin = await addKin(hedui, ENTRY)
  const isFound = async (day: string) =>
    (await findKinHandlers({ ...hedui, now: () => new Date(`${day}T04:00:00Z`) }, ['H1'])).has('H1')
  const end = (more = {}) => endKin(hedui, { ...WHO, kin: kin.id, until: '2026-10-31', reason: '调离', ...more })
  t.equal((await errorOf(end({ actor: '王 建国' }))).code, 'STATE_NEAR_KIN', 'not by the handler')
  t.equal((await errorOf(end({ until: '2025-12-31' }))).place.path, 'until')
  t.equal((await errorOf(end({ reason: ' ' }))).code, 'INPUT_REASON')
  t.match(await end(), { validUntil: '2026-10-31', endedBy: '陈主任', endReason: '调离' })
  t.same([await isFound('2026-01-01'), await isFound('2026-10-31'), await isFound('2026-11-01')], [true, true, false])
  t.equal((await errorOf(end())).code, 'INPUT_NOT_FOUND', 'it ends once')
  t.match(await listKin(hedui), [{ id: kin.id, handler: '王建国', relation: 'parent', reason: '备案表2026-17' }])
  t.same(await listKin(hedui, { on: '2026-11-01' }), [])
  await addKin(hedui, { ...ENTRY, from: '2026-11-01' })
  t.equal((await listKin(hedui, { on: '2026-11-01', handler: '王建国' })).length, 1, 'and begins anew')
})

t.test('the relative is sealed, and told to few who say why', async (t) => {
  const hedui = await createHedui(t)
  const kin = await addKin(hedui, ENTRY)
  const { rows } = await hedui.database.pool.query('select row_to_json(k)::text as text from near_kin k')
  for (const text of [JSON.stringify(kin), JSON.stringify(await listKin(hedui)), rows[0].text]) {
    t.notMatch(text, WANG.name)
    t.notMatch(text, WANG.idNumber)
  }
  const read = (more = {}) => readKin(hedui, { ...WHO, kin: kin.id, reason: '核实', ...more })
  t.match(await read(), { name: WANG.name, idNumber: WANG.idNumber, handler: '王建国' })
  const audit = await hedui.database.pool.query(
    `select actor, role, reason, subject from audit where action = 'read near kin'`,
  )
  t.same(audit.rows, [{ actor: '陈主任', role: 'centre', reason: '核实', subject: { kin: kin.id } }])
  t.equal((await errorOf(read({ role: 'decider' }))).code, 'INPUT_FORBIDDEN')
  t.equal((await errorOf(read({ reason: '' }))).code, 'INPUT_REASON')
  t.equal((await errorOf(read({ kin: 'x' }))).code, 'INPUT_NOT_FOUND')
  t.equal((await hedui.database.pool.query('select from audit')).rowCount, 1, 'what was refused told nothing')
})

t.test('what cannot be an entry is refused with its field', async (t) => {
  const hedui = await createHedui(t)
  const wrong: readonly (readonly [Partial<AddKinRequest>, string, string | undefined])[] = [
    [{ idNumber: '369901197001010011' }, 'INPUT_ID_NUMBER', 'idNumber'],
    [{ name: '王*仁' }, 'INPUT_INVALID', 'name'],
    [{ handler: ' ' }, 'INPUT_INVALID', 'handler'],
    [{ office: '' }, 'INPUT_INVALID', 'office'],
    [{ relation: 'cousin' as 'parent' }, 'INPUT_INVALID', 'relation'],
    [{ from: '2026-02-30' }, 'INPUT_INVALID', 'from'],
    [{ actor: '' }, 'INPUT_ACTOR', undefined],
    [{ actor: 'hedui' }, 'INPUT_ACTOR', undefined],
    [{ reason: '' }, 'INPUT_REASON', undefined],
  ]
  for (const [more, code, path] of wrong) {
    const error = await errorOf(addKin(hedui, { ...ENTRY, ...more }))
    t.same([error.code, error.place.path], [code, path], JSON.stringify(more))
    t.notMatch(error.message, /369901|王守仁/)
  }
  await addKin(hedui, ENTRY)
  t.equal((await errorOf(addKin(hedui, { ...ENTRY, handler: '王建國', relation: 'child' }))).code, 'INPUT_DUPLICATE')
  t.equal((await listKin(hedui)).length, 1)
})
