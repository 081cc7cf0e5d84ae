import t, { type Test } from 'tap'
import { readCase } from '../../../src/services/cases/act-on-case.ts'
import { openRuleBook } from '../../../src/services/choose-rule-set.ts'
import { listCountyVisits } from '../../../src/services/kin/list-county-visits.ts'
import { addKin } from '../../../src/services/kin/register-kin.ts'
import { checkTipOff } from '../../../src/services/tip-offs/check-tip-off.ts'
import { readTipOff } from '../../../src/services/tip-offs/read-tip-off.ts'
import { type RecordTipOff, recordTipOff } from '../../../src/services/tip-offs/record-tip-off.ts'
import { recordTipOffVisit, settleTipOff } from '../../../src/services/tip-offs/settle-tip-off.ts'
import { findTipOffs, showTipOff } from '../../../src/services/tip-offs/show-tip-offs.ts'
import { rowOf } from '../../support/departments.ts'
import { householdOf, LI, memberOf, personOf, WANG, ZHAO } from '../../support/people.ts'
import { createWork, errorOf } from '../../support/work.ts'

const REPORTER = personOf(77, '钱进来')
const TEXT = '该户新买了一辆小轿车,常年在外务工'
const WHO = { actor: '陈主任', role: 'centre' }
const REPORT: RecordTipOff = {
  household: 'H1',
  channel: 'phone',
  receivedOn: '2026-10-30',
  text: TEXT,
  reporter: { name: REPORTER.name, phone: '13800000000', idNumber: REPORTER.idNumber },
  ...WHO,
}

/** H1 owns a car, which warns; H2 owns nothing. */
async function createVillage(t: Test) {
  const work = await createWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)]), householdOf('H2', [memberOf('P1', LI)])])
  await work.deliver('vehicle', [rowOf.vehicle(WANG)])
  for (const source of ['bank', 'property', 'tax', 'social-insurance'] as const) {
    const row = {
      bank: rowOf.deposit,
      property: rowOf.property,
      tax: rowOf.tax,
      'social-insurance': rowOf.contribution,
    }
    await work.deliver(source, [row[source](ZHAO)])
  }
  const { hedui } = work
  const rules = await openRuleBook(hedui)
  const onRuleError = (error: unknown) => {
    throw error
  }
  return {
    work,
    hedui,
    record: (more: Partial<RecordTipOff> = {}) => recordTipOff(hedui, { ...REPORT, ...more }),
    check: (tipOff: string, more = {}) => checkTipOff({ ...hedui, rules, onRuleError }, { tipOff, ...WHO, ...more }),
    visit: (tipOff: string, more = {}) =>
      recordTipOffVisit(hedui, {
        tipOff,
        on: '2026-11-01',
        visitors: ['陈主任', '刘干事'],
        findings: '家中无车',
        by: 'county',
        ...WHO,
        ...more,
      }),
    settle: (tipOff: string, more = {}) => settleTipOff(hedui, { tipOff, reason: '核查属实无异常', ...WHO, ...more }),
    /** All rows of all tables but those of the register. */
    everything: async () => {
      const tables = [
        'tip_off',
        'tip_off_event',
        'audit',
        'household_case',
        'case_event',
        'run',
        'run_event',
        'check_result',
      ]
      const rows = await Promise.all(
        tables.map((table) => work.query(`select row_to_json(x)::text as text from ${table} x`)),
      )
      return rows
        .flat()
        .map((row) => row.text)
        .join('\n')
    },
  }
}

t.test('a tip-off begins a check and a case like a warning does, and nothing else', async (t) => {
  const { hedui, record, check, work, settle } = await createVillage(t)
  const tipOff = await record()
  t.match(tipOff, {
    state: 'received',
    household: undefined,
    householdId: 'H1',
    named: true,
    region: '369901003',
    case: null,
  })
  t.equal((await work.query('select from household_case')).length, 0, 'a tip-off alone does nothing')
  const checked = await check(tipOff.id)
  t.match(checked, { state: 'case', run: /./, case: /./ })
  t.same(
    checked.events.map(({ action, actor }) => [action, actor]),
    [
      ['received', '陈主任'],
      ['check-begun', '陈主任'],
      ['case-linked', '陈主任'],
    ],
  )
  const { state } = await readCase(hedui.database.pool, checked.case!)
  t.match(state, {
    state: 'drafted',
    tipOffs: [tipOff.id],
    opened: { origin: 'tip-off', householdId: 'H1', tipOff: tipOff.id, run: checked.run },
  })
  t.same(
    state.warnings.map(({ result, state: each }) => [result.rule, each]),
    [['vehicles', 'proposed']],
  )
  t.match(await errorOf(check(tipOff.id)), { code: 'STATE_CASE', message: /is case: .*allowed: acts in its case/ })
  t.match(await errorOf(settle(tipOff.id)), { code: 'STATE_CASE', message: /its case is open/ })
  await work.query(`update household_case set is_open = false, state = 'dismissed'`)
  t.match(await settle(tipOff.id), { state: 'settled' })
  t.equal((await errorOf(settle(tipOff.id))).code, 'STATE_CASE')
})

