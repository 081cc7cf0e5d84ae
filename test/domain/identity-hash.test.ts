import { createHmac } from 'node:crypto'
import t from 'tap'
import { createIdentityHasher, deriveKey, HASH_BYTES } from '../../src/domain/identity-hash.ts'

const NUMBER = '369901197003070010'
const one = createIdentityHasher(Buffer.alloc(32, 1))
const other = createIdentityHasher(Buffer.alloc(32, 2))

t.test('a hash has 16 bytes', async (t) => {
  t.equal(HASH_BYTES, 16)
  for (const hash of [one.number(NUMBER), one.name('王伟'), one.name(''), one.document('passport', 'E1')])
    t.equal(hash.length, 16)
})

t.test('a hash is the same each time, and of another hasher of the same secret', async (t) => {
  const again = createIdentityHasher(Buffer.alloc(32, 1))
  t.same(one.number(NUMBER), one.number(NUMBER))
  t.same(one.number(NUMBER), again.number(NUMBER))
  t.same(one.name('王伟'), again.name('王伟'))
  t.equal(one.fingerprint, again.fingerprint)
})

t.test('another secret gives other hashes and another fingerprint', async (t) => {
  t.notSame(one.number(NUMBER), other.number(NUMBER))
  t.notSame(one.name('王伟'), other.name('王伟'))
  t.not(one.fingerprint, other.fingerprint)
})

t.test('one text as a number, a name and a document gives three hashes', async (t) => {
  const hashes = [
    one.number(NUMBER),
    one.name(NUMBER),
    one.document('passport', NUMBER),
    one.document('other', NUMBER),
    one.document('', NUMBER),
  ].map((hash) => hash.toString('hex'))
  t.equal(new Set(hashes).size, hashes.length)
})

t.test('a fingerprint tells nothing that a hash or a key does', async (t) => {
  const secret = Buffer.alloc(32, 1)
  t.notOk(secret.toString('hex').includes(one.fingerprint))
  t.notSame(deriveKey(secret, 'identity hash'), deriveKey(secret, 'encryption'), 'a key for each purpose')
  t.equal(deriveKey(secret, 'encryption').length, 32)
})

t.test('hashes are HMAC-SHA-256, truncated, of texts of any length and however the text is given', async (t) => {
  const key = deriveKey(Buffer.alloc(32, 1), 'identity hash')
  const hmac = (text: string) => createHmac('sha256', key).update(text).digest().subarray(0, HASH_BYTES)
  t.same(one.number(NUMBER), hmac(`number:${NUMBER}`))
  for (const name of ['', '王', '欧阳𠮷', 'ÅBO', '王'.repeat(140), '王'.repeat(150), 'x'.repeat(5000), '王']) {
    t.same(one.name(name), hmac(`name:${name}`), `${name.length} characters`)
  }
  t.same(one.document('passport', 'E1'), hmac('document:passport:E1'))

  const target = Buffer.alloc(HASH_BYTES + 1, 9)
  one.numberInto(NUMBER, target)
  t.same(target, Buffer.concat([hmac(`number:${NUMBER}`), Buffer.of(9)]))
  target.fill(9)
  one.numberAt(Buffer.from(`ab${NUMBER}cd`), 2, target)
  t.same(target, Buffer.concat([hmac(`number:${NUMBER}`), Buffer.of(9)]))
})
