import t from 'tap'
import { planDismissal } from '../../src/domain/case/prepare.ts'
import { runCaseClock } from '../../src/jobs/case-clock.ts'
import { actOnCase } from '../../src/services/cases/act-on-case.ts'
import { openCases } from '../../src/services/cases/open-cases.ts'
import { listStoppedRules } from '../../src/services/precision/stopped-rules.ts'
import { subscribeWebhook } from '../../src/services/webhooks/manage-webhooks.ts'
import { found, STORIES } from '../domain/case/stories.ts'
import { rowOf } from '../support/departments.ts'
import { createHedui } from '../support/hedui.ts'
import { householdOf, memberOf, WANG } from '../support/people.ts'
import { startReceiver } from '../support/receiver.ts'
import { storeStories } from '../support/stored-cases.ts'
import { createWork } from '../support/work.ts'

const until = async (isSo: () => boolean | Promise<boolean>) => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
}

t.test('while the clock runs, what happens in cases is told and a rule that is wrong too often stops', async (t) => {
  const receiver = await startReceiver(t)
  const hedui = await createHedui(t, { HEDUI_WEBHOOK_HOSTS: receiver.host })
  const work = await createWork(t, hedui)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
  await work.deliver('vehicle', [rowOf.vehicle(WANG)])
  await subscribeWebhook(hedui, { url: receiver.url, actor: '陈主任', role: 'admin' })
  const { summary } = await work.check()
  await openCases(hedui, { run: summary.run, actor: '陈主任', role: 'centre' })
  const [row] = await work.query<{ id: string }>('select id from household_case')
  const who = { case: row!.id, actor: '陈主任', role: 'reviewer' }
  await actOnCase(hedui, who, (state, act) => planDismissal(state, { reason: '车已报废' }, act))
  const dismissed = (i: number) =>
    STORIES.dismissed({ warnings: [found('deposits')], opened: { householdId: `X${i}` } })
  await storeStories(
    hedui,
    Array.from({ length: 20 }, (_, i) => dismissed(i)),
  )
  const stopping = new AbortController()
  const errors: unknown[] = []
  const clock = runCaseClock(hedui, { signal: stopping.signal, onError: (error) => errors.push(error) })
  await until(() => receiver.received.length === 3)
  await until(async () => (await listStoppedRules(hedui.database.pool)).length > 0)
  stopping.abort()
  await clock
  t.same(
    receiver.received
      .map(({ text }) => JSON.parse(text).data)
      .map(({ number, kind, state, household }) => [number, kind, state, household]),
    [
      [1, 'opened', 'drafted', 'H1'],
      [2, 'warnings-added', 'drafted', 'H1'],
      [3, 'warning-dismissed', 'dismissed', 'H1'],
    ],
  )
  for (const { text } of receiver.received) t.notMatch(text, /车已报废|赣XA0001|王守仁|369901197/)
  t.same(await listStoppedRules(hedui.database.pool), ['deposits'])
  t.same(errors, [])
})

t.test('the clock outlives a database that does not answer, and ends at once when it is told to', async (t) => {
  const hedui = await createHedui(t)
  const broken = {
    ...hedui,
    database: {
      ...hedui.database,
      pool: { query: () => Promise.reject(new Error('gone')), connect: () => Promise.reject(new Error('gone')) },
    },
  }
  const stopping = new AbortController()
  const told: string[] = []
  const clock = runCaseClock(broken as unknown as typeof hedui, {
    signal: stopping.signal,
    onError: (_, what) => told.push(what),
  })
  await until(() => told.length === 3)
  stopping.abort()
  await clock
  t.same(told.sort(), ['the clock of cases', 'the precision of rules', 'the webhooks'])
})
