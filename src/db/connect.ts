import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { HeduiError } from '../errors.ts'
import type { Tables } from './tables.ts'

export interface Database {
  readonly kysely: Kysely<Tables>
  /** For COPY and session locks, which need a connection of their own. */
  readonly pool: pg.Pool
  close(): Promise<void>
}

/** What can be asked: the pool, or one connection with its transaction. */
export type Reader = Pick<pg.ClientBase, 'query'>

/**
 * Runs `work` in one read-committed or frozen transaction on a connection of its own. Frozen: all its statements see the
 * database as it was at the first (repeatable read).
 */
export async function inTransaction<T>(
  { pool }: Database,
  work: (client: pg.PoolClient) => Promise<T>,
  { frozen = false } = {},
): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query(frozen ? 'begin isolation level repeatable read' : 'begin')
    const result = await work(client)
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    // A connection that cannot even roll back is not used again.
    await client.query('rollback').then(
      () => client.release(),
      (failure) => client.release(failure),
    )
    throw error
  }
}

// Dates are calendar dates, not instants of the server's zone; bigints here are byte counts below 2^53.
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.DATE, (text: string) => text)
types.setTypeParser(pg.types.builtins.INT8, Number)

const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'the password was refused',
  '28000': 'the user was refused',
  '3D000': 'there is no such database',
  ECONNREFUSED: 'nothing answers at this address',
  ENOTFOUND: 'the host name is not known',
  ETIMEDOUT: 'no answer in time',
}

/** The reason in words for an error of the driver; the address and the user name are the reader's own, the password is not told. */
export function databaseError(error: unknown, connectionString: string): HeduiError {
  if (error instanceof HeduiError) return error
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const { host, pathname, username } = new URL(connectionString)
  const why = REFUSALS[code] ?? message
  return new HeduiError(
    'SOURCE_DATABASE',
    `the database ${pathname.slice(1)} at ${host} cannot be used as ${username || 'the default user'}: ${why}`,
    { cause: error },
  )
}

/** Classes of SQLSTATE that are about the server and not about a statement: connection, resources, operator, system. */
const FAILURE_STATES = /^(08|53|57P|58|28|3D000|55000)/
const FAILURE_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH'])
/** What the driver says without a code. */
const FAILURE_WORDS =
  /connection terminated|timeout exceeded when trying to connect|connection error and is not queryable/i

/**
 * The error of a database that cannot be used (gone, full, overloaded) as HeduiError SOURCE_DATABASE, or null for any
 * other error. Of the driver's message only the SQLSTATE is told: a message may hold values of a row.
 */
export function databaseFailure(error: unknown): HeduiError | null {
  if (error instanceof HeduiError) return null
  const { code = '', message = '' } = (error ?? {}) as { code?: unknown; message?: unknown }
  const state = typeof code === 'string' ? code : ''
  const failed = FAILURE_STATES.test(state) || FAILURE_CODES.has(state) || FAILURE_WORDS.test(String(message))
  if (!failed) return null
  const full = state === '53100' ? ': its disk is full' : ''
  return new HeduiError('SOURCE_DATABASE', `the database cannot be used${full}${state ? ` (${state})` : ''}`, {
    cause: error,
  })
}

/** Opens a pool and makes sure that the database answers. Throws HeduiError SOURCE_DATABASE with the reason. */
export async function connect(connectionString: string, { connections = 10 } = {}): Promise<Database> {
  const pool = new pg.Pool({
    connectionString,
    max: connections,
    types,
    application_name: 'hedui',
    connectionTimeoutMillis: 15_000,
    // A generic plan over many partitions costs hundreds of milliseconds, a custom one a fraction of one (design §13).
    options: '-c plan_cache_mode=force_custom_plan -c timezone=UTC',
  })
  // An idle connection that the server closes is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => {})
  // So would one in use without a listener of its own; the statement under way fails as well and tells.
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    await pool.query('select 1')
  } catch (error) {
    await pool.end()
    throw databaseError(error, connectionString)
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return Object.freeze({ kysely, pool, close: () => kysely.destroy() })
}
