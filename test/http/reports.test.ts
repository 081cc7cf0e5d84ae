import t from 'tap'
import { createAjv } from '../../src/domain/schema-errors.ts'
import { SPOT_CHECK_SCHEMA } from '../../src/domain/spot-check.ts'
import { TOWNSHIP_REPORT_SCHEMA } from '../../src/domain/township-report.ts'
import { buildApp } from '../../src/http/app.ts'
import { fillRegister } from '../support/many-households.ts'
import { createWork } from '../support/work.ts'

const work = await createWork(t)
// Townships 369901000 to 369901004, of which the sample county's parameters know 001 to 004.
await fillRegister(work, 30)
await work.check()
const app = await buildApp({ hedui: work.hedui, ruleSet: work.ruleSet })
t.teardown(() => app.close())
const ask = async (path: string) => {
  const response = await app.inject(`/v1/reports/${path}`)
  t.equal(response.statusCode, 200, response.body)
  return response.json()
}
const audits = () => work.query('select actor, role, action, reason, subject from audit')

t.test('/v1/reports/townships ranks townships, and asking is audited', async (t) => {
  await work.query('delete from audit')
  const report = await ask('townships')
  const validate = createAjv().compile(TOWNSHIP_REPORT_SCHEMA)
  t.ok(validate(report), JSON.stringify(validate.errors))
  t.match(report, { asOf: '2026-11-01', region: null, ruleSet: work.ruleSet.version })
  t.equal(report.townships.length, 5)
  // Of 30 households every third has two people: 10 + 30, six households and eight people a township.
  for (const row of report.townships) t.match(row, { households: 6, recipients: 8, checked: 6 })
  t.match(report.townships[0], { rank: 1, township: '369901002', population: 2980, perThousand: '2.7' })
  t.match(report.townships[4], { rank: 5, township: '369901000', population: null, perThousand: null })
  t.match(await audits(), [{ actor: 'loopback', role: 'centre', action: 'report townships', reason: 'review' }])
  t.match(await ask('townships?region=369901003&asOf=2026-10-01'), {
    asOf: '2026-10-01',
    region: '369901003',
    townships: [{ township: '369901003', checked: 0, warnedPercent: null }],
  })
})

t.test('/v1/reports/spot-check draws, and drawing is audited', async (t) => {
  await work.query('delete from audit')
  const list = await ask(`spot-check?seed=${encodeURIComponent('抽 查')}&share=12.5`)
  const validate = createAjv().compile(SPOT_CHECK_SCHEMA)
  t.ok(validate(list), JSON.stringify(validate.errors))
  t.match(list, { asOf: '2026-11-01', region: null, seed: '抽 查', sharePercent: '12.5' })
  t.equal(list.households.length, 5, 'one of six in each township')
  t.match(await audits(), [
    { actor: 'loopback', action: 'draw spot checks', reason: 'spot-check', subject: { seed: '抽 查', perMille: 125 } },
  ])
  t.same((await ask(`spot-check?seed=${encodeURIComponent('抽 查')}&share=12.5`)).households, list.households)
  const part = await ask(`spot-check?seed=${encodeURIComponent('抽 查')}&share=12.5&region=369901004&asOf=2026-10-01`)
  t.same(part.households, list.households.slice(4))
})

t.test('a question that is none is a problem, and is not audited', async (t) => {
  await work.query('delete from audit')
  for (const path of [
    'townships?asOf=2026-02-30',
    'townships?region=north',
    'townships?regions=36',
    'spot-check',
    'spot-check?seed=a',
    'spot-check?share=5',
    'spot-check?seed=%20&share=5',
    'spot-check?seed=a&share=0',
    'spot-check?seed=a&share=101',
    'spot-check?seed=a&share=5&asOf=today',
    `spot-check?seed=${'x'.repeat(201)}&share=5`,
  ]) {
    const response = await app.inject(`/v1/reports/${path}`)
    t.equal(response.statusCode, 400, path)
    t.match(response.json(), { code: 'INPUT_INVALID' })
  }
  t.same(await audits(), [])
})
