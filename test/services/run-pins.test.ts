import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { inTransaction } from '../../src/db/connect.ts'
import { beginImport } from '../../src/db/queries/household-imports.ts'
import { holdPartitions } from '../../src/db/queries/records.ts'
import { concludeRun } from '../../src/services/conclude-run.ts'
import { draftRuleSet } from '../../src/services/draft-rule-set.ts'
import { followResults, showRun } from '../../src/services/follow-run.ts'
import { discardDelivery } from '../../src/services/release-delivery.ts'
import { shadowRuleSet } from '../../src/services/shadow-rule-set.ts'
import { resumeRun } from '../../src/services/steer-run.ts'
import { giveUpRun, takeRanges } from '../../src/services/take-ranges.ts'
import { rowOf } from '../support/departments.ts'
import { createHedui } from '../support/hedui.ts'
import { deliverAll, fillRegister, idAt, personAt } from '../support/many-households.ts'
import { householdOf, memberOf } from '../support/people.ts'
import { rulesFolder } from '../support/rule-folders.ts'
import { beginRun, cutRun, doerHere, doRun, linesOf } from '../support/runs.ts'
import { createWork, errorOf, type Work } from '../support/work.ts'

const HOUSEHOLDS = 40

/** A register of its own on a clock that the test moves. */
async function createCounty(test: Parameters<typeof createHedui>[0]) {
  const clock = { at: new Date('2026-11-01T04:00:00Z') }
  const work = await createWork(t, { ...(await createHedui(test)), now: () => clock.at })
  await fillRegister(work, HOUSEHOLDS)
  return { work, clock }
}

/** What changes the answer of every household, one way or another. */
async function changeEverything(work: Work): Promise<void> {
  await deliverAll(work, HOUSEHOLDS, { asOf: { vehicle: '2026-10-26', bank: '2026-11-01' }, shift: 1 })
  await work.deliver('tax', [rowOf.tax(personAt(0), { 本期收入: '900000.00' })])
  await work.importLines(
    Array.from({ length: HOUSEHOLDS + 5 }, (_, i) =>
      householdOf(idAt(i), [memberOf('P1', personAt(2 * ((i + 3) % HOUSEHOLDS)))], { category: 'C' }),
    ),
    { asOf: '2026-10-31' },
  )
}

t.test('what is published and imported after the start does not leak in, whatever the clocks say', async (t) => {
  const { work, clock } = await createCounty(t)
  const { run: undisturbed } = await beginRun(work, { size: 10 })
  await doRun(work, undisturbed)
  const expected = await linesOf(work, undisturbed)
  for (const [what, seconds] of [
    ['later', 60],
    ['at the same moment', 0],
    ['by a machine whose clock is an hour behind', -3600],
  ] as const) {
    const { run } = await beginRun(work, { size: 10 })
    await doRun(work, run, 1)
    const before = clock.at
    clock.at = new Date(before.getTime() + seconds * 1000)
    await work.importLines([householdOf(idAt(20), [memberOf('P1', personAt(4))], { category: what.slice(0, 9) })])
    clock.at = new Date(Math.max(clock.at.getTime(), before.getTime()))
    await doRun(work, run)
    t.same(await linesOf(work, run), expected, what)
    // As it was again, for the next.
    await work.query(`delete from household_version where household_id = $1 and facts ->> 'category' = $2`, [
      idAt(20),
      what.slice(0, 9),
    ])
  }
  const { run } = await beginRun(work, { size: 10 })
  await doRun(work, run, 2)
  await changeEverything(work)
  await doRun(work, run)
  t.same(await linesOf(work, run), expected)
  const { run: next } = await beginRun(work, { size: 10 })
  await doRun(work, next)
  const changed = await linesOf(work, next)
  t.equal(changed.length, HOUSEHOLDS + 5, 'and the next run sees all of it, at the same moment')
  t.notOk(changed.some((line) => expected.includes(line)))
})