t.test('a case that is open already is told of the tip-off', async (t) => {
  const { hedui, record, check } = await createVillage(t)
  const first = await check((await record()).id)
  const second = await check((await record({ reporter: null, text: '另一件事' })).id)
  t.equal(second.case, first.case)
  const { state } = await readCase(hedui.database.pool, first.case!)
  t.same(state.tipOffs, [first.id, second.id])
  t.same(state.opened.tipOff, first.id)
  t.equal(state.warnings.length, 1)
})

t.test('where nothing warns, a person settles it after the county’s visit', async (t) => {
  const { record, check, visit, settle, work, hedui } = await createVillage(t)
  const { id } = await record({ household: 'H2' })
  t.match(await errorOf(settle(id)), { code: 'STATE_CASE', message: /nothing was checked; allowed: check, visit/ })
  t.match(await check(id), { state: 'checking', case: null })
  t.equal((await work.query('select from household_case')).length, 0)
  t.match(await errorOf(settle(id)), { code: 'STATE_CASE', message: /the county has not visited/ })
  await visit(id, { by: 'township' })
  t.equal((await errorOf(settle(id))).code, 'STATE_CASE', 'a visit of the township is none of the county')
  t.same(
    (await listCountyVisits(hedui)).map(({ household, why, tipOff }) => [household, why, tipOff]),
    [['H2', 'tip-off', id]],
  )
  await visit(id)
  t.same(await listCountyVisits(hedui), [])
  t.equal((await errorOf(settle(id, { reason: ' ' }))).code, 'INPUT_REASON')
  t.equal((await errorOf(settle(id, { actor: 'hedui', role: 'system' }))).code, 'INPUT_ACTOR', 'not by the program')
  const settled = await settle(id)
  t.match(settled, { state: 'nothing-found', events: { length: 5 } })
  t.match(settled.events.at(-1), { action: 'nothing-found', reason: '核查属实无异常', actor: '陈主任' })
  for (const act of [check, visit, settle]) t.equal((await errorOf(act(id))).code, 'STATE_CASE')
})

t.test('what was said and who said it stands nowhere but sealed', async (t) => {
  const { hedui, record, check, visit, everything } = await createVillage(t)
  const one = await record()
  const other = await record({ household: 'H2' })
  const checked = await check(one.id)
  await check(other.id)
  await visit(other.id)
  const seen = [
    JSON.stringify([one, checked, await showTipOff(hedui, one.id), await findTipOffs(hedui)]),
    JSON.stringify(await listCountyVisits(hedui)),
    await everything(),
  ]
  for (const text of seen)
    for (const secret of [REPORTER.name, REPORTER.idNumber, '13800000000', TEXT, '小轿车']) t.notMatch(text, secret)
  const read = (more = {}) => readTipOff(hedui, { tipOff: one.id, reason: '核实线索', ...WHO, ...more })
  t.same(await read(), {
    text: TEXT,
    reporter: { name: REPORTER.name, phone: '13800000000', idNumber: REPORTER.idNumber },
  })
  const { rows } = await hedui.database.pool.query(
    `select actor, role, reason, subject from audit where action = 'read tip-off'`,
  )
  t.same(rows, [{ ...WHO, reason: '核实线索', subject: { tipOff: one.id, household: 'H1' } }])
  for (const role of ['decider', 'case-system', 'admin', 'system', ''])
    t.equal((await errorOf(read({ role }))).code, 'INPUT_FORBIDDEN', role)
  t.equal((await errorOf(read({ reason: '' }))).code, 'INPUT_REASON')
  t.equal((await errorOf(read({ actor: '' }))).code, 'INPUT_ACTOR')
  t.equal((await errorOf(read({ tipOff: 'x' }))).code, 'INPUT_NOT_FOUND')
  t.equal((await hedui.database.pool.query(`select from audit where action = 'read tip-off'`)).rowCount, 1)
})

t.test('near kin of the household has nothing to do with tip-offs against it but may take one down', async (t) => {
  const { hedui, record, check, visit, settle } = await createVillage(t)
  await addKin(hedui, {
    handler: '陈主任',
    office: '县核对中心',
    relation: 'parent',
    name: LI.name,
    idNumber: LI.idNumber,
    from: '2026-01-01',
    actor: '纪检组',
    role: 'admin',
    reason: '备案',
  })
  const { id } = await record({ household: 'H2' })
  const refused = [
    () => check(id),
    () => visit(id),
    () => visit(id, { actor: '纪检组', visitors: ['陈主任', '刘干事'] }),
    () => settle(id),
    () => readTipOff(hedui, { tipOff: id, reason: '看看', ...WHO }),
  ]
  for (const act of refused) t.equal((await errorOf(act())).code, 'STATE_NEAR_KIN')
  t.match(await check(id, { actor: '刘干事' }), { state: 'checking' })
})

