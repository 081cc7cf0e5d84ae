import t, { type Test } from 'tap'
import { connect, type Database } from '../../src/db/connect.ts'
import { distributePartition, layOnCitus, PLACEMENTS } from '../../src/db/distribute.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openHedui } from '../../src/services/open-hedui.ts'
import { rowOf } from '../support/departments.ts'
import { createDatabase, createHedui, testConfig } from '../support/hedui.ts'
import { WANG } from '../support/people.ts'
import { createWork, errorOf } from '../support/work.ts'

/** The functions and the catalog of Citus as far as the program calls them; they note what they are told and move no row. */
async function standIn(database: Pick<Database, 'pool'>, version = '12.1-1'): Promise<void> {
  await database.pool.query(`
    insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
    values (999999, 'citus', 10, 'pg_catalog'::regnamespace, false, '${version}');
    create table pg_dist_partition (logicalrelid regclass, partmethod "char", partkey text, beside text);
    create table moved (name regclass);
    create function column_to_column_name(regclass, text) returns text language sql as 'select $2';
    create function create_distributed_table(regclass, text, colocate_with text) returns void language sql as
      $$insert into pg_dist_partition values ($1, 'h', $2, colocate_with)$$;
    create function truncate_local_data_after_distributing_table(regclass) returns void language sql as
      'insert into moved values ($1)'`)
}

async function open(test: Test): Promise<Database> {
  const { connectionString } = await createDatabase(test)
  const database = await connect(connectionString)
  test.teardown(() => database.close())
  return database
}

const distributed = async ({ pool }: Pick<Database, 'pool'>) =>
  (await pool.query('select logicalrelid::text as name, partkey, beside from pg_dist_partition')).rows.map(
    ({ name, partkey, beside }) => `${name} by ${partkey} beside ${beside}`,
  )

t.test('every table has a place, and lies beside one that comes before it', async (t) => {
  const database = await open(t)
  const { rows } = await database.pool.query(`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname not like 'kysely%'`)
  t.same(rows.map(({ name }) => name).toSorted(), Object.keys(PLACEMENTS).toSorted())
  const before = new Set<string>()
  for (const [table, placement] of Object.entries(PLACEMENTS)) {
    if (placement !== 'coordinator' && placement.beside) t.ok(before.has(placement.beside), table)
    before.add(table)
  }
})

t.test('tables that lie beside each other are cut by columns of one type and collation', async (t) => {
  const database = await open(t)
  const typeOf = async (table: string, column: string) => {
    const { rows } = await database.pool.query(
      `select atttypid::regtype::text as type, attcollation, attnotnull from pg_attribute
       where attrelid = $1::regclass and attname = $2`,
      [table, column],
    )
    return rows[0]
  }
  for (const [table, placement] of Object.entries(PLACEMENTS)) {
    if (placement === 'coordinator') continue
    const own = await typeOf(table, placement.by)
    t.equal(own?.attnotnull, true, `${table}.${placement.by} is never null`)
    const leader = placement.beside ? PLACEMENTS[placement.beside] : placement
    if (leader === 'coordinator') t.fail(`${table} lies beside a table of the coordinator`)
    else t.same(own, await typeOf(placement.beside ?? table, leader.by), table)
  }
})

t.test('every unique key holds the column that its table is cut by; no foreign key, trigger or sequence', async (t) => {
  const database = await open(t)
  const { rows: keys } = await database.pool.query(`
    select t.relname as name, i.indexrelid::regclass::text as index,
      array(select attname::text from pg_attribute a where a.attrelid = t.oid and a.attnum = any(i.indkey)) as columns
    from pg_index i join pg_class t on t.oid = i.indrelid
    where i.indisunique and t.relnamespace = 'public'::regnamespace and t.relname not like 'kysely%'`)
  t.ok(keys.length >= 20)
  for (const { name, index, columns } of keys) {
    const placement = PLACEMENTS[name as keyof typeof PLACEMENTS]
    if (placement !== 'coordinator') t.ok(columns.includes(placement.by), `${index} holds ${placement.by}`)
  }
  const { rows: others } = await database.pool.query(`
    select conname as name from pg_constraint where contype = 'f'
    union all select tgname from pg_trigger where not tgisinternal
    union all select relname from pg_class where relkind = 'S'`)
  t.same(others, [])
})

