import t from 'tap'
import type { Dossier } from '../../src/domain/dossier.ts'
import type { SupportFacts } from '../../src/domain/household.ts'
import type { Language } from '../../src/domain/trace-page.ts'
import { viewDossier } from '../../src/rules/dossier-view.ts'
import { evaluateRule } from '../../src/rules/evaluate-rule.ts'
import { renderTrace } from '../../src/rules/render-trace.ts'
import { exampleParameters } from '../../src/rules/run-example.ts'
import { traceResult } from '../../src/rules/trace-result.ts'
import { dossier, person, record } from './dossiers.ts'
import { shippedRules } from './rule-sets.ts'

const rules = await shippedRules()

interface Asked {
  readonly region?: string
  readonly params?: Readonly<Record<string, string | number | null>>
}

/** The lines of a page of a rule, switched on or not, cells between bars. */
function linesOf(id: string, given: Dossier, language: Language, { region = '', params = {} }: Asked = {}): string[] {
  const rule = rules.rules.find(({ definition }) => definition.id === id && (definition.region ?? '') === region)!
  const lines: string[] = []
  evaluateRule(
    rule,
    viewDossier(given),
    exampleParameters(rules.parameters, params),
    (error) => t.fail(String(error)),
    (...observed) => {
      for (const { blocks } of renderTrace(traceResult(...observed), language).sections) {
        for (const block of blocks) {
          if (block.kind === 'text') lines.push(block.text)
          else lines.push(...block.rows.map((row) => row.join(' | ')))
        }
      }
    },
  )
  return lines
}

const SUPPORT: SupportFacts = {
  householdSize: 1,
  othersIncome12Months: 0,
  supported: 1,
  children: 1,
  judgedMonthly: null,
  paidMonthly: 0,
  noAbility: null,
}
const given = dossier({
  people: [
    person(),
    person({ id: 'S1', role: 'supporter', support: { ...SUPPORT, children: 3, supported: 2, householdSize: 3 } }),
    person({ id: 'S2', role: 'supporter', support: { ...SUPPORT, paidMonthly: 10000, othersIncome12Months: 500000 } }),
  ],
  records: [
    record('income', 'S1', 1, { item: '工资薪金', month: '2026-10', amount: 4020000 }),
    record('income', 'S2', 2, { item: '工资薪金', month: '2026-09', amount: 800000 }),
    record('income', 'S2', 3, { item: '工资薪金', month: '2026-10', amount: 20000 }),
  ],
})

t.test('what is computed for each supporter is shown for each, and only by the formula that holds', async (t) => {
  const params = { standardMonthly: '700.00', supportFormula: 2 }
  const lines = linesOf('supporter-income', given, 'en', { params })
  const wanted = [
    'unpaidEach | S1: max(0, max(0, 40,200.00 + 0.00 − 700.00 × 3 × 12) × 40% ÷ 2 − 0.00 × 12) = 3,000.00 CNY',
    ' | S2: max(0, max(0, 8,000.00 + 200.00 + 5,000.00 − 700.00 × 1 × 12) × 50% ÷ 1 − 100.00 × 12) = 1,200.00 CNY',
    'unpaidByFormula | 3,000.00 + 1,200.00 = 4,200.00 CNY',
    "3 | S1: people in the supporter's household (person.support.householdSize)",
    "1 | S2: people in the supporter's household (person.support.householdSize)",
    '100.00 CNY | S2: monthly support paid as declared (person.support.paidMonthly)',
  ]
  t.same(
    wanted.filter((line) => !lines.includes(line)),
    [],
  )
  t.ok(lines.some((line) => /^40 % \| Formula 2: share with three children or more .*, since 2000-01-01, /.test(line)))
  t.notOk(
    lines.some((line) => /^(10|30|150) % \|/.test(line)),
    'parameters of other formulas decide nothing',
  )
})

t.test('what one supporter owes by a judgment is shown as it is computed', async (t) => {
  const judged = dossier({
    people: [
      person(),
      person({ id: 'S1', role: 'supporter', support: { ...SUPPORT, judgedMonthly: 30000, paidMonthly: 10000 } }),
    ],
  })
  const lines = linesOf('supporter-income', judged, 'zh', { params: { standardMonthly: '700.00' } })
  t.ok(lines.includes('unpaidByJudgment | S1：最大值（0，300.00 − 100.00） × 12 = 2,400.00 元'), lines.join('\n'))
})

t.test('the undeclared part of each member is shown as it is computed', async (t) => {
  const gap = dossier({
    people: [person({ monthlyIncome: 50000 }), person({ id: 'P2', role: 'member' })],
    records: [
      record('income', 'P1', 1, { item: '工资薪金', month: '2026-10', amount: 600001 }),
      record('income', 'P2', 2, { item: '工资薪金', month: '2026-10', amount: 100 }),
    ],
  })
  const lines = linesOf('declared-income-gap', gap, 'zh', { params: { standardMonthly: '1.00' } })
  const wanted = [
    'undeclared | P1：最大值（0，6,000.01 − 500.00 × 12） = 0.01 元',
    ' | P2：最大值（0，1.00 − 0.00 × 12） = 1.00 元',
    '金额或数量 | 0.01 + 1.00 = 1.01 元',
    '500.00 元 | P1：申报月收入',
  ]
  t.same(
    wanted.filter((line) => !lines.includes(line)),
    [],
  )
})

t.test('a parameter that chooses records is named with where it is from', async (t) => {
  const vehicles = dossier({
    records: [
      record('vehicle', 'P1', 1, {
        plateClass: '02',
        plateNumber: 'A1',
        statuses: ['A'],
        use: 'A',
        firstRegistered: '2024-05-06',
        price: 8000001,
      }),
      record('vehicle', 'P1', 2, { plateClass: '02', plateNumber: 'A2', statuses: ['A'], use: 'A', price: 8000000 }),
    ],
  })
  const lines = linesOf('vehicles', vehicles, 'en', {
    region: '341324',
    params: { vehicleValueLimit: '80000.00', vehicleTaxPriceYears: 6 },
  })
  t.ok(lines.some((line) => /^80,000\.00 CNY \| .* \(param\.vehicleValueLimit\), everywhere, since /.test(line)))
  t.ok(
    lines.some((line) => /^#1 \| .* \| first registered 2024-05-06, price 80,000\.01 CNY,/.test(line)),
    'with the day and the price that were read',
  )
  t.ok(
    lines.some((line) => /^#2 \| .* \| does not meet above \(.*price 80,000\.00 CNY/.test(line)),
    'also of what was set aside by a name alone',
  )
})

t.test('none found is none, and not a sum of nothing', async (t) => {
  const none = dossier({ people: [person({ employment: 'unemployed' })] })
  t.ok(linesOf('contributions', none, 'zh').includes('金额或数量 | 0 个月'))
})