t.test('a run that is begun while an import is under way waits for it, and sees all of it', async (t) => {
  const { work, clock } = await createCounty(t)
  let begun: ReturnType<typeof beginRun> | undefined
  const waiting = `select 1 from pg_stat_activity where wait_event = 'advisory' and datname = current_database()`
  await inTransaction(work.hedui.database, async (client) => {
    await beginImport(client)
    const importing = work.importLines([householdOf(idAt(HOUSEHOLDS), [memberOf('P1', personAt(900))])])
    while ((await work.query(waiting)).length < 1) await sleep(10)
    begun = beginRun(work)
    while ((await work.query(waiting)).length < 2) await sleep(10)
    clock.at = new Date(clock.at.getTime() + 60_000)
    importing.catch(() => {})
  })
  t.equal((await begun!).households, HOUSEHOLDS + 1)
})

t.test('what was known at a moment gives its answer again although better data came later', async (t) => {
  const { work, clock } = await createCounty(t)
  const { run: spring } = await beginRun(work, { size: 10 })
  await doRun(work, spring)
  const knownAt = new Date(clock.at)
  clock.at = new Date('2027-05-01T04:00:00Z')
  await changeEverything(work)
  const { run: again } = await beginRun(work, { size: 15, knownAt })
  await doRun(work, again)
  t.same(await linesOf(work, again), await linesOf(work, spring))
  const { run: now } = await beginRun(work, { size: 15 })
  await doRun(work, now)
  t.notSame(await linesOf(work, now), await linesOf(work, spring))
  const { households } = await beginRun(work, { knownAt: new Date('2026-10-01T00:00:00Z') })
  t.equal(households, 0, 'before the first import nobody was known')
  const ahead = await errorOf(beginRun(work, { knownAt: new Date('2027-05-01T04:00:01Z') }))
  t.match(ahead, { code: 'INPUT_INVALID', place: { path: 'knownAt' }, message: /future/ })
})

t.test('a delivery that is discarded in the middle fails the run by its name, and nothing wrong is kept', async (t) => {
  for (const opened of ['before', 'after']) {
    const { work } = await createCounty(t)
    const [vehicles] = await work.query<{ id: string }>(`select id from delivery where source = 'vehicle'`)
    const { run: whole } = await beginRun(work)
    await doRun(work, whole)
    const expected = await linesOf(work, whole)
    const { run } = await beginRun(work, { size: 10 })
    const doer = doerHere(work.hedui)
    await doer.take({ run, number: null })
    await discardDelivery(work.hedui, { id: vehicles!.id, actor: 'Chen', reason: 'wrong file' })
    const error = await errorOf(takeRanges({ run, doer: opened === 'before' ? doer : doerHere(work.hedui) }))
    t.match(error, { code: 'STATE_DISCARDED', message: new RegExp(`the delivery ${vehicles!.id} \\(vehicle`) }, opened)
    await giveUpRun(work.hedui, run, error)
    t.match(await showRun(work.hedui, run), {
      state: 'failed',
      reason: new RegExp(`STATE_DISCARDED the delivery ${vehicles!.id}`),
      done: 10,
      counts: null,
      finishedAt: null,
    })
    t.equal(await concludeRun(work.hedui, run), null)
    const lines: string[] = []
    const stopped = await errorOf(
      (async () => {
        for await (const some of followResults(work.hedui, run)) lines.push(...some)
      })(),
    )
    t.match(stopped, { code: 'STATE_RUN', message: /STATE_DISCARDED/ })
    t.same(
      lines.map((line) => line.replaceAll(run, 'RUN')),
      expected.slice(0, 10),
      'what was done before is right',
    )
    await resumeRun(work.hedui, { run, actor: 'Chen', reason: 'again' })
    t.match(await errorOf(takeRanges({ run, doer })), { code: 'STATE_DISCARDED' })
  }
})

