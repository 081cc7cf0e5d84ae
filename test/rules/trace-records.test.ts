import t from 'tap'
import type { PersonFacts } from '../../src/domain/household.ts'
import { joinKey, showKey } from '../../src/domain/record-key.ts'
import type { RecordFields, RecordTypeName } from '../../src/domain/record-types.ts'
import type { SetAside, Trace } from '../../src/domain/trace.ts'
import type { RuleSet } from '../../src/rules/rule-set.ts'
import { checkDossierWithTraces } from '../../src/rules/trace-dossier.ts'
import { dossier, person, record } from './dossiers.ts'
import { ruleSetOf, ruleWith, shippedRules } from './rule-sets.ts'

const rules = await shippedRules()

type Row = readonly [type: RecordTypeName, owner: string, fields: RecordFields]
const recordsOf = (rows: readonly Row[]) => rows.map(([type, owner, fields], i) => record(type, owner, i + 1, fields))

function traceOf(
  rule: string,
  rows: readonly Row[],
  people: PersonFacts[] = [person()],
  ruleSet: RuleSet = rules,
): Trace {
  const { traces } = checkDossierWithTraces(ruleSet, dossier({ people, records: recordsOf(rows) }), null, { of: 'all' })
  return traces.find((trace) => trace.rule === rule && (trace.person ?? 'P1') === 'P1')!
}

/** What each row became, by its row number. */
function fatesOf({ records }: Trace): (string | SetAside)[] {
  return [...records].sort((a, b) => a.row - b.row).map(({ state, because }) => because ?? state)
}

const deposit = (more: RecordFields = {}): Row => [
  'deposit',
  'P1',
  { institution: '甲', account: '1', currency: 'CNY', balance: 100, ...more },
]
const security = (more: RecordFields = {}): Row => [
  'security',
  'P1',
  { institution: '甲', product: 'a', value: 100, ...more },
]
const policy = (more: RecordFields = {}): Row => [
  'policy',
  'P1',
  { institution: '甲', product: 'a', annualPremium: 100, ...more },
]
const property = (more: RecordFields = {}): Row => [
  'property',
  'P1',
  { unit: 'U1', area: 5000, usage: '住宅', share: 1, ...more },
]
const income = (month: string): Row => ['income', 'P1', { item: '工资薪金', month, amount: 100 }]
const vehicle = (more: RecordFields = {}): Row => [
  'vehicle',
  'P1',
  { plateClass: '02', plateNumber: 'A1', statuses: [], ...more },
]
const contribution = (more: RecordFields = {}): Row => [
  'contribution',
  'P1',
  { insurance: '110', month: '2026-10', paidMonth: '2026-10', payerKind: 'employer', ...more },
]
const benefit = (more: RecordFields = {}): Row => [
  'benefit',
  'P1',
  { kind: 'pension', month: '2026-10', amount: 100, ...more },
]

const STATUS = "!has(d.status) || d.status == 'open'"
const IN_FORCE = "!has(p.status) || p.status == 'in-force'"
const CNY = "!has(s.currency) || s.currency == 'CNY'"
const CURRENT = '!has(p.current) || p.current'
const USAGE = "p.usage in ['住宅', '成套住宅', '商业', '办公', '厂房']"
const USAGES = ['住宅', '成套住宅', '商业', '办公', '厂房']
const EMPLOYERS = ['110', '120', '210', '310', '410']

