import fc from 'fast-check'
import t from 'tap'
import { joinKey, maskSensitive, showKey } from '../../src/domain/record-key.ts'
import { UNPARSEABLE, VALUE_PARSERS } from '../../src/feeds/parse-value.ts'

t.test('two keys that read the same stay two keys', async (t) => {
  t.not(joinKey(['a|b', 'c']), joinKey(['a', 'b|c']))
  t.not(joinKey(['a', '']), joinKey(['', 'a']))
  t.not(joinKey(['ab', '']), joinKey(['a', 'b']))
})

t.test('no part of a key holds what stands between parts', async (t) => {
  for (const parse of [VALUE_PARSERS.text, VALUE_PARSERS.code]) {
    t.equal(parse('a\u001fb', { date1904: false }), UNPARSEABLE)
  }
})

t.test('different parts never give one key', async () => {
  // The same characters, cut in two ways.
  const characters = fc.array(fc.constantFrom('a', 'b', '|', '\\', '/', ' '), { maxLength: 6 })
  const keys = fc.tuple(characters, fc.nat(6), fc.nat(6)).map(([all, i, j]) => {
    const cut = (at: number) => [all.slice(0, at).join(''), all.slice(at).join('')]
    return [cut(i), cut(j)] as const
  })
  fc.assert(
    fc.property(keys, ([a, b]) => {
      return (JSON.stringify(a) === JSON.stringify(b)) === (joinKey(a) === joinKey(b))
    }),
  )
})

t.test('a key is shown joined with |, its sensitive parts masked', async (t) => {
  const key = joinKey(['江右银行', '9957821236676423683'])
  t.equal(showKey(key), '江右银行|9957821236676423683')
  t.equal(showKey(key, [false, true]), '江右银行|****3683')
  t.equal(showKey(joinKey(['江右银行', '']), [false, true]), '江右银行|')
  t.equal(showKey(joinKey(['02', '赣XA1234'])), '02|赣XA1234')
})

t.test('a mask never shows most of a short value', async (t) => {
  t.equal(maskSensitive(''), '')
  t.equal(maskSensitive('1'), '****')
  t.equal(maskSensitive('1234567'), '****')
  t.equal(maskSensitive('12345678'), '****5678')
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (value) => {
      const shown = maskSensitive(value).slice(4)
      return shown.length * 2 <= value.length
    }),
  )
})
