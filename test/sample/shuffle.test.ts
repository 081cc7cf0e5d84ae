import t from 'tap'
import { createRandom } from '../../src/sample/prng.ts'
import { createShuffle } from '../../src/sample/shuffle.ts'

t.test('mixes rows, keeps the order within a group and loses none', async (t) => {
  const out: [number, number][] = []
  const shuffle = createShuffle<[number, number]>(createRandom(5), 100, (row) => out.push(row))
  for (let group = 0; group < 2000; group++) shuffle.add(Array.from({ length: 1 + (group % 3) }, (_, i) => [group, i]))
  shuffle.drain()
  t.equal(out.length, 3999)
  const next = new Map<number, number>()
  for (const [group, place] of out) {
    if ((next.get(group) ?? 0) !== place) t.fail(`group ${group} is out of order`)
    next.set(group, place + 1)
  }
  t.ok(out.findIndex(([group]) => group === 0) > 0 || out[1]![0] !== 1, 'not in the order in which they came')
})
