import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseProcedures } from '../../src/domain/parse-procedures.ts'
import { missingOffices, procedureOf, WAITING_STATES } from '../../src/domain/procedure.ts'
import { HeduiError } from '../../src/errors.ts'

const FOLDER = join(import.meta.dirname, '../../rules/procedure')
const NATIONAL = readFileSync(join(FOLDER, 'national.yaml'), 'utf8')
const SAMPLE = readFileSync(join(FOLDER, 'sample-3699.yaml'), 'utf8')

const parse = (...texts: readonly string[]) => parseProcedures(texts.map((text, i) => ({ file: `${i}.yaml`, text })))
const profile = (region: string, rest: string) => `region: "${region}"\n${rest}\n`
const figure = (value: number) => `{ value: ${value}, basis: chosen, authority: made for a test }`

function refusals(...texts: readonly string[]): string[] {
  try {
    parse(...texts)
    return []
  } catch (error) {
    if (!(error instanceof HeduiError)) throw error
    return [error, ...error.others].map(({ code, located }) => `${code} ${located}`)
  }
}

t.test('the national profile gives what the laws give', async (t) => {
  const procedure = procedureOf(parse(NATIONAL), '110101001')
  t.match(procedure, { region: '', rebuttalDays: 10, reviewCalendarDays: 60, suitMonths: 6 })
  t.match(procedure.sources.reviewCalendarDays, { region: '', basis: 'law', authority: /行政复议法.*第二十条/ })
  t.match(procedure.sources.suitMonths, { region: '', basis: 'law', authority: /行政诉讼法 第四十六条/ })
  t.ok(procedure.recordYears > 5, 'what a suit can still ask for is kept')
})

t.test('what no law gives says that it was chosen, and why', async (t) => {
  const { sources } = procedureOf(parse(NATIONAL), '')
  t.same(
    Object.keys(sources).sort(),
    [
      ...['rebuttalDays', 'extensionDays', 'secondContactDays', 'reviewCalendarDays', 'suitMonths', 'recordYears'],
      ...['precision.floorPercent', 'precision.leastDecided', 'precision.window'],
      ...WAITING_STATES.flatMap((state) => [`limits.${state}.escalateDays`, `limits.${state}.lapseDays`]),
    ].sort(),
    'every figure has a source',
  )
  for (const [path, { basis, authority }] of Object.entries(sources)) {
    t.equal(basis, ['reviewCalendarDays', 'suitMonths'].includes(path) ? 'law' : 'chosen', path)
    t.ok(authority.length > 10, `${path}: ${authority}`)
  }
})

t.test('each state that waits for the agency escalates, then lapses', async (t) => {
  for (const profiles of [parse(NATIONAL), parse(NATIONAL, SAMPLE)]) {
    const { limits } = procedureOf(profiles, '369901003')
    t.same(Object.keys(limits), WAITING_STATES)
    for (const state of WAITING_STATES) t.ok(limits[state].escalateDays < limits[state].lapseDays, state)
  }
})

t.test('the longest prefix wins field by field', async (t) => {
  const profiles = parse(
    profile('369901', `rebuttalDays: ${figure(20)}\nlimits: { drafted: { lapseDays: ${figure(50)} } }`),
    NATIONAL,
    profile(
      '36',
      `rebuttalDays: ${figure(15)}\nextensionDays: ${figure(12)}\nlimits: { drafted: { escalateDays: ${figure(8)} } }`,
    ),
    profile('369', `precision: { window: ${figure(300)} }`),
  )
  for (const [region, expected] of [
    ['369901003', { region: '369901', rebuttalDays: 20, extensionDays: 12, drafted: [8, 50], window: 300 }],
    ['369902001', { region: '369', rebuttalDays: 15, extensionDays: 12, drafted: [8, 30], window: 300 }],
    ['360101001', { region: '36', rebuttalDays: 15, extensionDays: 12, drafted: [8, 30], window: 200 }],
    ['110101001', { region: '', rebuttalDays: 10, extensionDays: 10, drafted: [10, 30], window: 200 }],
    ['', { region: '', rebuttalDays: 10, extensionDays: 10, drafted: [10, 30], window: 200 }],
  ] as const) {
    const { limits, precision, ...found } = procedureOf(profiles, region)
    const { escalateDays, lapseDays } = limits.drafted
    t.match({ ...found, drafted: [escalateDays, lapseDays], window: precision.window }, expected, region)
    t.equal(found.suitMonths, 6, `${region} has what it does not say from above`)
  }
  t.same(procedureOf(profiles, '369901003').sources['limits.drafted.escalateDays'], {
    region: '36',
    basis: 'chosen',
    authority: 'made for a test',
  })
})

