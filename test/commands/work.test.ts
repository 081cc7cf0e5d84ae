import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { showRun } from '../../src/services/follow-run.ts'
import { run, start } from '../support/cli.ts'
import { createCliHome } from '../support/cli-home.ts'
import { fillRegister } from '../support/many-households.ts'
import { householdOf, memberOf, WANG } from '../support/people.ts'
import { beginRun, doRun, linesOf } from '../support/runs.ts'
import { createWork } from '../support/work.ts'

const HOUSEHOLDS = 2400
const CHECK = ['check', '--all', '--as-of', '2026-11-01']

const work = await createWork(t)
await fillRegister(work, HOUSEHOLDS)
const env = { DATABASE_URL: work.hedui.config.databaseUrl!, HEDUI_THREADS: '1', HEDUI_LOG_LEVEL: 'error' }

/** Makes each range take so much longer that several processes come to do some. */
async function linger(seconds: number): Promise<void> {
  await work.query(`create or replace function linger() returns trigger language plpgsql as
    $$ begin perform pg_sleep(${seconds}); return new; end $$`)
  await work.query(`create or replace trigger linger before insert on run_range_done
    for each row execute function linger()`)
}

const runs = async () =>
  (await work.query<{ id: string }>('select id from run order by started_at, id')).map(({ id }) => id)

/** Starts a check and waits until some of its run is done. */
async function startCheck() {
  const before = new Set(await runs())
  const checking = start(CHECK, env)
  t.teardown(() => checking.child.kill('SIGKILL'))
  let id: string | undefined
  await until(async () => {
    id = (await runs()).find((one) => !before.has(one))
    return id !== undefined
  })
  await until(async () => (await showRun(work.hedui, id!)).done > 0)
  return { checking, id: id! }
}

