import t from 'tap'
import { copyInto } from '../../src/db/copy.ts'
import { CopyRows } from '../../src/db/copy-rows.ts'
import { createHedui } from '../support/hedui.ts'

const hedui = await createHedui(t)
const { pool } = hedui.database
await pool.query('create table copied (line int, small smallint, body text, bytes bytea, id uuid, fields json)')

t.test('what is written arrives as it was', async (t) => {
  const texts = ['', 'a', '\t\n\r\\"', '中文', '赣XA1', 'é', '𠮷田', null, '长'.repeat(300), 'x'.repeat(100_000)]
  const numbers = [0, 1, -1, 32767, -32768, 255, 256, 12345, -300, 7]
  const bytes = Buffer.from([0, 9, 10, 92, 255])
  const id = Buffer.from('01a2019bc824704f8d5b8882aadc89e6', 'hex')
  const rows = new CopyRows()
  for (const [i, text] of texts.entries()) {
    rows.begin(6)
    rows.int4(numbers[i]! * 65_000)
    rows.int2(numbers[i]!)
    rows.text(text)
    rows.bytes(bytes)
    rows.bytes(id)
    rows.text(JSON.stringify({ text }))
  }
  const client = await pool.connect()
  await copyInto(client, 'copied', ['line', 'small', 'body', 'bytes', 'id', 'fields'], [rows.take()], 'binary')
  client.release()
  const { rows: arrived } = await pool.query('select * from copied')
  t.same(
    arrived,
    texts.map((body, i) => ({
      line: numbers[i]! * 65_000,
      small: numbers[i],
      body,
      bytes,
      id: '01a2019b-c824-704f-8d5b-8882aadc89e6',
      fields: { text: body },
    })),
  )
})

t.test('what was taken is not written over by what comes next', async (t) => {
  const rows = new CopyRows()
  rows.text('one')
  const one = rows.take()
  rows.text('two')
  t.same(Buffer.from(one).toString('latin1'), '\0\0\0\x03one')
  t.same(Buffer.from(rows.take()).toString('latin1'), '\0\0\0\x03two')
})

t.test('the same bytes have the same hash wherever they stand, others another', async (t) => {
  const rows = new CopyRows()
  const hashOf = (text: string, seed = 1) => {
    const from = rows.length
    rows.text(text)
    return rows.hashFrom(from, seed)
  }
  const first = hashOf('赣XA1')
  hashOf('between')
  t.equal(hashOf('赣XA1'), first)
  t.not(hashOf('赣XA1', 2), first)
  const hashes = new Set(Array.from({ length: 20_000 }, (_, i) => hashOf(`key ${i}`)))
  t.ok(hashes.size > 19_990, `${hashes.size} of 20,000 hashes are different`)
})
