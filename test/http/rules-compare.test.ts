import t from 'tap'
import { keepRuleSet } from '../../src/db/queries/rule-sets.ts'
import { RULE_COMPARISON_SCHEMA } from '../../src/domain/rule-comparison-schema.ts'
import { createAjv } from '../../src/domain/schema-errors.ts'
import { buildApp } from '../../src/http/app.ts'
import { discardDelivery } from '../../src/services/release-delivery.ts'
import { addCompared, NEW, OLD } from '../support/compared.ts'
import { createWork } from '../support/work.ts'

const work = await createWork(t)
await addCompared(work)
const { run } = (await work.check({ ruleSet: OLD })).summary
await keepRuleSet(work.hedui.database, NEW, work.hedui.now())
const app = await buildApp({ hedui: work.hedui, ruleSet: work.ruleSet })
t.teardown(() => app.close())

const compare = (body: object) => app.inject({ method: 'POST', url: '/v1/rules/compare', payload: body })
const digits = (version: string) => version.slice('sha256:'.length)

t.test('answers what another set would have made of a run', async (t) => {
  await work.query('delete from audit')
  const response = await compare({ old: OLD.version, new: digits(NEW.version).slice(0, 12), run })
  t.equal(response.statusCode, 200)
  t.match(response.headers['content-type'], /^application\/json/)
  const body = response.json()
  const validate = createAjv().compile(RULE_COMPARISON_SCHEMA)
  t.ok(validate(body), JSON.stringify(validate.errors))
  t.match(body, { run, old: OLD.version, new: NEW.version, households: 5, changed: 5, maxSharePercent: 10 })
  t.equal(body.changes.length, 14)
  t.match(body.changes[2], { household: 'H1', rule: 'trial', kinds: ['newly-warned'], new: { limit: '200.00' } })
  t.same(
    body.flags.map(({ rule, why }: { rule: string; why: string }) => `${rule} ${why}`),
    ['cars warned', 'cars newly-warned', 'trial warned', 'trial newly-warned'],
  )
  t.match(await work.query('select actor, role, action from audit'), [
    { actor: 'loopback', role: 'centre', action: 'compare rules' },
  ])
})

t.test('a comparison without a change is a whole answer too; live is the set in force', async (t) => {
  const same = (await compare({ old: NEW.version, new: NEW.version, run, maxSharePercent: 100 })).json()
  t.match(same, { changes: [], changed: 0, flags: [] })
  const live = (await compare({ old: 'live', new: 'live', run })).json()
  t.match(live, { old: work.ruleSet.version, changes: [] })
})

t.test('what cannot be compared is a problem with a code, before the first byte', async (t) => {
  const body = { old: OLD.version, new: NEW.version, run }
  for (const [more, status, code] of [
    [{ new: 'f'.repeat(64) }, 404, 'INPUT_NOT_FOUND'],
    [{ run: '019aa0f6-0000-7000-8000-000000000000' }, 404, 'INPUT_NOT_FOUND'],
    [{ run: 'last' }, 404, 'INPUT_NOT_FOUND'],
    [{ old: '../../etc' }, 400, 'INPUT_INVALID'],
    [{ old: 'rules' }, 400, 'INPUT_INVALID'],
    [{ maxSharePercent: 101 }, 400, 'INPUT_INVALID'],
    [{ store: true }, 400, 'INPUT_INVALID'],
  ] as const) {
    const response = await compare({ ...body, ...more })
    t.equal(response.statusCode, status, JSON.stringify(more))
    t.match(response.headers['content-type'], /^application\/problem\+json/)
    t.match(response.json(), { status, code })
  }
  const [{ id } = { id: '' }] = await work.query<{ id: string }>(`select id from delivery where source = 'bank'`)
  await discardDelivery(work.hedui, { id, actor: 'test' })
  const gone = await compare(body)
  t.match(gone.json(), { status: 409, code: 'STATE_DISCARDED', detail: id })
})