/** Of each warning a record that it takes, and those that it sets aside with the clause, the field and what it asks. */
const TABLE: readonly (readonly [
  rule: string,
  row: Row,
  clause: string | null,
  fields?: object,
  test?: object | null,
])[] = [
  ['deposits', deposit(), null],
  ['deposits', deposit({ status: 'open' }), null],
  [
    'deposits',
    deposit({ status: 'closed' }),
    STATUS,
    { status: 'closed' },
    { field: 'status', operator: '==', orAbsent: true, value: 'open' },
  ],
  [
    'deposits',
    deposit({ currency: 'USD' }),
    "d.currency == 'CNY'",
    { currency: 'USD' },
    { field: 'currency', operator: '==', value: 'CNY' },
  ],
  [
    'deposits',
    deposit({ currency: 'USD', status: 'closed' }),
    STATUS,
    { status: 'closed' },
    { field: 'status', operator: '==', orAbsent: true, value: 'open' },
  ],
  ['securities', security(), null],
  [
    'securities',
    security({ currency: 'HKD' }),
    CNY,
    { currency: 'HKD' },
    { field: 'currency', operator: '==', orAbsent: true, value: 'CNY' },
  ],
  ['property', property(), null],
  [
    'property',
    property({ current: false }),
    CURRENT,
    { current: false },
    { field: 'current', operator: '==', orAbsent: true, value: true },
  ],
  [
    'property',
    property({ share: 0.0999 }),
    'p.share >= 0.1',
    { share: 0.0999 },
    { field: 'share', operator: '>=', value: 0.1 },
  ],
  [
    'property',
    property({ usage: '车库' }),
    USAGE,
    { usage: '车库' },
    { field: 'usage', operator: 'in', value: USAGES },
  ],
  ['insurance', policy(), null],
  [
    'insurance',
    policy({ status: 'lapsed' }),
    IN_FORCE,
    { status: 'lapsed' },
    { field: 'status', operator: '==', orAbsent: true, value: 'in-force' },
  ],
  ['income', income('2025-11'), null],
  [
    'income',
    income('2025-10'),
    'i.month >= monthsBefore(asOf, param.incomeMonths)',
    { month: '2025-10' },
    { field: 'month', operator: '>=', value: '2025-11' },
  ],
  [
    'income',
    income('2026-11'),
    'i.month < month(asOf)',
    { month: '2026-11' },
    { field: 'month', operator: '<', value: '2026-11' },
  ],
  ['vehicles', vehicle(), null],
  [
    'vehicles',
    vehicle({ statuses: ['G', 'E'] }),
    "!v.statuses.exists(s, s in ['B', 'E', 'P'])",
    { statuses: ['G', 'E'] },
    { field: 'statuses', operator: 'none-in', value: ['B', 'E', 'P'] },
  ],
  [
    'vehicles',
    vehicle({ plateClass: '07' }),
    "!(v.plateClass in ['07', '08', '13', '14'])",
    { plateClass: '07' },
    { field: 'plateClass', operator: 'not-in', value: ['07', '08', '13', '14'] },
  ],
  ['contributions', contribution(), null],
  [
    'contributions',
    contribution({ insurance: '170' }),
    "c.insurance in ['110', '120', '210', '310', '410']",
    { insurance: '170' },
    { field: 'insurance', operator: 'in', value: EMPLOYERS },
  ],
  [
    'contributions',
    contribution({ payerKind: undefined as unknown as string }),
    'has(c.payerKind)',
    { payerKind: null },
    { field: 'payerKind', operator: 'given', value: null },
  ],
  [
    'contributions',
    contribution({ payerKind: 'self' }),
    "c.payerKind == 'employer'",
    { payerKind: 'self' },
    { field: 'payerKind', operator: '==', value: 'employer' },
  ],
  [
    'contributions',
    contribution({ paidMonth: '2026-09' }),
    'c.paidMonth == c.month',
    { paidMonth: '2026-09', month: '2026-10' },
    { field: 'paidMonth', operator: '==', other: 'month', value: '2026-10' },
  ],
  [
    'contributions',
    contribution({ month: '2026-04', paidMonth: '2026-04' }),
    'c.month >= monthsBefore(asOf, 6)',
    { month: '2026-04' },
    { field: 'month', operator: '>=', value: '2026-05' },
  ],
  [
    'contributions',
    contribution({ month: '2026-11', paidMonth: '2026-11' }),
    'c.month < month(asOf)',
    { month: '2026-11' },
    { field: 'month', operator: '<', value: '2026-11' },
  ],
  ['benefits', benefit(), null],
  [
    'benefits',
    benefit({ kind: 'other' }),
    "b.kind in ['pension', 'unemployment']",
    { kind: 'other' },
    { field: 'kind', operator: 'in', value: ['pension', 'unemployment'] },
  ],
  [
    'benefits',
    benefit({ insurance: '170' }),
    "!has(b.insurance) || b.insurance != '170'",
    { insurance: '170' },
    { field: 'insurance', operator: '!=', orAbsent: true, value: '170' },
  ],
  [
    'benefits',
    benefit({ month: '2026-07' }),
    'b.month >= monthsBefore(asOf, 3)',
    { month: '2026-07' },
    { field: 'month', operator: '>=', value: '2026-08' },
  ],
  [
    'benefits',
    benefit({ month: '2026-11' }),
    'b.month < month(asOf)',
    { month: '2026-11' },
    { field: 'month', operator: '<', value: '2026-11' },
  ],
]

