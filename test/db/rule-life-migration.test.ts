import { randomUUID } from 'node:crypto'
import t from 'tap'
import { connect } from '../../src/db/connect.ts'
import { MIGRATIONS } from '../../src/db/migrate.ts'
import { createDatabase } from '../support/hedui.ts'

t.test('results of trials from before move to the table of their own', async (t) => {
  const { connectionString } = await createDatabase(t)
  const database = await connect(connectionString)
  t.teardown(() => database.close())
  await database.pool.query('drop schema public cascade; create schema public')
  const names = Object.keys(MIGRATIONS)
  const at = names.indexOf('004-rule-life')
  for (const name of names.slice(0, at)) await MIGRATIONS[name]!.up(database.kysely)
  const [live, trial] = [randomUUID(), randomUUID()]
  for (const id of [live, trial]) {
    await database.pool.query(
      `insert into run (id, as_of, scope, rule_set, trial, actor, deliveries, started_at)
       values ($1, '2026-11-01', '{}', 'x', $2, 'test', '[]', now())`,
      [id, id === trial],
    )
    for (const household of ['H1', 'H2']) {
      await database.pool.query(`insert into check_result values ($1, $2, $1, 'clear', '{}')`, [id, household])
    }
  }
  await MIGRATIONS['004-rule-life']!.up(database.kysely)
  const results = async (table: string) =>
    (await database.pool.query(`select run_id, household_id from ${table} order by household_id`)).rows
  t.same(await results('check_result'), [
    { run_id: live, household_id: 'H1' },
    { run_id: live, household_id: 'H2' },
  ])
  t.same(await results('trial_result'), [
    { run_id: trial, household_id: 'H1' },
    { run_id: trial, household_id: 'H2' },
  ])
})
