import t from 'tap'
import { parseIdNumber } from '../../src/domain/id-number.ts'
import { foldName } from '../../src/domain/person-name.ts'
import { createIdNumbers } from '../../src/sample/id-numbers.ts'
import { inventName } from '../../src/sample/names.ts'
import { createRandom } from '../../src/sample/prng.ts'
import { respellIdNumber, respellName } from '../../src/sample/spellings.ts'

t.test('spells a name otherwise without making it another', async (t) => {
  const random = createRandom(1)
  const others = new Set<string>()
  for (let i = 0; i < 6000; i++) {
    const style = random.pick(['han', 'uygur', 'latin'] as const)
    const { full } = inventName(random, style, random.pick(['m', 'f'] as const), random.between(1940, 2015))
    const spelled = respellName(random, full)
    if (foldName(spelled) !== foldName(full)) others.add(`${full} ${spelled}`)
  }
  t.same([...others], [])
})

t.test('spells a number otherwise without making it another', async (t) => {
  const random = createRandom(2)
  const next = createIdNumbers()
  const seen = new Set<string>()
  for (let i = 0; i < 6000; i++) {
    const day = `${random.between(1930, 2020)}-0${random.between(1, 9)}-1${random.int(10)}`
    const number = next(random.int(5), day, random.pick(['m', 'f'] as const))
    if (seen.has(number)) t.fail('the same number twice')
    seen.add(number)
    if (parseIdNumber(number) !== number) t.fail(`not valid: ${number}`)
    const spelled = respellIdNumber(random, number)
    if (parseIdNumber(spelled) !== number) t.fail(`another number: ${spelled}`)
  }
  t.equal(seen.size, 6000)
})

t.test('gives hundreds of people of one birth day different numbers', async (t) => {
  const next = createIdNumbers()
  t.equal(new Set(Array.from({ length: 2000 }, () => next(0, '1980-05-05', 'f'))).size, 2000)
})
