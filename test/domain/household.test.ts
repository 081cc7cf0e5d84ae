import t from 'tap'
import { isAuthorized, parseHousehold } from '../../src/domain/household.ts'
import { HeduiError } from '../../src/errors.ts'
import { changed, household, NUMBER, OTHER_NUMBER, PERSON, put, SOURCES } from './households.ts'

/** Code and path of each thing that is wrong, sorted; nothing for a household that is taken. */
function problems(value: unknown): { code: string; path: string | undefined; message: string }[] {
  try {
    parseHousehold(value, SOURCES)
    return []
  } catch (error) {
    if (!(error instanceof HeduiError)) throw error
    return [error, ...error.others].map(({ code, place, message }) => ({ code, path: place.path, message }))
  }
}

t.test('takes a household of design §5', async (t) => {
  const { facts, people, address } = parseHousehold(household(), SOURCES)
  t.match(facts, { id: 'H000001', scheme: 'urban-dibao', region: '369901003', category: 'A', grantedFrom: '2024-05' })
  t.match(facts, { monthlyBenefit: 74500, monthlyIncome: 80000, savings: 300000, vehicles: 0, dwellings: 1 })
  t.match(people[0]!.identity, { name: '王伟', number: NUMBER, idType: 'resident-id', hasNumber: true })
  t.match(people[0]!.facts, { birthDate: '1970-03-07', monthlyIncome: 0, monthlyBenefits: 0, hasNumber: true })
  t.equal(address, '云溪县')
})

t.test('rules see no name, number or address', async (t) => {
  const { facts, people } = parseHousehold(household(), SOURCES)
  const seen = JSON.stringify([facts, people.map((person) => person.facts)])
  for (const secret of ['王伟', NUMBER, '云溪县']) t.notOk(seen.includes(secret), secret)
})

t.test('null is what design §5 says it is', async (t) => {
  const taken = parseHousehold(
    changed((h) => {
      h.grantedFrom = null
      h.people[0].authorization.endsOn = null
    }),
    SOURCES,
  )
  t.equal(taken.facts.grantedFrom, null, 'an application')
  t.equal(taken.people[0]!.facts.authorization!.endsOn, null, 'open')
})

t.test('a vulnerability that is not known counts as one', async (t) => {
  for (const field of ['disabled', 'seriousIllness'] as const) {
    for (const [delivered, read] of [
      [null, true],
      [true, true],
      [false, false],
    ] as const) {
      const { people } = parseHousehold(
        changed((h) => {
          h.people[0][field] = delivered
        }),
        SOURCES,
      )
      t.equal(people[0]!.facts[field], read, `${field} ${delivered}`)
    }
  }
})

t.test('people without a resident number are taken, and known to have none', async (t) => {
  for (const [idType, idNumber, number] of [
    ['passport', 'E12345678', 'E12345678'],
    ['other', ' H12345678 ', 'H12345678'],
    ['foreign-permanent', 'ABC123456789012', 'ABC123456789012'],
    ['passport', null, null],
    [undefined, null, null],
  ] as const) {
    const { people } = parseHousehold(
      changed((h) => {
        Object.assign(h.people[0], { idType, idNumber })
        if (idType === undefined) delete h.people[0].idType
      }),
      SOURCES,
    )
    t.match(people[0]!.identity, { number, hasNumber: false }, `${idType} ${idNumber}`)
    t.match(people[0]!.facts, { birthDate: null, hasNumber: false })
  }
})

t.test('a residence permit of Hong Kong is a resident number', async (t) => {
  const { people } = parseHousehold(
    changed((h) => {
      h.people[0].idNumber = '810000199001010019'
    }),
    SOURCES,
  )
  t.match(people[0]!.facts, { hasNumber: true, birthDate: '1990-01-01' })
})

