import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { buildApp } from '../../src/http/app.ts'
import { approveRuleSet } from '../../src/services/approve-rule-set.ts'
import { draftRuleSet } from '../../src/services/draft-rule-set.ts'
import { rowOf } from '../support/departments.ts'
import { createHedui } from '../support/hedui.ts'
import { householdOf, memberOf, WANG } from '../support/people.ts'
import { rulesFolder, withRules, writeRules } from '../support/rule-folders.ts'
import { createWork } from '../support/work.ts'

const folder = rulesFolder(t, { limit: 0 })
const hedui = await withRules(t, await createHedui(t), { folder, shipped: folder })
const work = await createWork(t, hedui)
await work.importLines([householdOf('H1', [memberOf('P1', WANG)])])
await work.deliver('vehicle', [rowOf.vehicle(WANG)])
const app: FastifyInstance = await buildApp({ hedui, ruleSet: work.ruleSet })
t.teardown(() => app.close())

const rulesOn = (asOf?: string) => app.inject(`/v1/rules${asOf ? `?asOf=${asOf}` : ''}`)
const ask = (asOf: string, to = app) => {
  const payload = { household: householdOf('H9', [memberOf('P1', WANG)]), reason: 'review', asOf }
  return to.inject({ method: 'POST', url: '/v1/checks', payload })
}

t.test('GET /v1/rules tells the rules in force, how they came so, and the rules themselves', async (t) => {
  const shipped = work.ruleSet.version
  t.match((await rulesOn()).json(), {
    asOf: '2026-11-01',
    version: shipped,
    state: 'in-force',
    trial: false,
    shipped: true,
    inForceFrom: null,
    rules: [
      {
        id: 'vehicle-count',
        limit: 'param.vehicleLimit',
        // A plain text in the file.
        authority: { zh: 'made for a test', en: 'made for a test' },
      },
    ],
  })
  const other = rulesFolder(t, { limit: 1 })
  const { version } = await draftRuleSet(hedui, { folder: other, actor: '张三', reason: '调标' })
  await approveRuleSet(hedui, { version, from: '2026-11-15', actor: '李四', reason: '同意' })
  t.equal((await rulesOn('2026-11-14')).json().version, shipped)
  t.match((await rulesOn('2026-11-15')).json(), {
    version,
    state: 'in-force',
    shipped: false,
    inForceFrom: '2026-11-15',
    author: '张三',
    approver: '李四',
    rules: [{ id: 'vehicle-count' }],
  })
  for (const wrong of ['2026-02-30', 'today']) {
    t.match((await rulesOn(wrong)).json(), { status: 400, code: 'INPUT_INVALID' }, wrong)
  }
})

t.test('POST /v1/checks uses the rules in force on its day', async (t) => {
  const before = await ask('2026-11-14')
  t.match(before.json(), { ruleSet: work.ruleSet.version, outcome: 'warned', results: [{ measure: 1, limit: 0 }] })
  const after = await ask('2026-11-15')
  t.match(after.json(), { ruleSet: (await rulesOn('2026-11-15')).json().version, outcome: 'clear' })
  t.equal(after.headers['hedui-trial'], undefined)
})

t.test('an answer by rules that nobody approved says so in its header', async (t) => {
  const edited = rulesFolder(t, { limit: 0 })
  const fresh = await withRules(t, await createHedui(t), { folder: edited, shipped: edited })
  writeRules(edited, { limit: 5 })
  const { ruleSet } = await createWork(t, fresh)
  const trial = await buildApp({ hedui: fresh, ruleSet })
  t.teardown(() => trial.close())
  const answer = await ask('2026-11-01', trial)
  t.equal(answer.headers['hedui-trial'], 'true')
  t.equal(answer.json().ruleSet, ruleSet.version)
  t.match((await trial.inject('/v1/rules')).json(), { trial: true, state: null, version: ruleSet.version })
})
