import type { ChecksDatabase } from './checks-database.ts'

/**
 * How many times faster two workers of one thread each are than one: the time of a run of all households that one
 * `hedui work` process does, divided by that of two. null while there is no such command.
 */
export async function measureTwoWorkers(_database: ChecksDatabase, signal: AbortSignal): Promise<number | null> {
  signal.throwIfAborted()
  return null
}
