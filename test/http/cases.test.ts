import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test as TapTest } from 'tap'
import { createAjv, describeSchemaErrors } from '../../src/domain/schema-errors.ts'
import { buildApp } from '../../src/http/app.ts'
import { CASE_VIEW } from '../../src/http/routes/case-schemas.ts'
import type { CaseView } from '../../src/services/cases/case-view.ts'
import { answerOf, createCaseWork, serviceOn } from '../support/cases.ts'
import { rowOf } from '../support/departments.ts'
import { householdOf, memberOf, personOf } from '../support/people.ts'

const CLERK = '周敏'
const CHIEF = '吴昊'
const people = Array.from({ length: 4 }, (_, i) => personOf(40 + i, `冯${'甲乙丙丁'[i]}`))

const work = await createCaseWork(t)
await work.importLines(
  people.map((person, i) => householdOf(`H${i}`, [memberOf('P1', person)], { monthlyBenefit: '620.00' })),
)
await work.deliver(
  'bank',
  people.map((person, i) => rowOf.deposit(person, { 账号: `62${i}`, 余额: 20000 })),
)
const app: FastifyInstance = await buildApp({ hedui: work.hedui, ruleSet: work.ruleSet })
t.teardown(() => app.close())

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url, payload, headers } as InjectOptions)
const act = async (id: string, name: string, input: object, actor = CLERK, headers = {}) =>
  post(`/v1/cases/${id}/${name}`, { ...input, actor }, headers)

const isCaseView = createAjv().compile(CASE_VIEW)
/** The case of an answer, which is what /openapi.json says of it. */
function viewOf(
  t: Pick<TapTest, 'equal' | 'same'>,
  { statusCode, body, headers }: Awaited<ReturnType<typeof post>>,
): CaseView {
  const view = JSON.parse(body)
  t.equal(statusCode, 200, body)
  t.same(isCaseView(view) ? [] : describeSchemaErrors(isCaseView.errors), [])
  t.equal(headers.etag, `"${view.seen}"`)
  return view
}

let ids: readonly string[] = []

t.test('POST /v1/cases opens the cases of a run, and nothing more when it comes again', async (t) => {
  const { summary } = await work.check()
  const opened = await post('/v1/cases', { run: summary.run, actor: CLERK })
  t.match(opened.json(), { run: summary.run, warned: 4, opened: 4, changed: 0, unchanged: 0 })
  t.match((await post('/v1/cases', { run: summary.run, actor: CLERK })).json(), { opened: 0, unchanged: 4 })
  t.match((await post('/v1/cases', { run: 'none', actor: CLERK })).json(), { status: 404, code: 'INPUT_NOT_FOUND' })
  t.match((await post('/v1/cases', { run: summary.run })).json(), { status: 400, code: 'INPUT_INVALID' })

  const listed = await app.inject('/v1/cases?state=drafted&region=3699')
  t.equal(listed.json().cases.length, 4)
  ids = await Promise.all(people.map(async (_, i) => (await work.caseOf(`H${i}`)).id))
})

t.test('GET /v1/cases gives pages, filtered, and refuses what is no filter', async (t) => {
  const seen: string[] = []
  for (let url: string | null = '/v1/cases?most=3'; url; ) {
    const page: { cases: { id: string }[]; next: string | null } = (await app.inject(url)).json()
    seen.push(...page.cases.map(({ id }) => id))
    url = page.next && `/v1/cases?most=3&after=${page.next}`
  }
  t.same(seen.toSorted(), [...ids].toSorted())
  const count = async (query: string) => (await app.inject(`/v1/cases?${query}`)).json().cases.length
  t.equal(await count('household=H2'), 1)
  t.equal(await count('open=false'), 0)
  t.equal(await count('state=served,closed'), 0)
  t.equal(await count('dueBy=2026-11-02'), 0)
  for (const query of ['state=gone', 'dueBy=2026-02-30', 'after=x', 'most=0', 'region=north', 'color=red'])
    t.match((await app.inject(`/v1/cases?${query}`)).json(), { status: 400, code: 'INPUT_INVALID' }, query)
})

