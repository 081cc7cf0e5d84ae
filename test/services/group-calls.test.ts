import t from 'tap'
import { type Grouping, groupCalls } from '../../src/services/group-calls.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))
const usual: Grouping = { most: 3, atOnce: 1, concernsAll: () => false }

/** Calls that end when they are told to. */
function openCalls(grouping: Partial<Grouping> = {}) {
  const calls: { items: readonly string[]; end(error?: Error): void }[] = []
  const work = (items: readonly string[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<string[]>()
    const end = (error?: Error) => (error ? reject(error) : resolve(items.map((item) => item.toUpperCase())))
    calls.push({ items, end })
    return promise
  }
  return { calls, ask: groupCalls(work, { ...usual, ...grouping }) }
}

t.test('items of one turn go together, what comes meanwhile goes in the next call', async (t) => {
  const { calls, ask } = openCalls()
  const first = [ask('a'), ask('b')]
  await turn()
  const second = [ask('c'), ask('d')]
  await turn()
  t.same(
    calls.map(({ items }) => items),
    [['a', 'b']],
  )
  calls[0]!.end()
  t.same(await Promise.all(first), ['A', 'B'], 'each has its own answer')
  t.same(calls[1]!.items, ['c', 'd'], 'the next has begun by then')
  calls[1]!.end()
  t.same(await Promise.all(second), ['C', 'D'])
})

t.test('no call has more items than allowed, and no more calls are under way', async (t) => {
  const { calls, ask } = openCalls({ atOnce: 2 })
  const asked = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(ask)
  await turn()
  t.same(
    calls.map(({ items }) => items),
    [
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
    ],
  )
  calls[1]!.end()
  await turn()
  t.same(calls[2]!.items, ['g'])
  for (const { end } of calls) end()
  t.same(await Promise.all(asked), ['A', 'B', 'C', 'D', 'E', 'F', 'G'])
})

t.test('an item that cannot be used fails alone', async (t) => {
  const work = async (items: readonly number[]) => {
    if (items.includes(2)) throw new Error(`one of ${items.length}`)
    return items.map((item) => item * 10)
  }
  const ask = groupCalls(work, usual)
  const answers = await Promise.allSettled([1, 2, 3].map(ask))
  t.match(answers, [{ value: 10 }, { reason: { message: 'one of 1' } }, { value: 30 }])
  t.equal(await ask(4), 40, 'and those that come afterwards are answered')
})

t.test('an error that concerns all is not tried for each', async (t) => {
  const { calls, ask } = openCalls({ concernsAll: (error) => (error as Error).message === 'away' })
  const asked = [ask('a'), ask('b')]
  await turn()
  calls[0]!.end(new Error('away'))
  t.match(await Promise.allSettled(asked), [{ reason: { message: 'away' } }, { reason: { message: 'away' } }])
  t.equal(calls.length, 1)
})