t.test('offices and legal texts are replaced whole', async (t) => {
  const office = '{ name: 某窗口, address: null, phone: 某号, hours: null }'
  const text = '{ id: suit, authority: 某条, text: 某文, use: [outcome] }'
  const more = '{ id: local, authority: 某办法, text: 某文, use: [packet] }'
  const profiles = parse(
    NATIONAL,
    SAMPLE,
    profile('369901', `offices: { asks: ${office} }\nlegalBasis: [${more}, ${text}]`),
  )
  const county = procedureOf(profiles, '369901003')
  const national = procedureOf(profiles, '110101')
  t.same(county.offices.asks, { name: '某窗口', address: null, phone: '某号', hours: null })
  t.equal(county.offices.court.name, '云溪县人民法院')
  const ids = national.legalBasis.map(({ id }) => id)
  t.same(
    county.legalBasis.map(({ id }) => id),
    [...ids, 'local'],
  )
  t.match(
    county.legalBasis.find(({ id }) => id === 'suit'),
    { authority: '某条', use: ['outcome'] },
  )
  t.equal(procedureOf(profiles, '369902001').offices.asks.name, '云溪县民政局社会救助服务窗口')
})

t.test('a region that has not named its offices is told from one that has', async (t) => {
  const profiles = parse(NATIONAL, SAMPLE)
  t.same(missingOffices(procedureOf(profiles, '369901003')), [])
  t.same(missingOffices(procedureOf(profiles, '110101001')), [
    ...['asks.address', 'asks.phone', 'review.address', 'review.phone', 'court.address', 'court.phone'],
  ])
})

t.test('the notice can quote each right, and nothing before a decision speaks of recovery', async (t) => {
  const { legalBasis } = procedureOf(parse(NATIONAL), '')
  const articles = (use: string) =>
    legalBasis
      .filter((text) => (text.use as readonly string[]).includes(use))
      .map(({ authority }) => authority)
      .join('\n')
  for (const article of [
    /57号〕?）第十八条/,
    /57号〕?）第三十二条/,
    /649号）第十三条/,
    /个人信息保护法 第二十四条/,
    ...['四', '五', '六', '七', '八'].map((number) => new RegExp(`个人信息保护法 第四十${number}条`)),
    /行政复议法.*第二十条/,
    /行政诉讼法 第四十六条/,
  ])
    t.match(articles('packet'), article)
  t.notMatch(articles('packet') + articles('outcome'), /第六十八条/)
  t.match(articles('recovery'), /649号）第六十八条/)
})

