import { test } from 'tap'
import { findCases } from '../../../src/services/cases/find-cases.ts'
import { listCorrections } from '../../../src/services/cases/list-corrections.ts'
import { readAttachment } from '../../../src/services/cases/read-attachment.ts'
import { showCase } from '../../../src/services/cases/show-case.ts'
import { answerOf, createCaseWork, serviceOn } from '../../support/cases.ts'
import { rowOf } from '../../support/departments.ts'
import { householdOf, memberOf, personOf } from '../../support/people.ts'
import { errorOf } from '../../support/work.ts'

const PERSON = personOf(100, '曹一')
const READER = { actor: '何静', role: 'reviewer', reason: 'review' }
const base64 = (bytes: Buffer | string) => Buffer.from(bytes as string).toString('base64')
const PDF = base64('%PDF-1.7\n1 0 obj')
const JPEG = base64(Buffer.from('ffd8ffe000104a464946', 'hex'))
const PNG = base64(Buffer.from('89504e470d0a1a0a0000000d', 'hex'))

test('an answer is kept with its files, which are what their bytes say', async (t) => {
  const work = await createCaseWork(t)
  await work.importLines([householdOf('H1', [memberOf('P1', PERSON)])])
  await work.deliver('bank', [rowOf.deposit(PERSON, { 余额: 20000 })])
  await work.openAll()
  const { id } = await work.caseOf('H1')
  const early = await errorOf(work.act(id, 'rebut', answerOf(['W1'], '2026-11-02')))
  t.equal(early.code, 'STATE_CASE', 'what was not served is not answered')
  await work.act(id, 'confirm', { reason: '已核对' })
  await work.act(id, 'serve', serviceOn('2026-11-02'))

  const REFUSED: readonly (readonly [what: string, content: string])[] = [
    ['a text', base64('hello')],
    ['a zip', base64('PK\u0003\u0004')],
    ['an empty file', ''],
    ['a PDF that begins later', base64(' %PDF-1.7')],
    ['a GIF', base64('GIF89a')],
    ['a half signature', base64(Buffer.from('89504e47', 'hex'))],
    ['no base64', '%PDF-1.7'],
    ['base64 with line breaks', `${PDF.slice(0, 8)}\n${PDF.slice(8)}`],
    ['more than 10 MB', base64(Buffer.concat([Buffer.from('%PDF-'), Buffer.alloc(10 * 1024 * 1024)]))],
  ]
  for (const [what, content] of REFUSED) {
    const attachments = [
      { name: 'a.pdf', content: PDF },
      { name: 'b.pdf', content },
    ]
    const error = await errorOf(work.act(id, 'rebut', answerOf(['W1'], '2026-11-02', { attachments })))
    t.same([error.code, error.place.path], ['INPUT_ATTACHMENT', 'attachments.1'], what)
  }
  t.equal((await work.query('select 1 from attachment')).length, 0, 'nothing of an answer that was refused')

  const ANSWERS: readonly (readonly [what: string, change: object, path: string])[] = [
    ['nobody vouches', { vouchedBy: { name: ' ', relation: '本人' } }, 'vouchedBy'],
    [
      'another rule’s evidence',
      { answers: [{ warning: 'W1', evidenceKinds: ['sold'], statement: '…' }] },
      'answers.0.evidenceKinds',
    ],
    ['a day to come', { receivedOn: '2026-11-03' }, 'receivedOn'],
    ['no such field', { remarks: '…' }, 'remarks'],
  ]
  for (const [what, change, path] of ANSWERS) {
    const error = await errorOf(work.act(id, 'rebut', answerOf(['W1'], '2026-11-02', change)))
    t.same([error.code, error.place.path], ['INPUT_INVALID', path], what)
  }

  const attachments = [
    { name: 'C:\\证明\\代管证明.pdf', content: PDF },
    { name: '照片.png', content: JPEG },
    { name: '../../扫描.png', content: PNG },
    { name: '同一份.pdf', content: PDF },
  ]
  const view = await work.act(id, 'rebut', answerOf(['W1'], '2026-11-02', { attachments }))
  t.same([view.state, view.rebuttals[0]?.late], ['rebutted', false])
  const kept = view.rebuttals[0]!.attachments
  t.same(
    kept.map(({ name, type, bytes }) => [name, type, bytes]),
    [
      ['代管证明.pdf', 'application/pdf', 16],
      ['照片.png', 'image/jpeg', 10],
      ['扫描.png', 'image/png', 12],
    ],
    'by content, once each, under the last part of a name',
  )
  const file = await readAttachment(work.hedui, { case: id, attachment: kept[0]!.id }, READER)
  t.equal(file.bytes.toString('base64'), PDF)
  const [stored] = await work.query<{ sealed: Buffer }>('select sealed from attachment where sha256 = $1', [
    kept[0]!.id,
  ])
  t.equal(stored?.sealed.includes('%PDF-'), false, 'encrypted')
  t.equal((await errorOf(readAttachment(work.hedui, { case: id, attachment: 'x' }, READER))).code, 'INPUT_NOT_FOUND')
  await showCase(work.hedui, id, READER)
  const audits = await work.query<{ action: string }>(`select action from audit where actor = '何静' order by id`)
  t.same(
    audits.map(({ action }) => action),
    ['read attachment', 'read case'],
  )

  await t.test(
    'an accepted answer may suppress until a date, and ask a department to correct; assessed anew, it does not',
    async (t) => {
      const correction = { source: 'bank', record: '江右银行|****0001', request: '更正户名' }
      const input = { warning: 'W1', verdict: 'accepted', findings: '属实', suppressUntil: '2026-12-31', correction }
      await work.act(id, 'assess', input)
      t.same(await work.query('select rule, until, measure from suppression'), [
        { rule: 'deposits', until: '2026-12-31', measure: '20000.00' },
      ])
      const [bank, ...others] = await listCorrections(work.hedui)
      t.same(others, [])
      t.match(bank, {
        source: 'bank',
        requests: [{ caseId: id, householdId: 'H1', warning: 'W1', record: correction.record }],
      })
      t.same(await listCorrections(work.hedui, { region: '11' }), [])
      await work.act(id, 'assess', { warning: 'W1', verdict: 'refused', findings: '证明无效' })
      t.same(await work.query('select * from suppression'), [])
      t.same(await listCorrections(work.hedui), [])
    },
  )

  await t.test('near kin does not act, registered before or after', async (t) => {
    await work.query(
      `insert into near_kin (id, handler, office, relation, person_hash, sealed, valid_from, added_by, added_at, reason)
       select gen_random_uuid(), '周敏', '民政局', 'sibling', person_hash, '', '2026-01-01', 'test', now(), 'test'
       from household_person where household_id = 'H1'`,
    )
    const error = await errorOf(work.act(id, 'extend', { days: 1, reason: '住院' }))
    t.equal(error.code, 'STATE_NEAR_KIN')
    t.equal((await work.act(id, 'extend', { days: 1, reason: '住院' }, { actor: '何静' })).packets[0]?.extensions, 1)
  })
})

