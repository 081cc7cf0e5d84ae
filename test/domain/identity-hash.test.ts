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
