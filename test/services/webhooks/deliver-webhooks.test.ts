import { createHmac, randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import t from 'tap'
import { inTransaction } from '../../../src/db/connect.ts'
import { addOutbox, type OutboxEvent } from '../../../src/db/queries/outbox.ts'
import { type DeliverOptions, deliverDue } from '../../../src/services/webhooks/deliver-webhooks.ts'
import { showWebhooks, subscribeWebhook, unsubscribeWebhook } from '../../../src/services/webhooks/manage-webhooks.ts'
import { listMessages, resendMessage } from '../../../src/services/webhooks/outbox-messages.ts'
import { RETRY_AFTER_MS, retryAfter } from '../../../src/services/webhooks/retry-schedule.ts'
import { createHedui, TODAY } from '../../support/hedui.ts'
import { startReceiver } from '../../support/receiver.ts'
import { errorOf } from '../../support/work.ts'

const WHO = { actor: '陈主任', role: 'admin' }

/** A service with one receiver that is subscribed to a region, a clock that the test moves, and cases that write. */
async function createPost(t: Test, { region = '' } = {}) {
  const receiver = await startReceiver(t)
  const opened = await createHedui(t, { HEDUI_WEBHOOK_HOSTS: receiver.host })
  let now = TODAY.getTime()
  const hedui = { ...opened, now: () => new Date(now) }
  const { webhook, secret } = await subscribeWebhook(hedui, { url: receiver.url, region, ...WHO })
  const write = (caseId: string, numbers: readonly number[], more: Partial<OutboxEvent> = {}) =>
    inTransaction(hedui.database, (client) =>
      addOutbox(
        client,
        numbers.map((number) => ({
          caseId,
          number,
          kind: 'served',
          state: 'served',
          at: hedui.now().toISOString(),
          householdId: 'H000001',
          region: '369901003',
          ...more,
        })),
      ),
    )
  return {
    hedui,
    receiver,
    webhook,
    secret,
    write,
    pass: (ms: number) => {
      now += ms
    },
    deliver: (options?: DeliverOptions) => deliverDue(hedui, options),
    numbersOf: (caseId: string) => receiver.received.filter((each) => each.case === caseId).map(({ number }) => number),
    states: async () =>
      (await listMessages(hedui, {})).messages.map(({ number, state }) => `${number} ${state}`).sort(),
  }
}

t.test('an event is posted once, signed, without anybody’s data', async (t) => {
  const { receiver, secret, write, deliver, hedui } = await createPost(t)
  const caseId = randomUUID()
  await write(caseId, [1])
  t.equal(await deliver(), 1)
  t.equal(await deliver(), 0)
  const [message] = receiver.received
  t.equal(receiver.received.length, 1)
  t.same(JSON.parse(message!.text), {
    type: 'case.event',
    timestamp: '2026-11-01T04:00:00.000Z',
    data: {
      case: caseId,
      number: 1,
      kind: 'served',
      state: 'served',
      at: '2026-11-01T04:00:00.000Z',
      household: 'H000001',
      region: '369901003',
    },
  })
  t.match(message!.headers, { 'content-type': 'application/json', 'webhook-timestamp': '1793505600' })
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signed = createHmac('sha256', key).update(`${message!.id}.1793505600.${message!.text}`).digest('base64')
  t.equal(message!.headers['webhook-signature'], `v1,${signed}`)
  const [shown] = await showWebhooks(hedui)
  t.same(shown!.messages, { waiting: 0, delivered: 1, parked: 0, cancelled: 0 })
  t.notMatch(JSON.stringify(shown), secret, 'the secret is told once')
  const { rows } = await hedui.database.pool.query('select sealed_secret from webhook')
  t.notOk(rows[0].sealed_secret.includes(key), 'and lies encrypted')
})

t.test('an event that was rolled back is not told, nor one of another region, nor one of before', async (t) => {
  const { hedui, receiver, write, deliver } = await createPost(t, { region: '3699' })
  const rollback = inTransaction(hedui.database, async (client) => {
    await addOutbox(client, [
      {
        caseId: randomUUID(),
        number: 1,
        kind: 'opened',
        state: 'drafted',
        at: '2026-11-01T00:00:00.000Z',
        householdId: 'H1',
        region: '369901',
      },
    ])
    throw new Error('the act was refused')
  })
  await t.rejects(rollback)
  await write(randomUUID(), [1], { region: '110101' })
  t.equal(await deliver(), 0)
  t.same(receiver.received, [])
})

t.test('events of a case come in their order though some are refused', async (t) => {
  const { receiver, write, deliver, pass, numbersOf, states } = await createPost(t)
  const [a, b] = [randomUUID(), randomUUID()]
  await write(a, [1, 2, 3])
  await write(b, [1, 2])
  let refusals = 0
  receiver.answer = ({ case: id, number }) => (id === a && number === 2 && refusals++ < 2 ? 500 : 204)
  await deliver()
  t.same(numbersOf(a), [1, 2], 'the third waits for the second')
  t.same(numbersOf(b), [1, 2], 'another case does not wait')
  pass(4_000)
  await deliver()
  t.same(numbersOf(a), [1, 2], 'five seconds are not over')
  pass(2_000)
  await deliver()
  t.same(numbersOf(a), [1, 2, 2])
  await write(a, [4])
  await deliver()
  t.same(numbersOf(a), [1, 2, 2], 'what is written meanwhile waits too')
  pass(6 * 60_000)
  await deliver()
  t.same(numbersOf(a), [1, 2, 2, 2, 3, 4])
  const ids = receiver.received.filter((each) => each.case === a && each.number === 2).map(({ id }) => id)
  t.equal(new Set(ids).size, 1, 'each try has the same id')
  t.same(
    (await states()).filter((text) => !text.endsWith('delivered')),
    [],
  )
})

t.test('after ten tries in three days a message is parked, and the case goes on', async (t) => {
  const { hedui, receiver, write, deliver, pass, numbersOf, states } = await createPost(t)
  const caseId = randomUUID()
  await write(caseId, [1, 2])
  receiver.answer = ({ number }) => (number === 1 ? 503 : 204)
  for (const wait of RETRY_AFTER_MS) {
    await deliver()
    t.same(await states(), ['1 waiting', '2 waiting'])
    pass(wait * 1.1 + 1)
  }
  await deliver()
  t.same(numbersOf(caseId), [...Array(10).fill(1), 2])
  t.same(await states(), ['1 parked', '2 delivered'])
  const { messages } = await listMessages(hedui, { state: 'parked' })
  t.match(messages, [{ caseId, number: 1, tries: 10, lastTry: { status: 503, error: 'refused' } }])
  receiver.answer = () => 204
  await resendMessage(hedui, { message: messages[0]!.id, reason: 'the receiver works again', ...WHO })
  t.equal(await deliver(), 1)
  t.same(await states(), ['1 delivered', '2 delivered'])
  t.equal(receiver.received.at(-1)!.id, messages[0]!.id)
  const { rows } = await hedui.database.pool.query(`select subject from audit where action = 'resend message'`)
  t.same(rows[0].subject, { message: messages[0]!.id, case: caseId })
})

t.test('the schedule is the recommended one, a tenth later at most', (t) => {
  const hours = RETRY_AFTER_MS.reduce((sum, ms) => sum + ms, 0) / 3_600_000
  t.ok(hours > 72 && hours < 76, `${hours} hours`)
  t.equal(retryAfter(1, 0), 5_000)
  t.equal(retryAfter(1, 1), 5_500)
  t.equal(retryAfter(9, 0.5), 90_720_000)
  t.equal(retryAfter(10, 0), null)
  t.end()
})

t.test('workers that deliver at once send each message once and keep the order', async (t) => {
  const { hedui, receiver, write } = await createPost(t)
  const cases = Array.from({ length: 30 }, () => randomUUID())
  for (const id of cases) await write(id, [1, 2, 3])
  receiver.answer = async () => {
    await new Promise((resolve) => setTimeout(resolve, 2))
    return 204
  }
  const tries = await Promise.all([deliverDue(hedui), deliverDue(hedui), deliverDue(hedui)])
  t.ok(tries.filter((count) => count > 0).length > 1, `they shared it: ${tries}`)
  t.equal(receiver.received.length, 90)
  for (const id of cases)
    t.same(
      receiver.received.filter((each) => each.case === id).map(({ number }) => number),
      [1, 2, 3],
    )
})

t.test('what is written while workers deliver is neither lost nor left lying', async (t) => {
  const { hedui, receiver, write, deliver } = await createPost(t)
  const cases = Array.from({ length: 5 }, () => randomUUID())
  let writing = true
  const writers = cases.map(async (id) => {
    for (let number = 1; number <= 40; number++) await write(id, [number])
  })
  const workers = [1, 2].map(async () => {
    while (writing) await deliverDue(hedui)
  })
  await Promise.all(writers)
  writing = false
  await Promise.all(workers)
  await deliver()
  t.equal(receiver.received.length, 200)
  for (const id of cases) {
    const numbers = receiver.received.filter((each) => each.case === id).map(({ number }) => number)
    t.same(
      numbers,
      Array.from({ length: 40 }, (_, i) => i + 1),
    )
  }
})

t.test('a worker that dies between sending and writing it down sends the same id again', async (t) => {
  const { receiver, write, deliver, pass, numbersOf, states } = await createPost(t)
  const caseId = randomUUID()
  await write(caseId, [1, 2])
  const died = deliver({
    afterSend: () => {
      throw new Error('the machine is gone')
    },
  })
  await t.rejects(died, /gone/)
  t.same(await states(), ['1 waiting', '2 waiting'])
  await deliver()
  t.same(numbersOf(caseId), [1], 'somebody may still be sending it')
  pass(61_000)
  await deliver()
  t.same(numbersOf(caseId), [1, 1, 2])
  t.equal(receiver.received[0]!.id, receiver.received[1]!.id)
  t.equal(receiver.received[0]!.text, receiver.received[1]!.text)
})

t.test('a redirect is not followed, silence ends, and nobody there is a try too', async (t) => {
  const { hedui, receiver, write, deliver, pass } = await createPost(t)
  await write(randomUUID(), [1])
  const lastTry = async () => (await listMessages(hedui, {})).messages[0]!.lastTry
  receiver.answer = () => 302
  await deliver()
  t.equal(receiver.received.length, 1)
  t.match(await lastTry(), { status: 302, error: 'refused' })
  receiver.answer = () => null
  pass(6_000)
  await deliver({ timeoutMs: 50 })
  t.match(await lastTry(), { status: null, error: 'timeout' })
  await hedui.database.pool.query(`update webhook set url = 'http://127.0.0.1:1/'`)
  pass(3_600_000)
  await deliver()
  t.match(await lastTry(), { status: null, error: 'host not allowed' })
})

t.test('only hosts of the settings can be subscribed', async (t) => {
  const hedui = await createHedui(t, { HEDUI_WEBHOOK_HOSTS: 'cases.example.cn, 10.0.0.8:8443' })
  const subscribe = (url: string, more = {}) => subscribeWebhook(hedui, { url, ...WHO, ...more })
  for (const url of [
    'http://127.0.0.1/',
    'http://169.254.169.254/latest',
    'http://10.0.0.8/',
    'http://[::1]:80/',
    'https://cases.example.cn.evil.example/',
    'https://user@cases.example.cn/',
    'ftp://cases.example.cn/',
    'file:///etc/passwd',
    'no url',
  ]) {
    const { code, place } = await errorOf(subscribe(url))
    t.same([code, place.path], ['INPUT_INVALID', 'url'], url)
  }
  t.match(await subscribe('https://cases.example.cn/hook'), { webhook: { url: 'https://cases.example.cn/hook' } })
  t.match(await subscribe('https://10.0.0.8:8443/'), { webhook: { region: '' } })
  t.equal((await errorOf(subscribe('https://cases.example.cn/', { actor: ' ' }))).code, 'INPUT_ACTOR')
  t.equal((await errorOf(subscribe('https://cases.example.cn/', { secret: 'whsec_c2hvcnQ=' }))).place.path, 'secret')
  t.equal((await errorOf(subscribe('https://cases.example.cn/', { region: '36a' }))).place.path, 'region')
  const none = await createHedui(t)
  t.match(
    (await errorOf(subscribeWebhook(none, { url: 'https://cases.example.cn/', ...WHO }))).message,
    /none is allowed yet/,
  )
})

t.test('a webhook that was ended gets nothing more, and what it got stays known', async (t) => {
  const { hedui, receiver, webhook, write, deliver, states } = await createPost(t)
  const caseId = randomUUID()
  await write(caseId, [1])
  await deliver()
  await write(caseId, [2])
  await unsubscribeWebhook(hedui, { webhook: webhook.id, ...WHO })
  await write(caseId, [3])
  await deliver()
  t.equal(receiver.received.length, 1)
  t.same(await states(), ['1 delivered', '2 cancelled'])
  const again = { message: (await listMessages(hedui, { state: 'delivered' })).messages[0]!.id, reason: 'x', ...WHO }
  t.equal((await errorOf(resendMessage(hedui, again))).code, 'INPUT_NOT_FOUND')
  t.equal((await errorOf(unsubscribeWebhook(hedui, { webhook: webhook.id, ...WHO }))).code, 'INPUT_NOT_FOUND')
})
