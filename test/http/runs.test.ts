import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { createAjv } from '../../src/domain/schema-errors.ts'
import { openFile } from '../../src/feeds/readers/open-file.ts'
import { buildApp } from '../../src/http/app.ts'
import { DIFFERENCE, RUN, RUN_LIST } from '../../src/http/routes/run-schemas.ts'
import { cancelRun } from '../../src/services/steer-run.ts'
import { allRows, plain, written } from '../feeds/readers/reading.ts'
import { createHedui } from '../support/hedui.ts'
import { fillRegister, idAt } from '../support/many-households.ts'
import { cutRun, doerHere, doRun } from '../support/runs.ts'
import { createWork } from '../support/work.ts'

const HOUSEHOLDS = 20
const clock = { at: new Date('2026-11-01T04:00:00Z'), asked: 0 }
const now = () => {
  clock.asked++
  return clock.at
}
const work = await createWork(t, { ...(await createHedui(t)), now })
await fillRegister(work, HOUSEHOLDS)
const announced: [string, number][] = []
const announce = async (run: string, ranges: number) => {
  announced.push([run, ranges])
  throw new Error('the queue is away')
}
const app: FastifyInstance = await buildApp({ hedui: work.hedui, ruleSet: work.ruleSet, announce })
await app.listen({ host: '127.0.0.1', port: 0 })
t.teardown(() => app.close())
const at = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url, payload, headers })
const begin = async (body: object = { scope: { all: true } }): Promise<string> => {
  const response = await post('/v1/runs', body)
  if (response.statusCode !== 202) throw new Error(response.body)
  return response.json().run
}
/** A run that is done as far as so many ranges of five households. */
const begun = async (ranges = 4, body?: object): Promise<string> => {
  const run = await begin(body)
  await cutRun(work, run, 5)
  await doRun(work, run, ranges)
  return run
}
const audits = () => work.query('select actor, role, action, reason, subject from audit order by id')
const linesIn = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
const isOf = (schema: object) => createAjv().compile(schema)
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => idAt(from + i))

/** Reads a body piece by piece. */
async function open(path: string, headers: Record<string, string> = {}) {
  const stop = new AbortController()
  const response = await fetch(`${at}${path}`, { signal: stop.signal, headers })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    response,
    stop: () => stop.abort(),
    text: () => text,
    /** Reads until the text matches; false where it ends before. */
    async until(pattern: RegExp): Promise<boolean> {
      while (!pattern.test(text)) {
        const { value, done } = await reader.read()
        if (done) return false
        text += value
      }
      return true
    },
  }
}

t.test('a run is made and answered at once; a queue that is away does not matter', async (t) => {
  announced.length = 0
  const response = await post('/v1/runs', { scope: { all: true }, asOf: '2026-11-01' })
  t.equal(response.statusCode, 202)
  const run = response.json()
  t.equal(response.headers.location, `/v1/runs/${run.run}`)
  t.match(run, {
    asOf: '2026-11-01',
    knownAt: '2026-11-01T04:00:00.000Z',
    ruleSet: work.ruleSet.version,
    trial: false,
    shadowOf: null,
    actor: 'loopback',
    scope: { all: true },
    state: 'running',
    reason: null,
    households: HOUSEHOLDS,
    done: 0,
    etaSeconds: null,
    counts: null,
    failures: [],
  })
  t.same(announced, [[run.run, 1]])
  const shown = (await app.inject(response.headers.location as string)).json()
  t.same(shown, run)
  const validate = isOf(RUN)
  t.ok(validate(shown), JSON.stringify(validate.errors))
})

const SCOPES: readonly (readonly [scope: object, households: number])[] = [
  [{ all: true }, HOUSEHOLDS],
  [{ ids: [idAt(3), idAt(1)] }, 2],
  [{ region: '369901001' }, HOUSEHOLDS / 5],
  [{ region: '3699' }, HOUSEHOLDS],
  [{ region: '11' }, 0],
  // Granted in May 2024 and never checked, all of category A: due a year after.
  [{ due: true }, HOUSEHOLDS],
  [{ due: true, region: '369901002' }, HOUSEHOLDS / 5],
]
t.test('of all, of some, of a region, of those due', async (t) => {
  for (const [scope, households] of SCOPES) {
    const { statusCode, body } = await post('/v1/runs', { scope })
    t.equal(statusCode, 202, body)
    const run = JSON.parse(body)
    t.match(run, { scope, households, asOf: '2026-11-01', state: households === 0 ? 'finished' : 'running' })
  }
})