async function until(holds: () => Promise<boolean>, seconds = 60): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !(await holds()); await sleep(25)) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${holds}`)
  }
}

t.test('two workers and a check share its run, and its results are those of one', async (t) => {
  // A worker that misses the news finds the run after five seconds: there must be something left by then.
  await linger(3)
  const { run: alone } = await beginRun(work, { size: 1000 })
  await doRun(work, alone)
  const workers = [start(['work'], env), start(['work'], env)]
  t.teardown(() => workers.map(({ child }) => child.kill('SIGKILL')))
  await Promise.all(workers.map((worker) => worker.says(/working with 1 threads/)))
  const out = join(work.folder, 'results.ndjson')
  const checked = await run([...CHECK, '--out', out, '--json'], env)
  t.equal(checked.code, 0, checked.stderr)
  const summary = JSON.parse(checked.stdout)
  t.match(summary, { households: HOUSEHOLDS, failures: [] })
  const lines = readFileSync(out, 'utf8').trim().split('\n')
  t.equal(
    lines.map((line) => line.replaceAll(summary.run, 'RUN')).join('\n') === (await linesOf(work, alone)).join('\n'),
    true,
  )
  const took = await work.query<{ worker: string }>('select distinct worker from run_range_done where run_id = $1', [
    summary.run,
  ])
  const pids = workers.map(({ child }) => String(child.pid))
  t.same(
    took
      .map(({ worker }) => worker)
      .filter((worker) => pids.includes(worker))
      .sort(),
    pids.toSorted(),
    'each worker did some',
  )
  t.equal(took.length, 3, 'and so did the check')
  for (const { child, done } of workers) {
    child.kill('SIGTERM')
    t.match(await done, { code: 0, signal: null, stderr: /stopping …/ })
  }
})

t.test('SIGTERM ends a worker after the range under way, and the next goes on', async (t) => {
  await linger(1)
  const { run: id, ranges } = await beginRun(work)
  const worker = start(['work'], env)
  t.teardown(() => worker.child.kill('SIGKILL'))
  const lingering = `select 1 from pg_stat_activity where query like 'insert into run_range_done%' and state = 'active'`
  const other = `datname = current_database()`
  await until(async () => (await work.query(`${lingering} and ${other}`)).length > 0)
  const before = (await showRun(work.hedui, id)).done
  worker.child.kill('SIGTERM')
  t.match(await worker.done, { code: 0, signal: null })
  const after = await showRun(work.hedui, id)
  t.match(after, { state: 'running' })
  t.equal(after.done, before + 500, 'the range under way is done, and no other')
  const next = start(['work'], env)
  t.teardown(() => next.child.kill('SIGKILL'))
  await until(async () => (await showRun(work.hedui, id)).state === 'finished')
  t.equal((await showRun(work.hedui, id)).done, HOUSEHOLDS)
  t.equal(ranges, 5)
  next.child.kill('SIGINT')
  t.match(await next.done, { code: 0 })
})

t.test('Ctrl-C cancels the run of a check, which a worker can go on with when it is resumed', async (t) => {
  await linger(0.5)
  const { checking, id } = await startCheck()
  checking.child.kill('SIGINT')
  const { code, stderr } = await checking.done
  t.equal(code, 130)
  t.match(stderr, new RegExp(`the run was cancelled; hedui runs resume ${id} lets it go on`))
  const cancelled = await showRun(work.hedui, id)
  t.match(cancelled, { state: 'cancelled', reason: 'interrupted' })
  t.ok(cancelled.done < HOUSEHOLDS)
  const worker = start(['work'], env)
  t.teardown(() => worker.child.kill('SIGKILL'))
  await worker.says(/working/)
  await sleep(500)
  t.equal((await showRun(work.hedui, id)).state, 'cancelled', 'nobody goes on unasked')
  const resumed = await run(['runs', 'resume', id, '--actor', 'Chen', '--reason', 'go on'], env)
  t.equal(resumed.code, 0, resumed.stderr)
  await until(async () => (await showRun(work.hedui, id)).state === 'finished')
  t.equal((await linesOf(work, id)).length, HOUSEHOLDS)
  worker.child.kill('SIGTERM')
  await worker.done
})

t.test('a check whose run somebody cancels says so and ends with 1', async (t) => {
  await linger(0.5)
  const { checking, id } = await startCheck()
  t.equal((await run(['runs', 'cancel', id, '--actor', 'Chen', '--reason', 'too early'], env)).code, 0)
  t.match(await checking.done, { code: 1, stderr: new RegExp(`STATE_RUN the run ${id} is cancelled: too early`) })
})

t.test('without a queue a check is done, and workers find runs by themselves', async (t) => {
  await linger(0)
  // Something else stands where the queue would make its tables.
  await work.query('drop schema if exists pgboss cascade')
  await work.query('create schema pgboss')
  await work.query('create table pgboss.version (version text)')
  await work.query(`insert into pgboss.version values ('1')`)
  const { code, stderr } = await run(CHECK, env)
  t.equal(code, 0, stderr)
  const { run: id } = await beginRun(work)
  const worker = start(['work'], env)
  t.teardown(() => worker.child.kill('SIGKILL'))
  await worker.says(/the queue failed; runs are found without it/)
  await until(async () => (await showRun(work.hedui, id)).state === 'finished')
  worker.child.kill('SIGTERM')
  t.match(await worker.done, { code: 0 })
})

t.test(
  'a worker keeps the embedded server when a check beside it ends, and stops it when it ends itself',
  async (t) => {
    const home = createCliHome(t)
    const file = join(home.above, 'households.ndjson')
    writeFileSync(file, `${JSON.stringify(householdOf('H1', [memberOf('P1', WANG)]))}\n`)
    t.equal((await home.run('households', 'import', file)).code, 0)
    const worker = home.start('work')
    await worker.says(/working/)
    t.equal((await home.run('check', '--all')).code, 0)
    t.ok(home.serverPid(), 'the check was not the last one out')
    worker.child.kill('SIGTERM')
    t.match(await worker.done, { code: 0, signal: null })
    t.equal(home.serverPid(), undefined)
  },
)
