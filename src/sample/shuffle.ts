import type { Random } from './prng.ts'

/**
 * Mixes rows on their way to a file. Rows wait in a pool; each newcomer sends one out at random, so memory is that of the
 * pool. A place in the pool is a place in the file for the next row of its group: rows of one group keep their order.
 */
export interface Shuffle<R> {
  add(group: readonly R[]): void
  /** Sends out all that wait. */
  drain(): void
}

interface Group<R> {
  readonly rows: readonly R[]
  next: number
}

/** Full shuffle for up to `size` rows, a windowed one beyond. */
export function createShuffle<R>(random: Random, size: number, emit: (row: R) => void): Shuffle<R> {
  const pool: Group<R>[] = []
  const send = (group: Group<R>) => emit(group.rows[group.next++]!)
  return {
    add(rows) {
      const group: Group<R> = { rows, next: 0 }
      for (let i = 0; i < rows.length; i++) {
        if (pool.length < size) {
          pool.push(group)
          continue
        }
        const place = random.int(size)
        const leaving = pool[place]!
        pool[place] = group
        send(leaving)
      }
    },
    drain() {
      for (const group of random.shuffled(pool)) send(group)
      pool.length = 0
    },
  }
}
