import t from 'tap'
import { type Row, rowOf, type Source } from '../support/departments.ts'
import { authorizationOf, householdOf, LI, memberOf, QIAN, WANG } from '../support/people.ts'
import { createWork } from '../support/work.ts'

const RULES_OF: Readonly<Record<Source, readonly string[]>> = {
  vehicle: ['vehicles'],
  property: ['property'],
  tax: ['income'],
  'social-insurance': ['contributions P1', 'contributions P2', 'benefits P1', 'benefits P2'],
  bank: ['deposits', 'securities', 'insurance'],
}
const SOURCES = Object.keys(RULES_OF) as Source[]
const FRESH_DAYS: Readonly<Record<Source, number>> = {
  vehicle: 40,
  property: 60,
  tax: 60,
  'social-insurance': 60,
  bank: 15,
}
const LEAVE = '-'
const ROWS: Readonly<Record<Source, readonly Row[]>> = {
  vehicle: [rowOf.vehicle(WANG)],
  property: [rowOf.property(WANG)],
  tax: [rowOf.tax(WANG)],
  'social-insurance': [rowOf.benefit(WANG)],
  bank: [rowOf.deposit(WANG)],
}
const daysBefore = (days: number) =>
  new Date(Date.parse('2026-11-01T00:00:00Z') - days * 86_400_000).toISOString().slice(0, 10)

const work = await createWork(t)
let counties = 0

interface Change {
  /** Of the second member. */
  readonly second?: Record<string, unknown>
  readonly region?: string
  readonly asOf?: Partial<Record<Source, string>>
}

/**
 * A county of one household of two, with deliveries of its own, where everything is there but what is changed. Gives
 * the household's id.
 */
async function county({ second = {}, region = '3699', asOf = {} }: Change = {}): Promise<string> {
  const own = `${region}${100 + counties++}`
  const id = `H${own}`
  await work.importLines([householdOf(id, [memberOf('P1', WANG), memberOf('P2', LI, second)], { region: own })])
  for (const source of SOURCES) {
    if (asOf[source] === LEAVE) continue
    await work.deliver(source, ROWS[source], { asOf: asOf[source] ?? daysBefore(0), region: own })
  }
  return id
}

/** Rules whose results are unverifiable, with the reasons. */
async function unverifiable(id: string) {
  const results = await work.resultsOf(id)
  return Object.fromEntries(
    [...results].filter(([, { outcome }]) => outcome === 'unverifiable').map(([rule, { missing }]) => [rule, missing]),
  )
}

t.test('with every input there is nothing unverifiable', async (t) => {
  const id = await county()
  t.same(await unverifiable(id), {})
  const { results } = await work.check({ scope: { ids: [id] } })
  t.ok(results[0]!.sources.every(({ state }) => state === 'fresh'))
})

for (const source of SOURCES) {
  t.test(`without ${source} its rules are unverifiable, and no others`, async (t) => {
    const id = await county({ asOf: { [source]: LEAVE } })
    const want = RULES_OF[source].map((rule) => [rule, [{ why: 'source-missing', source }]])
    t.same(await unverifiable(id), Object.fromEntries(want))
    const { results } = await work.check({ scope: { ids: [id] } })
    t.match(
      results[0]!.sources.find((use) => use.source === source),
      { state: 'missing', delivery: null, asOf: null },
    )
    for (const result of results[0]!.results.filter(({ outcome }) => outcome === 'unverifiable')) {
      t.match(result, { measure: null, limit: null, reason: null })
      t.same(result.evidence, [])
    }
  })

  t.test(`${source} is fresh for ${FRESH_DAYS[source]} days, and stale on the next`, async (t) => {
    const fresh = await county({ asOf: { [source]: daysBefore(FRESH_DAYS[source]) } })
    t.same(await unverifiable(fresh), {})
    const stale = await county({ asOf: { [source]: daysBefore(FRESH_DAYS[source] + 1) } })
    const want = RULES_OF[source].map((rule) => [rule, [{ why: 'source-stale', source }]])
    t.same(await unverifiable(stale), Object.fromEntries(want))
  })

  t.test(`without one member's authorization for ${source} its rules are unverifiable`, async (t) => {
    const sources = SOURCES.filter((other) => other !== source)
    const id = await county({ second: authorizationOf({ sources }) })
    const rules = RULES_OF[source].filter((rule) => !rule.endsWith(' P1'))
    const want = rules.map((rule) => [rule, [{ why: 'not-authorized', source, person: 'P2' }]])
    t.same(await unverifiable(id), Object.fromEntries(want), 'a person rule of the other member is not')
  })
}