const WRONG: readonly (readonly [title: string, body: object, code: string, field: string | null, says: RegExp])[] = [
  ['no scope', {}, 'INPUT_INVALID', null, /lacks the field "scope"/],
  ['an empty scope', { scope: {} }, 'INPUT_INVALID', 'scope', /./],
  ['two scopes', { scope: { all: true, region: '36' } }, 'INPUT_INVALID', 'scope', /one of all, ids, region and due/],
  ['all that is not', { scope: { all: false } }, 'INPUT_INVALID', 'scope.all', /true/],
  ['a scope of another name', { scope: { everybody: true } }, 'INPUT_INVALID', 'scope.everybody', /allowed: all, ids/],
  ['no ids', { scope: { ids: [] } }, 'INPUT_INVALID', 'scope.ids', /./],
  ['an id twice', { scope: { ids: ['H1', 'H1'] } }, 'INPUT_INVALID', 'scope.ids', /./],
  ['a region of letters', { scope: { region: 'north' } }, 'INPUT_INVALID', 'scope.region', /administrative code/],
  ['unknown ids', { scope: { ids: ['H000001', 'NOBODY'] } }, 'INPUT_NOT_FOUND', null, /id NOBODY$/],
  ['a day that is none', { scope: { all: true }, asOf: '2026-02-30' }, 'INPUT_INVALID', 'asOf', /real date/],
  [
    'a moment without a zone',
    { scope: { all: true }, knownAt: '2026-10-01T08:00' },
    'INPUT_INVALID',
    'knownAt',
    /zone/,
  ],
  [
    'a moment that is none',
    { scope: { all: true }, knownAt: '2026-02-30T08:00Z' },
    'INPUT_INVALID',
    'knownAt',
    /real moment/,
  ],
  ['a moment ahead', { scope: { all: true }, knownAt: '2026-11-01T04:01:00Z' }, 'INPUT_INVALID', 'knownAt', /future/],
  ['an unknown field', { scope: { all: true }, rules: 'x' }, 'INPUT_INVALID', 'rules', /unknown field/],
]
for (const [title, body, code, field, says] of WRONG) {
  t.test(`refuses ${title} and makes no run`, async (t) => {
    const count = async () => (await work.query('select count(*)::int as n from run'))[0]
    const before = await count()
    const response = await post('/v1/runs', body)
    t.equal(response.statusCode, code === 'INPUT_NOT_FOUND' ? 404 : 400)
    const { errors, ...problem } = response.json()
    t.equal(problem.code, code)
    t.ok(
      errors.some((one: { field: string; message: string }) => one.field === field && says.test(one.message)),
      JSON.stringify(errors),
    )
    t.same(await count(), before)
  })
}

t.test('knownAt is what the run uses', async (t) => {
  const run = (await post('/v1/runs', { scope: { all: true }, knownAt: '2026-11-01T12:00:00+08:00' })).json()
  t.match(run, { knownAt: '2026-11-01T04:00:00.000Z', households: HOUSEHOLDS })
  const before = (await post('/v1/runs', { scope: { all: true }, knownAt: '2026-10-31T00:00:00Z' })).json()
  t.match(before, { households: 0, state: 'finished' }, 'before anybody was imported there was nobody')
})

t.test('there is no run of another id', async (t) => {
  const [one] = await work.query<{ id: string }>('select id from run limit 1')
  for (const id of ['x', '0'.repeat(36), '-'.repeat(36), '00000000-0000-7000-8000-000000000000']) {
    for (const path of ['', '/results', '/results?format=csv', '/events', `/diff/${one!.id}`]) {
      const response = await app.inject(`/v1/runs/${id}${path}`)
      t.equal(response.statusCode, 404, `${id}${path}`)
      t.match(response.json(), { code: 'INPUT_NOT_FOUND' })
      t.notOk(response.headers['content-disposition'])
    }
    t.equal((await post(`/v1/runs/${id}/cancel`, { reason: 'x' })).statusCode, 404)
  }
})

