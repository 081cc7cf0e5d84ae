import t from 'tap'
import { inTransaction } from '../../src/db/connect.ts'
import { addDoneRange, claimRange, listRunEvents } from '../../src/db/queries/run-ranges.ts'
import { checkRange } from '../../src/services/check-range.ts'
import { concludeRun } from '../../src/services/conclude-run.ts'
import { followResults, runStateOf, showRun } from '../../src/services/follow-run.ts'
import { listRunsToDo } from '../../src/services/list-runs.ts'
import { openRun } from '../../src/services/open-run.ts'
import { cancelRun, failRun, resumeRun } from '../../src/services/steer-run.ts'
import { giveUpRun, takeRanges } from '../../src/services/take-ranges.ts'
import { createHedui } from '../support/hedui.ts'
import { fillRegister, idAt } from '../support/many-households.ts'
import { beginRun, cutRun, doerHere, doRun, linesOf, rangeContext } from '../support/runs.ts'
import { createWork, errorOf } from '../support/work.ts'

const clock = { at: new Date('2026-11-01T04:00:00Z') }
const work = await createWork(t, { ...(await createHedui(t)), now: () => clock.at })
const { hedui } = work
const HOUSEHOLDS = 60
await fillRegister(work, HOUSEHOLDS)
const later = (seconds: number) => {
  clock.at = new Date(clock.at.getTime() + seconds * 1000)
}
const act = (run: string) => ({ run, actor: 'Chen', reason: 'for the test' })
const actionsOf = async (run: string) => (await listRunEvents(hedui.database.pool, run)).map(({ action }) => action)

t.test('in ranges of any size the results are those of one range, and there is something to get wrong', async (t) => {
  const { run: whole } = await beginRun(work)
  await doRun(work, whole)
  const expected = await linesOf(work, whole)
  t.equal(expected.length, HOUSEHOLDS)
  t.same(
    expected.map((line) => JSON.parse(line).householdId),
    Array.from({ length: HOUSEHOLDS }, (_, i) => idAt(i)),
  )
  t.ok(new Set(expected.map((line) => JSON.parse(line).outcome)).size > 1)
  for (const size of [1, 7, 59]) {
    const { run, ranges } = await beginRun(work, { size })
    t.equal(ranges, Math.ceil(HOUSEHOLDS / size))
    await doRun(work, run)
    t.same(await linesOf(work, run), expected, `ranges of ${size}`)
    const [one, other] = await Promise.all([showRun(hedui, run), showRun(hedui, whole)])
    t.same(one.counts, other.counts)
    t.match(one, { state: 'finished', done: HOUSEHOLDS, failures: [] })
  }
})

t.test('a range that is done twice leaves one result', async (t) => {
  const { run } = await beginRun(work, { size: 20 })
  const open = await openRun(hedui, run)
  const twice = await Promise.all([1, 2, 3, 4].map(() => checkRange(rangeContext(hedui), open, 1)))
  t.equal(twice.filter((done) => done !== null).length, 1)
  t.equal(await checkRange(rangeContext(hedui), open, 1), null)
  const results = await work.query<{ n: number }>('select count(*)::int as n from check_result where run_id = $1', [
    run,
  ])
  t.equal(results[0]!.n, 20)
  t.equal((await showRun(hedui, run)).done, 20)
})

t.test('of many workers at once no two take the same range, however short ranges are', async (t) => {
  const { run } = await beginRun(work)
  const ranges = 400
  await work.query('delete from run_range where run_id = $1', [run])
  await work.query(`insert into run_range select $1, i, array['X' || i] from generate_series(0, $2 - 1) i`, [
    run,
    ranges,
  ])
  const taken: number[] = []
  const counts = { households: 1, warned: 0, unverifiable: 0, clear: 1, leads: 0, warningsByRule: {} }
  const done = { counts, failures: [], shadows: [], worker: 'test', finishedAt: clock.at }
  let clashes = 0
  const takeOn = async () => {
    for (let last = false; !last; ) {
      await inTransaction(hedui.database, async (client) => {
        const range = await claimRange(client, run)
        last = range === undefined
        if (!range) return
        if (await addDoneRange(client, run, { number: range.number, ...done })) taken.push(range.number)
        else clashes += 1
      })
    }
  }
  await Promise.all(Array.from({ length: 8 }, takeOn))
  t.equal(clashes, 0, 'none was claimed that was done already')
  t.equal(new Set(taken).size, taken.length)
  t.equal(taken.length, ranges)
})

