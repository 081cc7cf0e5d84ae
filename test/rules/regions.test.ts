import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { RuleResult } from '../../src/domain/check-result.ts'
import type { DossierRecord } from '../../src/domain/dossier.ts'
import type { HouseholdFacts, PersonFacts } from '../../src/domain/household.ts'
import type { RecordFields } from '../../src/domain/record-types.ts'
import { checkDossier } from '../../src/rules/check-dossier.ts'
import { resolveParameter } from '../../src/rules/parameters.ts'
import { parseRuleSet, type RuleSet } from '../../src/rules/rule-set.ts'
import { ALL_SOURCES, dossier, person, record } from './dossiers.ts'
import { ROOT, SOURCES, shippedRules, textWith } from './rule-sets.ts'

const rules = await shippedRules()

/** The shipped rules, with figures that nobody has published (or that a test needs round) where none is in force. */
function withFigures(figures: Readonly<Record<string, bigint>>): RuleSet {
  const parameters = new Map(rules.parameters)
  for (const [name, value] of Object.entries(figures)) {
    const parameter = parameters.get(name)!
    const anywhere = { region: '', from: '1900-01-01', value, authority: { zh: 'test', en: 'test' } }
    parameters.set(name, { ...parameter, values: [...parameter.values, anywhere] })
  }
  return { ...rules, parameters }
}

interface Given {
  readonly asOf?: string
  readonly size?: number
  readonly first?: Partial<PersonFacts>
  readonly household?: Partial<HouseholdFacts>
  readonly records: readonly DossierRecord[]
}

function resultsIn(region: string, ruleSet: RuleSet, given: Given): readonly RuleResult[] {
  const { asOf = '2026-11-01', size = 1, first = {}, household = {}, records } = given
  // Some places' figures are of years before the tests' usual authorization.
  const authorization = { signedOn: '2010-01-01', endsOn: null, sources: ALL_SOURCES }
  const people = Array.from({ length: size }, (_, i) =>
    person({ id: `P${i + 1}`, authorization, ...(i === 0 ? first : { role: 'member' }) }),
  )
  const checked = dossier({ asOf, people, records, household: { ...household, region } })
  return checkDossier(ruleSet, checked, null, (error) => {
    throw error
  }).results
}

const deposits = (fen: number) => [
  record('deposit', 'P1', 1, { institution: 'A', account: '1', currency: 'CNY', balance: fen, status: 'open' }),
]
const withSecurities = (fen: number) => [
  ...deposits(fen - 100),
  record('security', 'P1', 2, { institution: 'B', product: '基金', value: 100 }),
]
const vehicle = (fields: RecordFields) => [
  record('vehicle', 'P1', 1, { plateClass: '02', plateNumber: 'A1', use: '非营运', statuses: ['A'], ...fields }),
]
const dwellings = (...areas: number[]) =>
  areas.map((area, i) =>
    record('property', 'P1', i + 1, { unit: `U${i}`, area, usage: '住宅', nature: '商品房', share: 1, current: true }),
  )
const premises = (usage: string) => [record('property', 'P1', 9, { unit: 'U9', area: 1000, usage, share: 1 })]
const STANDARD = { standardMonthly: 70000n }
const CITY = { ...STANDARD, meanAreaPerPerson: 3000n, guaranteedAreaPerPerson: 1000n }
const BEIJING = { ...CITY, consumptionYearly: 4000000n }
const ILL = { seriousIllness: true }

/** Place, its region, a neighbor that has the default profile. */
const PLACES = {
  Beijing: ['110101', '130102'],
  Shanghai: ['310101', '330102'],
  Guangdong: ['440103', '450102'],
  Sixian: ['341324001', '341302'],
  Jiangsu: ['320102', '330102'],
  Chongqing: ['500101', '510104'],
} as const
const SHANGHAI_DAY = '2022-12-31'

/**
 * What is exactly on a published boundary, the outcome there and one unit beyond, and what the neighbor's default profile says of
 * the boundary: the words 不超过 and 超过 let the boundary pass, 低于 does not.
 */
