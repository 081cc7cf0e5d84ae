import { test } from 'tap'
import { createSealKey } from '../../../src/packets/seal-packet.ts'
import { verifyPacket } from '../../../src/packets/verify-packet.ts'
import { readPacket } from '../../../src/services/cases/read-packet.ts'
import { replayPacket } from '../../../src/services/cases/replay-packet.ts'
import { expireDeliveries } from '../../../src/services/expire-deliveries.ts'
import { CLERK, createCaseWork } from '../../support/cases.ts'
import { rowOf } from '../../support/departments.ts'
import { householdOf, memberOf, personOf } from '../../support/people.ts'
import { errorOf } from '../../support/work.ts'

const PERSON = personOf(90, '韩一')
const SPOUSE = personOf(91, '杨二妹')

test('confirming issues a sealed packet, or nothing happens', async (t) => {
  const work = await createCaseWork(t)
  const { hedui } = work
  const line = (id: string, ...people: object[]) => householdOf(id, people as never)
  await work.importLines([line('H1', memberOf('P1', PERSON), memberOf('P2', SPOUSE))])
  await work.deliver('bank', [
    rowOf.deposit(PERSON, { 账号: '6217000000000000011', 余额: 30000 }),
    rowOf.deposit(SPOUSE, { 账号: '6217000000000000022', 余额: 9000 }),
  ])
  await work.deliver('vehicle', [rowOf.vehicle(PERSON)])
  const { summary } = await work.check()
  await work.openAll()
  const { id } = await work.caseOf('H1')
  const events = async () => (await work.caseOf('H1')).events.map(({ kind }) => kind)

  await t.test('a rule that was stopped confirms nothing until it is released', async (t) => {
    const stop = (number: number, action: string) =>
      work.query(
        `insert into rule_stop (rule, region, number, at, actor, action, reason, figures)
         values ('deposits', '', $1, now(), 'hedui', $2, 'test', '{}')`,
        [number, action],
      )
    await stop(1, 'stopped')
    for (const warnings of [[], ['W1']]) {
      const refused = await errorOf(work.act(id, 'confirm', { warnings, reason: '已核对' }))
      t.equal(refused.code, 'STATE_RULE_STOPPED')
    }
    t.same(await events(), ['opened', 'warnings-added'])
    await stop(2, 'released')
  })

  await t.test('what the run does not give any more is not issued', async (t) => {
    await work.query(`create table kept as select * from case_event where case_id = $1`, [id])
    await work.query(
      `update case_event set payload = replace(payload::text, '"39000.00"', '"39000.01"')::json where case_id = $1`,
      [id],
    )
    const refused = await errorOf(work.act(id, 'confirm', { reason: '已核对' }))
    t.equal(refused.code, 'STATE_NOT_REPLAYED')
    t.same(await events(), ['opened', 'warnings-added'])
    await work.query(
      'update case_event e set payload = k.payload from kept k where (k.case_id, k.number) = (e.case_id, e.number)',
    )
  })

  await t.test('one warning of two waits for the other', async (t) => {
    const first = await work.act(id, 'confirm', { warnings: ['W1'], reason: '已核对' })
    t.same(
      [first.state, first.packets[0]?.id, first.warnings.map(({ state }) => state)],
      ['drafted', null, ['confirmed', 'proposed']],
    )
    t.equal((await work.query('select 1 from packet')).length, 0)
  })

  await t.test('what the packet rests on is not removed before it is issued', async (t) => {
    const rows = [PERSON, SPOUSE].map((person, i) =>
      rowOf.deposit(person, { 账号: `621700000000000002${i}`, 余额: 100 }),
    )
    await work.deliver('bank', rows, { asOf: '2026-11-01' })
    await work.query(`update delivery set published_at = published_at - interval '400 days'`)
    t.same(await expireDeliveries(hedui, { days: 30, actor: CLERK }), [])
    t.equal((await work.act(id, 'dismiss', { warnings: ['W2'], reason: '营运车辆' })).state, 'confirmed')
    t.equal((await expireDeliveries(hedui, { days: 30, actor: CLERK })).length, 1, 'the packet holds all it needs')
  })

  const view = await work.caseOf('H1')
  const { id: packetId, code, sha256 } = view.packets[0]!

  await t.test('the packet is of what was confirmed, verifies and computes by itself', async (t) => {
    const reader = { actor: '何静', role: 'auditor', reason: 'review' }
    const read = (format: 'json' | 'pdf' | 'zip') => readPacket(hedui, { packet: packetId!, format }, reader)
    const { bytes, ...zip } = await read('zip')
    t.same([zip.sha256, zip.code], [sha256, code])
    const report = verifyPacket(bytes, { own: createSealKey(hedui.secret).fingerprint })
    t.same([report.ok, report.keyIs, report.problems, report.code], [true, 'own', [], code])
    const packet = JSON.parse((await read('json')).bytes.toString('utf8'))
    t.same(replayPacket(packet), { same: true, differences: [] })
    t.same(
      packet.warnings.map((warning: { id: string }) => warning.id),
      ['W1'],
    )
    t.equal(packet.addressee.name, '韩一')
    t.equal(packet.chain.hash, view.events.at(-2)?.hash, 'the event before the one that issued it')
    t.equal((await read('pdf')).bytes.subarray(0, 5).toString(), '%PDF-')
    const audits = await work.query(`select actor, reason, subject from audit where action = 'read packet'`)
    t.equal(audits.length, 3)
    t.match(audits[0], { actor: '何静', reason: 'review', subject: { packet: packetId } })
    t.equal((await errorOf(readPacket(hedui, { packet: 'x', format: 'pdf' }, reader))).code, 'INPUT_NOT_FOUND')
  })

  await t.test('no table holds a name or a number in clear', async (t) => {
    for (const table of [
      'household_case',
      'case_event',
      'packet',
      'notice',
      'attachment',
      'suppression',
      'outbox',
      'chain_checkpoint',
    ]) {
      const [{ found }] = (await work.query(
        `select count(*)::int as found from ${table} t where t::text like any($1)`,
        [
          [PERSON, SPOUSE]
            .flatMap(({ name, idNumber }) => [`%${name}%`, `%${idNumber}%`])
            .concat('%6217000000000000011%'),
        ],
      )) as [{ found: number }]
      t.equal(found, 0, table)
    }
  })
  t.ok(summary.run)
})