t.test('a range that breaks off is nobody’s, and is taken again', async (t) => {
  const { run } = await beginRun(work, { size: 30 })
  const open = await openRun(hedui, run)
  let held: Promise<unknown> = Promise.resolve()
  await inTransaction(hedui.database, async (client) => {
    t.equal((await claimRange(client, run))?.number, 0)
    const [{ timeout } = { timeout: '' }] = (
      await client.query(`select current_setting('idle_in_transaction_session_timeout') as timeout`)
    ).rows
    t.equal(timeout, '2min', 'a worker that hangs does not hold it for ever')
    t.equal((await checkRange(rangeContext(hedui), open))?.number, 1, 'another takes the next')
    t.equal(await checkRange(rangeContext(hedui), open), null, 'and none that is held')
    const { rows } = await client.query('select pg_backend_pid() as pid')
    held = work.query('select pg_terminate_backend($1)', [rows[0].pid])
    await held
    await client.query('select 1')
  }).catch(() => {})
  t.equal(await concludeRun(hedui, run), null)
  t.equal((await checkRange(rangeContext(hedui), open))?.number, 0)
  t.ok(await concludeRun(hedui, run))
})

t.test('progress is exact, and the rest is reckoned by the pace since the run went on', async (t) => {
  const { run } = await beginRun(work, { size: 20 })
  const open = await openRun(hedui, run)
  const next = () => checkRange(rangeContext(hedui), open)
  const progress = async () => {
    const { state, done, households, etaSeconds, counts } = await showRun(hedui, run)
    return [state, done, households, etaSeconds, counts?.households ?? null]
  }
  t.same(await progress(), ['running', 0, 60, null, null])
  later(10)
  t.same(await progress(), ['running', 0, 60, null, null])
  await next()
  t.same(await progress(), ['running', 20, 60, 20, null], '20 in 10 s, 40 to go')
  await cancelRun(hedui, act(run))
  t.same(await progress(), ['cancelled', 20, 60, null, null])
  later(3600)
  await resumeRun(hedui, act(run))
  t.same(await progress(), ['running', 20, 60, null, null], 'an hour in which nobody worked says nothing')
  later(5)
  await next()
  t.same(await progress(), ['running', 40, 60, 5, null], '20 in 5 s, 20 to go')
  await next()
  t.same(await progress(), ['running', 60, 60, 0, null], 'done, and not ended')
  await concludeRun(hedui, run)
  t.same(await progress(), ['finished', 60, 60, null, 60])
})

t.test('a run that is cancelled stops, and is completed when it is resumed', async (t) => {
  const { run: whole } = await beginRun(work)
  await doRun(work, whole)
  const { run } = await beginRun(work, { size: 10 })
  await doRun(work, run, 2)
  t.ok((await listRunsToDo(hedui)).includes(run))
  await cancelRun(hedui, act(run))
  t.notOk((await listRunsToDo(hedui)).includes(run), 'no worker takes it up')
  await doRun(work, run)
  t.match(await showRun(hedui, run), { state: 'cancelled', reason: 'for the test', done: 20, finishedAt: null })
  const lines: string[] = []
  const stopped = await errorOf(
    (async () => {
      for await (const some of followResults(hedui, run)) lines.push(...some)
    })(),
  )
  t.match(stopped, { code: 'STATE_RUN', message: /cancelled: for the test/ })
  t.equal(lines.length, 20, 'what is done is given')
  await resumeRun(hedui, act(run))
  await doRun(work, run)
  t.match(await showRun(hedui, run), { state: 'finished', reason: null, done: HOUSEHOLDS })
  t.same(await linesOf(work, run), await linesOf(work, whole))
  t.same(await actionsOf(run), ['created', 'cancelled', 'resumed', 'finished'])
})

t.test('what is allowed depends on the state, and a refusal says what is', async (t) => {
  const { run } = await beginRun(work, { size: 30 })
  const refused = async (work: Promise<unknown>, message: RegExp) => {
    const error = await errorOf(work)
    t.match(error, { code: 'STATE_RUN', status: 409, message })
  }
  await refused(resumeRun(hedui, act(run)), /is running; only one that is cancelled or failed can be resumed/)
  await cancelRun(hedui, act(run))
  await refused(cancelRun(hedui, act(run)), /is cancelled; only one that is running can be cancelled/)
  await failRun(hedui, act(run))
  t.equal((await showRun(hedui, run)).state, 'cancelled', 'one that was stopped does not fail')
  await resumeRun(hedui, act(run))
  await failRun(hedui, act(run))
  await refused(cancelRun(hedui, act(run)), /is failed; only one that is running can be cancelled/)
  await resumeRun(hedui, act(run))
  await doRun(work, run)
  await refused(cancelRun(hedui, act(run)), /is finished; only one that is running/)
  await refused(resumeRun(hedui, act(run)), /is finished; only one that is cancelled or failed/)
  await failRun(hedui, act(run))
  t.equal((await showRun(hedui, run)).state, 'finished')
  t.match(await errorOf(cancelRun(hedui, act('01234567-89ab-7def-8123-456789abcdef'))), { code: 'INPUT_NOT_FOUND' })
})