t.test('a case goes by HTTP from its warning to a decision and its end', async (t) => {
  const id = ids[0]!
  const first = viewOf(t, await app.inject(`/v1/cases/${id}?reason=review&actor=${encodeURIComponent(CLERK)}`))
  t.match(first, { state: 'drafted', householdId: 'H0', seen: 2, warnings: [{ id: 'W1', state: 'proposed' }] })
  t.notMatch(JSON.stringify(first), people[0]!.name, 'no name')
  t.notMatch(JSON.stringify(first), people[0]!.idNumber, 'no number')

  const confirmed = viewOf(t, await act(id, 'confirm', { reason: '数据已核对' }))
  t.match(confirmed, { state: 'confirmed', packets: [{ number: 1, id: String, code: String }] })
  const packet = confirmed.packets[0]!.id!

  await t.test('its packet as JSON, PDF and zip, each time with a reason', async (t) => {
    t.match((await app.inject(`/v1/packets/${packet}.pdf`)).json(), { status: 400, code: 'INPUT_INVALID' })
    for (const [format, type, begins] of [
      ['json', 'application/json', '{"'],
      ['pdf', 'application/pdf', '%PDF-'],
      ['zip', 'application/zip', 'PK'],
    ] as const) {
      const { statusCode, headers, rawPayload } = await app.inject(`/v1/packets/${packet}.${format}?reason=review`)
      t.equal(statusCode, 200, format)
      t.match(headers['content-type'], type)
      t.equal(headers['content-disposition'], `attachment; filename="${packet}.${format}"`)
      t.equal(headers['hedui-code'], confirmed.packets[0]!.code)
      t.equal(rawPayload.subarray(0, begins.length).toString('latin1'), begins)
    }
    const missing = await app.inject('/v1/packets/00000000-0000-7000-8000-000000000000.zip?reason=review')
    t.match(missing.json(), { status: 404, code: 'INPUT_NOT_FOUND' })
    const read = await work.query(
      `select actor, reason, subject ->> 'format' as format from audit where action = 'read packet'`,
    )
    t.same(read.map(({ format }) => format).toSorted(), ['json', 'pdf', 'zip'], 'who read it is kept')
  })

  const served = viewOf(t, await act(id, 'serve', serviceOn('2026-11-02')))
  // Ten working days after Monday 2 November 2026; no holiday lies between.
  t.match(served.packets[0], { deadline: { date: '2026-11-16', provisional: false } })
  const pdf = Buffer.from('%PDF-1.4\n存款说明')
  const answer = answerOf(['W1'], '2026-11-02', {
    attachments: [{ name: '说明.pdf', content: pdf.toString('base64') }],
  })
  const rebutted = viewOf(t, await act(id, 'rebuttals', answer))
  t.match(rebutted, { state: 'rebutted', rebuttals: [{ rebuttal: 'R1', attachments: [{ type: 'application/pdf' }] }] })
  const attachment = rebutted.rebuttals[0]!.attachments[0]!.id
  const file = await app.inject(`/v1/cases/${id}/attachments/${attachment}?reason=review`)
  t.same(file.rawPayload, pdf)
  t.match(
    file.headers['content-disposition'],
    /^attachment; filename="__\.pdf"; filename\*=UTF-8''%E8%AF%B4%E6%98%8E\.pdf$/,
  )

  viewOf(t, await act(id, 'assess', { warning: 'W1', verdict: 'untrue', findings: '证明与账户不符' }))
  const recovery = { began: '2026-10', entitlement: 'none', paid: [] }
  const decision = {
    outcome: 'cancel-and-recover',
    reason: '核实清楚',
    basis: '649号第68条',
    effectiveFrom: '2026-12',
    recovery,
  }
  t.match((await act(id, 'decide', decision, CLERK)).json(), { status: 409, code: 'STATE_SAME_PERSON' })
  const early = await act(id, 'decide', decision, CHIEF)
  t.match(early.json(), { status: 409, code: 'STATE_CASE', detail: /2026-11-16/, allowed: rebutted.allowed })
  work.setDay('2026-11-17')
  const decided = viewOf(t, await act(id, 'decide', decision, CHIEF))
  // 620.00 of October and of November, the household entitled to nothing.
  t.match(decided, { state: 'decided', decision: { by: CHIEF, recovery: { total: '1240.00' } } })
  const notice = await app.inject(`/v1/notices/${decided.notices[0]!.id}.pdf?reason=review`)
  t.equal(notice.rawPayload.subarray(0, 5).toString(), '%PDF-')

  t.match((await act(id, 'close', { reason: '办结' })).json(), { code: 'STATE_CASE', allowed: decided.allowed })
  viewOf(t, await act(id, 'serve-outcome', serviceOn('2026-11-17')))
  // The sixtieth day after 17 November is Saturday 16 January: it ends on the Monday.
  work.setDay('2027-01-18')
  t.match((await act(id, 'close', { reason: '办结' })).json(), { status: 409, detail: /2027-01-18/ })
  work.setDay('2027-01-19')
  t.equal(viewOf(t, await act(id, 'close', { reason: '办结' })).state, 'closed')
  const after = await act(id, 'confirm', { reason: '再看' })
  t.match(after.json(), { status: 409, code: 'STATE_CASE', allowed: [], detail: /nothing is allowed/ })
  work.setDay('2026-11-02')
})

