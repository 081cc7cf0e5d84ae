import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { requireSoundFacts } from '../../src/domain/stored-facts.ts'
import type { RuleSet } from '../../src/rules/rule-set.ts'
import { isDatabaseAway } from '../../src/services/as-source-error.ts'
import { showRun } from '../../src/services/follow-run.ts'
import { loadRuleSet } from '../../src/services/load-rule-set.ts'
import { RangePool } from '../../src/services/range-pool.ts'
import { run } from '../support/cli.ts'
import { fillRegister, idAt } from '../support/many-households.ts'
import { rulesFolder } from '../support/rule-folders.ts'
import { beginRun, doRun, linesOf } from '../support/runs.ts'
import { createWork, errorOf } from '../support/work.ts'

const HOUSEHOLDS = 1500
const work = await createWork(t)
await fillRegister(work, HOUSEHOLDS)
const { hedui } = work

const ofHousehold = (change: string) => `update household_version set facts = ${change} where household_id = $1`
const ofPerson = (change: string) => `update household_person set facts = ${change} where household_id = $1`
const without = (field: string) => `(facts::jsonb - '${field}')::json`
const having = (field: string, value: string) => `jsonb_set(facts::jsonb, '{${field}}', '${value}')::json`

/** One in a hundred, each broken in a way of its own. */
const BREAKS: readonly string[] = [
  ofHousehold(`'{}'`),
  ofHousehold(`'null'`),
  ofHousehold(`'[1, 2]'`),
  ofHousehold(without('region')),
  ofHousehold(without('scheme')),
  ofHousehold(having('savings', '"much"')),
  ofHousehold(having('region', '3699')),
  ofHousehold(having('id', '"H999999"')),
  ofPerson(`'{}'`),
  ofPerson(`'"P1"'`),
  ofPerson(without('hasNumber')),
  ofPerson(without('role')),
  ofPerson(having('monthlyIncome', '"12.5"')),
  ofPerson(having('authorization', '{"signedOn": 7}')),
  'delete from household_person where household_id = $1',
]
const broken = BREAKS.map((_, i) => idAt(100 * i + 37))

const { run: sound } = await beginRun(work)
await doRun(work, sound)
const expected = (await linesOf(work, sound)).filter((line) => !broken.includes(JSON.parse(line).householdId))
for (const [i, text] of BREAKS.entries()) await work.query(text, [broken[i]])

t.test('a run in which one household in a hundred is broken finishes, names them, and the rest is right', async (t) => {
  t.equal(expected.length, HOUSEHOLDS - BREAKS.length)
  const { run: id } = await beginRun(work)
  await doRun(work, id)
  const shown = await showRun(hedui, id)
  t.match(shown, { state: 'finished', done: HOUSEHOLDS, households: HOUSEHOLDS, reason: null })
  t.same(
    shown.failures,
    broken.map((householdId) => ({ householdId, code: 'RECORD_MALFORMED' })),
  )
  t.equal(shown.counts?.households, HOUSEHOLDS - BREAKS.length)
  t.same(await linesOf(work, id), expected)
})

t.test('check says which could not be checked, and its exit code is 1', async (t) => {
  const out = join(work.folder, 'results.ndjson')
  const command = ['check', '--all', '--as-of', '2026-11-01', '--out', out]
  const { code, stderr } = await run(command, { DATABASE_URL: hedui.config.databaseUrl!, HEDUI_THREADS: '2' })
  t.equal(code, 1, stderr)
  t.match(stderr, new RegExp(`^${HOUSEHOLDS - BREAKS.length} households as of 2026-11-01: `, 'm'))
  const named = broken.map((id) => `${id} \\(RECORD_MALFORMED\\)`).join(', ')
  t.match(stderr, new RegExp(`^${BREAKS.length} households could not be checked: ${named}$`, 'm'))
  for (const id of broken) t.match(stderr, new RegExp(`^household ${id} could not be checked`, 'm'))
  t.notMatch(stderr, /much|12\.5|defect/, 'and no value of theirs')
  const lines = readFileSync(out, 'utf8').trim().split('\n')
  const id = JSON.parse(lines[0]!).run
  t.same(
    lines.map((line) => line.replaceAll(id, 'RUN')),
    expected,
  )
})

t.test('what is wrong with the facts is told by field, without values', async (t) => {
  const error = await errorOf(
    (async () => requireSoundFacts('H1', { id: 'H1', scheme: 'none', savings: 'much' }, []))(),
  )
  t.match(error, { code: 'RECORD_MALFORMED', message: /household\.savings must be integer/ })
  t.match(error.message, /household lacks the field "region"/)
  t.notMatch(error.message, /much/)
})