/** Puts a value, or nothing, at a path of the household. */
type Change = readonly [path: string, value: unknown]
const REFUSED: readonly (readonly [string, Change, string, string, (string | RegExp)?])[] = [
  ['an unknown field', ['adress', 'x'], 'INPUT_INVALID', 'adress', /allowed: .*did you mean address\?/],
  [
    'an unknown field of a person',
    ['people.0.disable', true],
    'INPUT_INVALID',
    'people.0.disable',
    /did you mean disabled\?/,
  ],
  ['an unknown field of what is declared', ['declared.saving', '1'], 'INPUT_INVALID', 'declared.saving', /savings/],
  [
    'an unknown field of an authorization',
    ['people.0.authorization.until', '1'],
    'INPUT_INVALID',
    'people.0.authorization.until',
    /endsOn/,
  ],
  ['a missing id', ['id', undefined], 'INPUT_INVALID', '', /"id"/],
  ['missing people', ['people', undefined], 'INPUT_INVALID', '', /"people"/],
  ['no people', ['people', []], 'INPUT_INVALID', 'people'],
  ['supporters alone', ['people.0.role', 'supporter'], 'INPUT_INVALID', 'people', /applicant/],
  [
    'an unknown scheme',
    ['scheme', 'dibao'],
    'INPUT_INVALID',
    'scheme',
    /urban-dibao, rural-dibao, low-income, extreme-poverty/,
  ],
  ['an unknown role', ['people.0.role', 'head'], 'INPUT_INVALID', 'people.0.role', /applicant, member, supporter/],
  [
    'an unknown employment',
    ['people.0.declared.employment', 'working'],
    'INPUT_INVALID',
    'people.0.declared.employment',
    /employed, flexible, unemployed, unable, student, retired/,
  ],
  [
    'an unknown idType',
    ['people.0.idType', 'id-card'],
    'INPUT_INVALID',
    'people.0.idType',
    /resident-id, passport, foreign-permanent, other/,
  ],
  ['money as a number', ['declared.savings', 3000], 'INPUT_INVALID', 'declared.savings', /string/],
  ['money with three decimals', ['declared.savings', '3.000'], 'INPUT_INVALID', 'declared.savings', /745\.00/],
  ['money in words', ['people.0.declared.monthlyIncome', '3千'], 'INPUT_INVALID', 'people.0.declared.monthlyIncome'],
  [
    'a missing income',
    ['people.0.declared.monthlyIncome', undefined],
    'INPUT_INVALID',
    'people.0.declared',
    /monthlyIncome/,
  ],
  ['half a vehicle', ['declared.vehicles', 0.5], 'INPUT_INVALID', 'declared.vehicles', /integer/],
  ['fewer than no dwellings', ['declared.dwellings', -1], 'INPUT_INVALID', 'declared.dwellings'],
  ['a region in words', ['region', '云溪'], 'INPUT_INVALID', 'region'],
  ['a month that is none', ['grantedFrom', '2024-13'], 'INPUT_INVALID', 'grantedFrom'],
  [
    'a date of signing that is none',
    ['people.0.authorization.signedOn', '2026-02-29'],
    'INPUT_INVALID',
    'people.0.authorization.signedOn',
  ],
  [
    'an end that is no date',
    ['people.0.authorization.endsOn', '2026-02-30'],
    'INPUT_INVALID',
    'people.0.authorization.endsOn',
  ],
  [
    'a source that is none',
    ['people.0.authorization.sources.0', 'vehicles'],
    'INPUT_INVALID',
    'people.0.authorization.sources',
    /allowed: vehicle, .*did you mean vehicle\?/,
  ],
  ['a blank name', ['people.0.name', '  '], 'INPUT_INVALID', 'people.0.name'],
  ['a vulnerability that is a word', ['people.0.disabled', 'no'], 'INPUT_INVALID', 'people.0.disabled', /boolean/],
  ['a wrong check digit', ['people.0.idNumber', '369901197003070011'], 'INPUT_ID_NUMBER', 'people.0.idNumber'],
  ['an impossible birth date', ['people.0.idNumber', '110228196202290019'], 'INPUT_ID_NUMBER', 'people.0.idNumber'],
  ['a masked number', ['people.0.idNumber', '369901********0010'], 'INPUT_ID_NUMBER', 'people.0.idNumber'],
  ['two people of one id', ['people.1', { ...PERSON, idNumber: OTHER_NUMBER }], 'INPUT_DUPLICATE', 'people.1.id'],
  ['two people of one number', ['people.1', { ...PERSON, id: 'P2' }], 'INPUT_DUPLICATE', 'people.1.idNumber'],
  [
    'one number in 15 and 18 digits',
    ['people.1', { ...PERSON, id: 'P2', idNumber: '369901700307001' }],
    'INPUT_DUPLICATE',
    'people.1.idNumber',
  ],
]

t.test('refuses what is wrong, with code and field', async (t) => {
  for (const [what, change, code, path, message] of REFUSED) {
    const found = problems(changed((h) => put(h, ...change)))
    t.match(found, [{ code, path }], what)
    t.equal(found.length, 1, `${what}: one problem, ${found.map((problem) => problem.path)}`)
    if (message) t.match(found[0]?.message, message, what)
  }
})

t.test('refuses what is no household at all', async (t) => {
  for (const value of [null, 1, 'x', [], {}]) t.ok(problems(value).length > 0, JSON.stringify(value))
})

t.test('reports all that is wrong at once', async (t) => {
  const found = problems(
    changed((h) => {
      h.scheme = 'x'
      h.people[0].role = 'y'
      delete h.people[0].vehicleExempt
    }),
  )
  t.same(found.map(({ path }) => path).sort(), ['people.0', 'people.0.role', 'scheme'])
})

t.test('an authorization is live from its signing to its end, both days included', async (t) => {
  const { facts } = parseHousehold(
    changed((h) => {
      h.people[0].authorization = { signedOn: '2026-01-05', endsOn: '2026-11-01', sources: ['bank'] }
    }),
    SOURCES,
  ).people[0]!
  for (const [source, asOf, live] of [
    ['bank', '2026-01-04', false],
    ['bank', '2026-01-05', true],
    ['bank', '2026-11-01', true],
    ['bank', '2026-11-02', false],
    ['tax', '2026-06-01', false],
  ] as const) {
    t.equal(isAuthorized(facts, source, asOf), live, `${source} on ${asOf}`)
  }
  t.equal(isAuthorized({ ...facts, authorization: null }, 'bank', '2026-06-01'), false)
})