t.test('two who act on what they both saw: one acts, the other is told', async (t) => {
  const id = ids[1]!
  const { seen } = await work.caseOf('H1')
  const ifMatch = { 'if-match': `"${seen}"` }
  const both = await Promise.all([
    act(id, 'confirm', { reason: '核对无误' }, CLERK, ifMatch),
    act(id, 'dismiss', { reason: '数据有误' }, CHIEF, ifMatch),
  ])
  t.same(both.map(({ statusCode }) => statusCode).toSorted(), [200, 409])
  t.match(both.find(({ statusCode }) => statusCode === 409)!.json(), { code: 'STATE_CASE_CHANGED', allowed: Array })
  const [after] = await work.casesOf('H1')
  const news = after!.events.slice(seen).map(({ kind }) => kind)
  t.ok(['warning-confirmed,packet-issued', 'warning-dismissed'].includes(news.join()), news.join())

  const target = ids[2]!
  const view = await work.caseOf('H2')
  const visit = { on: '2026-11-02', visitors: [CLERK, CHIEF], findings: '在家', by: 'township' }
  t.match((await act(target, 'visit', { ...visit, seen: view.seen - 1 })).json(), { code: 'STATE_CASE_CHANGED' })
  for (const header of ['x', '"1x"', '*'])
    t.match((await act(target, 'visit', visit, CLERK, { 'if-match': header })).json(), { status: 400 }, header)
  const differ = await act(target, 'visit', { ...visit, seen: 1 }, CLERK, { 'if-match': `"${view.seen}"` })
  t.match(differ.json(), { status: 400, errors: [{ field: 'seen' }] })
  t.equal((await work.caseOf('H2')).seen, view.seen, 'nothing was done')
})

t.test('a repeated request acts once, and what is kept of it holds nothing of the case', async (t) => {
  const id = ids[2]!
  const key = { 'idempotency-key': '7b1c8a52-0d3e-4b7e-8a55-2f2f0f5f6a11' }
  const visit = { on: '2026-11-02', visitors: [CLERK, CHIEF], findings: '家中无人工作', by: 'county' }
  const first = viewOf(t, await act(id, 'visit', visit, CLERK, key))
  const again = await act(id, 'visit', visit, CLERK, key)
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.same(viewOf(t, again), first)
  t.match((await act(id, 'visit', { ...visit, on: '2026-11-01' }, CLERK, key)).json(), {
    code: 'INPUT_IDEMPOTENCY_KEY',
  })
  const kept = await work.query(`select answer from idempotency_key where key = $1`, [key['idempotency-key']])
  t.same(kept, [{ answer: { seen: first.seen } }])
  // What was refused was not done: the key may come again.
  const other = { 'idempotency-key': 'refused-first' }
  t.match((await act(id, 'close', { reason: '办结' }, CLERK, other)).json(), {
    code: 'STATE_CASE',
    allowed: first.allowed,
  })
  t.match((await act(id, 'close', { reason: '办结' }, CLERK, other)).json(), { code: 'STATE_CASE' })
})