t.test('threads that cannot reach the database or die do not end a run, and new ones go on', async (t) => {
  const { run: id, ranges } = await beginRun(work)
  const setup = {
    connectionString: hedui.config.databaseUrl!,
    adaptersFolder: hedui.config.adaptersFolder,
    worker: 'threads',
  }
  const nowhere = { ...setup, connectionString: 'postgres://nobody@127.0.0.1:1/none' }
  const away = new RangePool(nowhere, { size: 2, onNotice: () => {} })
  const error = await errorOf(away.take({ run: id, number: null }))
  t.match(error, { code: 'SOURCE_DATABASE', message: /nothing answers/ })
  t.ok(error.cause, 'the database is away, which is no defect of the run')
  await away.close()
  await t.rejects(away.take({ run: id, number: null }), /ended/, 'none begins after the end')
  const wrong = new RangePool({ ...setup, adaptersFolder: '/nowhere' }, { size: 1, onNotice: () => {} })
  t.match(await errorOf(wrong.take({ run: id, number: null })), { code: /DEFINITION_ADAPTER|INPUT_FILE/ })
  await wrong.close()

  const pool = new RangePool(setup, { size: 2, onNotice: () => {} })
  const takes = Array.from({ length: ranges + 2 }, () => pool.take({ run: id, number: null }))
  const done = await Promise.all(takes)
  t.same(done.flatMap((range) => range?.number ?? []).sort(), [0, 1, 2])
  await pool.close()
  await doRun(work, id)
  t.same(await linesOf(work, id), expected)
})

t.test('threads started before there is a range are ready for it, and are no more than asked for', async (t) => {
  const setup = {
    connectionString: hedui.config.databaseUrl!,
    adaptersFolder: hedui.config.adaptersFolder,
    worker: 'early',
  }
  const connected = async () => {
    const [row] = await work.query<{ n: number }>(
      `select count(distinct pid)::int as n from pg_stat_activity where datname = current_database() and application_name = 'hedui'`,
    )
    return row!.n
  }
  const before = await connected()
  const pool = new RangePool(setup, { size: 2, onNotice: () => {} })
  pool.start()
  pool.start()
  while ((await connected()) < before + 2) await sleep(20)
  const { run: id, ranges } = await beginRun(work)
  const takes = await Promise.all(Array.from({ length: ranges + 2 }, () => pool.take({ run: id, number: null })))
  t.same(takes.flatMap((range) => range?.number ?? []).sort(), [0, 1, 2])
  // Each thread has two connections at most: one does a range, another opens the run.
  t.ok((await connected()) <= before + 4)
  await pool.close()
  pool.start()
  await t.rejects(pool.take({ run: id, number: null }), /ended/)
  await doRun(work, id)
  t.same(await linesOf(work, id), expected)
})

t.test('a thread that loses its connection in the middle of a range leaves it to the next', async (t) => {
  await work.query(`create function linger() returns trigger language plpgsql as
    $$ begin perform pg_sleep(5); return new; end $$`)
  await work.query('create trigger linger before insert on run_range_done for each row execute function linger()')
  const { run: id } = await beginRun(work, { scope: { region: '369901001' } })
  const setup = {
    connectionString: hedui.config.databaseUrl!,
    adaptersFolder: hedui.config.adaptersFolder,
    worker: 'lost',
  }
  const pool = new RangePool(setup, { size: 1, onNotice: () => {} })
  const lost = errorOf(pool.take({ run: id, number: null }))
  const lingering = `select pg_terminate_backend(pid) from pg_stat_activity
    where query like 'insert into run_range_done%' and state = 'active' and datname = current_database()`
  while ((await work.query(lingering)).length === 0) await sleep(20)
  const error = await lost
  t.match(error, { code: 'SOURCE_DATABASE' })
  t.ok(isDatabaseAway(error), 'which does not count against the run')
  await work.query('drop trigger linger on run_range_done')
  t.equal((await pool.take({ run: id, number: null }))?.number, 0, 'the thread goes on')
  await pool.close()
  await doRun(work, id)
  const one = expected.filter((line) => Number(JSON.parse(line).householdId.slice(1)) % 5 === 1)
  t.same(await linesOf(work, id), one)
})

t.test('runs of different days and rules at once, by several workers, do not mix', async (t) => {
  const other = await loadRuleSet(rulesFolder(t, { limit: 0 }), hedui.adapters)
  const kinds = [
    {},
    { asOf: '2026-12-20' },
    { ruleSet: other, trial: true },
    { ruleSet: other, asOf: '2026-12-20', trial: true },
  ] as const
  const begin = ({ ruleSet = work.ruleSet, ...request }: { ruleSet?: RuleSet; asOf?: string; trial?: boolean }) =>
    beginRun({ ...work, ruleSet }, { size: 20, scope: { region: '369901001' }, ...request })
  const alone: string[][] = []
  for (const kind of kinds) {
    const { run: id } = await begin(kind)
    await doRun(work, id)
    alone.push(await linesOf(work, id))
  }
  t.equal(new Set(alone.map((lines) => lines.join('\n'))).size, kinds.length, 'each gives another answer')
  const runs = await Promise.all(kinds.map((kind) => begin(kind)))
  const setup = { connectionString: hedui.config.databaseUrl!, adaptersFolder: hedui.config.adaptersFolder }
  const pools = ['a', 'b'].map((worker) => new RangePool({ ...setup, worker }, { size: 2, onNotice: () => {} }))
  await Promise.all(
    pools.flatMap((pool) =>
      Array.from({ length: 20 }, (_, i) => i).flatMap(() =>
        runs.map(({ run: id }) => pool.take({ run: id, number: null })),
      ),
    ),
  )
  await Promise.all(pools.map((pool) => pool.close()))
  for (const [i, { run: id }] of runs.entries()) {
    await doRun(work, id)
    t.same(await linesOf(work, id), alone[i], JSON.stringify({ ...kinds[i], ruleSet: undefined }))
    const workers = await work.query('select distinct worker from run_range_done where run_id = $1 order by 1', [id])
    t.same(workers, [{ worker: 'a' }, { worker: 'b' }], 'both had a part in it')
  }
})
