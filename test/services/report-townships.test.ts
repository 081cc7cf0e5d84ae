import t from 'tap'
import { reportTownships } from '../../src/services/report-townships.ts'
import { PARAMETERS, ruleSetOf, ruleWith } from '../rules/rule-sets.ts'
import { householdOf, memberOf, personOf } from '../support/people.ts'
import { createWork, errorOf } from '../support/work.ts'

const work = await createWork(t)
const person = (sequence: number) => personOf(sequence, '王守仁')
const home = (id: string, region: string, people: number[], more: object = {}) =>
  householdOf(
    id,
    people.map((sequence, i) => memberOf(`P${i + 1}`, person(sequence))),
    { region, ...more },
  )
const supporter = memberOf('P3', person(3), { role: 'supporter', relation: 'child' })
const a1 = home('A1', '369901001', [1, 2])
await work.importLines([
  { ...a1, people: [...(a1.people as object[]), supporter] },
  // A village of the township.
  home('A2', '369901001002', [4]),
  home('A3', '369901001', [5], { grantedFrom: null }),
  home('A4', '369901001', [6, 16], { grantedFrom: '2026-12' }),
  home('B1', '369901002', [7]),
  home('C1', '369901003', [8]),
  home('C2', '369901003', [9]),
  home('D1', '369902001', [10]),
])
const POPULATION = `population:
  unit: count
  values:
    - { region: "369901", from: 2000-01-01, value: 9000, authority: none }
    - { region: "369901001", from: 2020-11-01, value: 100, authority: none }
    - { region: "369901002", from: 2020-11-01, value: 20, authority: none }
    - { region: "369902001", from: 2027-01-01, value: 20, authority: none }
`
const ruleSet = ruleSetOf([ruleWith()], [PARAMETERS, POPULATION])

let runs = 0
interface Past {
  readonly asOf: string
  readonly knownAt?: string
  readonly trial?: boolean
  readonly finished?: boolean
}
/** A run of the past with these outcomes, written down as it is kept. */
async function keepRun({ asOf, knownAt, trial = false, finished = true }: Past, outcomes: Record<string, string>) {
  const id = `00000000-0000-7000-8000-${String(++runs).padStart(12, '0')}`
  const startedAt = new Date(Date.UTC(2027, 0, runs))
  await work.query(
    `insert into run (id, as_of, known_at, scope, rule_set, trial, actor, deliveries, households, started_at, finished_at)
     values ($1, $2, $3, '{}', 'x', $4, 'test', '[]', 0, $5, $6)`,
    [id, asOf, knownAt ?? `${asOf}T12:00:00Z`, trial, startedAt, finished ? startedAt : null],
  )
  for (const [household, outcome] of Object.entries(outcomes)) {
    await work.query(`insert into ${trial ? 'trial_result' : 'check_result'} values ($1, $2, $1, $3, '{}')`, [
      id,
      household,
      outcome,
    ])
  }
}
await keepRun({ asOf: '2026-09-01' }, { A1: 'warned', A2: 'clear', B1: 'unverifiable', C1: 'warned' })
await keepRun({ asOf: '2026-10-01' }, { A1: 'clear' })
await keepRun({ asOf: '2026-10-15', trial: true }, { A2: 'warned' })
await keepRun({ asOf: '2026-10-20', finished: false }, { A2: 'warned', C2: 'warned' })
await keepRun({ asOf: '2026-12-01' }, { A1: 'warned', A4: 'warned', D1: 'unverifiable' })
// Begun last, of what was known first: last spring's answer given again is not the last answer.
await keepRun({ asOf: '2026-09-01', knownAt: '2026-08-01T00:00:00Z' }, { C1: 'clear' })

const report = (asOf: string, region?: string) =>
  reportTownships({ ...work.hedui, ruleSet }, { asOf, region, actor: 'Chen', role: 'centre' })
const short = (rows: Awaited<ReturnType<typeof report>>['townships']) =>
  rows.map(
    ({ township, households, recipients, population, perThousand, checked, warnedPercent, unverifiablePercent }) =>
      [township, households, recipients, population, perThousand, checked, warnedPercent, unverifiablePercent]
        .map((cell) => cell ?? '-')
        .join(' '),
  )

t.test('counts granted households, members and the last live outcomes of a date', async (t) => {
  const { townships, ...about } = await report('2026-11-01')
  t.same(about, { asOf: '2026-11-01', region: null, ruleSet: ruleSet.version })
  t.same(short(townships), [
    '369901002 1 1 20 50.0 1 0.0 100.0',
    '369901001 2 3 100 30.0 2 0.0 0.0',
    '369901003 2 2 - - 1 100.0 0.0',
    '369902001 1 1 - - 0 - -',
  ])
})

t.test('on another day other households are granted and other results are the last', async (t) => {
  t.same(short((await report('2026-09-15')).townships), [
    '369901002 1 1 20 50.0 1 0.0 100.0',
    '369901001 2 3 100 30.0 2 50.0 0.0',
    '369901003 2 2 - - 1 100.0 0.0',
    '369902001 1 1 - - 0 - -',
  ])
  t.same(short((await report('2026-12-01')).townships).slice(0, 3), [
    '369901001 3 5 100 50.0 3 66.7 0.0',
    '369901002 1 1 20 50.0 1 0.0 100.0',
    '369901003 2 2 - - 1 100.0 0.0',
  ])
  t.same((await report('2020-01-01')).townships, [], 'before anybody was granted')
  t.match(short((await report('2027-01-01', '369902')).townships), ['369902001 1 1 20 50.0 1 0.0 100.0'])
})

t.test('asking is audited', async (t) => {
  await work.query('delete from audit')
  t.equal((await report('2026-11-01', '369901')).townships.length, 3)
  t.match(await work.query('select actor, role, action, reason, subject from audit'), [
    {
      actor: 'Chen',
      role: 'centre',
      action: 'report townships',
      reason: 'review',
      subject: { asOf: '2026-11-01', region: '369901', townships: 3 },
    },
  ])
})

t.test('a population that is no count is refused, one that nobody gives is not known', async (t) => {
  const wrong = ruleSetOf([ruleWith()], [PARAMETERS, POPULATION.replace('unit: count', 'unit: percent')])
  const asking = { asOf: '2026-11-01', actor: 'Chen', role: 'centre' }
  t.match(await errorOf(reportTownships({ ...work.hedui, ruleSet: wrong }, asking)), {
    code: 'DEFINITION_PARAMETER',
    message: /population must be in count, not in percent/,
  })
  const none = ruleSetOf([ruleWith()], [PARAMETERS])
  const { townships } = await reportTownships({ ...work.hedui, ruleSet: none }, asking)
  t.same(new Set(townships.map(({ population }) => population)), new Set([null]))
  t.equal(townships[0]!.township, '369901003', 'by the share of warned')
})