t.test('what is wrong is told by code and field', async (t) => {
  const id = ids[3]!
  const nobody = '00000000-0000-7000-8000-000000000000'
  const gif = [{ name: 'a.gif', content: Buffer.from('GIF89a').toString('base64') }]
  for (const [name, input, problem] of [
    ['confirm', { actor: CLERK }, { status: 400, code: 'INPUT_INVALID', detail: /reason/ }],
    ['confirm', { reason: '对', actor: ' ' }, { status: 400, code: 'INPUT_INVALID', errors: [{ field: 'actor' }] }],
    ['confirm', { reason: '对' }, { status: 400, detail: /actor/ }],
    ['confirm', { reason: '对', actor: 'hedui' }, { status: 400, code: 'INPUT_ACTOR' }],
    ['confirm', { reason: ' ', actor: CLERK }, { status: 400, code: 'INPUT_REASON' }],
    [
      'confirm',
      { reason: '对', actor: CLERK, warnings: ['W9'] },
      { status: 404, code: 'INPUT_NOT_FOUND', detail: /W1/ },
    ],
    ['confirm', { reason: '对', actor: CLERK, color: 'red' }, { status: 400, errors: [{ field: 'color' }] }],
    ['serve', { ...serviceOn('2026-11-02'), actor: CLERK }, { status: 409, code: 'STATE_CASE', allowed: Array }],
    ['serve', { ...serviceOn('2 November'), actor: CLERK }, { status: 400, errors: [{ field: 'on' }] }],
    ['decide', { outcome: 'guilty', reason: 'x', basis: 'x', actor: CHIEF }, { status: 400, detail: /no-issue/ }],
    [
      'rebuttals',
      { ...answerOf(['W1'], '2026-11-02', { attachments: gif }), actor: CLERK },
      { code: 'INPUT_ATTACHMENT' },
    ],
    ['rebut', {}, { status: 404 }],
    ['expire', {}, { status: 404, code: 'INPUT_NOT_FOUND' }],
    ['lapse', {}, { status: 404 }],
  ] as const) {
    t.match((await post(`/v1/cases/${id}/${name}`, input)).json(), problem, `${name} ${JSON.stringify(input)}`)
  }
  t.match((await act(nobody, 'confirm', { reason: '对' })).json(), { status: 404, code: 'INPUT_NOT_FOUND' })
  t.match((await app.inject(`/v1/cases/${nobody}`)).json(), { status: 404, code: 'INPUT_NOT_FOUND' })
  const far = await app.inject({ url: '/v1/cases', remoteAddress: '10.0.0.7' })
  t.match(far.json(), { status: 403, code: 'INPUT_FORBIDDEN' })
  const huge = await post(`/v1/cases/${id}/confirm`, { reason: 'x'.repeat(2 * 1024 * 1024), actor: CLERK })
  t.match(huge.json(), { status: 413, code: 'INPUT_TOO_LARGE' })
  t.equal((await work.caseOf('H3')).seen, 2, 'nothing was done')
})

t.test('GET /v1/audit/verify finds a changed event; the reports answer', async (t) => {
  t.match((await app.inject('/v1/audit/verify')).json(), { ok: true, cases: 4, faults: [] })
  await work.query(`update case_event set reason = '改过' where case_id = $1 and kind = 'closed'`, [ids[0]])
  t.match((await app.inject('/v1/audit/verify?papers=false')).json(), {
    ok: false,
    faults: [{ case: ids[0], what: 'changed' }],
  })
  const precision = (await app.inject('/v1/reports/precision?region=3699')).json()
  t.match(precision, { rules: [{ rule: 'deposits' }], outcomes: { cases: 4 } })
  t.same((await app.inject('/v1/reports/corrections')).json(), { departments: [] })
  t.same((await app.inject('/v1/reports/county-visits')).json(), { visits: [] })
  t.same((await app.inject('/v1/rules/stops')).json(), { stops: [] })
  const release = await post('/v1/rules/deposits/release', { actor: CHIEF, reason: '已修正' })
  t.match(release.json(), { status: 404, code: 'INPUT_NOT_FOUND' })
  for (const [language, words] of [
    ['zh', /个案.*待确认/s],
    ['en', /Cases.*drafted, to be confirmed/s],
  ] as const)
    t.match((await app.inject(`/?lang=${language}`)).body, words)
})
