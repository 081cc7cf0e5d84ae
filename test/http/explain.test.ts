import t from 'tap'
import { createAjv } from '../../src/domain/schema-errors.ts'
import type { Trace } from '../../src/domain/trace.ts'
import { TRACE_SCHEMA } from '../../src/domain/trace-schema.ts'
import { buildApp } from '../../src/http/app.ts'
import { rowOf } from '../support/departments.ts'
import { householdOf, memberOf, WANG } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const work = await createWork(t)
const household = householdOf('H1', [memberOf('P1', WANG)])
await work.importLines([household])
await work.deliver('vehicle', [rowOf.vehicle(WANG), rowOf.vehicle(WANG, { 号牌号码: '赣XA0002', 机动车状态: 'E' })])
const app = await buildApp({ hedui: work.hedui, ruleSet: work.ruleSet })
t.teardown(() => app.close())

const ask = (query = '') =>
  app.inject({
    method: 'POST',
    url: `/v1/checks${query}`,
    payload: { household, reason: 'review', asOf: '2026-11-01' },
  })

interface Explained {
  readonly rule: string
  readonly outcome: string
  readonly trace?: Trace
}

t.test('?explain=true gives warned results their trace, and changes nothing else', async (t) => {
  const plain = await ask()
  const explained = (await ask('?explain=true')).json()
  const traced = (explained.results as Explained[]).filter(({ trace }) => trace)
  t.same(
    traced.map(({ rule, outcome }) => [rule, outcome]),
    [['vehicles', 'warned']],
  )
  t.match(traced[0]!.trace, {
    rule: 'vehicles',
    measure: 1,
    limit: 0,
    records: [
      { key: '02|赣XA0001', state: 'taken', gives: 1 },
      { key: '02|赣XA0002', state: 'set-aside', because: { clause: "!v.statuses.exists(s, s in ['B', 'E', 'P'])" } },
    ],
  })
  const bare = explained.results.map(({ trace, ...result }: Explained) => result)
  t.equal(JSON.stringify({ ...explained, results: bare }), plain.body)
  t.equal((await ask('?explain=false')).body, plain.body)
})

t.test('?explain=all gives every result its trace, of the form that is documented', async (t) => {
  const isTrace = createAjv().compile(TRACE_SCHEMA)
  const { results } = (await ask('?explain=all')).json() as { results: Explained[] }
  t.ok(results.length > 8)
  for (const { rule, outcome, trace } of results) {
    t.match(trace, { rule, outcome })
    t.ok(isTrace(trace), JSON.stringify(isTrace.errors))
  }
  const { paths } = (await app.inject('/openapi.json')).json()
  const { parameters, responses } = paths['/v1/checks'].post
  t.match(parameters, [{ name: 'explain', in: 'query', schema: { enum: ['true', 'all', 'false'] } }])
  const schema = responses['200'].content['application/json'].schema
  t.ok(schema.properties.results.items.properties.trace.properties.selections)
})

t.test('refuses another word, and another parameter', async (t) => {
  for (const query of ['?explain=yes', '?explained=true']) {
    const response = await ask(query)
    t.equal(response.statusCode, 400, query)
    t.match(response.json(), { code: 'INPUT_INVALID' })
  }
})
