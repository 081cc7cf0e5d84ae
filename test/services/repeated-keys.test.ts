import t from 'tap'
import { KeyLog, RepeatedKeys } from '../../src/services/repeated-keys.ts'

const personOf = (number: number) => {
  const person = Buffer.alloc(16, 3)
  person.writeUInt32LE(number)
  return person
}

function found(keys: RepeatedKeys): number[][] {
  return keys.people.map((list) =>
    Array.from({ length: list.length / 16 }, (_, i) => Buffer.from(list).readUInt32LE(i * 16)),
  )
}

function add(keys: RepeatedKeys, ...rows: readonly (readonly [hash: number, person: number])[]): void {
  const log = new KeyLog()
  for (const [hash, person] of rows) log.add(hash, personOf(person))
  keys.add(log.take())
}

t.test('a hash that stands once finds nobody', async (t) => {
  const keys = new RepeatedKeys()
  add(keys, [1, 10], [2, 10], [3, 11])
  add(keys, [4, 10])
  t.same(found(keys), [[], []])
})

t.test('a hash that comes again finds its person, in the same batch or a later one', async (t) => {
  const keys = new RepeatedKeys()
  add(keys, [0, 10], [7, 12], [0xffffffff, 13])
  add(keys, [7, 12], [0, 10], [0xffffffff, 13], [8, 14])
  t.same(found(keys), [[12, 10], [13]], 'each person in the list of its first byte')
})

t.test('none is lost as the table grows', async (t) => {
  const keys = new RepeatedKeys()
  const rows = Array.from({ length: 50_000 }, (_, i) => [Math.imul(i + 1, 0x9e3779b1) >>> 0, i] as const)
  add(keys, ...rows)
  t.same(found(keys), [[], []])
  add(keys, ...rows)
  t.same(
    found(keys)
      .flat()
      .sort((a, b) => a - b),
    rows.map(([, person]) => person),
  )
})

t.test('a log gives what came since the last time', async (t) => {
  const log = new KeyLog()
  log.add(5, personOf(1))
  t.same(log.take().hashes, Uint32Array.of(5))
  log.add(6, personOf(2))
  const { hashes, people } = log.take()
  t.same([hashes, Buffer.from(people)], [Uint32Array.of(6), personOf(2)])
})
