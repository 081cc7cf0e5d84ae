import { test } from 'tap'
import { listCaseEvents } from '../../../src/db/queries/cases.ts'
import { chainEvents } from '../../../src/domain/case/event-chain.ts'
import type { AnyCaseEvent, NewEvent } from '../../../src/domain/case/events.ts'
import { type CaseFault, verifyCases } from '../../../src/services/cases/verify-cases.ts'
import { answerOf, createCaseWork, PROOF, serviceOn } from '../../support/cases.ts'
import { rowOf } from '../../support/departments.ts'
import { householdOf, memberOf, personOf } from '../../support/people.ts'

const PERSON = personOf(70, '蒋一')
const OTHER = personOf(71, '蒋二')
const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex').toString('base64')

test('whatever is changed behind the program’s back is found', async (t) => {
  const work = await createCaseWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', PERSON)]), householdOf('H2', [memberOf('P1', OTHER)])])
  await work.deliver(
    'bank',
    [PERSON, OTHER].map((person, i) => rowOf.deposit(person, { 账号: `62${i}`, 余额: 20000 })),
  )
  await work.openAll()
  const { id } = await work.caseOf('H1')
  await work.act(id, 'confirm', { reason: '已核对' })
  await work.act(
    id,
    'serve',
    serviceOn('2026-11-02', { proof: { ...PROOF, file: { name: '回证.png', content: PNG } } }),
  )
  const file = { name: '证明.pdf', content: Buffer.from('%PDF-1.7 …').toString('base64') }
  await work.act(id, 'rebut', answerOf(['W1'], '2026-11-02', { attachments: [file] }))
  await work.act(id, 'assess', { warning: 'W1', verdict: 'accepted', findings: '属实' })
  t.equal((await work.tick()).checkpoint, true)
  t.equal((await work.tick()).checkpoint, false, 'one a day')
  await work.act(id, 'decide', { outcome: 'continue', reason: '属实', basis: '57号第18条' })
  work.setDay('2026-11-03')
  t.equal((await work.tick()).checkpoint, true)

  const sound = await verifyCases(work.hedui)
  t.same(sound, { cases: 2, events: 10, checkpoints: 2, papers: 4, faults: [] })

  const rehead =
    'update household_case set head_number = n, head_hash = h from (select number n, hash h from case_event where case_id = $1 order by number desc limit 1) l where id = $1'
  type Expected = Partial<CaseFault>
  const TAMPERINGS: readonly (readonly [what: string, sql: string | readonly string[], ...expected: Expected[]])[] = [
    [
      'a payload',
      `update case_event set payload = '{"warning":"W9"}' where case_id = $1 and number = 3`,
      { number: 3, what: 'changed' },
    ],
    [
      'a reason',
      `update case_event set reason = 'x' where case_id = $1 and number = 3`,
      { number: 3, what: 'changed' },
    ],
    [
      'a time, by a millisecond',
      `update case_event set at = at + interval '1 ms' where case_id = $1 and number = 3`,
      { number: 3, what: 'changed' },
    ],
    [
      'an actor',
      `update case_event set actor = '何静' where case_id = $1 and number = 8`,
      { number: 8, what: 'changed' },
    ],
    [
      'an event in the middle, removed',
      `delete from case_event where case_id = $1 and number = 5`,
      { number: 5, what: 'gap' },
    ],
    [
      'the last event, removed',
      `delete from case_event where case_id = $1 and number = 8`,
      { number: 8, what: 'cut-off' },
    ],
    [
      'two events, exchanged',
      [
        'update case_event set number = 99 where case_id = $1 and number = 5',
        'update case_event set number = 5 where case_id = $1 and number = 6',
        'update case_event set number = 6 where case_id = $1 and number = 99',
      ],
      { number: 5, what: 'changed' },
    ],
    [
      'the first event, removed',
      `delete from case_event where case_id = $1 and number = 1`,
      { number: 1, what: 'gap' },
    ],
    ['the state in the row', `update household_case set state = 'closed' where id = $1`, { what: 'state' }],
    ['the row closed', `update household_case set is_open = false where id = $1`, { what: 'state' }],
    ['the household in the row', `update household_case set household_id = 'H9' where id = $1`, { what: 'state' }],
    ['the row, removed', `delete from household_case where id = $1`, { what: 'no-row' }],
    [
      'the last event, removed with all that knows of it in the case',
      [
        `delete from case_event where case_id = $1 and number = 8`,
        rehead,
        `update household_case set state = 'rebutted' where id = $1`,
      ],
      { number: 8, what: 'missing' },
    ],
    [
      'the whole case, removed',
      ['delete from case_event where case_id = $1', 'delete from household_case where id = $1'],
      { number: 7, what: 'missing' },
      { number: 8, what: 'missing' },
    ],
    ['a packet, removed', 'delete from packet where case_id = $1', { number: 4, what: 'paper' }],
    [
      'a notice, exchanged',
      `update notice set sealed = (select sealed from attachment where case_id = $1 limit 1) where case_id = $1`,
      { number: 8, what: 'paper' },
    ],
    [
      'an attachment, removed',
      `delete from attachment where case_id = $1 and name = '证明.pdf'`,
      { number: 6, what: 'paper' },
    ],
    [
      'a byte of a sealed packet',
      `update packet set sealed = set_byte(sealed, 99, 255 - get_byte(sealed, 99)) where case_id = $1`,
      { number: 4, what: 'paper' },
    ],
    [
      'a checkpoint’s heads',
      `update chain_checkpoint set heads = '[]' where $1::uuid is not null and number = 1`,
      { number: 1, what: 'checkpoint' },
    ],
    [
      'a checkpoint, removed',
      'delete from chain_checkpoint where $1::uuid is not null and number = 1',
      { number: 2, what: 'checkpoint' },
    ],
    [
      'a checkpoint’s signature',
      `update chain_checkpoint set signature = '' where $1::uuid is not null and number = 2`,
      { number: 2, what: 'checkpoint' },
    ],
  ]
  const TABLES = ['household_case', 'case_event', 'packet', 'notice', 'attachment', 'chain_checkpoint']
  for (const [what, sql, ...expected] of TAMPERINGS) {
    for (const table of TABLES) await work.query(`create table kept_${table} as select * from ${table}`)
    for (const statement of [sql].flat()) await work.query(statement, [id])
    const { faults } = await verifyCases(work.hedui)
    t.match(faults, expected, what)
    t.equal(faults.length > 0, true, what)
    for (const table of TABLES) {
      await work.query(`delete from ${table}`)
      await work.query(`insert into ${table} select * from kept_${table}`)
      await work.query(`drop table kept_${table}`)
    }
  }
  t.same((await verifyCases(work.hedui)).faults, [], 'all of it was put back')

  await t.test('a chain that was written anew with right hashes is not what a checkpoint signed', async (t) => {
    const events = await listCaseEvents(work.hedui.database.pool, [id])
    let last: Pick<AnyCaseEvent, 'number' | 'hash'> | null = null
    for (const { kind, reason, payload, ...stamp } of events) {
      const news = { kind, reason: kind === 'warning-confirmed' ? '另有理由' : reason, payload } as NewEvent
      const [anew]: AnyCaseEvent[] = chainEvents([news], stamp, last)
      last = anew!
      await work.query(
        'update case_event set reason = $3, previous = $4, hash = $5 where case_id = $1 and number = $2',
        [id, anew!.number, anew!.reason, anew!.previous, anew!.hash],
      )
    }
    await work.query('update household_case set head_hash = $2 where id = $1', [id, last!.hash])
    const { faults } = await verifyCases(work.hedui)
    t.same(
      faults.map(({ what, number }) => [what, number]),
      [
        ['missing', 7],
        ['missing', 8],
      ],
    )
  })
})
