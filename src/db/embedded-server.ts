import { setTimeout as sleep } from 'node:timers/promises'
import { HeduiError } from '../errors.ts'
import { ensureCluster, readPassword } from './embedded/cluster.ts'
import { withHomeLock } from './embedded/home-lock.ts'
import { clearGone, readPostmaster } from './embedded/postmaster-file.ts'
import { type Presence, takePresence } from './embedded/presence.ts'
import { placeServer, prepareHome, type ServerPlace } from './embedded/server-place.ts'
import {
  logTail,
  RECOVERY_SECONDS,
  StartFailure,
  type StartOptions,
  startServer,
  stopServer,
} from './embedded/server-process.ts'

export interface EmbeddedServerOptions {
  /** Absolute folder (HEDUI_HOME); made where it is missing. */
  readonly home: string
  /** false for tests: faster, and a crash of the machine loses the data. Default true. */
  readonly durable?: boolean
  /** Gets a line that the user should see once. */
  readonly notice?: (text: string) => void
}

export interface EmbeddedServer {
  /** Of database "hedui". */
  readonly connectionString: string
  connectionStringFor(database: string): string
  /** Gives up our share; the last process out stops the server. End your own connections before. */
  close(): Promise<void>
}

interface Joined {
  readonly presence: Presence
  readonly port: number
}

const PATIENCE_MS = 60_000
const DATABASE = 'hedui'

/**
 * A share in the PostgreSQL server of this home folder, which is made and started where it is not there. Several
 * processes share one; it outlives a process that is killed, and the next one adopts it.
 * @throws HeduiError SOURCE_EMBEDDED where it cannot be had, within about a minute
 */
export async function openEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { durable = true, notice = () => {} } = options
  try {
    const home = prepareHome(options.home)
    return await withHomeLock(home, async () => {
      const place = await placeServer(home, notice)
      await ensureCluster(place, { durable })
      const joined = await join(place, durable)
      await ensureDatabase(joined.presence)
      return embeddedServer(place, joined, notice)
    })
  } catch (error) {
    throw asHeduiError(error, options.home)
  }
}

function embeddedServer(place: ServerPlace, joined: Joined, notice: (text: string) => void): EmbeddedServer {
  const base = `postgres://postgres:${readPassword(place)}@127.0.0.1:${joined.port}/`
  const connectionStringFor = (database: string) => base + encodeURIComponent(database)
  let closed: Promise<void> | undefined
  return Object.freeze({
    connectionString: connectionStringFor(DATABASE),
    connectionStringFor,
    close() {
      closed ??= withHomeLock(place.home, () => leave(place, joined.presence, notice))
        .finally(() => joined.presence.end())
        .catch((error: unknown) => {
          throw asHeduiError(error, place.home)
        })
      return closed
    },
  })
}

/** Connects to the server, starting it where it does not run, until it answers or patience ends. */
async function join(place: ServerPlace, durable: boolean): Promise<Joined> {
  const begun = Date.now()
  const formerPort = (await readPostmaster(place.dataFolder))?.port
  for (;;) {
    try {
      const joined = await tryToJoin(place, { durable, formerPort })
      if (!durable || (await isDurable(joined.presence))) return joined
      await restartForDurability(place, joined.presence)
    } catch (error) {
      const patience = isRecovering(error) ? RECOVERY_SECONDS * 1000 : PATIENCE_MS
      if (error instanceof HeduiError || !isPassing(error)) throw startError(place, error)
      if (Date.now() - begun > patience) throw startError(place, error)
      await sleep(200)
    }
  }
}

async function tryToJoin(place: ServerPlace, options: StartOptions): Promise<Joined> {
  const password = readPassword(place)
  const found = await readPostmaster(place.dataFolder)
  if (found && found.state !== 'gone') {
    try {
      return { presence: await takePresence({ port: found.port, password }), port: found.port }
    } catch (error) {
      // whether that process is the server, PostgreSQL decides when it is asked to start
      if (found.state === 'running') throw error
    }
  }
  if (found) clearGone(place.dataFolder, found)
  await startServer(place, options)
  const started = await readPostmaster(place.dataFolder)
  if (!started) throw new StartFailure('the server ended as soon as it had started', true)
  return { presence: await takePresence({ port: started.port, password }), port: started.port }
}

async function isDurable(presence: Presence): Promise<boolean> {
  const [row] = await presence.query<{ fsync: string }>(`select current_setting('fsync') as fsync`)
  return row?.fsync === 'on'
}

/** A server that a killed test left behind must not get data that is meant to last. */
async function restartForDurability(place: ServerPlace, presence: Presence): Promise<void> {
  const alone = await presence.giveUp(2_000)
  if (alone) await stopServer(place)
  await presence.end()
  if (alone) return
  throw new HeduiError(
    'SOURCE_EMBEDDED',
    `the server under ${place.home} was started for tests (without fsync) and is in use; end those, or set HEDUI_HOME to another folder`,
  )
}

async function ensureDatabase(presence: Presence): Promise<void> {
  const found = await presence.query('select from pg_database where datname = $1', [DATABASE])
  if (found.length > 0) return
  await presence.query(`create database ${DATABASE}`).catch((error: { code?: string }) => {
    // 42P04, 23505: another process made it in between
    if (error.code !== '42P04' && error.code !== '23505') throw error
  })
}

async function leave(place: ServerPlace, presence: Presence, notice: (text: string) => void): Promise<void> {
  const last = await presence.giveUp(100).catch(() => false)
  if (!last) return
  if (!(await stopServer(place))) notice(`the server under ${place.home} is still stopping; see ${place.logFile}`)
}

/** Codes of a server that is just starting, stopping or recovering, and of its sockets. */
const PASSING = new Set(['57P01', '57P02', '57P03', '53300', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'])

function isPassing(error: unknown): boolean {
  if (error instanceof StartFailure) return error.passing
  const { code, message } = error as { code?: string; message?: string }
  // pg gives its own two errors no code
  return PASSING.has(code ?? '') || /terminated|timeout/i.test(code ? '' : (message ?? ''))
}

function isRecovering(error: unknown): boolean {
  return (error as { code?: string }).code === '57P03'
}

function startError(place: ServerPlace, error: unknown): HeduiError {
  if (error instanceof HeduiError) return error
  const { message } = error as Error
  return new HeduiError('SOURCE_EMBEDDED', `${message}\nlast lines of ${place.logFile}:\n${logTail(place)}`, {
    cause: error,
  })
}

/** Permissions, a full disk: what the system says is the clearest there is. */
function asHeduiError(error: unknown, home: string): unknown {
  if (error instanceof HeduiError || typeof (error as { code?: unknown }).code !== 'string') return error
  return new HeduiError(
    'SOURCE_EMBEDDED',
    `the embedded server under ${home} cannot be used: ${(error as Error).message}; see to it, set HEDUI_HOME to another folder, or set DATABASE_URL`,
    { cause: error },
  )
}