t.test('the list has the latest first, with their state', async (t) => {
  clock.at = new Date('2026-11-01T05:00:00Z')
  const finished = await begun()
  clock.at = new Date('2026-11-01T05:01:00Z')
  const running = await begun(1)
  clock.at = new Date('2026-11-01T05:02:00Z')
  const cancelled = await begun(1)
  await cancelRun(work.hedui, { run: cancelled, actor: 'Chen', reason: 'x' })
  const response = await app.inject('/v1/runs?most=3')
  t.equal(response.statusCode, 200)
  t.match(response.json().runs, [
    { run: cancelled, state: 'cancelled', finishedAt: null, counts: null },
    { run: running, state: 'running', households: HOUSEHOLDS },
    { run: finished, state: 'finished', finishedAt: '2026-11-01T05:00:00.000Z', counts: { households: HOUSEHOLDS } },
  ])
  t.equal(response.json().runs.length, 3)
  const validate = isOf(RUN_LIST)
  t.ok(validate(response.json()), JSON.stringify(validate.errors))
  t.ok((await app.inject('/v1/runs')).json().runs.length > 3)
  for (const most of ['0', '-1', '1000', 'all', '1.5', '']) {
    t.equal((await app.inject(`/v1/runs?most=${most}`)).statusCode, 400, most)
  }
})

t.test('results come as NDJSON by household id while the run goes on, and reading them is audited', async (t) => {
  const run = await begin()
  await cutRun(work, run, 5)
  await work.query('delete from audit')
  await doRun(work, run, 1)
  const reading = await open(`/v1/runs/${run}/results?reason=tip-off`)
  t.equal(reading.response.status, 200)
  t.match(reading.response.headers.get('content-type'), /^application\/x-ndjson/)
  t.equal(reading.response.headers.get('x-accel-buffering'), 'no')
  t.ok(await reading.until(/H000004.*\n/), 'the first five are there')
  t.notMatch(reading.text(), /H000005/)
  t.equal((await app.inject(`/v1/runs/${run}`)).json().state, 'running')
  t.same(await audits(), [
    {
      actor: 'loopback',
      role: 'centre',
      action: 'read results',
      reason: 'tip-off',
      subject: { run, format: 'ndjson', households: HOUSEHOLDS },
    },
  ])
  await doRun(work, run)
  t.equal(await reading.until(/never/), false, 'it ends by itself')
  const lines = linesIn(reading.text())
  t.same(
    lines.map(({ householdId }) => householdId),
    ids(0, HOUSEHOLDS),
  )
  t.ok(lines.every((line) => line.run === run && line.results.length > 8))
  t.equal((await app.inject(`/v1/runs/${run}/results`)).body, reading.text(), 'and is the same again')
})

t.test('a range that is done before an earlier one waits for it', async (t) => {
  const run = await begin()
  await cutRun(work, run, 10)
  await doerHere(work.hedui).take({ run, number: 1 })
  let answered = false
  const asked = open(`/v1/runs/${run}/results`).finally(() => {
    answered = true
  })
  await sleep(600)
  t.notOk(answered, 'there is nothing to tell yet')
  await doRun(work, run)
  const reading = await asked
  await reading.until(/never/)
  t.same(
    linesIn(reading.text()).map(({ householdId }) => householdId),
    ids(0, HOUSEHOLDS),
  )
})

t.test('the results of a run that is cancelled break off', async (t) => {
  const run = await begun(2)
  const reading = await open(`/v1/runs/${run}/results`)
  await reading.until(/H000009.*\n/)
  await cancelRun(work.hedui, { run, actor: 'Chen', reason: '有误' })
  await t.rejects(reading.until(/never/), 'the connection is broken off, so that nobody takes it for the whole')
  t.same(linesIn(reading.text()).length, 10)
  const again = await open(`/v1/runs/${run}/results`)
  await t.rejects(again.until(/never/), 'also of one that was cancelled before')
})

