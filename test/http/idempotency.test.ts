import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { HeduiError } from '../../src/errors.ts'
import { buildApp } from '../../src/http/app.ts'
import { answerOnce } from '../../src/services/answer-once.ts'
import { createHedui } from '../support/hedui.ts'
import { fillRegister } from '../support/many-households.ts'
import { createWork, errorOf } from '../support/work.ts'

const clock = { at: new Date('2026-11-01T04:00:00Z') }
const work = await createWork(t, { ...(await createHedui(t)), now: () => clock.at })
const { hedui } = work
await fillRegister(work, 3)
const app: FastifyInstance = await buildApp({ hedui, ruleSet: work.ruleSet })
t.teardown(() => app.close())

const HOUR = 3600_000
const later = (ms: number) => {
  clock.at = new Date(clock.at.getTime() + ms)
}
const post = (key: string | null, payload: object, url = '/v1/runs') =>
  app.inject({ method: 'POST', url, payload, headers: key === null ? {} : { 'idempotency-key': key } })
const runs = async () => (await work.query<{ n: number }>('select count(*)::int as n from run'))[0]!.n
const ALL = { scope: { all: true }, asOf: '2026-11-01' }

t.test('the same request with the same key is done once and answered alike', async (t) => {
  const before = await runs()
  const first = await post('k1', ALL)
  t.equal(first.statusCode, 202)
  t.notOk(first.headers['idempotency-replayed'])
  later(23 * HOUR)
  const again = await post('k1', { asOf: '2026-11-01', scope: { all: true } })
  t.equal(again.statusCode, 202)
  t.equal(again.headers.location, first.headers.location)
  t.same(again.json(), first.json())
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.equal(await runs(), before + 1)
  later(2 * HOUR)
  const nextDay = await post('k1', ALL)
  t.not(nextDay.json().run, first.json().run, 'a day later the key is forgotten')
  t.equal(await runs(), before + 2)
})

t.test('without a key every request is its own', async (t) => {
  const before = await runs()
  await post(null, ALL)
  await post(null, ALL)
  t.equal(await runs(), before + 2)
})

t.test('a key that came with another request is refused', async (t) => {
  const { run } = (await post('k2', ALL)).json()
  const before = await runs()
  for (const response of [
    await post('k2', { ...ALL, asOf: '2026-10-31' }),
    await post('k2', { reason: 'x' }, `/v1/runs/${run}/cancel`),
  ]) {
    t.equal(response.statusCode, 422)
    t.match(response.json(), { code: 'INPUT_IDEMPOTENCY_KEY' })
  }
  t.equal(await runs(), before)
  t.equal((await app.inject(`/v1/runs/${run}`)).json().state, 'running')
})

t.test('a key of another form is refused', async (t) => {
  for (const key of ['', ' ', 'a b', 'x'.repeat(201)]) t.equal((await post(key, ALL)).statusCode, 400, key)
  t.equal((await post('x'.repeat(200), ALL)).statusCode, 202)
})

t.test('what was refused is not kept: mended, it may come again with its key', async (t) => {
  t.equal((await post('k3', { scope: { ids: ['NOBODY'] } })).statusCode, 404)
  t.equal((await post('k3', { scope: { ids: ['NOBODY'] } })).statusCode, 404)
  t.equal((await post('k3', { scope: { ids: ['H000001'] } })).statusCode, 202)
})

t.test('acts on a run take keys too', async (t) => {
  const { run } = (await post(null, ALL)).json()
  const cancel = (key: string) => post(key, { reason: 'too early' }, `/v1/runs/${run}/cancel`)
  const first = await cancel('c1')
  t.match(first.json(), { state: 'cancelled' })
  t.same((await cancel('c1')).json(), first.json())
  t.equal((await cancel('c2')).statusCode, 409, 'another request is another act')
})

t.test('of requests at the same moment one is done', async (t) => {
  const before = await runs()
  const answers = await Promise.all(Array.from({ length: 8 }, () => post('k4', ALL)))
  t.equal(await runs(), before + 1)
  const done = answers.filter(({ statusCode }) => statusCode === 202).map((answer) => answer.json().run)
  t.ok(done.length >= 1)
  t.equal(new Set(done).size, 1)
  for (const answer of answers)
    if (answer.statusCode !== 202) t.match(answer.json(), { status: 409, code: 'STATE_BUSY' })
})

t.test('what a service left undone is taken up under its id by who asks again', async (t) => {
  const owner = { actor: 'case system', key: 'k5' }
  const request = { ...owner, request: { a: 1 } }
  const ids: string[] = []
  const dies = () => new Promise<never>(() => {})
  void answerOnce(hedui, request, (id) => {
    ids.push(id)
    return dies()
  })
  while (ids.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  const work5 = async (id: string) => {
    ids.push(id)
    return { done: true }
  }
  t.match(await errorOf(answerOnce(hedui, request, work5)), { code: 'STATE_BUSY' })
  later(61_000)
  t.same(await answerOnce(hedui, request, work5), { answer: { done: true }, replayed: false })
  t.same(ids, [ids[0], ids[0]])
  t.same(await answerOnce(hedui, request, work5), { answer: { done: true }, replayed: true })
  t.equal(ids.length, 2)
  t.match(
    await answerOnce(hedui, { ...request, actor: 'another' }, work5),
    { replayed: false },
    'keys are a caller’s own',
  )
})

t.test('a run that was made by a service which broke is found and not made again', async (t) => {
  const before = await runs()
  const { prototype } = await import('pg').then(({ default: pg }) => pg.Client)
  const { query } = prototype
  // The database goes away after the run was made and before its answer was kept.
  prototype.query = function (this: unknown, ...args: unknown[]) {
    if (/update idempotency_key set answer/.test(String(args[0]))) {
      prototype.query = query
      throw Object.assign(new Error('gone'), { code: '57P01' })
    }
    return (query as (...all: unknown[]) => unknown).apply(this, args)
  } as never
  const broken = await post('k6', ALL)
  prototype.query = query
  t.equal(broken.statusCode, 503)
  t.equal(await runs(), before + 1)
  later(61_000)
  const again = await post('k6', ALL)
  t.equal(again.statusCode, 202)
  t.equal(await runs(), before + 1, 'it is the run that was made')
})

t.test('where the work itself breaks who asks again need not wait', async (t) => {
  const request = { actor: 'a', key: 'k7', request: {} }
  const ids: string[] = []
  await t.rejects(
    answerOnce(hedui, request, async (id) => {
      ids.push(id)
      throw new TypeError('a defect')
    }),
    TypeError,
  )
  const { answer } = await answerOnce(hedui, request, async (id) => id)
  t.equal(answer, ids[0])
  const refused = { actor: 'a', key: 'k8', request: {} }
  const refuse = async (id: string) => {
    ids.push(id)
    throw new HeduiError('INPUT_INVALID', 'x')
  }
  await t.rejects(answerOnce(hedui, refused, refuse), { code: 'INPUT_INVALID' })
  await t.rejects(answerOnce(hedui, refused, refuse), { code: 'INPUT_INVALID' })
  t.not(ids.at(-1), ids.at(-2), 'what was refused leaves nothing to take up')
})
