import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { connect } from '../../src/db/connect.ts'
import { MIGRATIONS, migrate } from '../../src/db/migrate.ts'
import { dumpSchema } from '../../src/db/schema-dump.ts'
import { openHedui } from '../../src/services/open-hedui.ts'
import { createDatabase, ROOT, testConfig } from '../support/hedui.ts'
import { errorOf } from '../support/work.ts'

/** A database with no tables at all. */
async function createEmpty(test: Test) {
  const { connectionString } = await createDatabase(test)
  const database = await connect(connectionString)
  test.teardown(() => database.close())
  await database.pool.query('drop schema public cascade; create schema public')
  return database
}

t.test('the committed schema is what the migrations make', async (t) => {
  const database = await createEmpty(t)
  t.same(await migrate(database), Object.keys(MIGRATIONS))
  t.equal(await dumpSchema(database), readFileSync(join(ROOT, 'src', 'db', 'schema.sql'), 'utf8'))
})

t.test('the dump does not change with what is in the database', async (t) => {
  const database = await createEmpty(t)
  await migrate(database)
  const before = await dumpSchema(database)
  await database.pool.query(`
    create table record_x partition of record for values in ('00000000-0000-7000-8000-000000000000');
    insert into setting values ('a', 'b')`)
  t.equal(await dumpSchema(database), before)
})

t.test('migrating twice does nothing the second time', async (t) => {
  const database = await createEmpty(t)
  await migrate(database)
  t.same(await migrate(database), [])
})

t.test('two processes that migrate at once both succeed', async (t) => {
  const database = await createEmpty(t)
  const done = await Promise.all([migrate(database), migrate(database), migrate(database)])
  t.same(done.flat(), Object.keys(MIGRATIONS), 'and one of them did it')
})

t.test('a program older than the schema refuses it', async (t) => {
  const { connectionString } = await createDatabase(t)
  const database = await connect(connectionString)
  t.teardown(() => database.close())
  await database.pool.query(`insert into kysely_migration (name, timestamp) values ('999-of-next-year', 'x')`)
  t.match(await errorOf(migrate(database)), { code: 'SOURCE_SCHEMA', message: /999-of-next-year.*update the program/ })
  const opened = await errorOf(openHedui(testConfig(connectionString)))
  t.equal(opened.code, 'SOURCE_SCHEMA')
  const connections = async () => {
    const { rows } = await database.pool.query(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'hedui'`,
    )
    return rows[0].n
  }
  // A connection that was closed here may still be ending over there.
  for (let tries = 0; tries < 100 && (await connections()) > 1; tries++) await sleep(50)
  t.equal(await connections(), 1, 'the refused one leaves no connection open')
})

t.test('a migration that fails is an error and leaves the schema as it was', async (t) => {
  const database = await createEmpty(t)
  await database.pool.query('create table audit (other int)')
  const error = await errorOf(migrate(database))
  t.match(error, { code: 'SOURCE_SCHEMA', message: /001-ground-floor.*audit/ })
  const { rows } = await database.pool.query(`select to_regclass('setting') as there`)
  t.same(rows, [{ there: null }])
})