t.test('an authorization holds from its first day to its last', async (t) => {
  for (const [signedOn, endsOn, outcome] of [
    ['2026-11-01', null, 'warned'],
    ['2026-11-02', null, 'unverifiable'],
    ['2026-01-01', '2026-11-01', 'warned'],
    ['2026-01-01', '2026-10-31', 'unverifiable'],
  ] as const) {
    const id = await county({ second: authorizationOf({ signedOn, endsOn }) })
    t.equal((await work.resultsOf(id)).get('vehicles')!.outcome, outcome, `${signedOn} to ${endsOn}`)
  }
})

t.test('every reason is given', async (t) => {
  const id = await county({ second: { authorization: null }, asOf: { vehicle: LEAVE } })
  t.same((await unverifiable(id)).vehicles, [
    { why: 'source-missing', source: 'vehicle' },
    { why: 'not-authorized', source: 'vehicle', person: 'P2' },
  ])
})

t.test('a missing parameter is unverifiable and never zero', async (t) => {
  const employed = { declared: { employment: 'employed', monthlyIncome: '1.00', monthlyBenefits: '0.00' } }
  const id = await county({ region: '4299', second: employed })
  const reasons = await unverifiable(id)
  for (const rule of ['deposits', 'securities', 'insurance', 'income']) {
    t.same(reasons[rule], [{ why: 'parameter-missing', parameter: 'standardMonthly' }], rule)
  }
  t.notOk('vehicles' in reasons)
  const wage = (await work.resultsOf(id)).get('wage-below-minimum P2')!
  t.match(wage, { outcome: 'unverifiable', measure: null })
  t.same(wage.missing, [{ why: 'parameter-missing', parameter: 'minimumWage' }])
})

t.test('before a parameter began it is missing', async (t) => {
  const id = await county({ asOf: { bank: '2024-12-25' } })
  const deposits = (await work.resultsOf(id, { asOf: '2024-12-31' })).get('deposits')!
  t.ok(deposits.missing.some(({ why, parameter }) => why === 'parameter-missing' && parameter === 'standardMonthly'))
})

t.test('a member without a number is unverifiable', async (t) => {
  const id = await county({ second: { name: 'Ivan', idNumber: 'P1', idType: 'passport' } })
  const reasons = await unverifiable(id)
  const rules = SOURCES.flatMap((source) => RULES_OF[source]).filter((rule) => !rule.endsWith('P1'))
  t.same(Object.keys(reasons).toSorted(), rules.toSorted())
  for (const missing of Object.values(reasons)) t.same(missing, [{ why: 'no-id-number', person: 'P2' }])
})

t.test('leads are listed where authorized, for supporters too', async (t) => {
  const supporter = { role: 'supporter', relation: 'child' }
  const region = '369950'
  const people = [
    memberOf('P1', WANG),
    memberOf('P2', LI, authorizationOf({ sources: ['bank'] })),
    memberOf('P3', QIAN, supporter),
  ]
  await work.importLines([householdOf('LEADS', people, { region })])
  const rename = (person: typeof WANG, name: string) => rowOf.vehicle({ ...person, name }, { 号牌号码: `赣X${name}` })
  const rows = [
    rename(LI, '李友琳'),
    rename(QIAN, '钱学山'),
    rename(WANG, ''),
    rename(WANG, '王*'),
    rename(WANG, '王守义'),
  ]
  await work.deliver('vehicle', rows, { region })
  const { results } = await work.check({ scope: { ids: ['LEADS'] } })
  t.match(
    results[0]!.leads.map(({ source, person, row, why }) => [source, person, row, why]),
    [
      ['vehicle', 'P1', 6, 'name-differs'],
      ['vehicle', 'P1', 5, 'name-masked'],
      ['vehicle', 'P1', 4, 'name-missing'],
      ['vehicle', 'P3', 3, 'name-differs'],
    ],
  )
  t.equal(results[0]!.leads.length, 4, 'P2 has not authorized vehicles')
  t.same((await work.resultsOf('LEADS')).get('vehicles')!.missing, [
    { why: 'not-authorized', source: 'vehicle', person: 'P2' },
  ])
})

t.test("a supporter's records and authorization are no part of the members' rules", async (t) => {
  const supporter = memberOf('P2', LI, { role: 'supporter', authorization: null })
  const region = '369960'
  await work.importLines([householdOf('SUPPORTED', [memberOf('P1', WANG), supporter], { region })])
  await work.deliver('vehicle', [rowOf.vehicle(LI)], { region })
  const results = await work.resultsOf('SUPPORTED')
  t.match(results.get('vehicles'), { outcome: 'clear', measure: 0, evidence: [] })
  t.notOk(results.has('contributions P2'))
})
