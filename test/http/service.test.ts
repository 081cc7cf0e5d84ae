import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { buildApp } from '../../src/http/app.ts'
import { requireRoles } from '../../src/http/auth.ts'
import { answerError } from '../../src/http/problem.ts'
import { rowOf } from '../support/departments.ts'
import { householdOf, memberOf, WANG } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const work = await createWork(t)
const app: FastifyInstance = await buildApp({ hedui: work.hedui, ruleSet: work.ruleSet })
t.teardown(() => app.close())

t.test('/health and /ready answer', async (t) => {
  t.match(await app.inject('/health'), { statusCode: 200 })
  t.same((await app.inject('/health')).json(), { status: 'ok' })
  t.match(await app.inject('/ready'), { statusCode: 200 })
})

t.test('what there is not is 404 with a code', async (t) => {
  for (const [method, url] of [
    ['GET', '/v1/nothing'],
    ['GET', '/v1/checks'],
    ['DELETE', '/health'],
    ['POST', '/'],
  ] as const) {
    const response = await app.inject({ method, url: `${url}?name=x` })
    t.equal(response.statusCode, 404, `${method} ${url}`)
    t.match(response.headers['content-type'], /problem\+json/)
    t.match(response.json(), { code: 'INPUT_NOT_FOUND', status: 404 })
    t.notMatch(response.body, /name=x/)
  }
})

interface Operation {
  readonly summary: string
  readonly requestBody?: { content: Record<string, { schema: { required: string[]; properties: object } }> }
  readonly responses: Record<
    string,
    { description: string; content?: Record<string, { schema: { properties?: object } }> }
  >
}

