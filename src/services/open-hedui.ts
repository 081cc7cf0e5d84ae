import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, parseSecret } from '../config.ts'
import { connect, type Database } from '../db/connect.ts'
import { layOnCitus } from '../db/distribute.ts'
import { openEmbeddedServer } from '../db/embedded-server.ts'
import { migrate } from '../db/migrate.ts'
import { requireSameSecret } from '../db/queries/settings.ts'
import { createIdentityHasher, type IdentityHasher } from '../domain/identity-hash.ts'
import type { Procedures } from '../domain/procedure.ts'
import type { WorkingCalendar } from '../domain/working-days.ts'
import { HeduiError } from '../errors.ts'
import { createIdentityVault, type IdentityVault } from './identity-vault.ts'
import { type Adapters, loadAdapters } from './load-adapters.ts'
import { loadCalendar } from './load-calendar.ts'
import { loadProcedures } from './load-procedure.ts'

/** What the use cases work with: opened once by a command or the service, closed at its end. */
export interface Hedui {
  readonly config: Config
  readonly database: Database
  readonly adapters: Adapters
  readonly calendar: WorkingCalendar
  /** Time limits and offices by region; procedureOf gives those of one. */
  readonly procedures: Procedures
  readonly secret: Buffer
  readonly hasher: IdentityHasher
  readonly vault: IdentityVault
  now(): Date
  close(): Promise<void>
  /** Leaves the server without waiting for what still runs; the process is about to end. */
  abandon(): Promise<void>
}

export interface OpenOptions {
  /** Told of what a person should know and nothing depends on. */
  readonly notice?: (text: string) => void
  readonly now?: () => Date
  /** false for tests: the embedded server may lose its last seconds in a power cut. */
  readonly durable?: boolean
}

/** Where the generated secret lies on the embedded default. */
export function secretFile(config: Config): string {
  return join(config.home, 'secret.key')
}

/**
 * Opens what the program needs, checking it first: adapters, calendar, procedures, secret, database, schema version. Throws HeduiError
 * DEFINITION_* or SOURCE_*, and then nothing is left open.
 */
export async function openHedui(config: Config, options: OpenOptions = {}): Promise<Hedui> {
  const adapters = await loadAdapters(config.adaptersFolder)
  const calendar = await loadCalendar(config)
  const procedures = await loadProcedures(config)
  const secret = await obtainSecret(config, options.notice)
  const { database, close, abandon } = await openDatabase(config, options)
  try {
    await migrate(database)
    if (config.citus) await layOnCitus(database)
    const hasher = createIdentityHasher(secret)
    await requireSameSecret(database, hasher.fingerprint)
    const vault = createIdentityVault(secret)
    const now = options.now ?? (() => new Date())
    return { config, database, adapters, calendar, procedures, secret, hasher, vault, now, close, abandon }
  } catch (error) {
    await close()
    throw error
  }
}

/** A connection by the settings: to DATABASE_URL where it is set, else to the embedded server, started if need be. */
export async function openDatabase(
  { databaseUrl, home }: Config,
  { notice, durable = true }: OpenOptions = {},
): Promise<Pick<Hedui, 'database' | 'close' | 'abandon'>> {
  if (databaseUrl) {
    const database = await connect(databaseUrl)
    return { database, close: () => database.close(), abandon: async () => {} }
  }
  const server = await openEmbeddedServer({ home, durable, ...(notice ? { notice } : {}) })
  try {
    const database = await connect(server.connectionString)
    const close = async () => {
      await database.close()
      await server.close()
    }
    return { database, close, abandon: () => server.close() }
  } catch (error) {
    await server.close()
    throw error
  }
}

/**
 * The secret of the settings, or the one kept under HEDUI_HOME, made at the first use. With a DATABASE_URL there must
 * be one in the settings: a secret beside one of several machines would be lost with it, and every row with the secret.
 */
export async function obtainSecret(config: Config, notice?: (text: string) => void): Promise<Buffer> {
  if (config.secret) return config.secret
  if (config.databaseUrl) {
    throw new HeduiError(
      'DEFINITION_SECRET',
      'HEDUI_SECRET is not set: with a DATABASE_URL the secret comes from the configuration (openssl rand -base64 32), ' +
        'and losing it orphans every row',
    )
  }
  const file = secretFile(config)
  const kept = await readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return null
    throw new HeduiError('DEFINITION_SECRET', `the secret cannot be read: ${error.code}`, { file, cause: error })
  })
  if (kept !== null) return parseSecret(kept)
  await mkdir(config.home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  try {
    await writeFile(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
    notice?.(`a secret was made in ${file}: keep a copy (hedui keys backup FILE), for without it the rows find nobody`)
  } catch (error) {
    // Another process made it in the same moment: its secret is the secret.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new HeduiError('DEFINITION_SECRET', 'the secret cannot be written', { file, cause: error })
    }
  }
  return parseSecret(await readFile(file, 'utf8'))
}
