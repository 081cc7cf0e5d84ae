import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { buildApp } from '../../src/http/app.ts'
import { deliverDue } from '../../src/services/webhooks/deliver-webhooks.ts'
import { createCaseWork } from '../support/cases.ts'
import { rowOf } from '../support/departments.ts'
import { householdOf, LI, memberOf, WANG } from '../support/people.ts'
import { startReceiver } from '../support/receiver.ts'

const CLERK = '周敏'
const REPORTER = { name: '欧阳知情', phone: '13900000001', idNumber: null }

const receiver = await startReceiver(t)
const work = await createCaseWork(t, { HEDUI_WEBHOOK_HOSTS: receiver.host })
await work.importLines([householdOf('H1', [memberOf('P1', WANG)]), householdOf('H2', [memberOf('P1', LI)])])
await work.deliver('bank', [rowOf.deposit(WANG, { 余额: 20000 }), rowOf.deposit(LI, { 账号: '6218', 余额: 10 })])
const app: FastifyInstance = await buildApp({ hedui: work.hedui, ruleSet: work.ruleSet })
t.teardown(() => app.close())

const get = async (url: string) => (await app.inject(url)).json()
const post = async (url: string, payload: object, headers = {}) =>
  (await app.inject({ method: 'POST', url, payload, headers })).json()

t.test('a webhook hears of the events of cases, without anybody’s data', async (t) => {
  const elsewhere = await post('/v1/webhooks', { url: 'http://127.0.0.2:9/', actor: CLERK })
  t.match(elsewhere, { status: 400, errors: [{ field: 'url' }], detail: /HEDUI_WEBHOOK_HOSTS/ })
  const { webhook, secret } = await post('/v1/webhooks', { url: receiver.url, region: '3699', actor: CLERK })
  t.match(secret, /^whsec_/)
  const shown = await get('/v1/webhooks')
  t.match(shown, { webhooks: [{ id: webhook.id, url: receiver.url, messages: { waiting: 0 } }] })
  t.notMatch(JSON.stringify(shown), /whsec/, 'the secret is told once')

  const { summary } = await work.check()
  await post('/v1/cases', { run: summary.run, actor: CLERK })
  t.equal(await deliverDue(work.hedui), 2)
  t.same(
    receiver.received.map(({ text }) => JSON.parse(text).data.kind),
    ['opened', 'warnings-added'],
  )
  for (const { text } of receiver.received) t.notMatch(text, new RegExp(`${WANG.name}|${WANG.idNumber}|20000`))

  const { messages, next } = await get('/v1/webhooks/messages?most=1&state=delivered')
  t.match(messages, [{ webhook: webhook.id, number: 1, state: 'delivered', lastTry: { status: 204 } }])
  t.match(await get(`/v1/webhooks/messages?after=${next}`), { messages: [{ number: 2 }], next: null })
  t.match(await post(`/v1/webhooks/messages/${messages[0].id}/resend`, { actor: CLERK }), { status: 400 })
  await post(`/v1/webhooks/messages/${messages[0].id}/resend`, { actor: CLERK, reason: '系统恢复' })
  t.equal(await deliverDue(work.hedui), 1)
  t.equal(receiver.received[2]!.id, receiver.received[0]!.id, 'sent again under its own id')
  t.same(await post(`/v1/webhooks/${webhook.id}/end`, { actor: CLERK }), { ended: webhook.id })
  t.match(await post(`/v1/webhooks/${webhook.id}/end`, { actor: CLERK }), { status: 404, code: 'INPUT_NOT_FOUND' })
})