const BROKEN: readonly (readonly [what: string, texts: readonly string[], message: RegExp])[] = [
  [
    'an unknown word',
    [NATIONAL, profile('36', `rebutalDays: ${figure(10)}`)],
    /1\.yaml:2:1 \(rebutalDays\): unknown field "rebutalDays".*did you mean rebuttalDays/,
  ],
  [
    'an unknown state',
    [NATIONAL, profile('36', 'limits: { served: {} }')],
    /\(limits\.served\): unknown field "served"; allowed: drafted, confirmed, undeliverable/,
  ],
  [
    'a figure without its source',
    [NATIONAL, profile('36', 'rebuttalDays: { value: 10, basis: law }')],
    /\(rebuttalDays\): lacks the field "authority"/,
  ],
  ['a bare figure', [NATIONAL, profile('36', 'rebuttalDays: 10')], /\(rebuttalDays\): must be object/],
  [
    'an unknown basis',
    [NATIONAL, profile('36', 'rebuttalDays: { value: 10, basis: custom, authority: x }')],
    /\(rebuttalDays\.basis\): must be one of law, chosen, invented/,
  ],
  [
    'time to answer that is not real',
    [NATIONAL, profile('36', `rebuttalDays: ${figure(4)}`)],
    /\(rebuttalDays\.value\): must be >= 5/,
  ],
  [
    'a review shorter than the law',
    [NATIONAL, profile('36', `reviewCalendarDays: ${figure(30)}`)],
    /\(reviewCalendarDays\.value\): must be >= 60/,
  ],
  [
    'a suit shorter than the law',
    [NATIONAL, profile('36', `suitMonths: ${figure(3)}`)],
    /\(suitMonths\.value\): must be >= 6/,
  ],
  [
    'half a day',
    [NATIONAL, profile('36', `extensionDays: ${figure(1.5)}`)],
    /\(extensionDays\.value\): must be integer/,
  ],
  ['a region that is none', [NATIONAL, profile('36x', '')], /\(region\): must be an administrative code in quotes/],
  ['a region that is a number', [NATIONAL, 'region: 36\n'], /\(region\): must be string/],
  [
    'a region twice',
    [NATIONAL, SAMPLE, SAMPLE],
    /2\.yaml.*\(region\): another file has the profile of this region already/,
  ],
  [
    'a text twice',
    [
      NATIONAL,
      profile(
        '36',
        'legalBasis: [{ id: a, authority: b, text: c, use: [packet] }, { id: a, authority: b, text: c, use: [packet] }]',
      ),
    ],
    /\(legalBasis\.1\.id\): the id "a" stands twice/,
  ],
  [
    'a text without a use',
    [NATIONAL, profile('36', 'legalBasis: [{ id: a, authority: b, text: c, use: [] }]')],
    /\(legalBasis\.0\.use\): must NOT have fewer than 1 items/,
  ],
  [
    'an office without its telephone',
    [NATIONAL, profile('36', 'offices: { asks: { name: a, address: b, hours: c } }')],
    /\(offices\.asks\): lacks the field "phone"/,
  ],
  [
    'a case that lapses before it escalates',
    [NATIONAL, profile('36', `limits: { drafted: { escalateDays: ${figure(30)} } }`)],
    /1\.yaml.*\(limits\.drafted\): a case of this state lapses after 30 working days, which must be later than it escalates \(30\)/,
  ],
  [
    'more decisions than are looked at',
    [NATIONAL, profile('36', `precision: { window: ${figure(10)} }`)],
    /\(precision\): of the latest 10 decided warnings there are never 20/,
  ],
  ['no national profile', [SAMPLE], /0\.yaml: no file has the national profile/],
  [
    'a national profile that lacks a figure',
    [NATIONAL.replace(/^suitMonths:.*\n/m, '')],
    /0\.yaml.*lacks the field "suitMonths"/,
  ],
  [
    'a national profile that lacks a state',
    [NATIONAL.replace(/ {2}decided:\n.*\n.*\n/, '')],
    /\(limits\): lacks the field "decided"/,
  ],
  ['no YAML', [NATIONAL, 'region: ['], /1\.yaml:1:/],
]

t.test('a procedure that is wrong is refused, with the file and the place in it', async (t) => {
  for (const [what, texts, message] of BROKEN) {
    const found = refusals(...texts)
    t.ok(
      found.some((each) => message.test(each)),
      `${what}: ${found.join(' | ')}`,
    )
    t.ok(
      found.every((each) => each.startsWith('DEFINITION_PROCEDURE ')),
      what,
    )
  }
})
