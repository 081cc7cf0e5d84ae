import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Test as TapTest } from 'tap'
import { type Config, loadConfig } from '../../src/config.ts'
import { connect } from '../../src/db/connect.ts'
import { openEmbeddedServer } from '../../src/db/embedded-server.ts'
import { migrate } from '../../src/db/migrate.ts'
import { type Hedui, openHedui } from '../../src/services/open-hedui.ts'

type Test = Pick<TapTest, 'teardown'>

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** The sample county of an independent program, where it lies beside the project. */
export const COUNTY = join(ROOT, '..', 'shared', 'county')
/** One server for all test files; it may lose its data in a power cut, and keeps it from one run to the next. */
export const TEST_HOME = join(ROOT, '.hedui', 'test')

/** A secret of the tests' own. */
export const SECRET = Buffer.alloc(32, 7)

/** A day on which the tests play, whatever the calendar says. */
export const TODAY = new Date('2026-11-01T04:00:00Z')

const MIGRATIONS = join(ROOT, 'src', 'db', 'migrations')
/** Named after what the migrations say, so that a changed one makes a new template. */
const TEMPLATE = `template_${createHash('sha256')
  .update(
    readdirSync(MIGRATIONS)
      .sort()
      .map((name) => readFileSync(join(MIGRATIONS, name), 'utf8'))
      .join('\0'),
  )
  .digest('hex')
  .slice(0, 16)}`

async function query(connectionString: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

export interface TestDatabase {
  readonly connectionString: string
}

/** A database of the test's own, cloned from a migrated template on a real server; dropped at the end of the test. */
export async function createDatabase(test: Test): Promise<TestDatabase> {
  mkdirSync(TEST_HOME, { recursive: true })
  const server = await openEmbeddedServer({ home: TEST_HOME, durable: false })
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await query(server.connectionStringFor('postgres'), async (client) => {
    // One at a time: a template cannot be copied while someone is connected to it.
    await client.query('select pg_advisory_lock(7)')
    const { rows } = await client.query('select from pg_database where datname = $1', [TEMPLATE])
    if (rows.length === 0) {
      await client.query('drop database if exists template_new with (force)')
      await client.query('create database template_new')
      const database = await connect(server.connectionStringFor('template_new'))
      await migrate(database)
      await database.close()
      await client.query(`alter database template_new rename to ${TEMPLATE}`)
    }
    await client.query(`create database ${name} template ${TEMPLATE}`)
  })
  test.teardown(async () => {
    await query(server.connectionStringFor('postgres'), (client) => client.query(`drop database ${name} with (force)`))
    await server.close()
  })
  return { connectionString: server.connectionStringFor(name) }
}

/** Settings for a test: a database given, the shipped rules and adapters. */
export function testConfig(databaseUrl: string, more: Readonly<Record<string, string>> = {}): Config {
  const env = { DATABASE_URL: databaseUrl, HEDUI_SECRET: SECRET.toString('base64'), HEDUI_LOG_LEVEL: 'silent', ...more }
  return loadConfig(env, ROOT)
}

/** All that the use cases need, on a database of the test's own, on TODAY. */
export async function createHedui(test: Test, more: Readonly<Record<string, string>> = {}): Promise<Hedui> {
  const { connectionString } = await createDatabase(test)
  const hedui = await openHedui(testConfig(connectionString, more), { now: () => TODAY })
  test.teardown(() => hedui.close())
  return hedui
}