t.test('tables are made of a finished run only', async (t) => {
  const run = await begun(1)
  for (const format of ['csv', 'xlsx']) {
    const response = await app.inject(`/v1/runs/${run}/results?format=${format}`)
    t.equal(response.statusCode, 409)
    t.match(response.json(), { code: 'STATE_RUN', detail: /the run is running.*ndjson goes on/ })
    t.notOk(response.headers['content-disposition'])
  }
  t.equal((await app.inject(`/v1/runs/${run}/results?format=pdf`)).statusCode, 400)
  t.equal((await app.inject(`/v1/runs/${run}/results?reason=curiosity`)).statusCode, 400)
})

/** What a table says of a run's households, worked out from the lines. */
function expectedRows(lines: ReturnType<typeof linesIn>): string[][] {
  return lines.flatMap((line) => {
    const told = line.results.filter(({ outcome }: { outcome: string }) => ['warned', 'unverifiable'].includes(outcome))
    const of = [line.householdId, line.asOf, line.outcome]
    if (told.length === 0) return [[...of, '', '', '', '', '', '', '', '', '', '']]
    return told.map((one: ReturnType<typeof linesIn>[number]) => [
      ...of,
      one.rule,
      one.person ?? '',
      one.outcome,
      one.unit,
      String(one.measure ?? ''),
      String(one.limit ?? ''),
      one.reason?.zh ?? '',
      one.missing
        .map(({ why, source, person, parameter }: Record<string, string>) =>
          [why, source, person, parameter].filter(Boolean).join(' '),
        )
        .join('; '),
      String(one.evidence.length),
      one.note ?? '',
    ])
  })
}

