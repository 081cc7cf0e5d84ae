import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { HeduiError } from '../../errors.ts'

const WAIT_MS = 60_000
const SQLITE_BUSY = 5

/**
 * Does `work` while no other process does such work under the same home: making, starting and stopping the server.
 * Node has no flock; an exclusive transaction on an (always empty) SQLite file is one on every platform, and the
 * kernel frees it when the process is killed.
 * @throws HeduiError SOURCE_EMBEDDED where the lock is not free within a minute
 */
export async function withHomeLock<T>(home: string, work: () => Promise<T>): Promise<T> {
  const lock = new DatabaseSync(join(home, 'postgres.lock'), { timeout: 0 })
  try {
    await acquire(lock, home)
    return await work()
  } finally {
    lock.close()
  }
}

async function acquire(lock: DatabaseSync, home: string): Promise<void> {
  const deadline = Date.now() + WAIT_MS
  for (;;) {
    try {
      lock.exec('BEGIN EXCLUSIVE')
      return
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
      if (Date.now() > deadline) {
        throw new HeduiError(
          'SOURCE_EMBEDDED',
          `another process has been starting or stopping the server under ${home} for a minute; try again when it has finished`,
          { cause: error },
        )
      }
    }
    await sleep(20 + Math.random() * 30)
  }
}