test('the work list begins with what is due first', async (t) => {
  const work = await createCaseWork(t)
  const people = Array.from({ length: 5 }, (_, i) => personOf(110 + i, `许${'一二三四五'[i]}`))
  await work.importLines(
    people.map((person, i) =>
      householdOf(`H${i}`, [memberOf('P1', person)], { region: i < 3 ? '369901001' : '369902001' }),
    ),
  )
  await work.deliver(
    'bank',
    people.map((person, i) => rowOf.deposit(person, { 账号: `62${i}`, 余额: 20000 })),
  )
  await work.openAll()
  const idOf = async (household: string) => (await work.casesOf(household))[0]!.id
  await work.act(await idOf('H3'), 'confirm', { reason: '已核对' })
  await work.act(await idOf('H4'), 'dismiss', { reason: '数据有误' })
  const found = async (search: Parameters<typeof findCases>[1]) =>
    (await findCases(work.hedui, search)).cases.map(({ householdId }) => householdId)
  const all = await findCases(work.hedui, { most: 2 })
  const more = await findCases(work.hedui, { most: 2, cursor: all.next! })
  const last = await findCases(work.hedui, { most: 2, cursor: more.next! })
  const order = [...all.cases, ...more.cases, ...last.cases]
  const inOrder = order.map(({ householdId }) => householdId)
  // Those that were opened in one moment stand in the order of their ids.
  t.same([inOrder[0], inOrder.slice(1, 4).sort(), inOrder[4]], ['H3', ['H0', 'H1', 'H2'], 'H4'], 'dismissed ones last')
  t.same([last.next, order[0]!.dueOn! < order[1]!.dueOn!, order[4]!.dueOn], [null, true, null])
  t.same(await found({ states: ['dismissed'] }), ['H4'])
  t.same(await found({ open: true, region: '369902' }), ['H3'])
  t.same(await found({ household: 'H1' }), ['H1'])
  t.same(await found({ dueBy: order[0]!.dueOn! }), ['H3'])
  t.same(await found({ escalated: true }), [])
  for (const search of [{ states: ['asleep'] }, { dueBy: '2026-02-30' }, { cursor: 'x' }, { most: 0 }])
    t.equal((await errorOf(findCases(work.hedui, search))).code, 'INPUT_INVALID', JSON.stringify(search))
})
