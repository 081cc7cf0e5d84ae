/** Gives one answer for each item, in their order. */
export type GroupWork<Item, Answer> = (items: readonly Item[]) => Promise<readonly Answer[]>

export interface Grouping {
  /** Items of one call at most. */
  readonly most: number
  /** Calls under way at once. */
  readonly atOnce: number
  /** Whether an error is about all items alike, so that it is no use to try each by itself. */
  readonly concernsAll: (error: unknown) => boolean
}

interface Waiting<Item, Answer> {
  readonly item: Item
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/**
 * Makes a call of one item out of one of many: items that come while calls are under way wait and go together in the
 * next, so that the more there is to do, the more of them share a statement or a commit. Nobody waits for others to come.
 * Where a call of several fails, each of its items is tried by itself: one that cannot be used fails alone.
 */
export function groupCalls<Item, Answer>(
  work: GroupWork<Item, Answer>,
  { most, atOnce, concernsAll }: Grouping,
): (item: Item) => Promise<Answer> {
  const waiting: Waiting<Item, Answer>[] = []
  let underWay = 0
  let isPlanned = false

  const answer = async (group: readonly Waiting<Item, Answer>[]): Promise<void> => {
    try {
      const answers = await work(group.map(({ item }) => item))
      next()
      for (let i = 0; i < group.length; i++) group[i]!.resolve(answers[i]!)
    } catch (error) {
      next()
      if (group.length === 1 || concernsAll(error)) for (const { reject } of group) reject(error)
      else for (const one of group) await work([one.item]).then(([only]) => one.resolve(only!), one.reject)
    }
  }

  /** The next call begins before the answers of the last are worked on, so that the database has something to do. */
  const next = (): void => {
    underWay--
    begin()
  }

  const begin = (): void => {
    while (waiting.length > 0 && underWay < atOnce) {
      underWay++
      void answer(waiting.splice(0, most))
    }
  }

  /** At the end of the turn, for what several sockets brought at once is read one after the other. */
  const plan = (): void => {
    if (isPlanned || underWay >= atOnce) return
    isPlanned = true
    setImmediate(() => {
      isPlanned = false
      begin()
    })
  }

  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    waiting.push({ item, resolve, reject })
    plan()
    return promise
  }
}