t.test('each warning says which clause set a record aside', async (t) => {
  for (const [rule, row, clause, fields, test] of TABLE) {
    const [fate] = fatesOf(traceOf(rule, [row], [person({ employment: 'unemployed' })]))
    const step = rule === 'property' && clause !== USAGE ? 'held' : 'evidence'
    t.same(fate, clause === null ? 'taken' : { step, clause, fields, test }, `${rule} ${JSON.stringify(row[2])}`)
  }
})

t.test('a clause that is more than a comparison is given as it stands, with the fields that it reads', async (t) => {
  const [fate] = fatesOf(traceOf('vehicles', [vehicle()], [person({ vehicleExempt: true })]))
  const clause = '!people.exists(p, p.id == v.person && p.vehicleExempt)'
  t.same(fate, { step: 'evidence', clause, fields: { person: 'P1' } })
})

t.test('of two records of one account one is counted, and named', async (t) => {
  const people = [person(), person({ id: 'P2', role: 'member' })]
  const trace = traceOf('deposits', [deposit(), ['deposit', 'P2', deposit()[2]], deposit({ account: '2' })], people)
  const clause = "distinctBy(evidence, 'key')"
  t.same(fatesOf(trace), ['taken', { step: 'measure', clause, fields: { key: '甲|1' }, standsFor: 0 }, 'taken'])
  t.same(
    trace.records.map(({ gives }) => gives),
    ['1.00', null, '1.00'],
  )
  t.equal(trace.measure, '2.00')
})

t.test('a let that chooses from a let is followed back to the list', async (t) => {
  const trace = traceOf('property', [
    property(),
    property({ unit: 'U2', usage: '商业' }),
    property({ unit: 'U3', share: 0.05 }),
    property({ unit: 'U4', usage: '仓储' }),
    property({ unit: 'U1', certificate: '2' }),
  ])
  const dwellings = "distinctBy(held.filter(p, p.usage in ['住宅', '成套住宅']), 'unit')"
  const [first, shop, small, store, again] = fatesOf(trace)
  t.same([first, shop], ['taken', 'taken'])
  t.match(small, { step: 'held', clause: 'p.share >= 0.1' })
  t.match(store, { step: 'evidence', clause: USAGE })
  t.same(again, { step: 'dwellings', clause: dwellings, fields: { unit: 'U1' }, standsFor: 0 })
  // By unit: rows 1, 5, 2, 3, 4.
  t.same(
    trace.selections.map(({ step, from, taken }) => [step, from, taken]),
    [
      ['held', 'properties', [0, 1, 2, 4]],
      ['dwellings', 'held', [0, 1]],
      ['dwellings', "held.filter(p, p.usage in ['住宅', '成套住宅'])", [0]],
      ['premises', 'held', [2]],
      ['evidence', 'held', [0, 1, 2]],
    ],
  )
})

t.test('months that two contributions share are counted once', async (t) => {
  const trace = traceOf(
    'contributions',
    [
      contribution(),
      contribution({ insurance: '310' }),
      contribution({ insurance: '310', month: '2026-09', paidMonth: '2026-09' }),
    ],
    [person({ employment: 'unable' })],
  )
  const clause = 'distinct(evidence.map(c, c.month))'
  t.same(fatesOf(trace), ['taken', { step: 'measure', clause, fields: { month: '2026-10' }, standsFor: 0 }, 'taken'])
  t.equal(trace.measure, 2)
})

const OPEN = "open: deposits.filter(d, has(d.status) && d.status == 'open')"

