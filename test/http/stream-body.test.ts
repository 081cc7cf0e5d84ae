import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import t from 'tap'
import { HeduiError } from '../../src/errors.ts'
import { answerError } from '../../src/http/problem.ts'
import { streamBody } from '../../src/http/stream-body.ts'

const app = Fastify()
app.setErrorHandler(answerError)
let written = 0
let ended = ''
const PIECE = 'x'.repeat(100_000)
app.get('/whole', (_request, reply) =>
  streamBody(reply, 'text/plain', async (sink) => {
    for (let i = 0; i < 50; i++) await sink(PIECE)
  }),
)
app.get('/early', (_request, reply) =>
  streamBody(reply, 'text/plain', async () => {
    throw new HeduiError('STATE_DISCARDED', 'gone')
  }),
)
app.get('/late', (_request, reply) =>
  streamBody(reply, 'text/plain', async (sink) => {
    await sink('half')
    await sleep(10)
    throw new Error('afterwards')
  }),
)
app.get('/endless', (_request, reply) =>
  streamBody(reply, 'text/plain', async (sink) => {
    try {
      for (;;) {
        await sink(PIECE)
        written++
      }
    } catch (error) {
      ended = (error as Error).message
      throw error
    }
  }),
)
await app.listen({ host: '127.0.0.1', port: 0 })
t.teardown(() => app.close())
const at = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`

t.test('a body comes whole, piece by piece, without a warning', async (t) => {
  const warnings: string[] = []
  const hear = (warning: Error) => warnings.push(warning.message)
  process.on('warning', hear)
  const response = await fetch(`${at}/whole`)
  t.equal((await response.text()).length, 5_000_000)
  await sleep(10)
  t.same(warnings, [])
  process.off('warning', hear)
})

t.test('an error before the first piece is a problem, afterwards it breaks the answer off', async (t) => {
  const early = await fetch(`${at}/early`)
  t.equal(early.status, 409)
  t.match(await early.json(), { code: 'STATE_DISCARDED' })
  const late = await fetch(`${at}/late`)
  t.equal(late.status, 200)
  await t.rejects(late.text())
})

t.test('writing waits for the reader and ends when the reader goes', async (t) => {
  const stop = new AbortController()
  const response = await fetch(`${at}/endless`, { signal: stop.signal })
  t.equal(response.status, 200)
  for (let before = -1; before !== written; await sleep(100)) before = written
  t.ok(written < 1000, `${written} pieces wait for a reader who does not read`)
  stop.abort()
  for (let i = 0; i < 100 && ended === ''; i++) await sleep(20)
  t.match(ended, /closed by the caller/)
})
