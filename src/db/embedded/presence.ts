import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** @types/pg does not know them. */
type Client = pg.Client & { ref(): void; unref(): void }

export interface Address {
  readonly port: number
  readonly password: string
}

/** Our share in a running server. */
export interface Presence {
  /** Rows of a statement on database postgres. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /**
   * Gives the share up. True: nobody else has one, and nobody gets one until `end`. Others are waited for so long: the
   * server takes a moment to see that a process was killed.
   */
  giveUp(waitMs: number): Promise<boolean>
  end(): Promise<void>
}

/** "hedui" in ASCII: any number will do, it must stay the same. */
const LOCK = '448377681257'
const REGAIN = { times: 60, everyMs: 500 }

/**
 * Connects and takes a share: the advisory lock that every process holds shared, and only the last one gets
 * exclusively. The server frees it when the process is killed. The connection does not keep the process alive; when it
 * is lost (one crashed backend makes the server end all) the share is taken again as soon as the server answers.
 */
export async function takePresence(address: Address): Promise<Presence> {
  let client = await connectSharing(address)
  let over = false

  function watch() {
    client.once('end', () => {
      if (!over) void regain()
    })
    client.unref()
  }

  async function regain() {
    for (let time = 0; time < REGAIN.times && !over; time++) {
      await sleep(REGAIN.everyMs, undefined, { ref: false })
      const next = over ? undefined : await connectSharing(address).catch(() => undefined)
      if (!next) continue
      if (over) return void next.end().catch(() => {})
      client = next
      return watch()
    }
  }

  async function isAlone(waitMs: number): Promise<boolean> {
    client.ref()
    await client.query('select pg_advisory_unlock_all()')
    for (const end = Date.now() + waitMs; ; await sleep(40)) {
      const { rows } = await client.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [LOCK])
      if (rows[0]?.alone) return true
      if (Date.now() > end) return false
    }
  }

  watch()
  return {
    async query(text, values = []) {
      client.ref()
      try {
        return (await client.query(text, [...values])).rows
      } finally {
        client.unref()
      }
    },
    async giveUp(waitMs) {
      over = true
      try {
        return await isAlone(waitMs)
      } catch {
        // lost, and not regained yet: one more try, then the server is not ours to stop
        client = await connect(address)
        return isAlone(waitMs)
      }
    },
    async end() {
      over = true
      await client.end().catch(() => {})
    },
  }
}

async function connectSharing(address: Address): Promise<Client> {
  const client = await connect(address)
  try {
    await client.query('select pg_advisory_lock_shared($1)', [LOCK])
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}

async function connect({ port, password }: Address): Promise<Client> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    application_name: 'hedui presence',
    ssl: false,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    keepAlive: true,
  }) as Client
  // a lost connection shows in the next query; without a listener it would end the process
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}