t.test('of two acts at once one wins, and the order of acts is no matter of clocks', async (t) => {
  const { run } = await beginRun(work, { size: 30 })
  const ends = await Promise.allSettled([1, 2, 3, 4].map(() => cancelRun(hedui, act(run))))
  t.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1)
  const behind = { ...hedui, now: () => new Date(clock.at.getTime() - 3_600_000) }
  await resumeRun(behind, act(run))
  t.same(await actionsOf(run), ['created', 'cancelled', 'resumed'])
  t.equal((await showRun(hedui, run)).state, 'running', 'by a machine whose clock is an hour behind')
  t.equal(runStateOf([{ action: 'created' }, { action: 'cancelled' }]), 'cancelled')
})

t.test('whoever is there when the last range is done ends the run once, and all are told the same', async (t) => {
  const { run } = await beginRun(work, { size: 30 })
  const doer = doerHere(hedui)
  t.equal(await concludeRun(hedui, run), null)
  while (await doer.take({ run, number: null })) t.pass()
  const told = await Promise.all([1, 2, 3, 4, 5].map(() => concludeRun(hedui, run)))
  for (const one of told) t.same(one, told[0])
  t.equal(told[0]!.counts.households, HOUSEHOLDS)
  t.same(await actionsOf(run), ['created', 'finished'])
})

t.test('a run of no households is finished as soon as it is begun', async (t) => {
  const created = await beginRun(work, { scope: { region: '11' } })
  t.match(created, { households: 0, ranges: 0 })
  t.match(await showRun(hedui, created.run), { state: 'finished', households: 0, done: 0, counts: { households: 0 } })
  t.same(await linesOf(work, created.run), [])
})

t.test('the results of a trial are kept apart, range by range', async (t) => {
  const { run } = await beginRun(work, { size: 25, trial: true })
  await doRun(work, run)
  t.equal((await linesOf(work, run)).length, HOUSEHOLDS)
  t.same(await work.query('select household_id from check_result where run_id = $1', [run]), [])
})

t.test('a range that keeps failing fails the run with the reason, and what was done stays', async (t) => {
  const { run } = await beginRun(work, { size: 20 })
  const errors: unknown[] = []
  let tries = 0
  const sound = doerHere(hedui)
  const doer = {
    ...sound,
    take: async (request: { run: string; number: number | null }) => {
      tries += 1
      if (tries === 1 || tries > 3) throw new Error('a thread ended with 134')
      return sound.take(request)
    },
  }
  const error = await takeRanges({ run, doer, onError: (one) => errors.push(one) }).catch((error) => error)
  t.match(error, { message: /thread ended/ })
  t.equal(errors.length, 4, 'one that went well in between begins the count anew')
  await giveUpRun(hedui, run, error)
  t.match(await showRun(hedui, run), { state: 'failed', reason: 'a defect; see the log of the worker', done: 40 })
  await resumeRun(hedui, act(run))
  await doRun(work, run)
  t.match(await showRun(hedui, run), { state: 'finished', done: 60 })
})

t.test('a rule set that is not what it was fails the run and says so', async (t) => {
  const { run } = await beginRun(work, { size: 20 })
  const [{ content } = { content: '' }] = await work.query<{ content: string }>(
    'select content::text from rule_set where version = $1',
    [work.ruleSet.version],
  )
  await work.query(`update rule_set set content = '{"rules": []}' where version = $1`, [work.ruleSet.version])
  const error = await errorOf(takeRanges({ run, doer: doerHere(hedui) }))
  await giveUpRun(hedui, run, error)
  t.match(await showRun(hedui, run), { state: 'failed', reason: /SOURCE_DATABASE .*is not what its version names/ })
  await work.query('update rule_set set content = $2 where version = $1', [work.ruleSet.version, content])
  await resumeRun(hedui, act(run))
  await doRun(work, run)
  t.equal((await showRun(hedui, run)).state, 'finished')
})

t.test('where the database is away the run is left as it is', async (t) => {
  const { run } = await beginRun(work, { size: 20 })
  await giveUpRun(hedui, run, Object.assign(new Error('terminating connection'), { code: '57P01' }))
  t.equal((await showRun(hedui, run)).state, 'running')
  await cutRun(work, run, 60)
  await doRun(work, run)
})
