import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/http/app.ts'
import { rowOf } from '../support/departments.ts'
import { ALL_SOURCES, householdOf, LI, memberOf, personOf, WANG } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const work = await createWork(t)
const known = householdOf('H1', [
  memberOf('P1', WANG),
  memberOf('P2', LI, { declared: { employment: 'employed', monthlyIncome: '1.00', monthlyBenefits: '0.00' } }),
])
await work.importLines([known])
await work.deliver('vehicle', [rowOf.vehicle(WANG), rowOf.vehicle({ ...LI, name: '李*' })])
await work.deliver('tax', [rowOf.tax(WANG, { 本期收入: '90000.00' })])
await work.deliver('social-insurance', [rowOf.benefit(LI), rowOf.contribution(WANG)])
await work.deliver('bank', [rowOf.deposit(WANG), rowOf.deposit(LI, { 账号: '2' })])
const app: FastifyInstance = await buildApp({ hedui: work.hedui, ruleSet: work.ruleSet })
t.teardown(() => app.close())

const ask = (body: unknown, more: Partial<InjectOptions> = {}) =>
  app.inject({ method: 'POST', url: '/v1/checks', payload: body as object, ...more })
const asking = (more: object = {}) => ({ household: known, reason: 'review', asOf: '2026-11-01', ...more })

/** A refusal is RFC 9457, has a code of the catalogue, and says nothing of a person. */
function isProblem(t: Test, response: Awaited<ReturnType<typeof ask>>, status: number, code: string) {
  t.equal(response.statusCode, status)
  t.match(response.headers['content-type'], /^application\/problem\+json/)
  t.match(response.json(), { status, code, type: String, title: String, detail: String })
  t.notMatch(response.body, new RegExp(`${WANG.name}|${WANG.idNumber}|${LI.name}`))
  return response.json()
}