t.test('who did not use the discarded delivery is checked all the same', async (t) => {
  const { work } = await createCounty(t)
  const car = rowOf.vehicle(personAt(0), { 号牌号码: '赣X9' })
  const { delivery } = await work.deliver('vehicle', [car], { region: '369901004', asOf: '2026-10-27' })
  const { run } = await beginRun(work, { scope: { region: '369901003' }, size: 4 })
  const pinned = await work.query<{ deliveries: string[] }>('select deliveries from run where id = $1', [run])
  t.ok(pinned[0]!.deliveries.includes(delivery))
  const doer = doerHere(work.hedui)
  await doer.take({ run, number: null })
  await discardDelivery(work.hedui, { id: delivery, actor: 'Chen', reason: 'wrong file' })
  await takeRanges({ run, doer })
  t.ok(await concludeRun(work.hedui, run))
})

t.test('a delivery is discarded when the range that reads it is done, and neither waits for ever', async (t) => {
  const { work } = await createCounty(t)
  const [bank] = await work.query<{ id: string }>(`select id from delivery where source = 'bank'`)
  let discarded: Promise<void> = Promise.resolve()
  const seen = await inTransaction(work.hedui.database, async (client) => {
    await holdPartitions(client, [bank!.id])
    let gone = false
    discarded = discardDelivery(work.hedui, { id: bank!.id, actor: 'Chen' }).then(() => {
      gone = true
    })
    const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'drop table%'`
    while ((await work.query(waiting)).length === 0) t.notOk(gone, 'it waits')
    const { rows } = await client.query('select count(*)::int as n from record where delivery_id = $1', [bank!.id])
    return rows[0].n
  })
  t.equal(seen, HOUSEHOLDS)
  await discarded
})

t.test('shadows are summed over the ranges, and whoever ends the run tells of those that failed', async (t) => {
  const { work } = await createCounty(t)
  const { hedui } = work
  const act = { actor: 'Chen', reason: 'trying it' }
  const versions: string[] = []
  for (const limit of [1, 2]) {
    const { version } = await draftRuleSet(hedui, { ...act, folder: rulesFolder(t, { limit }) })
    await shadowRuleSet(hedui, { ...act, version })
    versions.push(version)
  }
  const { run } = await beginRun(work)
  await cutRun(work, run, 9)
  const doer = doerHere(hedui)
  await doer.take({ run, number: null })
  const beside = await work.query<{ id: string; rule_set: string }>(
    'select id, rule_set from run where shadow_of = $1 order by id',
    [run],
  )
  t.match(await showRun(hedui, beside[0]!.id), { state: 'running', done: 9, shadowOf: run })
  // The second cannot keep what it finds of the third range.
  await work.query(
    `alter table trial_result add constraint none check (run_id <> '${beside[1]!.id}' or household_id < '${idAt(20)}')`,
  )
  await takeRanges({ run, doer })
  const [one, other] = await Promise.all([concludeRun(hedui, run), concludeRun(hedui, run)])
  t.same(one, other, 'also who came second')
  t.match(one!.shadows, [
    { run: beside[0]!.id, ruleSet: beside[0]!.rule_set, failed: null, counts: { households: HOUSEHOLDS } },
    { run: null, ruleSet: beside[1]!.rule_set, failed: /could not be kept/, counts: null },
  ])
  t.same(new Set(versions), new Set(beside.map(({ rule_set }) => rule_set)))
  t.match(await showRun(hedui, beside[0]!.id), { state: 'finished', done: HOUSEHOLDS })
  t.equal((await linesOf(work, beside[0]!.id)).length, HOUSEHOLDS, 'the results of a shadow can be read')
  t.match(await errorOf(showRun(hedui, beside[1]!.id)), { code: 'INPUT_NOT_FOUND' }, 'half a shadow leaves nothing')
  const left = await work.query('select from trial_result where run_id = $1', [beside[1]!.id])
  t.equal(left.length, 0)
})
