import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openEmbeddedServer } from '../../src/db/embedded-server.ts'
import { listRunEvents } from '../../src/db/queries/run-ranges.ts'
import { createRandom } from '../../src/sample/prng.ts'
import { showRun } from '../../src/services/follow-run.ts'
import { openHedui } from '../../src/services/open-hedui.ts'
import { type Running, start } from '../support/cli.ts'
import { freshHome, isRunning, serverPid, until } from '../support/embedded-home.ts'
import { ROOT, TODAY, testConfig } from '../support/hedui.ts'
import { fillRegister } from '../support/many-households.ts'
import { beginRun, doRun, linesOf } from '../support/runs.ts'
import { createWork } from '../support/work.ts'

t.setTimeout(600_000)

const HOUSEHOLDS = 5000
/** What is killed in the middle of each run, in turn: ten in all. */
const RUNS = [
  ['worker', 'service'],
  ['database', 'worker'],
  ['service', 'database'],
  ['worker', 'database'],
  ['service', 'worker'],
] as const
type Victim = (typeof RUNS)[number][number]

const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000)
t.comment(`seed ${seed} (TEST_SEED gives it again)`)
const random = createRandom(seed)

const home = freshHome()
t.teardown(() => home.remove())
// Durable: what was said to be kept is there after the database’s death, as it is for users.
const server = await openEmbeddedServer({ home: home.home })
const DATABASE_URL = server.connectionString
// Rules of the test's own, which nobody edits between two starts of the service.
const HEDUI_RULES = join(home.above, 'rules')
cpSync(join(ROOT, 'rules'), HEDUI_RULES, { recursive: true })
const hedui = await openHedui(testConfig(DATABASE_URL, { HEDUI_RULES }), { now: () => TODAY })
t.teardown(() => hedui.close().catch(() => {}))
const work = await createWork(t, hedui)
await fillRegister(work, HOUSEHOLDS)
const { run: undisturbed } = await beginRun(work)
await doRun(work, undisturbed)
const expected = await linesOf(work, undisturbed)

// A range takes a quarter of a second longer, so that there is a middle of the run on any machine.
await work.query(`create function linger() returns trigger language plpgsql as
  $$ begin perform pg_sleep(0.25); return new; end $$`)
await work.query('create trigger linger before insert on run_range_done for each row execute function linger()')

const env = { DATABASE_URL, HEDUI_RULES, HEDUI_THREADS: '1', HEDUI_LOG_LEVEL: 'fatal' }
const alive = new Map<'worker' | 'service', Running>()
t.teardown(() => {
  for (const { child } of alive.values()) child.kill('SIGKILL')
})
let port = ''
/** Starts it again where it began while the database was away, which it refuses to. */
async function startSurely(name: 'worker' | 'service', args: string[], says: RegExp): Promise<RegExpMatchArray> {
  for (;;) {
    const program = start(args, env)
    alive.set(name, program)
    const said = await program.says(says).catch((error) => error as Error)
    if (!(said instanceof Error)) return said
    if (!/SOURCE_DATABASE/.test(said.message)) throw said
    await sleep(200)
  }
}
async function startWorker(): Promise<void> {
  await startSurely('worker', ['work'], /working with 1 threads/)
}
async function startService(): Promise<void> {
  port = (await startSurely('service', ['serve', '--port', '0'], /^http:\/\/127\.0\.0\.1:(\d+)\/$/m))[1]!
}

/** Of the test's own connections some are lost with the database. */
async function surely<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (tries > 100) throw error
      await sleep(100)
    }
  }
}

async function killProcess(name: 'worker' | 'service'): Promise<void> {
  const { child, done } = alive.get(name)!
  child.kill('SIGKILL')
  await done
}

const kill: Record<Victim, () => Promise<void>> = {
  worker: () => killProcess('worker'),
  service: () => killProcess('service'),
  database: async () => {
    const pid = serverPid(home.home)!
    process.kill(pid, 'SIGKILL')
    await until(() => !isRunning(pid))
    await sleep(random.int(1000))
    const again = await openEmbeddedServer({ home: home.home })
    t.equal(again.connectionString, DATABASE_URL, 'the server comes back where it was')
  },
}

/** Meanwhile the run goes on with who is left, and the next is killed. */
const revive: Record<Victim, () => Promise<void>> = {
  worker: startWorker,
  service: startService,
  database: async () => {},
}

await Promise.all([startWorker(), startService()])
for (const victims of RUNS) {
  t.test(`kill -9 of ${victims.join(', ')} in the middle of a run changes nothing of what comes of it`, async (t) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ scope: { all: true }, asOf: '2026-11-01' }),
    })
    t.equal(response.status, 202)
    const { run } = (await response.json()) as { run: string }
    const doneOf = async () => (await surely(() => showRun(hedui, run))).done
    let floor = 0
    const restarts: Promise<void>[] = []
    for (const victim of victims) {
      floor += random.int(1500)
      while ((await doneOf()) < floor) await sleep(20)
      await sleep(random.int(200))
      const done = await doneOf()
      await kill[victim]()
      t.comment(`${victim} killed when ${done} households were done`)
      t.ok(done < HOUSEHOLDS, 'in the middle of the run')
      t.ok((await doneOf()) >= done, 'what was done stays done')
      restarts.push(revive[victim]())
    }
    await Promise.all(restarts)
    for (let waited = 0; (await surely(() => showRun(hedui, run))).state === 'running'; waited++) {
      if (waited > 1200) throw new Error(`the run does not end: ${JSON.stringify(await showRun(hedui, run))}`)
      await sleep(100)
    }
    const shown = await surely(() => showRun(hedui, run))
    t.match(shown, { state: 'finished', done: HOUSEHOLDS, failures: [] }, shown.reason ?? '')
    t.match(shown.counts, { households: HOUSEHOLDS })
    const lines = await linesOf(work, run)
    t.equal(lines.length, HOUSEHOLDS)
    t.equal(lines.join('\n') === expected.join('\n'), true, 'byte for byte what comes of an undisturbed run')
    t.same(
      (await listRunEvents(hedui.database.pool, run)).map(({ action }) => action),
      ['created', 'finished'],
    )
    const kept = await work.query<{ n: number }>(
      `select count(*)::int as n from (select run_id from check_result union all select run_id from trial_result) r
       where run_id = $1`,
      [run],
    )
    t.equal(kept[0]!.n, HOUSEHOLDS, 'no half range, and none twice')
    const held = await work.query(
      `select from pg_stat_activity where application_name = 'hedui' and state like 'idle in transaction%'
       and xact_start < now() - interval '10 s'`,
    )
    t.equal(held.length, 0, 'nobody holds what they took')
  })
}

t.test('worker and service have lived through the database’s death, and end when they are asked', async (t) => {
  for (const [name, { child, done }] of alive) {
    child.kill('SIGTERM')
    const { code, signal, stderr } = await done
    t.match({ code, signal }, { code: 0, signal: null }, `${name}: ${stderr}`)
  }
})