const BOUNDARIES: readonly (readonly [
  place: keyof typeof PLACES,
  rule: string,
  what: string,
  at: Given,
  beyond: Given,
  outcomes: readonly [at: string, beyond: string, neighbor: string],
  figures: Readonly<Record<string, bigint>>,
])[] = [
  ...(['deposits', 'securities'] as const).flatMap((rule) => {
    const held = rule === 'deposits' ? deposits : withSecurities
    const far = rule === 'deposits' ? 'warned' : 'clear'
    return [
      [
        'Beijing',
        rule,
        '1.2 times for two',
        { size: 2, records: held(9600000) },
        { size: 2, records: held(9600001) },
        ['clear', 'warned', far],
        BEIJING,
      ],
      [
        'Beijing',
        rule,
        '1.0 times for three',
        { size: 3, records: held(12000000) },
        { size: 3, records: held(12000001) },
        ['clear', 'warned', far],
        BEIJING,
      ],
      [
        'Shanghai',
        rule,
        '33,000 each of two',
        { asOf: SHANGHAI_DAY, size: 2, records: held(6600000) },
        { asOf: SHANGHAI_DAY, size: 2, records: held(6600001) },
        ['clear', 'warned', far],
        CITY,
      ],
      [
        'Shanghai',
        rule,
        '30,000 each of three',
        { asOf: SHANGHAI_DAY, size: 3, records: held(9000000) },
        { asOf: SHANGHAI_DAY, size: 3, records: held(9000001) },
        ['clear', 'warned', far],
        CITY,
      ],
      [
        'Guangdong',
        rule,
        '24 months',
        { records: held(1680000) },
        { records: held(1680001) },
        ['clear', 'warned', 'clear'],
        STANDARD,
      ],
      [
        'Sixian',
        rule,
        '36 months',
        { records: held(2520000) },
        { records: held(2520001) },
        ['clear', 'warned', far],
        STANDARD,
      ],
      [
        'Sixian',
        rule,
        '48 months, illness',
        { first: ILL, records: held(3360000) },
        { first: ILL, records: held(3360001) },
        ['clear', 'warned', far],
        STANDARD,
      ],
      [
        'Sixian',
        rule,
        '48 months, disability',
        { first: { disabled: true }, records: held(3360000) },
        { first: { disabled: true }, records: held(3360001) },
        ['clear', 'warned', far],
        STANDARD,
      ],
      [
        'Jiangsu',
        rule,
        'three yearly standards',
        { records: held(2520000) },
        { records: held(2520001) },
        ['clear', 'warned', far],
        STANDARD,
      ],
      [
        'Chongqing',
        rule,
        '24 months',
        { records: held(1680000) },
        { records: held(1680001) },
        ['clear', 'warned', 'clear'],
        STANDARD,
      ],
      [
        'Chongqing',
        rule,
        '50,000 with illness',
        { first: ILL, records: held(5000000) },
        { first: ILL, records: held(5000001) },
        ['clear', 'warned', far],
        STANDARD,
      ],
    ] as const
  }),
  [
    'Beijing',
    'property',
    'the mean area, below it',
    { records: dwellings(1500, 1499) },
    { records: dwellings(1500, 1500) },
    ['clear', 'warned', 'clear'],
    BEIJING,
  ],
  [
    'Shanghai',
    'property',
    'the mean area, below it',
    { records: dwellings(1500, 1499) },
    { records: dwellings(1500, 1500) },
    ['clear', 'warned', 'clear'],
    CITY,
  ],
  [
    'Shanghai',
    'property',
    'two dwellings, not three',
    { records: dwellings(500, 500) },
    { records: dwellings(500, 500, 500) },
    ['clear', 'warned', 'clear'],
    CITY,
  ],
  [
    'Guangdong',
    'property',
    'one dwelling, not two',
    { records: dwellings(9000) },
    { records: dwellings(500, 500) },
    ['clear', 'warned', 'clear'],
    STANDARD,
  ],
  [
    'Guangdong',
    'property',
    'no garage',
    { records: dwellings(900) },
    { records: [...dwellings(900), ...premises('车位')] },
    ['clear', 'warned', 'clear'],
    STANDARD,
  ],
  [
    'Jiangsu',
    'property',
    'twice the guaranteed area',
    { records: dwellings(1000, 1000) },
    { records: dwellings(1000, 1001) },
    ['clear', 'warned', 'clear'],
    CITY,
  ],
  [
    'Chongqing',
    'property',
    'three times the guaranteed area',
    { records: dwellings(1500, 1500) },
    { records: dwellings(1500, 1501) },
    ['clear', 'warned', 'clear'],
    CITY,
  ],
  [
    'Beijing',
    'vehicles',
    'none, not a motorcycle',
    { records: [] },
    { records: vehicle({ plateClass: '07' }) },
    ['clear', 'warned', 'clear'],
    STANDARD,
  ],
  [
    'Shanghai',
    'vehicles',
    'for trade, not for living',
    { records: vehicle({ use: '货运' }) },
    { records: vehicle({}) },
    ['clear', 'warned', 'warned'],
    STANDARD,
  ],
  [
    'Guangdong',
    'vehicles',
    "the city's limit of a livelihood vehicle",
    { asOf: '2026-01-01', records: vehicle({ use: '货运', price: 6000000 }) },
    { asOf: '2026-01-01', records: vehicle({ use: '货运', price: 6000001 }) },
    ['clear', 'warned', 'warned'],
    { livelihoodVehicleValue: 6000000n },
  ],
  [
    'Guangdong',
    'vehicles',
    'from the first day of 2026',
    { asOf: '2026-01-01', records: vehicle({ use: '货运', price: 1 }) },
    { asOf: '2025-12-31', records: vehicle({ use: '货运', price: 1 }) },
    ['clear', 'warned', 'warned'],
    { livelihoodVehicleValue: 6000000n },
  ],
  [
    'Sixian',
    'vehicles',
    '80,000',
    { records: vehicle({ firstRegistered: '2024-05-06', price: 8000000 }) },
    { records: vehicle({ firstRegistered: '2024-05-06', price: 8000001 }) },
    ['clear', 'warned', 'warned'],
    STANDARD,
  ],
  [
    'Sixian',
    'vehicles',
    'six years at the price, then the insured sum',
    { records: vehicle({ firstRegistered: '2020-11-01', price: 9000000, insuredValue: 8000000 }) },
    { records: vehicle({ firstRegistered: '2020-11-02', price: 9000000, insuredValue: 8000000 }) },
    ['clear', 'warned', 'warned'],
    STANDARD,
  ],
  [
    'Jiangsu',
    'vehicles',
    'the sole livelihood',
    { records: vehicle({ use: 'F' }) },
    {
      records: [
        ...vehicle({ use: 'F' }),
        record('vehicle', 'P1', 2, { plateClass: '02', plateNumber: 'A2', statuses: [] }),
      ],
    },
    ['clear', 'warned', 'warned'],
    STANDARD,
  ],
  [
    'Chongqing',
    'vehicles',
    'a value of 30,000',
    { records: vehicle({ price: 3000000 }) },
    { records: vehicle({ price: 3000001 }) },
    ['clear', 'warned', 'warned'],
    STANDARD,
  ],
]

