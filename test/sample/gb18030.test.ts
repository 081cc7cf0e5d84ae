import t from 'tap'
import { encodeGb18030, encodeUtf8, UNDECODABLE } from '../../src/sample/gb18030.ts'

const decode = (bytes: Uint8Array, fatal = true) => new TextDecoder('gb18030', { fatal }).decode(bytes)

t.test('encodes each character so that it decodes to itself', async (t) => {
  let wrong = 0
  for (let code = 0; code < 0x30000; code++) {
    if (code >= 0xd800 && code <= 0xf8ff) continue // surrogates and private use
    const text = String.fromCodePoint(code)
    if (decode(encodeGb18030(text), code !== 0xfffd) !== text) wrong++
  }
  t.equal(wrong, 0)
})

t.test('uses one, two and four bytes as the standard does', async (t) => {
  t.same(encodeGb18030('A'), Buffer.from([0x41]))
  t.same(encodeGb18030('·'), Buffer.from([0xa1, 0xa4]))
  t.same(encodeGb18030('张'), Buffer.from([0xd5, 0xc5]))
  t.same(encodeGb18030('\ufffd'), Buffer.from([0x84, 0x31, 0xa4, 0x37]))
  t.equal(encodeGb18030('𬭎').length, 4, 'outside the BMP')
})

t.test('writes a byte that nobody can decode where it is asked to', async (t) => {
  t.throws(() => decode(encodeGb18030(`张${UNDECODABLE}三`)))
  t.equal(decode(encodeGb18030(`张${UNDECODABLE}三`), false), '张\ufffd三')
  t.equal(encodeUtf8(`张${UNDECODABLE}三`).toString('utf8'), '张\ufffd三')
})
