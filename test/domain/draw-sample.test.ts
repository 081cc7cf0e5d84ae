import t from 'tap'
import { type Drawable, drawSample, parsePerMille, shareOf } from '../../src/domain/draw-sample.ts'
import { createRandom } from '../../src/sample/prng.ts'

const random = createRandom(20261101)
const householdsOf = (count: number, stratum: string, from = 0): Drawable[] =>
  Array.from({ length: count }, (_, i) => ({ id: `H${from + i}`, stratum }))
const idsOf = (items: readonly Drawable[]) => items.map(({ id }) => id)

function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items]
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.int(i + 1)
    ;[copy[i], copy[j]] = [copy[j]!, copy[i]!]
  }
  return copy
}

/** Registers of up to a few hundred households in up to six strata. */
const REGISTERS = Array.from({ length: 60 }, () =>
  Array.from({ length: random.int(6) + 1 }, (_, s) =>
    householdsOf(random.int(90) + 1, `36990100${s} A`, s * 1000),
  ).flat(),
)

t.test('the drawn are those whose SHA-256 of seed, a zero byte and id is smallest', async (t) => {
  // In the order of `printf '%s\0%s' SEED ID | sha256sum`.
  const order = {
    '2026-11 抽查': ['H4', 'H5', 'H7', 'H10', 'H3', 'H8', 'H9', 'H2', 'H1', 'H6'],
    other: ['H5', 'H1', 'H9', 'H3', 'H10', 'H2', 'H6', 'H4', 'H8', 'H7'],
  }
  for (const [seed, ids] of Object.entries(order)) {
    for (let count = 1; count <= 10; count++) {
      const { drawn } = drawSample(shuffled(householdsOf(10, 'x', 1)), { seed, perMille: count * 100 })
      t.same(idsOf(drawn), ids.slice(0, count).toSorted())
    }
  }
})

t.test('the order of the register does not matter', async (t) => {
  for (const register of REGISTERS) {
    const options = { seed: String(random.int(1000)), perMille: random.int(1000) + 1 }
    t.same(drawSample(shuffled(register), options), drawSample(register, options))
  }
})

t.test('of each stratum its share is drawn, at least one, nobody twice', async (t) => {
  for (const register of REGISTERS) {
    const perMille = random.int(1000) + 1
    const { drawn, strata } = drawSample(register, { seed: 's', perMille })
    t.equal(new Set(idsOf(drawn)).size, drawn.length)
    for (const { stratum, size, drawn: count } of strata) {
      t.equal(size, register.filter((one) => one.stratum === stratum).length)
      t.equal(count, drawn.filter((one) => one.stratum === stratum).length)
      t.ok(count >= 1 && (count === 1 || Math.abs(count - (size * perMille) / 1000) <= 0.5), `${count} of ${size}`)
    }
    t.equal(strata.length, new Set(register.map(({ stratum }) => stratum)).size)
  }
})

t.test('another seed draws others, a larger share keeps those drawn', async (t) => {
  const register = householdsOf(500, 'x')
  const one = idsOf(drawSample(register, { seed: 'a', perMille: 100 }).drawn)
  const other = idsOf(drawSample(register, { seed: 'b', perMille: 100 }).drawn)
  const both = one.filter((id) => other.includes(id)).length
  t.ok(both < 20, `${both} of 50 are in both: by chance 5`)
  const more = new Set(idsOf(drawSample(register, { seed: 'a', perMille: 150 }).drawn))
  t.ok(one.every((id) => more.has(id)))
})

t.test('a household more changes the draw by one at the edge of its stratum, and no other stratum', async (t) => {
  let changed = 0
  for (const register of REGISTERS) {
    const options = { seed: String(random.int(1000)), perMille: random.int(900) + 50 }
    const before = new Set(idsOf(drawSample(register, options).drawn))
    const added = { id: `NEW${random.int(1000)}`, stratum: register[0]!.stratum }
    const { drawn } = drawSample([...register, added], options)
    const came = drawn.filter(({ id }) => !before.has(id))
    const after = new Set(idsOf(drawn))
    const went = register.filter(({ id }) => before.has(id) && !after.has(id))
    t.ok(came.length <= 1 && went.length <= 1, `${came.length} came, ${went.length} went`)
    t.ok([...came, ...went].every(({ stratum }) => stratum === added.stratum))
    changed += came.length
  }
  t.ok(changed > 10, 'some were drawn')
})

t.test('everybody has the same chance', async (t) => {
  const register = householdsOf(40, 'x')
  const times = new Map<string, number>()
  for (let seed = 0; seed < 2000; seed++) {
    for (const { id } of drawSample(register, { seed: String(seed), perMille: 100 }).drawn) {
      times.set(id, (times.get(id) ?? 0) + 1)
    }
  }
  // 2000 draws of one in ten: 200 each, with a standard deviation of 13.
  for (const { id } of register) t.ok(Math.abs((times.get(id) ?? 0) - 200) < 60, `${id}: ${times.get(id)}`)
})

t.test('a share is percent to a tenth', async (t) => {
  for (const [text, perMille] of [
    ['0.1', 1],
    ['5', 50],
    ['2.5', 25],
    ['33.3', 333],
    ['100', 1000],
    ['100.0', 1000],
    ['0', null],
    ['0.0', null],
    ['100.1', null],
    ['0.05', null],
    ['-1', null],
    ['5%', null],
    ['1e1', null],
    ['', null],
  ] as const) {
    t.equal(parsePerMille(text), perMille, text)
  }
  for (const [size, perMille, count] of [
    [0, 500, 0],
    [1, 1, 1],
    [9, 50, 1],
    [29, 50, 1],
    [30, 50, 2],
    [100, 25, 3],
    [100, 24, 2],
    [7, 1000, 7],
  ] as const) {
    t.equal(shareOf(size, perMille), count, `${perMille} ‰ of ${size}`)
  }
})
