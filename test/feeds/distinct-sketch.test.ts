import t from 'tap'
import { DistinctSketch, EXACT } from '../../src/feeds/distinct-sketch.ts'

const sketchOf = (texts: Iterable<string>) => {
  const sketch = new DistinctSketch()
  for (const text of texts) sketch.add(text)
  return sketch
}
const range = (count: number, make: (i: number) => string, from = 0) =>
  Array.from({ length: count }, (_, i) => make(from + i))

/** Kinds of values that columns hold, most of each alike. */
const KINDS: Readonly<Record<string, (i: number) => string>> = {
  numbers: String,
  'ID numbers': (i) => `3699011970010${String(i).padStart(5, '0')}`,
  plates: (i) => `赣X${i.toString(36).toUpperCase().padStart(5, '0')}`,
  money: (i) => `${i}.00`,
  addresses: (i) => `云溪县南沟乡${i % 97}村${Math.floor(i / 97)}号`,
}

t.test('up to some thousands it counts exactly, however often a text comes', async (t) => {
  for (const [kind, make] of Object.entries(KINDS)) {
    for (const count of [0, 1, 33, 1000, EXACT]) {
      const texts = range(count, make)
      const sketch = sketchOf([...texts, ...texts])
      t.same([sketch.count, sketch.isExact], [count, true], `${count} ${kind}`)
    }
  }
  t.equal(sketchOf(['', ' ', '0', '00', 'a', 'A', '李', '李 ']).count, 8)
})

t.test('above that it is within three standard errors of 1.6 % for values of every kind', async (t) => {
  for (const [kind, make] of Object.entries(KINDS)) {
    for (const count of [EXACT + 1, 20_000, 300_000]) {
      const sketch = sketchOf(range(count, make))
      const error = sketch.count / count - 1
      t.notOk(sketch.isExact)
      t.ok(Math.abs(error) < 0.05, `${count} ${kind}: ${(error * 100).toFixed(2)} %`)
    }
  }
})

t.test('its error is 1.6 % in the mean and leans to no side', async (t) => {
  const errors = range(60, String).map((salt) => sketchOf(range(10_000, (i) => `${salt}-${i}`)).count / 10_000 - 1)
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length
  const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)
  t.ok(deviation < 0.022, `${deviation}`)
  t.ok(Math.abs(mean) < 0.007, `${mean}`)
})

t.test('sketches of parts, merged in any order, are the sketch of the whole', async (t) => {
  for (const sizes of [
    [10, 0, 30, 500],
    [3000, 3000, 100, 10],
    [5000, 20, 9000, 40],
  ]) {
    let from = 0
    const parts = sizes.map((size) => {
      const texts = range(size, String, from)
      from += size / 2 // so that parts overlap
      return texts
    })
    const whole = sketchOf(parts.flat())
    const sketches = parts.map((part) => sketchOf(part).state)
    for (const order of [sketches, sketches.toReversed(), [...sketches.slice(2), ...sketches.slice(0, 2)]]) {
      const merged = new DistinctSketch()
      // As it is handed from thread to thread.
      for (const state of order) merged.merge(structuredClone(state))
      t.equal(merged.count, whole.count)
      t.equal(merged.isExact, whole.isExact)
    }
  }
})
