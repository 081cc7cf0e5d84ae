import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openHedui } from '../../src/services/open-hedui.ts'
import { start } from '../support/cli.ts'
import { createDatabase, testConfig } from '../support/hedui.ts'
import { fillRegister } from '../support/many-households.ts'
import { createWork } from '../support/work.ts'

const { connectionString } = await createDatabase(t)
const hedui = await openHedui(testConfig(connectionString))
t.teardown(() => hedui.close())
const work = await createWork(t, hedui)
await fillRegister(work, 1200)

t.test('the service does the runs that it is asked for, and stops although somebody listens', async (t) => {
  const service = start(['serve', '--port', '0'], { DATABASE_URL: connectionString })
  t.teardown(() => service.child.kill('SIGKILL'))
  const [, at] = await service.says(/(http:\/\/127\.0\.0\.1:\d+)\//)
  const post = (path: string, body: object) =>
    fetch(`${at}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `${path} ${JSON.stringify(body)}`.replace(/[^!-~]/g, '_'),
      },
      body: JSON.stringify(body),
    })
  const begun = await post('/v1/runs', { scope: { all: true } })
  t.equal(begun.status, 202)
  const { run } = (await begun.json()) as { run: string }
  t.equal(((await (await post('/v1/runs', { scope: { all: true } })).json()) as { run: string }).run, run)
  // Asked for at once: the answer is whole when the run is.
  const [events, results] = await Promise.all([
    fetch(`${at}/v1/runs/${run}/events`).then((response) => response.text()),
    fetch(`${at}/v1/runs/${run}/results`).then((response) => response.text()),
  ])
  t.match(events, /event: end\ndata: \{.*"state":"finished".*"done":1200/)
  t.equal(results.trimEnd().split('\n').length, 1200)
  t.match(await (await fetch(`${at}/v1/runs`)).json(), { runs: [{ run, state: 'finished' }] })

  // A run whose range somebody else holds: its listener would wait for ever.
  const [waiting] = await work.query<{ id: string }>(
    `insert into run (id, as_of, known_at, scope, rule_set, trial, actor, deliveries, households, started_at)
     select gen_random_uuid(), as_of, known_at, scope, rule_set, trial, actor, deliveries, 1, started_at from run
     returning id`,
  )
  await work.query(`insert into run_range values ($1, 0, '{H000001}')`, [waiting!.id])
  const holder = await hedui.database.pool.connect()
  t.teardown(() => holder.release(true))
  await holder.query('begin')
  await holder.query('select from run_range where run_id = $1 for update', [waiting!.id])
  await work.query(`insert into run_event values ($1, 0, now(), 'created', 'test', null)`, [waiting!.id])
  const listening = await fetch(`${at}/v1/runs/${waiting!.id}/events`)
  const heard = listening.text().catch(() => 'broken off')
  await sleep(300)
  service.child.kill('SIGTERM')
  const { code } = await service.done
  t.equal(code, 0)
  t.ok(await heard)
})