t.test('other forms of choices are explained as far as they can be', async (t) => {
  const rows = [
    deposit({ status: 'open', balance: 5000 }),
    deposit({ account: '2', status: 'closed', balance: 5000 }),
    deposit({ account: '3', status: 'open', balance: 10 }),
    deposit({ account: '4', balance: 10 }),
  ]
  for (const [title, replacements, fates] of [
    [
      'clauses in parentheses, over several lines',
      [[OPEN, "open: >-\n    deposits.filter(d, (has(d.status) && (d.status == 'open'\n      && d.balance > 1000)))"]],
      [
        'taken',
        { clause: "d.status == 'open'" },
        { clause: 'd.balance > 1000', fields: { balance: '0.10' }, test: { value: '10.00' } },
        { clause: 'has(d.status)' },
      ],
    ],
    [
      'a sum of two choices: the first that did not take it',
      [[OPEN, 'open: deposits.filter(d, d.balance > 1000) + deposits.filter(d, !has(d.status))']],
      ['taken', 'taken', { clause: 'd.balance > 1000' }, 'taken'],
    ],
    [
      'a choice from a sum of two',
      [['evidence: open', 'evidence: (open + open).filter(d, d.balance > 1000)']],
      [
        'taken',
        { step: 'evidence', clause: 'open + open', fields: {} },
        { clause: 'd.balance > 1000' },
        { clause: 'open + open' },
      ],
    ],
    [
      'map with a condition',
      [
        ['measure: sum(evidence.map(d, d.balance))', 'measure: sum(deposits.map(d, d.balance > 1000, d.balance))'],
        ['evidence: open\n', ''],
      ],
      [
        'taken',
        'taken',
        { step: 'measure', clause: 'd.balance > 1000' },
        { step: 'measure', clause: 'd.balance > 1000' },
      ],
    ],
    [
      'a clause that fails on a record is passed over, as && does',
      [[OPEN, "open: deposits.filter(d, d.status == 'open' && has(d.status) && d.balance > 1000)"]],
      ['taken', { clause: "d.status == 'open'" }, { clause: 'd.balance > 1000' }, { clause: 'has(d.status)' }],
    ],
    [
      'a flipped comparison, and what a negated or says',
      [[OPEN, "open: deposits.filter(d, 1000 <= d.balance && !(d.currency == 'USD' || d.account == '2'))"]],
      [
        'taken',
        { clause: "!(d.currency == 'USD' || d.account == '2')", fields: { currency: 'CNY', account: '2' } },
        { test: { field: 'balance', operator: '>=', value: '10.00' } },
        { test: { operator: '>=' } },
      ],
    ],
    [
      'a list that is read as a whole beside the evidence takes nothing into it',
      [['reason:', 'warn: measure > limit || deposits.exists(d, d.balance > 1000)\nreason:']],
      ['taken', { clause: "d.status == 'open'" }, 'taken', { clause: 'has(d.status)' }],
    ],
  ] as const) {
    const ruleSet = ruleSetOf([ruleWith(...(replacements as unknown as (readonly [string, string])[]))])
    const found = fatesOf(traceOf('trial', rows, [person()], ruleSet))
    t.match(found, fates, title)
  }
})

t.test('what keys mask is masked wherever a trace could show it', async (t) => {
  const ruleSet = ruleSetOf([
    ruleWith([
      OPEN,
      "open: deposits.filter(d, d.account != '6217000000000000001')\n  accounts: deposits.map(d, d.account)\n  first: deposits[0].account\n  keys: distinctBy(deposits, 'key').map(d, d.key)\n  joined: deposits.map(d, d.institution + '/' + d.account + d.key)\n  number: deposits.map(d, int(d.account))",
    ]),
  ])
  const key = joinKey(['甲', '6217000000000000001'])
  const [made] = recordsOf([deposit({ account: '6217000000000000001' })])
  const records = [{ ...made!, key, shownKey: showKey(key, [false, true]) }]
  const { traces } = checkDossierWithTraces(ruleSet, dossier({ records }), null, { of: 'all' })
  const [{ records: shown, steps }] = traces as [Trace]
  t.match(shown[0], { key: '甲|****0001', fields: { account: '****0001', key: '甲|****0001' } })
  t.match(steps.map(({ value }) => value).slice(1, 6), [
    ['****0001'],
    '****0001',
    ['甲|****0001'],
    ['甲/****0001甲|****0001'],
    ['****0001'],
  ])
  // Only the author's own text holds the number.
  t.notMatch(JSON.stringify(traces).replaceAll("d.account != '6217000000000000001'", ''), /6217000000000000001/)
})

t.test('a record gives its amount where the number of records is only divided by', async (t) => {
  const rows = [
    deposit({ account: '1', balance: 300, status: 'open' }),
    deposit({ account: '2', balance: 500, status: 'open' }),
  ]
  for (const measure of [
    'sum(evidence.map(d, d.balance)) / size(evidence)',
    'size(evidence) * sum(evidence.map(d, d.balance)) / size(evidence)',
  ]) {
    const ruleSet = ruleSetOf([ruleWith(['measure: sum(evidence.map(d, d.balance))', `measure: ${measure}`])])
    t.same(
      traceOf('trial', rows, [person()], ruleSet).records.map(({ gives }) => gives),
      ['3.00', '5.00'],
      measure,
    )
  }
})
