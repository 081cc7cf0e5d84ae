import { randomUUID } from 'node:crypto'
import t from 'tap'
import { connect } from '../../src/db/connect.ts'
import { MIGRATIONS } from '../../src/db/migrate.ts'
import { createDatabase } from '../support/hedui.ts'
import { householdOf, LI, memberOf, WANG } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const MIGRATION = '007-local-joins'

t.test('people of households from before keep since when they are known, and what they belong to', async (t) => {
  const { connectionString } = await createDatabase(t)
  const database = await connect(connectionString)
  t.teardown(() => database.close())
  await database.pool.query('drop schema public cascade; create schema public')
  const names = Object.keys(MIGRATIONS)
  for (const name of names.slice(0, names.indexOf(MIGRATION))) await MIGRATIONS[name]!.up(database.kysely)
  await database.pool.query(`
    insert into person values ('\\x01', '\\xaa', true, '\\x', '2026-05-01 00:00:00.123456Z'),
      ('\\x02', '\\xbb', true, '\\x', '2026-06-01Z')`)
  const versions = [
    ['H1', '\\x01'],
    ['H1', '\\x01'],
    ['H2', '\\x01'],
    ['H2', '\\x02'],
  ]
  for (const [household, person] of versions) {
    await database.pool.query(`insert into household_person values ($1, $2, 0, $3, '\\xaa', true, '{}')`, [
      household,
      randomUUID(),
      person,
    ])
  }
  await MIGRATIONS[MIGRATION]!.up(database.kysely)
  const { rows: people } = await database.pool.query(
    'select distinct household_id, person_hash, known_since::text from household_person order by 1, 2',
  )
  t.same(
    people.map(({ household_id, person_hash, known_since }) => [
      household_id,
      person_hash.toString('hex'),
      known_since,
    ]),
    [
      ['H1', '01', '2026-05-01 00:00:00.123456+00'],
      ['H2', '01', '2026-05-01 00:00:00.123456+00'],
      ['H2', '02', '2026-06-01 00:00:00+00'],
    ],
  )
  const { rows: members } = await database.pool.query('select * from membership order by 1, 2')
  t.same(
    members.map(({ person_hash, household_id }) => [person_hash.toString('hex'), household_id]),
    [
      ['01', 'H1'],
      ['01', 'H2'],
      ['02', 'H2'],
    ],
  )
})

t.test(
  'an import keeps with each household since when the register knows its people, as the register does',
  async (t) => {
    const work = await createWork(t)
    await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
    await work.importLines([
      householdOf('H1', [memberOf('P1', WANG)], { address: '云溪县北沟乡2号' }),
      householdOf('H2', [memberOf('P1', LI), memberOf('P2', WANG)]),
    ])
    const differing = `select household_id from household_person h left join person p using (person_hash)
    where h.known_since is distinct from p.known_since`
    t.same(await work.query(differing), [])
    const counts = await work.query(
      'select count(*)::int as people, count(distinct known_since)::int as times from household_person',
    )
    t.same(counts, [{ people: 4, times: 2 }], 'WANG since the first import, LI since the second')
    const members = await work.query(
      'select household_id, count(*)::int as people from membership group by 1 order by 1',
    )
    t.same(members, [
      { household_id: 'H1', people: 1 },
      { household_id: 'H2', people: 2 },
    ])
  },
)
