import t from 'tap'
import { DUE_LINE_SCHEMA } from '../../src/domain/due.ts'
import { createAjv } from '../../src/domain/schema-errors.ts'
import { buildApp } from '../../src/http/app.ts'
import { PARAMETERS, ruleSetOf, ruleWith } from '../rules/rule-sets.ts'
import { householdOf, LI, memberOf, WANG, ZHAO } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const work = await createWork(t)
await work.importLines([
  householdOf('H1', [memberOf('P1', WANG)], { category: 'A', grantedFrom: '2025-10' }),
  householdOf('H2', [memberOf('P1', LI)], { category: null }),
  householdOf('H3', [memberOf('P1', ZHAO)], { category: 'A', grantedFrom: '2025-10', region: '369902001' }),
])
const yearly = `reviewMonthsA:
  unit: months
  values:
    - { region: "", from: 2000-01-01, value: 12, authority: none }
`
// Rules that nobody has approved: the service uses them as a trial, and so does the list of those due.
const ruleSet = ruleSetOf([ruleWith()], [PARAMETERS, yearly])
const app = await buildApp({ hedui: work.hedui, ruleSet })
t.teardown(() => app.close())

const ask = async (query: string) => {
  const response = await app.inject(`/v1/due${query}`)
  t.equal(response.statusCode, 200, query)
  t.match(response.headers['content-type'], /^application\/x-ndjson/)
  t.match(response.body, /\n$/)
  return response.body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

t.test('gives a line for each household that is due, or may be, and the totals', async (t) => {
  await work.query('delete from audit')
  const lines = await ask('')
  t.match(lines, [
    { kind: 'due', household: 'H1', dueOn: '2026-10-01', overdueDays: 31, lastCheckedOn: null, months: 12 },
    { kind: 'due', household: 'H3' },
    { kind: 'unknown', household: 'H2', why: 'category-missing', parameter: null },
    { kind: 'totals', asOf: '2026-11-01', region: null, ruleSet: ruleSet.version, households: 3, due: 2, unknown: 1 },
  ])
  const validate = createAjv().compile(DUE_LINE_SCHEMA)
  for (const line of lines) t.ok(validate(line), JSON.stringify(validate.errors))
  t.match(await work.query('select actor, action, subject from audit'), [
    { actor: 'loopback', action: 'list due', subject: { households: 3 } },
  ])
})

t.test('of a region and a date', async (t) => {
  t.match(await ask('?region=369902&asOf=2026-10-01'), [
    { household: 'H3', overdueDays: 0 },
    { kind: 'totals', region: '369902', asOf: '2026-10-01', households: 1 },
  ])
  t.match(await ask('?region=11'), [{ kind: 'totals', households: 0, totals: [] }])
})

t.test('a question that is none is a problem', async (t) => {
  for (const query of ['?asOf=2026-02-30', '?asOf=yesterday', '?region=abc', '?regions=36']) {
    const response = await app.inject(`/v1/due${query}`)
    t.equal(response.statusCode, 400, query)
    t.match(response.json(), { code: 'INPUT_INVALID' })
  }
})