t.test('HEDUI_CITUS=1 without Citus stops the program, and says what is missing', async (t) => {
  const { connectionString } = await createDatabase(t)
  const error = await errorOf(openHedui(testConfig(connectionString, { HEDUI_CITUS: '1' })))
  t.match(error, {
    code: 'DEFINITION_SETTING',
    message: /HEDUI_CITUS is 1 and the database has no Citus.*create extension/,
  })
  t.throws(() => testConfig(connectionString, { HEDUI_CITUS: 'yes' }), { code: 'DEFINITION_SETTING' })
})

t.test('a Citus that is too old is refused', async (t) => {
  const database = await open(t)
  await standIn(database, '11.3-1')
  t.match(await errorOf(layOnCitus(database)), {
    code: 'DEFINITION_SETTING',
    message: /Citus 12 or later, not 11\.3-1/,
  })
})

t.test('lays each table once, however often and by however many it is called', async (t) => {
  const database = await open(t)
  await standIn(database)
  const laid = (await Promise.all([layOnCitus(database), layOnCitus(database), layOnCitus(database)])).flat()
  const cut = Object.entries(PLACEMENTS).flatMap(([table, placement]) =>
    placement === 'coordinator' ? [] : [`${table} by ${placement.by} beside ${placement.beside ?? 'none'}`],
  )
  t.same(
    laid.map((table) => cut.find((line) => line.startsWith(`${table} by`))),
    cut,
    'in their order',
  )
  t.same(await distributed(database), cut)
  t.same(await layOnCitus(database), [])
  t.same((await database.pool.query('select * from moved')).rows, [], 'empty tables leave nothing behind')
})

t.test('goes on where it was ended, and refuses a table that somebody cut otherwise', async (t) => {
  const database = await open(t)
  await standIn(database)
  await database.pool.query(`select create_distributed_table('person', 'person_hash', colocate_with => 'none')`)
  await database.pool.query(`select create_distributed_table('run', 'id', colocate_with => 'none')`)
  t.match(await errorOf(layOnCitus(database)), { code: 'SOURCE_SCHEMA', message: /run is distributed by id/ })
  await database.pool.query(`delete from pg_dist_partition where logicalrelid = 'run'::regclass`)
  const rest = Object.values(PLACEMENTS).filter((placement) => placement !== 'coordinator').length - 1
  t.equal((await distributed(database)).length - 1, rest, 'what was laid before stays')
  t.same(await layOnCitus(database), [])
})

t.test('rows of a database that was migrated before leave the coordinator', async (t) => {
  const database = await open(t)
  await database.pool.query(`insert into person values ('\\x01', '\\x02', true, '\\x03', now())`)
  await standIn(database)
  await layOnCitus(database)
  t.same((await database.pool.query('select name::text from moved')).rows, [{ name: 'person' }])
})

t.test('a partition is cut before it is loaded where the schema is on Citus, whatever the setting says', async (t) => {
  const hedui = await createHedui(t)
  await standIn(hedui.database)
  await layOnCitus(hedui.database)
  const work = await createWork(t, hedui)
  const { delivery, kept } = await work.deliver('vehicle', [rowOf.vehicle(WANG)])
  t.equal(kept, 1)
  const name = `record_${delivery.replaceAll('-', '')}`
  t.ok((await distributed(hedui.database)).includes(`${name} by person_hash beside record`))
})

t.test('without Citus a partition is left as it is', async (t) => {
  const database = await open(t)
  const client = await database.pool.connect()
  t.teardown(() => client.release())
  await distributePartition(client, 'record')
  await standIn(database)
  await distributePartition(client, 'record')
  t.same(await distributed(database), [], 'nor where Citus is there for somebody else')
  t.same(await migrate(database), [])
})
