import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Encoding } from '../../../src/feeds/file-format.ts'
import { decodedText } from '../../../src/feeds/readers/decode.ts'
import { takeUtf8Census } from '../../../src/feeds/readers/utf8-census.ts'
import { brief, CSV, read, refusal, written } from './reading.ts'

const folder = t.testdir({})
/** 姓名,地址 and 王伟,云溪县 in GBK. */
const GBK = { header: Buffer.from('d0d5c3fb2cb5d8d6b70a', 'hex'), row: Buffer.from('cdf5ceb02cd4c6cfaacfd80a', 'hex') }
const gbk = Buffer.concat([GBK.header, ...Array(20).fill(GBK.row)])
const utf8 = Buffer.from(`姓名,地址\n${'王伟,云溪县\n'.repeat(20)}`)
const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('姓名,地址\n', 'utf16le')])
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

t.test('reads', async (t) => {
  const reads: [it: string, bytes: Buffer, encoding: Encoding][] = [
    ['utf-8', utf8, 'utf-8'],
    ['utf-8 with a BOM', Buffer.concat([BOM, utf8]), 'utf-8'],
    ['gb18030', gbk, 'gb18030'],
    ['gbk', gbk, 'gbk'],
  ]
  for (const [it, bytes, encoding] of reads) {
    for (const chunkBytes of [1, 2, 3, 1000]) {
      const { rows } = await read(written(folder, bytes), { ...CSV, encoding }, ['地址', '姓名'], { chunkBytes })
      t.same(rows[0] && brief(rows[0]), [2, ['云溪县', '王伟']], `${it} in chunks of ${chunkBytes}`)
      t.equal(rows.length, 20)
    }
  }
})

t.test('reads characters of four bytes in gb18030, whatever the chunks', async (t) => {
  const bytes = Buffer.from('613095328236310ad5a53082366e', 'hex')
  const whole = new TextDecoder('gb18030').decode(bytes)
  for (let size = 1; size <= bytes.length; size += 1) {
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    }
    t.equal((await Array.fromAsync(decodedText(chunks(), 'gb18030'))).join(''), whole)
  }
})

t.test('quarantines the row of a byte that cannot be decoded', async (t) => {
  const bytes = Buffer.concat([gbk, Buffer.from('cdf5ff2cd4c60a', 'hex'), GBK.row, Buffer.from('cdf5ceb02cd4', 'hex')])
  const { rows } = await read(written(folder, bytes), { ...CSV, encoding: 'gb18030' }, ['姓名'])
  t.same(rows.slice(20).map(brief), [
    [22, 'RECORD_UNDECODABLE', '姓名'],
    [23, ['王伟']],
    [24, 'RECORD_UNDECODABLE', '地址'],
  ])
})

t.test('refuses', async (t) => {
  const cases: [it: string, bytes: Buffer, encoding: Encoding, code: string, says: RegExp][] = [
    [
      'utf-16',
      utf16,
      'utf-8',
      'SOURCE_ENCODING',
      /declares utf-8, but the file begins with the byte-order mark of utf-16/,
    ],
    [
      'a BOM where gbk is declared',
      Buffer.concat([BOM, Buffer.from('a\n')]),
      'gbk',
      'SOURCE_ENCODING',
      /declares gbk.* mark of utf-8/,
    ],
    [
      'utf-8 where gb18030 is declared',
      utf8,
      'gb18030',
      'SOURCE_ENCODING',
      /declares gb18030, but the file looks like utf-8/,
    ],
    [
      'gb18030 where utf-8 is declared',
      gbk,
      'utf-8',
      'SOURCE_ENCODING',
      /declares utf-8, but the file looks like gb18030/,
    ],
    ['neither of both', Buffer.alloc(100, 0xff), 'utf-8', 'SOURCE_ENCODING', /is not that/],
    ['NUL bytes', Buffer.from('a\0b'), 'utf-8', 'SOURCE_FILE', /not a text file/],
    ['a workbook', Buffer.from('PK\x03\x04\0\0'), 'utf-8', 'SOURCE_FILE', /not a text file.*workbook/],
  ]
  for (const [it, bytes, encoding, code, says] of cases) {
    t.test(it, async (t) => {
      const error = await refusal(read(written(folder, bytes), { ...CSV, encoding }, ['姓名']))
      t.match(error, { code, message: says })
    })
  }
})

t.test('finds utf-8 also where the first 64 KB end within a character', async (t) => {
  for (const shift of ['', 'x', 'xx']) {
    const bytes = Buffer.from(`${shift}姓名,地址\n${'王伟,云溪县\n'.repeat(5_000)}`)
    const error = await refusal(read(written(folder, bytes), { ...CSV, encoding: 'gb18030' }, ['姓名']))
    t.equal(error?.code, 'SOURCE_ENCODING')
  }
})

t.test('hints at the encoding where a short header is garbled', async (t) => {
  const asGbk = await refusal(read(written(folder, '姓名\n'), { ...CSV, encoding: 'gb18030' }, ['姓名']))
  t.match(asGbk, { code: 'SOURCE_COLUMNS', message: /when the file is read as utf-8: correct file\.encoding/ })
  const asUtf8 = await refusal(read(written(folder, GBK.header), CSV, ['姓名', '地址']))
  t.match(asUtf8, { code: 'SOURCE_COLUMNS', message: /when the file is read as gb18030/ })
  const neither = await refusal(read(written(folder, Buffer.from('ff0a', 'hex')), CSV, ['姓名']))
  t.match(neither, { code: 'SOURCE_COLUMNS', message: /bytes that are not utf-8/ })
})

t.test('counts what decodes as utf-8', async (t) => {
  const cases: [hex: string, nonAscii: number, undecodable: number, sequences: number][] = [
    ['6162', 0, 0, 0],
    ['c3a9e78e8bf09f9880', 9, 0, 3],
    ['c0af', 2, 2, 0],
    ['eda080', 3, 3, 0],
    ['f8808080', 4, 4, 0],
    ['e78e61', 2, 2, 0],
    ['61e78e', 0, 0, 0],
    ['e08080e0a080', 6, 3, 1],
  ]
  for (const [hex, nonAscii, undecodable, sequences] of cases) {
    t.same(takeUtf8Census(Buffer.from(hex, 'hex')), { nonAscii, undecodable, sequences }, hex)
  }
})

t.test('refuses what is no readable file as INPUT_FILE', async (t) => {
  mkdirSync(join(folder, 'sub'))
  for (const path of [join(folder, 'none'), join(folder, 'sub'), join(folder, 'none', 'x'), 'a\0b', '/dev/null', '']) {
    for (const format of [CSV, { format: 'jsonl', encoding: 'utf-8' } as const, { format: 'xlsx' } as const]) {
      t.match(await refusal(read(path, format, [])), { code: 'INPUT_FILE' }, JSON.stringify(path))
    }
  }
})
