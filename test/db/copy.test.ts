import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { CopyQueue, copyBytes, copyInto, copyText } from '../../src/db/copy.ts'
import { createHedui } from '../support/hedui.ts'

const hedui = await createHedui(t)
const { pool } = hedui.database
await pool.query('create table copied (n int, body text, bytes bytea)')

t.test('what COPY could misread arrives as it was', async (t) => {
  const texts = ['a\tb', 'a\nb', 'a\r\nb', '\\N', '\\.', 'a\\', '', '中文', null, '{"a":"\\n"}']
  const bytes = Buffer.from([0, 9, 10, 13, 92, 255])
  const client = await pool.connect()
  await copyInto(
    client,
    'copied',
    ['n', 'body', 'bytes'],
    (async function* () {
      yield texts.map((text, i) => `${i}\t${copyText(text)}\t${copyBytes(bytes)}\n`).join('')
    })(),
  )
  client.release()
  const { rows } = await pool.query('select body, bytes from copied order by n')
  t.same(
    rows.map(({ body }) => body),
    texts,
  )
  t.ok(rows.every((row) => row.bytes.equals(bytes)))
})

/** A block of lines, as the loaders write them: 64 KB. */
const BLOCK = `${'x'.repeat(1023)}\n`.repeat(64)

t.test('a writer waits while the reader is behind', async (t) => {
  const queue = new CopyQueue()
  let written = 0
  let waited = 0
  const produce = async () => {
    for (; written < 400; written++) {
      const wait = queue.write(BLOCK)
      if (wait) {
        waited++
        await wait
      }
    }
    queue.close()
  }
  const producing = produce()
  await sleep(20)
  t.ok(written < 150, `of 25 MB ${written * 64} KB are in memory while nobody reads`)
  let size = 0
  for await (const chunk of queue) {
    size += chunk.length
    await sleep(1)
  }
  await producing
  t.equal(size, 400 * BLOCK.length)
  t.ok(waited >= 4, `waited ${waited} times`)
})

t.test('lines come out in their order, and none is lost at the end', async (t) => {
  const queue = new CopyQueue()
  const chunks: unknown[] = []
  const reading = (async () => {
    for await (const chunk of queue) chunks.push(chunk)
  })()
  for (let i = 0; i < 100; i++) {
    queue.write(`${i}\n`)
    if (i % 7 === 0) await sleep(1)
  }
  queue.close()
  await reading
  t.equal(chunks.join(''), Array.from({ length: 100 }, (_, i) => `${i}\n`).join(''))
})

t.test('an empty queue is an empty COPY', async (t) => {
  const queue = new CopyQueue()
  queue.close()
  await pool.query('truncate copied')
  const client = await pool.connect()
  await copyInto(client, 'copied', ['n'], queue)
  client.release()
  t.equal((await pool.query('select from copied')).rowCount, 0)
})

t.test('a COPY that fails ends the writer', { timeout: 10_000 }, async (t) => {
  const queue = new CopyQueue()
  const client = await pool.connect()
  const copying = copyInto(client, 'copied', ['n'], queue).catch((error) => {
    queue.fail(error)
    throw error
  })
  const produce = async () => {
    for (;;) await queue.write(BLOCK)
  }
  await t.rejects(bothFail(copying, produce()), { code: '22P02' })
  client.release(true)
})

/** Both fail, with the same error; neither hangs. */
async function bothFail(copying: Promise<unknown>, producing: Promise<unknown>): Promise<void> {
  const [one, other] = await Promise.allSettled([copying, producing])
  if (one.status === 'fulfilled' || other.status === 'fulfilled') return
  if (one.reason !== other.reason) throw new Error('two different errors')
  throw one.reason
}