t.test('answers the very object of the batch but for the run', async (t) => {
  const { lines } = await work.check()
  const batch = JSON.parse(lines[0]!)
  t.equal(batch.outcome, 'warned')
  t.ok(batch.leads.length === 1 && batch.results.length > 8)
  const response = await ask(asking())
  t.equal(response.statusCode, 200)
  t.match(response.headers['content-type'], /^application\/json/)
  t.same(response.json(), { ...batch, run: null })
  t.equal(response.body, lines[0]!.replace(/^\{"run":"[^"]*"/, '{"run":null'), 'byte for byte')
})

/** How many rows every table has, those of the queue and partitions too. */
async function countRows(): Promise<Record<string, number>> {
  const tables = await work.query<{ name: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(relname) as name from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     where relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'`,
  )
  const counts = tables.map(async ({ name }) => {
    const [row] = await work.query<{ n: number }>(`select count(*)::int as n from ${name}`)
    return [name.replace('public.', ''), row!.n] as const
  })
  return Object.fromEntries(await Promise.all(counts))
}

t.test('keeps nothing of the household, but who asked and why', async (t) => {
  await work.query('delete from audit')
  const before = await countRows()
  const stranger = householdOf('NEW', [memberOf('P1', personOf(55, '周无痕'))])
  const response = await ask({ household: stranger, reason: 'tip-off', asOf: '2026-11-01' })
  t.equal(response.statusCode, 200)
  t.same(await countRows(), { ...before, audit: 1 })
  const audit = await work.query<Record<string, unknown>>('select * from audit')
  t.equal(audit.length, 1)
  t.match(audit[0], { actor: 'loopback', role: 'centre', action: 'check', reason: 'tip-off' })
  const subject = audit[0]!.subject as { household: string; people: string[] }
  t.equal(subject.household, 'NEW')
  t.match(subject.people, [/^[0-9a-f]{32}$/])
  t.notMatch(JSON.stringify(audit), /周无痕|3699011970/)
})

t.test('says that a bank which was not asked for the person is missing', async (t) => {
  const stranger = householdOf('NEW', [memberOf('P1', personOf(56, '周无痕'))])
  const result = (await ask({ household: stranger, reason: 'application', asOf: '2026-11-01' })).json()
  t.match(
    result.results.find(({ rule }: { rule: string }) => rule === 'deposits'),
    { outcome: 'unverifiable', missing: [{ why: 'source-missing', source: 'bank', person: 'P1' }] },
  )
})

const without = (authorization: unknown) => ({
  ...known,
  people: [memberOf('P1', WANG, { authorization }), memberOf('P2', LI, { authorization })],
})
const UNAUTHORIZED: readonly (readonly [title: string, authorization: unknown])[] = [
  ['none', null],
  ['one that has ended', { signedOn: '2026-01-05', endsOn: '2026-10-31', sources: [...ALL_SOURCES] }],
  ['one signed afterwards', { signedOn: '2026-11-02', endsOn: null, sources: [...ALL_SOURCES] }],
  ['one for nothing', { signedOn: '2026-01-05', endsOn: null, sources: [] }],
]
for (const [title, authorization] of UNAUTHORIZED) {
  t.test(`with ${title} for an authorization no record is read`, async (t) => {
    const response = await ask(asking({ household: without(authorization) }))
    t.equal(response.statusCode, 200)
    const { outcome, results, leads } = response.json()
    t.equal(outcome, 'unverifiable')
    t.same(leads, [])
    for (const { rule, outcome: of, missing, evidence } of results) {
      t.same(evidence, [], rule)
      t.not(of, 'warned', rule)
      if (of === 'unverifiable') {
        t.ok(
          missing.some(({ why }: { why: string }) => why === 'not-authorized'),
          rule,
        )
      }
    }
    const unverifiable = results.filter(({ outcome: of }: { outcome: string }) => of === 'unverifiable')
    t.ok(unverifiable.length >= 8, 'every rule that reads a source')
  })
}

t.test('an authorization is for the sources that it names', async (t) => {
  const bank = { signedOn: '2026-01-05', endsOn: null, sources: ['bank'] }
  const { results } = (await ask(asking({ household: without(bank) }))).json()
  const of = (rule: string) => results.find((result: { rule: string }) => result.rule === rule)
  t.match(of('deposits'), { outcome: /^(clear|warned)$/, evidence: [{ source: 'bank' }, { source: 'bank' }] })
  t.match(of('vehicles'), { outcome: 'unverifiable', missing: [{ why: 'not-authorized', source: 'vehicle' }] })
  const unknown = { ...bank, sources: ['fortune-teller'] }
  const { errors } = isProblem(t, await ask(asking({ household: without(unknown) })), 400, 'INPUT_INVALID')
  t.match(errors[0].field, /household\.people\.0\.authorization\.sources/)
})

t.test('every reason that there is may be given, and is kept', async (t) => {
  await work.query('delete from audit')
  for (const reason of ['application', 'review', 'tip-off', 'spot-check']) {
    t.equal((await ask(asking({ reason }))).statusCode, 200)
  }
  t.same(
    (await work.query<{ reason: string }>('select reason from audit order by id')).map(({ reason }) => reason),
    ['application', 'review', 'tip-off', 'spot-check'],
  )
  await ask(asking({ reason: '' }))
  t.equal((await work.query('select 1 from audit')).length, 4, 'what is refused is not answered')
})

t.test('keep: true takes the household into the register', async (t) => {
  const kept = householdOf('KEPT', [memberOf('P1', personOf(57, '吴有名'))])
  const body = { household: kept, reason: 'application', asOf: '2026-11-01', keep: true }
  t.equal((await ask(body)).statusCode, 200)
  t.equal((await work.check({ scope: { ids: ['KEPT'] } })).results.length, 1)
  t.same(await work.query(`select action from audit where action <> 'check'`), [{ action: 'check and keep' }])
  const renamed = householdOf('KEPT2', [memberOf('P1', { ...personOf(57, '吴无名') })])
  const refused = isProblem(t, await ask({ ...body, household: renamed }), 400, 'INPUT_NAME_CONFLICT')
  t.match(refused.errors, [{ field: /people\.0\.idNumber/ }])
  t.same(await work.query(`select 1 from household_version where household_id = 'KEPT2'`), [])
})

t.test('without asOf the day is today in China', async (t) => {
  t.equal((await ask({ household: known, reason: 'review' })).json().asOf, '2026-11-01')
})

const FIELDS: readonly (readonly [title: string, body: object, field: string | null, says: RegExp])[] = [
  ['no reason', { household: known }, null, /reason/],
  ['a reason that is none', asking({ reason: 'curiosity' }), 'reason', /application, review, tip-off, spot-check/],
  ['an unknown field', asking({ force: true }), 'force', /unknown field/],
  [
    'an unknown field of a person',
    asking({ household: { ...known, people: [{ ...memberOf('P1', WANG), phone: '1' }] } }),
    'household.people.0.phone',
    /unknown field/,
  ],
  ['a day that is none', asking({ asOf: '2026-02-30' }), 'asOf', /real date/],
  ['a day of another form', asking({ asOf: '1/11/2026' }), 'asOf', /date/],
  ['keep as a text', asking({ keep: 'yes' }), 'keep', /boolean/],
  ['money as a number', asking({ household: { ...known, monthlyBenefit: 745 } }), 'household.monthlyBenefit', /string/],
]
for (const [title, body, field, says] of FIELDS) {
  t.test(`refuses ${title}, saying which field`, async (t) => {
    const { errors } = isProblem(t, await ask(body), 400, 'INPUT_INVALID')
    t.ok(
      errors.some(
        (error: { field: string | null; message: string }) => error.field === field && says.test(error.message),
      ),
      JSON.stringify(errors),
    )
  })
}

t.test('refuses a number that is none, and says where', async (t) => {
  const household = householdOf('H9', [memberOf('P1', { ...WANG, idNumber: '369901197001010010' })])
  const { errors } = isProblem(t, await ask(asking({ household })), 400, 'INPUT_ID_NUMBER')
  t.match(errors[0].field, /people\.0\.idNumber/)
})

t.test('refuses what is no JSON, of another type, or too large', async (t) => {
  const json = { 'content-type': 'application/json' }
  isProblem(t, await ask('{"household":', { headers: json }), 400, 'INPUT_JSON')
  isProblem(t, await ask('', { headers: json }), 400, 'INPUT_JSON')
  isProblem(t, await ask('household=1', { headers: { 'content-type': 'text/plain' } }), 415, 'INPUT_MEDIA_TYPE')
  isProblem(t, await ask('<a/>', { headers: { 'content-type': 'application/xml' } }), 415, 'INPUT_MEDIA_TYPE')
  isProblem(t, await ask(JSON.stringify({ x: 'x'.repeat(2 ** 21) }), { headers: json }), 413, 'INPUT_TOO_LARGE')
  isProblem(t, await ask('null', { headers: json }), 400, 'INPUT_INVALID')
})

t.test('answers only this machine', async (t) => {
  for (const remoteAddress of ['10.0.0.7', '192.168.1.1', '::ffff:10.0.0.1', 'fe80::1', '2001:db8::1']) {
    isProblem(t, await ask(asking(), { remoteAddress }), 403, 'INPUT_FORBIDDEN')
  }
  for (const remoteAddress of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    t.equal((await ask(asking(), { remoteAddress })).statusCode, 200, remoteAddress)
  }
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.7:8086']) {
    isProblem(t, await ask(asking(), { headers: { host } }), 403, 'INPUT_FORBIDDEN')
  }
  for (const host of ['localhost:8086', '127.0.0.1', '[::1]:8086']) {
    t.equal((await ask(asking(), { headers: { host } })).statusCode, 200, host)
  }
  const home = await app.inject({ url: '/', remoteAddress: '10.0.0.7' })
  t.equal(home.statusCode, 403)
})