t.test('/openapi.json describes every route with its schemas', async (t) => {
  const document = (await app.inject('/openapi.json')).json()
  t.match(document, {
    openapi: /^3\.1\./,
    info: { title: String, version: String, license: { identifier: 'Apache-2.0' } },
  })
  t.same(Object.keys(document.paths).toSorted(), [
    '/health',
    '/ready',
    '/v1/audit/verify',
    '/v1/cases',
    '/v1/cases/{id}',
    '/v1/cases/{id}/assess',
    '/v1/cases/{id}/attachments/{attachment}',
    '/v1/cases/{id}/close',
    '/v1/cases/{id}/confirm',
    '/v1/cases/{id}/confirm-source',
    '/v1/cases/{id}/contact-again',
    '/v1/cases/{id}/decide',
    '/v1/cases/{id}/dismiss',
    '/v1/cases/{id}/extend',
    '/v1/cases/{id}/fail-service',
    '/v1/cases/{id}/pause',
    '/v1/cases/{id}/rebuttals',
    '/v1/cases/{id}/record-award',
    '/v1/cases/{id}/resume',
    '/v1/cases/{id}/serve',
    '/v1/cases/{id}/serve-outcome',
    '/v1/cases/{id}/settle-lead',
    '/v1/cases/{id}/visit',
    '/v1/cases/{id}/withdraw',
    '/v1/checks',
    '/v1/due',
    '/v1/near-kin',
    '/v1/near-kin/{id}',
    '/v1/near-kin/{id}/end',
    '/v1/notices/{id}.pdf',
    '/v1/packets/{id}.json',
    '/v1/packets/{id}.pdf',
    '/v1/packets/{id}.zip',
    '/v1/reports/corrections',
    '/v1/reports/county-visits',
    '/v1/reports/precision',
    '/v1/reports/spot-check',
    '/v1/reports/subgroups',
    '/v1/reports/townships',
    '/v1/rules',
    '/v1/rules/compare',
    '/v1/rules/stops',
    '/v1/rules/{rule}/release',
    '/v1/runs',
    '/v1/runs/{id}',
    '/v1/runs/{id}/cancel',
    '/v1/runs/{id}/diff/{other}',
    '/v1/runs/{id}/events',
    '/v1/runs/{id}/results',
    '/v1/runs/{id}/resume',
    '/v1/tip-offs',
    '/v1/tip-offs/{id}',
    '/v1/tip-offs/{id}/check',
    '/v1/tip-offs/{id}/report',
    '/v1/tip-offs/{id}/settle',
    '/v1/tip-offs/{id}/visit',
    '/v1/webhooks',
    '/v1/webhooks/messages',
    '/v1/webhooks/messages/{id}/resend',
    '/v1/webhooks/{id}/end',
  ])
  for (const [path, operations] of Object.entries<Record<string, Operation>>(document.paths)) {
    for (const [method, { summary, responses }] of Object.entries(operations)) {
      t.ok(summary, `${method} ${path} says what it does`)
      t.ok(responses['200'] ?? responses['201'] ?? responses['202'], `${method} ${path} says what it answers`)
      for (const [status, response] of Object.entries(responses)) {
        t.type(response.description, 'string')
        if (status === '204') continue
        const [content] = Object.values(response.content ?? {})
        t.ok(content?.schema, `${method} ${path} ${status} has a schema`)
      }
    }
  }
  const check: Operation = document.paths['/v1/checks'].post
  const body = check.requestBody!.content['application/json']!.schema
  t.same(body.required.toSorted(), ['household', 'reason'])
  t.same(Object.keys(body.properties).toSorted(), ['asOf', 'household', 'keep', 'reason'])
  const answer = check.responses['200']!.content!['application/json']!.schema.properties!
  const fields = ['asOf', 'householdId', 'leads', 'outcome', 'results', 'ruleSet', 'run', 'sources']
  t.same(Object.keys(answer).toSorted(), fields)
  for (const status of ['400', '403', '415'])
    t.ok(check.responses[status]!.content!['application/problem+json'], status)
  t.notMatch(JSON.stringify(document), /"\$ref":"(?!#)/, 'nothing from elsewhere')
})

t.test('the page speaks Chinese and English, and shows the last run', async (t) => {
  const page = async (url = '/', headers = {}) => (await app.inject({ url, headers })).body
  const empty = await page()
  t.match(empty, /lang="zh-CN"/)
  t.match(empty, /预警是请家庭说明的疑点/.test(empty) ? /./ : /核对/)
  t.match(await page('/?lang=en'), /lang="en".*Nothing has been checked yet/s)
  t.match(await page('/', { 'accept-language': 'en-GB,en;q=0.9' }), /lang="en"/)
  t.match(await page('/?lang=zh', { 'accept-language': 'en' }), /lang="zh-CN"/)

  await work.importLines([householdOf('H1', [memberOf('P1', WANG)]), householdOf('H2', [memberOf('P1', WANG)])])
  await work.deliver('vehicle', [rowOf.vehicle(WANG)])
  const { summary } = await work.check()
  for (const [url, rule] of [
    ['/', '机动车'],
    ['/?lang=en', 'ehicle'],
  ] as const) {
    const text = await page(url)
    t.match(text, summary.asOf)
    t.ok(text.includes(rule))
    t.match(text, new RegExp(`<dd>${summary.households}</dd>.*<dd>${summary.warned}</dd>`, 's'))
    t.match(text, /<code>vehicles<\/code><\/td><td class="n">2</)
    t.notMatch(text, /<script|https?:\/\/(?!127)/)
  }
  // Regions have forms of this rule that are called otherwise.
  const { title } = work.ruleSet.rules.find(
    ({ definition: { id, region } }) => id === 'securities' && !region,
  )!.definition
  t.match(await page('/?lang=en'), `<td>${title.en}</td><td><code>securities</code>`)
})

t.test('the page escapes what it shows', async (t) => {
  const held = await work.deliver('tax', [])
  await work.query(`update delivery set source = '<b>"&''', held_because = '["<i>"]' where id = $1`, [held.delivery])
  await work.query(
    `update run set counts = jsonb_set(counts::jsonb, '{warningsByRule}', '{"<script>alert(1)</script>": 3}')::json`,
  )
  const { body, headers } = await app.inject('/')
  t.match(body, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/)
  t.match(body, /&lt;b&gt;&quot;&amp;&#39;/)
  t.notMatch(body, /<script|<i>|<b>/)
  t.match(headers['content-security-policy'], /default-src 'none'/)
  t.equal(headers['x-content-type-options'], 'nosniff')
  t.equal(headers['cache-control'], 'no-store')
})

t.test('a route without a role stops the start', async (t) => {
  const { default: Fastify } = await import('fastify')
  const bare = Fastify()
  bare.addHook('onRoute', requireRoles)
  t.throws(() => bare.get('/x', async () => 'x'), { code: 'DEFINITION_SETTING', message: /GET \/x declares no role/ })
})

t.test('a defect is an opaque 500 and a full log', async (t) => {
  const { default: Fastify } = await import('fastify')
  const logged: unknown[] = []
  const log = { error: (...what: unknown[]) => logged.push(what) }
  const broken = Fastify()
  broken.setErrorHandler((error: Parameters<typeof answerError>[0], request, reply) => {
    Object.defineProperty(request, 'log', { value: log })
    answerError(error, request, reply)
  })
  broken.get('/', async () => {
    throw new TypeError('secret 369901197001010010')
  })
  const response = await broken.inject('/')
  t.equal(response.statusCode, 500)
  t.match(response.headers['content-type'], /problem\+json/)
  t.match(response.json(), { status: 500, code: 'DEFECT' })
  t.notMatch(response.body, /secret|TypeError|\.ts/)
  t.match((logged[0] as unknown[])[0], { err: { message: /secret/ } })
})

t.test('listens on a port and says when the database is gone', async (t) => {
  const other = await createWork(t)
  const listening: FastifyInstance = await buildApp({ hedui: other.hedui, ruleSet: other.ruleSet })
  t.teardown(() => listening.close())
  await listening.listen({ host: '127.0.0.1', port: 0 })
  const at = `http://127.0.0.1:${(listening.server.address() as AddressInfo).port}`
  t.same(await (await fetch(`${at}/health`)).json(), { status: 'ok' })
  const body = { household: householdOf('H7', [memberOf('P1', WANG)]), reason: 'review' }
  const asked = await fetch(`${at}/v1/checks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  t.equal(asked.status, 200)
  t.match(await asked.json(), { householdId: 'H7', run: null, outcome: 'unverifiable' })
  await other.hedui.database.pool.query('select 1')
  const [{ name }] = (await other.query<{ name: string }>('select current_database() as name')) as [{ name: string }]
  await work.hedui.database.pool.query(`alter database "${name}" allow_connections false`)
  await work.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
  const ready = await fetch(`${at}/ready`)
  t.equal(ready.status, 503)
  t.equal((await fetch(`${at}/health`)).status, 200, 'the process is still there')
  const refused = await fetch(`${at}/v1/checks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  t.equal(refused.status, 503, 'a database that is gone is SOURCE_, not a defect (design §14)')
  t.match(await refused.json(), { code: /^SOURCE_/ })
  await work.hedui.database.pool.query(`alter database "${name}" allow_connections true`)
  t.equal((await fetch(`${at}/ready`)).status, 200, 'and it comes back without a restart')
})