test('an unverified source answers before a warning on its records is confirmed', async (t) => {
  const work = await createCaseWork(t)
  const bank = work.hedui.adapters.get('bank')!
  const adapters = new Map(work.hedui.adapters).set('bank', {
    ...bank,
    manifest: { ...bank.manifest, trust: 'unverified' },
  })
  Object.assign(work.hedui, { adapters })
  await work.importLines([householdOf('H1', [memberOf('P1', PERSON)])])
  await work.deliver('bank', [rowOf.deposit(PERSON, { 余额: 20000 })])
  await work.openAll()
  const { id, warnings } = await work.caseOf('H1')
  t.same(warnings[0]?.questions, [{ source: 'bank', why: 'unverified' }])
  const refused = await errorOf(work.act(id, 'confirm', { reason: '已核对' }))
  t.equal(refused.code, 'STATE_UNVERIFIED')
  const answer = {
    warning: 'W1',
    source: 'bank',
    amount: '20000.00',
    access: false,
    period: { from: '2026-10-01', until: '2026-10-31' },
    reference: '江右银行函〔2026〕12号',
  }
  for (const field of ['amount', 'access', 'period']) {
    const { [field as 'amount']: _, ...rest } = answer
    t.equal((await errorOf(work.act(id, 'confirm-source', rest))).code, 'INPUT_INVALID', `${field} is required`)
  }
  await work.act(id, 'confirm-source', answer)
  t.match((await errorOf(work.act(id, 'confirm', { reason: '已核对' }))).message, /dispose/)
  await work.act(id, 'confirm-source', { ...answer, access: true })
  t.equal((await work.act(id, 'confirm', { reason: '已核对' })).state, 'confirmed')
})
