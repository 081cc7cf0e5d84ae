import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openQueue, type RangeJob } from '../../src/jobs/queue.ts'
import { work as doWork } from '../../src/jobs/work.ts'
import { showRun } from '../../src/services/follow-run.ts'
import { fillRegister } from '../support/many-households.ts'
import { beginRun, doerHere } from '../support/runs.ts'
import { createWork } from '../support/work.ts'

const work = await createWork(t)
const { hedui } = work
const url = hedui.config.databaseUrl!
const OPENER = join(import.meta.dirname, 'open-queue.ts')

t.test('processes that use the queue for the first time at once all get one', async (t) => {
  const children = Array.from({ length: 4 }, () => fork(OPENER, [url], { execArgv: [], silent: true }))
  const said = await Promise.all(
    children.map(async (child) => {
      let stderr = ''
      child.stderr!.on('data', (text) => {
        stderr += text
      })
      const [code] = await once(child, 'exit')
      return { code, stderr }
    }),
  )
  for (const { code, stderr } of said) t.equal(code, 0, stderr)
  const jobs = await work.query<{ n: number }>(`select count(*)::int as n from pgboss.job where name = 'run-range'`)
  t.equal(jobs[0]!.n, 8, 'and each has put two jobs into the same one')
})

t.test('a job is told of once, and no jobs are no error', async (t) => {
  await work.query('delete from pgboss.job')
  const queue = await openQueue(url, { worker: true, onError: (error) => t.fail(String(error)) })
  const seen: RangeJob[] = []
  await queue.workRanges(async (jobs) => void seen.push(...jobs))
  await queue.announceRanges('none', 0)
  await queue.announceRanges('a', 3)
  for (let tries = 0; seen.length < 3 && tries < 100; tries++) await sleep(100)
  await queue.close()
  t.same(
    seen.toSorted((a, b) => a.number - b.number),
    [0, 1, 2].map((number) => ({ run: 'a', number })),
  )
})

t.test('a run is found and done without a queue, and when its jobs were lost', async (t) => {
  await fillRegister(work, 20)
  for (const queue of [null, { announceRanges: async () => {}, workRanges: async () => {}, close: async () => {} }]) {
    const { run } = await beginRun(work, { size: 5 })
    const { run: other } = await beginRun(work, { size: 20, asOf: '2026-10-30' })
    const stopping = new AbortController()
    const errors: unknown[] = []
    const options = {
      queue,
      doer: doerHere(hedui),
      signal: stopping.signal,
      onError: (error: unknown) => errors.push(error),
    }
    const working = doWork(hedui, options)
    for (const id of [run, other]) {
      for (let tries = 0; (await showRun(hedui, id)).state === 'running' && tries < 300; tries++) await sleep(50)
      t.match(await showRun(hedui, id), { state: 'finished', done: 20 })
    }
    stopping.abort()
    await working
    t.same(errors, [])
  }
})

t.test('a worker that is stopped ends after the range under way, and another goes on', async (t) => {
  const { run } = await beginRun(work, { size: 1 })
  const stopping = new AbortController()
  const done: number[] = []
  await doWork(hedui, {
    queue: null,
    doer: doerHere(hedui),
    signal: stopping.signal,
    onError: (error) => t.fail(String(error)),
    onDone: (_, number) => {
      done.push(number)
      if (done.length === 3) stopping.abort()
    },
  })
  t.same(done, [0, 1, 2])
  t.match(await showRun(hedui, run), { state: 'running', done: 3 })
})

t.test('a database that is away is waited for; a range that cannot be done fails its run and no other', async (t) => {
  await work.query(`update run set finished_at = now() where finished_at is null`)
  const { run } = await beginRun(work, { size: 10 })
  const { run: bad } = await beginRun(work, { size: 10 })
  const sound = doerHere(hedui)
  let away = 2
  const stopping = new AbortController()
  const told: string[] = []
  const working = doWork(hedui, {
    queue: null,
    doer: {
      ...sound,
      take: async (request) => {
        if (request.run === bad) throw new Error('out of memory')
        if (away-- > 0) throw Object.assign(new Error('terminating connection'), { code: '57P01' })
        return sound.take(request)
      },
    },
    signal: stopping.signal,
    onError: (error, id) => told.push(`${id === bad ? 'bad' : 'good'} ${(error as Error).message}`),
  })
  for (let tries = 0; (await showRun(hedui, run)).state === 'running' && tries < 400; tries++) await sleep(50)
  stopping.abort()
  await working
  t.match(await showRun(hedui, run), { state: 'finished' })
  t.match(await showRun(hedui, bad), { state: 'failed', reason: /a defect/ })
  t.same(told.toSorted(), [
    ...Array.from({ length: 3 }, () => 'bad out of memory'),
    ...Array.from({ length: 2 }, () => 'good terminating connection'),
  ])
})