t.test('a tip-off is kept sealed, checked, and ends in its case', async (t) => {
  const report = { household: 'H1', channel: 'phone', text: '此户有商铺出租', reporter: REPORTER, actor: CLERK }
  const kept = await post('/v1/tip-offs', report, { 'idempotency-key': 'tip-1' })
  t.match(kept, { state: 'received', householdId: 'H1', named: true, events: [{ action: 'received' }] })
  t.same(await post('/v1/tip-offs', report, { 'idempotency-key': 'tip-1' }), kept, 'once')
  const { id } = kept
  for (const url of ['/v1/tip-offs', '/v1/tip-offs?household=H1&state=received', `/v1/tip-offs/${id}`]) {
    const { body, statusCode } = await app.inject(url)
    t.equal(statusCode, 200)
    t.match(body, id)
    t.notMatch(body, /欧阳|13900000001|商铺/, url)
  }
  t.match(await get(`/v1/tip-offs/${id}/report`), { status: 400, code: 'INPUT_INVALID' })
  const read = `/v1/tip-offs/${id}/report?actor=${encodeURIComponent(CLERK)}&reason=tip-off`
  t.same(await get(read), { text: report.text, reporter: REPORTER })
  t.match(await work.query(`select actor, reason from audit where action = 'read tip-off'`), [{ actor: CLERK }])

  t.match(await post(`/v1/tip-offs/${id}/settle`, { actor: CLERK, reason: '无' }), { status: 409, code: 'STATE_CASE' })
  const checked = await post(`/v1/tip-offs/${id}/check`, { actor: CLERK, asOf: '2026-11-02' })
  t.match(checked, { state: 'case', case: (await work.caseOf('H1')).id })
  t.match(await get('/v1/reports/county-visits'), { visits: [{ household: 'H1', why: 'tip-off', tipOff: id }] })
  const shown = JSON.stringify(await get(`/v1/cases/${checked.case}`))
  t.match(shown, id)
  t.notMatch(shown, /欧阳|13900000001|商铺/)

  const wrong = { ...report, channel: 'pigeon' }
  t.match(await post('/v1/tip-offs', wrong), { status: 400, errors: [{ field: 'channel' }] })
  t.match(await post('/v1/tip-offs', { ...report, household: 'H9' }), { status: 404, code: 'INPUT_NOT_FOUND' })
  const visit = { actor: CLERK, on: '2026-11-02', visitors: [CLERK, '孙伟'], findings: '在家', by: 'county' }
  const other = await post('/v1/tip-offs', { household: 'H2', channel: 'letter', text: '有车', actor: CLERK })
  t.match(other, { named: false })
  t.match(await post(`/v1/tip-offs/${other.id}/check`, { actor: CLERK, asOf: '2026-11-02' }), { state: 'checking' })
  t.match(await post(`/v1/tip-offs/${other.id}/visit`, visit), { state: 'checking' })
  t.match(await post(`/v1/tip-offs/${other.id}/settle`, { actor: CLERK, reason: '未见车辆' }), {
    state: 'nothing-found',
  })
})

t.test('near kin of a handler keeps the handler from acting', async (t) => {
  const entry = { handler: CLERK, office: '南沟乡', relation: 'parent', ...WANG, actor: '吴昊', reason: '备案' }
  const added = await post('/v1/near-kin', entry)
  t.match(added, { handler: CLERK, relation: 'parent', validFrom: '2026-11-02', validUntil: null })
  t.match(await post('/v1/near-kin', entry), { status: 400, code: 'INPUT_DUPLICATE' })
  t.match(await post('/v1/near-kin', { ...entry, idNumber: '123' }), { status: 400, code: 'INPUT_ID_NUMBER' })
  const { nearKin } = await get(`/v1/near-kin?on=2026-11-02&handler=${encodeURIComponent(CLERK)}`)
  t.same(nearKin, [added])
  t.notMatch(JSON.stringify(nearKin), new RegExp(`${WANG.name}|${WANG.idNumber}`))
  const read = `/v1/near-kin/${added.id}?actor=${encodeURIComponent('吴昊')}&reason=review`
  t.match(await get(read), { name: WANG.name, idNumber: WANG.idNumber })

  const { id } = await work.caseOf('H1')
  const refused = await post(`/v1/cases/${id}/confirm`, { actor: CLERK, reason: '核对无误' })
  t.match(refused, { status: 409, code: 'STATE_NEAR_KIN' })
  t.match(await post(`/v1/near-kin/${added.id}/end`, { actor: CLERK, reason: '调离' }), { code: 'STATE_NEAR_KIN' })
  const ended = await post(`/v1/near-kin/${added.id}/end`, { actor: '吴昊', reason: '调离', until: '2026-11-05' })
  t.match(ended, { validUntil: '2026-11-05', endedBy: '吴昊' })
})