t.test('a case with near kin is marked for the county’s visit until it has been', async (t) => {
  const { hedui, work, record, check } = await createVillage(t)
  const kin = {
    office: '县核对中心',
    relation: 'parent',
    from: '2026-01-01',
    actor: '纪检组',
    role: 'admin',
    reason: '备案',
  } as const
  const { id, case: caseId } = await check((await record()).id)
  await addKin(hedui, { ...kin, handler: '周局长', name: WANG.name, idNumber: WANG.idNumber })
  const why = async (region?: string) =>
    (await listCountyVisits(hedui, { region })).map((each) => [each.household, each.why, each.case, each.tipOff])
  t.same(
    await why(),
    [
      ['H1', 'tip-off', caseId, id],
      ['H1', 'near-kin', caseId, null],
    ],
    'also kin that was registered since',
  )
  t.same(await why('3699'), await why())
  t.same(await why('11'), [])
  const visit = { on: '2026-11-01', visitors: ['甲', '乙'], findings: '有车', by: 'township' }
  const add = (number: number, payload: object) =>
    work.query(
      `insert into case_event (case_id, number, at, actor, role, kind, payload, previous, hash)
       values ($1, $2, now(), '甲', 'centre', 'visit-recorded', $3, '', '')`,
      [caseId, number, JSON.stringify(payload)],
    )
  await add(90, visit)
  t.equal((await why()).length, 2)
  await add(91, { ...visit, by: 'county' })
  t.same(await why(), [])
})

t.test('tip-offs are listed by state, region and household, page by page', async (t) => {
  const { hedui, record, check } = await createVillage(t)
  const ids: string[] = []
  for (let i = 0; i < 5; i++)
    ids.push((await record({ household: i === 4 ? 'H2' : 'H1', receivedOn: `2026-10-0${i + 1}` })).id)
  await check(ids[0]!)
  const list = async (filter = {}) => (await findTipOffs(hedui, filter)).tipOffs.map(({ id }) => id).sort()
  t.same(await list(), ids.toSorted())
  t.same(await list({ state: 'case' }), [ids[0]])
  t.same(await list({ household: 'H2' }), [ids[4]])
  t.same(await list({ region: '3699', state: 'received' }), ids.slice(1).toSorted())
  t.same(await list({ region: '11' }), [])
  const first = await findTipOffs(hedui, { count: 3 })
  const second = await findTipOffs(hedui, { count: 3, after: first.next! })
  t.same([...first.tipOffs, ...second.tipOffs].map(({ id }) => id).sort(), ids.toSorted())
  t.equal(second.next, null)
  t.equal((await errorOf(findTipOffs(hedui, { state: 'open' }))).place.path, 'state')
  t.equal((await errorOf(findTipOffs(hedui, { after: 'x' }))).place.path, 'after')
})

t.test('what cannot be a tip-off is refused with its field and without its text', async (t) => {
  const { record, work } = await createVillage(t)
  const wrong: readonly (readonly [Partial<RecordTipOff>, string, string | undefined])[] = [
    [{ household: 'H9' }, 'INPUT_NOT_FOUND', undefined],
    [{ text: ' ' }, 'INPUT_INVALID', 'text'],
    [{ text: '车'.repeat(10_001) }, 'INPUT_INVALID', 'text'],
    [{ channel: 'pigeon' as 'phone' }, 'INPUT_INVALID', 'channel'],
    [{ receivedOn: '2026-11-02' }, 'INPUT_INVALID', 'receivedOn'],
    [{ receivedOn: '2026-02-30' }, 'INPUT_INVALID', 'receivedOn'],
    [{ reporter: { name: '' } }, 'INPUT_INVALID', 'reporter.name'],
    [{ reporter: { name: REPORTER.name, idNumber: '123' } }, 'INPUT_ID_NUMBER', 'reporter.idNumber'],
    [{ actor: '' }, 'INPUT_ACTOR', undefined],
  ]
  for (const [more, code, path] of wrong) {
    const error = await errorOf(record(more))
    t.same([error.code, error.place.path], [code, path], JSON.stringify(more).slice(0, 80))
    t.notMatch(error.message, /钱进来|小轿车/)
  }
  t.equal((await work.query('select from tip_off')).length, 0)
  t.match(await record({ reporter: null, receivedOn: undefined }), { named: false, receivedOn: '2026-11-01' })
})
