import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { run, start } from '../support/cli.ts'
import { rowOf, writeSource } from '../support/departments.ts'
import { householdOf, memberOf, personOf, WANG } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const work = await createWork(t)
await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
const env = { DATABASE_URL: work.hedui.config.databaseUrl! }
const ROWS = 30_000
const rows = Array.from({ length: ROWS }, (_, i) =>
  rowOf.vehicle(i === 0 ? WANG : personOf(2 + (i % 800), '孙无忌'), { 号牌号码: `赣XC${i}` }),
)
const large = writeSource(work.folder, 'vehicle', rows, { name: 'large.csv' })
const ingest = ['ingest', 'vehicle', large, '--as-of', '2026-10-25', '--json']

/** Waits until a delivery's rows are being loaded: its table is there and a COPY runs. */
async function loading(): Promise<number> {
  for (let tries = 0; tries < 3000; tries++) {
    const [copying] = await work.query<{ pid: number }>(
      `select pid from pg_stat_progress_copy where relid::regclass::text like 'record%' and tuples_processed > 1000`,
    )
    if (copying) return copying.pid
    await sleep(5)
  }
  throw new Error('nothing was loaded within 15 s')
}

const states = () =>
  work
    .query<{ state: string }>('select state from delivery order by received_at, id')
    .then((all) => all.map(({ state }) => state))
const visible = () => work.query<{ n: number }>('select count(*)::int as n from record').then(([row]) => row!.n)
const looseTables = () =>
  work.query(`select relname from pg_class where relname like 'record\\_%' and relkind = 'r' and not relispartition`)

t.test('kill -9 in the middle of loading leaves nothing visible, and the same command completes', async (t) => {
  const killed = start(ingest, env)
  await loading()
  killed.child.kill('SIGKILL')
  t.equal((await killed.done).signal, 'SIGKILL')
  t.equal(await visible(), 0)
  t.same(await states(), ['loading'])
  t.match((await work.resultsOf('H1')).get('vehicles'), { outcome: 'unverifiable' }, 'a check does not see it')
  const again = await run(ingest, env)
  t.equal(again.code, 0, again.stderr)
  t.match(JSON.parse(again.stdout), { state: 'published', rows: ROWS, repeated: false })
  t.same(await states(), ['failed', 'published'])
  t.equal(await visible(), ROWS)
  t.same(await looseTables(), [])
  t.match((await work.resultsOf('H1')).get('vehicles'), { outcome: 'warned', measure: 1 })
})

t.test('a connection lost in the middle is a clear error, and leaves nothing', async (t) => {
  const command = [...ingest.slice(0, 4), '2026-10-26', '--json']
  const going = start(command, env)
  const pid = await loading()
  await work.query('select pg_terminate_backend($1)', [pid])
  const { code, stdout, stderr } = await going.done
  t.equal(code, 1)
  t.equal(stdout, '')
  t.match(stderr, /hedui: SOURCE_\w+ /)
  t.notMatch(stderr, /postgres:\/\/|password|defect| at .*\.ts:/)
  t.equal(await visible(), ROWS, 'only what was there before')
  t.same((await states()).filter((state) => state === 'published').length, 1)
  t.match(await work.ingest('vehicle', large, { asOf: '2026-10-26' }), { state: 'published', rows: ROWS })
  t.same(await looseTables(), [])
  t.same(
    (await states()).filter((state) => state === 'loading'),
    [],
  )
})

t.test('of two processes that ingest one file at once one loads it', async (t) => {
  const command = [...ingest.slice(0, 4), '2026-10-27', '--json']
  const outcomes = await Promise.all([run(command, env), run(command, env)])
  const done = outcomes.filter(({ code }) => code === 0).map(({ stdout }) => JSON.parse(stdout))
  for (const { code, stderr } of outcomes) if (code !== 0) t.match(stderr, /STATE_BUSY/)
  t.equal(done.filter(({ repeated }) => !repeated).length, 1)
  const [count] = await work.query<{ n: number }>(
    `select count(*)::int as n from record join delivery d on d.id = delivery_id where d.as_of = '2026-10-27'`,
  )
  t.equal(count!.n, ROWS)
})

t.test('an import that is killed in the middle leaves nothing', async (t) => {
  const lines = Array.from({ length: 10_000 }, (_, i) =>
    JSON.stringify(householdOf(`X${i}`, [memberOf('P1', { ...personOf(1, '孙无忌'), idNumber: null as never })])),
  )
  const file = join(work.folder, 'households.ndjson')
  writeFileSync(file, lines.join('\n'))
  const killed = start(['households', 'import', file], env)
  const copying = `select 1 from pg_stat_activity where application_name = 'hedui' and query like 'copy household%'`
  for (let tries = 0; (await work.query(copying)).length === 0 && tries < 3000; tries++) await sleep(2)
  killed.child.kill('SIGKILL')
  t.equal((await killed.done).signal, 'SIGKILL')
  const [count] = await work.query<{ n: number }>('select count(*)::int as n from household_version')
  t.equal(count!.n, 1)
  const again = await run(['households', 'import', file], env)
  t.equal(again.code, 0, again.stderr)
  t.match(again.stdout, /10000 new/)
})