for (const [place, rule, what, at, beyond, outcomes, figures] of BOUNDARIES) {
  t.test(`${place}, ${rule}: ${what}`, async (t) => {
    const [region, neighbor] = PLACES[place]
    const ruleSet = withFigures(figures)
    const outcome = (where: string, given: Given) =>
      resultsIn(where, ruleSet, given).find((result) => result.rule === rule)!.outcome
    t.same([outcome(region, at), outcome(region, beyond), outcome(neighbor, at)], outcomes)
  })
}

t.test('every rule of a region is told here, on its boundary', async (t) => {
  const told = new Set(BOUNDARIES.map(([place, rule]) => `${rule} ${PLACES[place][0]}`))
  for (const { definition } of rules.rules.filter(
    ({ definition }) => definition.region && definition.enabled !== false,
  )) {
    const { id, region } = definition
    if (id !== 'housing-bought')
      t.ok(
        [...told].some((one) => one.startsWith(`${id} ${region}`)),
        `${id} ${region}`,
      )
  }
})

t.test('without the figure that a place has not published its rule is unverifiable, where it matters', async (t) => {
  const set = withFigures(STANDARD)
  for (const [region, rule, given, parameter] of [
    ['110101', 'deposits', { records: [] }, 'consumptionYearly'],
    ['110101', 'property', { records: dwellings(500, 500) }, 'meanAreaPerPerson'],
    ['310101', 'deposits', { asOf: '2023-01-01', records: [] }, 'assetPerPersonUpToTwo'],
    ['310101', 'property', { records: dwellings(500, 500) }, 'meanAreaPerPerson'],
    ['320102', 'property', { records: dwellings(500, 500) }, 'guaranteedAreaPerPerson'],
    ['440103', 'vehicles', { records: vehicle({ use: '货运', price: 1 }) }, 'livelihoodVehicleValue'],
    ['500101', 'property', { records: dwellings(500, 500) }, 'guaranteedAreaPerPerson'],
  ] as const) {
    const result = resultsIn(region, set, given).find((one) => one.rule === rule)!
    t.equal(result.outcome, 'unverifiable', `${region} ${rule}`)
    t.ok(
      result.missing.some((one) => one.parameter === parameter),
      `${region} ${rule} ${parameter}`,
    )
  }
  for (const region of ['110101', '310101', '320102', '500101']) {
    const one = resultsIn(region, set, { records: dwellings(9000) }).find((result) => result.rule === 'property')!
    t.equal(one.outcome, 'clear', `one dwelling in ${region} needs no figure`)
  }
})