t.test('as CSV for a spreadsheet, with every warning and every doubt', async (t) => {
  const run = await begun()
  const lines = linesIn((await app.inject(`/v1/runs/${run}/results`)).body)
  const response = await app.inject(`/v1/runs/${run}/results?format=csv`)
  t.equal(response.statusCode, 200)
  t.match(response.headers['content-type'], /^text\/csv; charset=utf-8/)
  t.equal(response.headers['content-disposition'], `attachment; filename="results-${run}.csv"`)
  t.equal(response.body[0], '\uFEFF')
  const rows = response.body.slice(1).split('\r\n')
  t.equal(
    rows[0],
    'household,as of,household outcome,rule,person,outcome,unit,measure,limit,reason,missing,evidence rows,note',
  )
  t.equal(rows.at(-1), '')
  t.ok(lines.some(({ outcome }) => outcome === 'warned'))
  t.same(
    rows.slice(1, -1),
    expectedRows(lines).map((cells) => cells.map((cell) => (/[",]/.test(cell) ? `"${cell}"` : cell)).join(',')),
  )
})

t.test('as a workbook whose amounts can be added up', async (t) => {
  const run = await begun()
  const lines = linesIn((await app.inject(`/v1/runs/${run}/results`)).body)
  const response = await app.inject(`/v1/runs/${run}/results?format=xlsx`)
  t.equal(response.statusCode, 200)
  t.match(response.headers['content-type'], /spreadsheetml\.sheet$/)
  const path = written(t.testdir({}), response.rawPayload, 'results.xlsx')
  const columns = ['household', 'outcome', 'measure', 'limit', 'reason']
  const file = await openFile(path, { format: 'xlsx', sheet: '核对结果' }, columns)
  const rows = (await allRows(file)).map(({ cells }) => cells.map(plain))
  await file.close()
  const expected = expectedRows(lines)
  t.equal(rows.length, expected.length)
  const number = (cell: string) => (cell === '' ? null : ['number', String(Number(cell))])
  const at = { household: 0, outcome: 5, measure: 7, limit: 8, reason: 9 }
  rows.forEach((row, i) => {
    const of = expected[i]!
    t.same(
      row.map((cell) => cell ?? null).map((cell) => (cell === '' ? null : cell)),
      [of[at.household], of[at.outcome] || null, number(of[at.measure]!), number(of[at.limit]!), of[at.reason] || null],
    )
  })
})

t.test('households that could not be checked stand at the end of a table', async (t) => {
  const run = await begun(0, { scope: { ids: ['H000001', 'H000002'] } })
  const [kept] = await work.query(`select facts from household_version where household_id = 'H000002'`)
  const change = (facts: unknown) =>
    work.query(`update household_version set facts = $1 where household_id = 'H000002'`, [JSON.stringify(facts)])
  await change(null)
  await doRun(work, run)
  await change(kept!.facts)
  const { failures } = (await app.inject(`/v1/runs/${run}`)).json()
  t.match(failures, [{ householdId: 'H000002', code: String }])
  const rows = (await app.inject(`/v1/runs/${run}/results?format=csv`)).body.trimEnd().split('\r\n')
  t.equal(rows.at(-1), `H000002,2026-11-01,not checked,,,,,,,,,,${failures[0].code}`)
  t.equal(linesIn((await app.inject(`/v1/runs/${run}/results`)).body).length, 1)
})

t.test('events tell the progress, never less, and the end last', async (t) => {
  const run = await begin()
  await cutRun(work, run, 5)
  const events = await open(`/v1/runs/${run}/events`)
  t.equal(events.response.status, 200)
  t.match(events.response.headers.get('content-type'), /^text\/event-stream/)
  t.equal(events.response.headers.get('x-accel-buffering'), 'no')
  for (const done of [0, 5, 10]) {
    t.ok(await events.until(new RegExp(`"done":${done},`)))
    await doRun(work, run, 1)
  }
  await doRun(work, run)
  t.equal(await events.until(/never/), false)
  const blocks = events.text().split('\n\n')
  t.match(blocks[0], /^retry: \d+$/)
  t.equal(blocks.at(-1), '')
  const told = blocks.slice(1, -1).filter((block) => block !== ':')
  const parsed = told.map((block) => {
    const [, event, data] = /^(?:id: .*\n)?event: (\w+)\ndata: (.*)$/.exec(block)!
    return { event, ...JSON.parse(data!) }
  })
  t.same(
    parsed.map(({ event }) => event),
    [...Array(parsed.length - 1).fill('progress'), 'end'],
  )
  const done = parsed.map((one) => one.done)
  t.same(
    done,
    done.toSorted((a, b) => a - b),
    'monotone',
  )
  t.match(parsed.at(-1), { run, state: 'finished', done: HOUSEHOLDS, failed: 0, counts: { households: HOUSEHOLDS } })
  t.match(told.at(-1), /^id: end\n/)
  const back = await app.inject({ url: `/v1/runs/${run}/events`, headers: { 'last-event-id': 'end' } })
  t.equal(back.statusCode, 204, 'who comes back after the end is told to stop')
  const anew = await app.inject(`/v1/runs/${run}/events`)
  t.match(anew.body, /^retry: \d+\n\nid: end\nevent: end\ndata: /)
})

t.test('an event stream ends when a run is cancelled, and with the service', async (t) => {
  const run = await begun(1)
  const events = await open(`/v1/runs/${run}/events`)
  await events.until(/"done":5,/)
  t.equal((await post(`/v1/runs/${run}/cancel`, { reason: 'too early' })).statusCode, 200)
  t.equal(await events.until(/never/), false)
  t.match(events.text(), /event: end\ndata: \{.*"state":"cancelled","reason":"too early"/)

  const other = await buildApp({ hedui: work.hedui, ruleSet: work.ruleSet })
  // An idle connection is kept for an hour, unless the service ends it.
  other.server.keepAliveTimeout = 3600_000
  await other.listen({ host: '127.0.0.1', port: 0 })
  const there = `http://127.0.0.1:${(other.server.address() as AddressInfo).port}`
  const running = await begun(1)
  // A client that keeps its connection for the next question, whatever comes.
  const socket = connect((other.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(`GET /v1/runs/${running}/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)
  await once(socket, 'data')
  const ended = [once(socket.resume(), 'close')]
  const results = await fetch(`${there}/v1/runs/${running}/results`)
  ended.push(t.rejects(results.text(), 'half the results are no results') as Promise<never>)
  // The stream ends after the service has closed what was idle: it is looking at the run, which takes its time.
  const holder = await work.hedui.database.pool.connect()
  await holder.query('begin; lock table run_event in access exclusive mode')
  await sleep(400)
  const closed = other.close()
  await sleep(200)
  await holder.query('rollback')
  holder.release()
  await closed
  await Promise.all(ended)
})

t.test('nobody asks the database for a reader who has gone', async (t) => {
  const run = await begun(1)
  // Looking at a run asks for the time.
  for (const path of ['events', 'results']) {
    const reading = await open(`/v1/runs/${run}/${path}`)
    await reading.until(/\n/)
    for (const before = clock.asked; clock.asked === before; ) await sleep(20)
    reading.stop()
    await sleep(600)
    const after = clock.asked
    await sleep(800)
    t.equal(clock.asked, after, path)
  }
})

t.test('a run is cancelled and resumed with a reason, by whom it was', async (t) => {
  const run = await begun(1)
  for (const [path, body] of [
    ['cancel', {}],
    ['cancel', { reason: ' ' }],
    ['resume', { reason: 5 }],
    ['cancel', { reason: 'x', force: true }],
  ] as const) {
    t.equal((await post(`/v1/runs/${run}/${path}`, body)).statusCode, 400)
  }
  const early = await post(`/v1/runs/${run}/resume`, { reason: 'x' })
  t.equal(early.statusCode, 409)
  t.match(early.json(), { code: 'STATE_RUN', detail: /the run is running/ })
  const cancelled = await post(`/v1/runs/${run}/cancel`, { reason: '政策调整' })
  t.equal(cancelled.statusCode, 200)
  t.match(cancelled.json(), { run, state: 'cancelled', reason: '政策调整', done: 5, etaSeconds: null })
  t.equal((await post(`/v1/runs/${run}/cancel`, { reason: 'again' })).statusCode, 409)
  await doRun(work, run)
  t.equal((await app.inject(`/v1/runs/${run}`)).json().done, 5, 'nothing more is done')
  announced.length = 0
  const resumed = await post(`/v1/runs/${run}/resume`, { reason: '继续' })
  t.match(resumed.json(), { state: 'running', reason: null })
  t.equal(announced[0]![0], run)
  await doRun(work, run)
  t.match((await app.inject(`/v1/runs/${run}`)).json(), { state: 'finished', done: HOUSEHOLDS })
  t.match(await work.query('select action, actor, reason from run_event where run_id = $1 order by number', [run]), [
    { action: 'created', actor: 'loopback', reason: null },
    { action: 'cancelled', actor: 'loopback', reason: '政策调整' },
    { action: 'resumed', actor: 'loopback', reason: '继续' },
    { action: 'finished', actor: 'hedui' },
  ])
})

t.test('the difference of two runs is a line each and the totals, and is audited', async (t) => {
  const all = await begun()
  const some = await begun(4, { scope: { ids: ids(0, 18) } })
  await work.query('delete from audit')
  const response = await app.inject(`/v1/runs/${all}/diff/${some}?reason=spot-check`)
  t.equal(response.statusCode, 200)
  t.match(response.headers['content-type'], /^application\/x-ndjson/)
  const lines = linesIn(response.body)
  const validate = isOf(DIFFERENCE)
  for (const line of lines) t.ok(validate(line), JSON.stringify(validate.errors))
  t.match(lines, [
    { kind: 'household', household: 'H000018', from: String, to: null, changes: [] },
    { kind: 'household', household: 'H000019', to: null },
    { kind: 'totals', from: all, to: some, households: HOUSEHOLDS, differing: 2, onlyInFrom: 2, onlyInTo: 0 },
  ])
  t.equal(lines.length, 3)
  t.match(await audits(), [
    { actor: 'loopback', action: 'compare runs', reason: 'spot-check', subject: { from: all, to: some } },
  ])
  const running = await begun(1)
  for (const path of [`${all}/diff/${running}`, `${running}/diff/${all}`]) {
    const early = await app.inject(`/v1/runs/${path}`)
    t.equal(early.statusCode, 409)
    t.match(early.json(), { code: 'STATE_RUN' })
  }
})