t.test('a rule that is switched on in a region is on there alone', async (t) => {
  const bought = dwellings(500).map((one) => ({ ...one, fields: { ...one.fields, registeredOn: '2026-05-01' } }))
  const inJiangsu = resultsIn('320102', rules, { records: bought })
  t.match(inJiangsu.at(-1), { rule: 'housing-bought', outcome: 'warned', measure: 1, limit: 0 })
  for (const region of ['110101', '330102', '440103', '369901003'])
    t.notOk(
      resultsIn(region, rules, { records: bought }).some(({ rule }) => rule === 'housing-bought'),
      region,
    )
})

/** The shipped files, one of them changed. */
function shippedWith(name: string, ...change: readonly (readonly [string, string])[]): RuleSet {
  const texts = (pattern: string) =>
    globSync(join(ROOT, 'rules', pattern)).map((file) => {
      const text = readFileSync(file, 'utf8')
      return { file, text: file.endsWith(`/${name}`) ? textWith(text, ...change) : text }
    })
  return parseRuleSet({
    rules: [...texts('eight-warnings/*.yaml'), ...texts('supplementary/*.yaml')],
    parameters: texts('parameters/*.yaml'),
    sources: SOURCES,
  })
}

t.test("a region's file may switch on what is off elsewhere, or off what is on, with its sources", async (t) => {
  const on = shippedWith('business-registration.guangdong.yaml', ['enabled: false\n', ''])
  t.ok(on.sources.includes('business'))
  t.notOk(rules.sources.includes('business'))
  const shop = { company: '便民店', position: 'self-employed', status: 'active' }
  const records = [record('business', 'P1', 1, shop)]
  const inGuangdong = resultsIn('440103', on, { records }).find(({ rule }) => rule === 'business-registration')
  t.match(inGuangdong, { outcome: 'warned', measure: 1, unit: 'count' })
  t.notOk(resultsIn('450102', on, { records }).some(({ rule }) => rule === 'business-registration'))
  const sources = (region: string) =>
    checkDossier(on, dossier({ household: { region } }), null).sources.map(({ source }) => source)
  t.ok(sources('440103').includes('business'))
  t.notOk(sources('450102').includes('business'))

  const off = shippedWith('6-vehicles.guangdong.yaml', ['unit: count\n', 'unit: count\nenabled: false\n'])
  t.notOk(resultsIn('440103', off, { records: [] }).some(({ rule }) => rule === 'vehicles'))
  t.ok(resultsIn('450102', off, { records: [] }).some(({ rule }) => rule === 'vehicles'))
})

t.test('re-checks are due by category, and in Chongqing by town and country', async (t) => {
  const months = (name: string, region: string, scheme: 'urban-dibao' | 'rural-dibao') =>
    resolveParameter(rules.parameters.get(name), { region, scheme }, '2026-11-01')?.value
  for (const [region, scheme, ...expected] of [
    ['369901003', 'urban-dibao', 12n, 6n, 3n],
    ['500101', 'urban-dibao', 12n, 6n, 1n],
    ['500101', 'rural-dibao', 12n, 6n, 3n],
  ] as const)
    t.same(
      ['reviewMonthsA', 'reviewMonthsB', 'reviewMonthsC'].map((name) => months(name, region, scheme)),
      expected,
      `${region} ${scheme}`,
    )
})
