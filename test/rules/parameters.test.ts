import t from 'tap'
import { parseParameters, resolveParameter } from '../../src/rules/parameters.ts'
import { placeIn, problemsOf, textWith } from './rule-sets.ts'

const VALUES = `standard:
  unit: CNY
  values:
    - { region: "", from: 2000-01-01, value: "1.00", authority: a }
    - { region: "", scheme: rural-dibao, from: 2000-01-01, value: "2.00", authority: a }
    - { region: "36", from: 2020-01-01, value: "3.00", authority: a }
    - { region: "36", from: 2022-01-01, value: "4.00", authority: a }
    - { region: "36", scheme: urban-dibao, from: 2021-01-01, value: "5.00", authority: a }
    - { region: "3699", from: 2026-07-01, until: 2026-12-31, value: "6.00", authority: a }
    - { region: "11", from: 2026-01-01, value: "7.00", authority: a }
    - { region: "11", from: 2026-06-01, until: 2026-06-30, value: "8.00", authority: a }
`

const read = (...texts: string[]) => parseParameters(texts.map((text, i) => ({ file: `${i + 1}.yaml`, text })))
const refused = (...texts: string[]) => problemsOf(() => read(...texts))

t.test('the longest region in force wins, then the scheme, then the latest', async (t) => {
  const standard = read(VALUES).get('standard')
  for (const [region, scheme, asOf, fen, why] of [
    ['500101', 'urban-dibao', '2026-11-01', 100n, 'everywhere'],
    ['500101', 'rural-dibao', '2026-11-01', 200n, 'with the scheme over without'],
    ['500101', 'urban-dibao', '1999-12-31', null, 'before it is in force there is none'],
    ['500101', 'urban-dibao', '2000-01-01', 100n, 'from its first day'],
    ['360101', 'rural-dibao', '2026-11-01', 400n, 'a longer region without the scheme over a shorter with it'],
    ['360101', 'rural-dibao', '2021-12-31', 300n, 'the day before the later value'],
    ['360101', 'rural-dibao', '2022-01-01', 400n, 'the first day of the later value'],
    ['360101', 'urban-dibao', '2026-11-01', 500n, 'with the scheme, also where the other is later'],
    ['360101', 'urban-dibao', '2020-06-01', 300n, 'with the scheme only once it is in force'],
    ['369901003', 'urban-dibao', '2026-06-30', 500n, 'a shorter region until the longer is in force'],
    ['369901003', 'urban-dibao', '2026-07-01', 600n, 'the longest'],
    ['369901003', 'urban-dibao', '2026-12-31', 600n, 'until is inclusive'],
    ['369901003', 'urban-dibao', '2027-01-01', 500n, 'after it has ended'],
    ['110101', 'urban-dibao', '2026-06-15', 800n, 'the latest of two in force'],
    ['110101', 'urban-dibao', '2026-07-01', 700n, 'the earlier one goes on where the later has ended'],
    ['3', 'urban-dibao', '2026-11-01', 100n, 'a region shorter than the prefix is not in it'],
  ] as const) {
    const value = resolveParameter(standard, { region, scheme }, asOf)
    t.equal(value?.value ?? null, fen, `${region} ${scheme} ${asOf}: ${why}`)
  }
  t.equal(resolveParameter(undefined, { region: '11', scheme: 'urban-dibao' }, '2026-01-01'), undefined)
})

t.test('an authority is in both languages; a plain text is both', async (t) => {
  const text = textWith(VALUES, [
    'value: "1.00", authority: a',
    'value: "1.00", authority: { zh: 国家, en: the state }',
  ])
  const [first, second] = read(text).get('standard')!.values
  t.same(first!.authority, { zh: '国家', en: 'the state' })
  t.same(second!.authority, { zh: 'a', en: 'a' })
})

t.test('the order of values is of no importance', async (t) => {
  const [head, ...lines] = VALUES.split(/(?=^ {4}- )/m)
  const standard = read(head! + lines.reverse().join('')).get('standard')
  t.equal(resolveParameter(standard, { region: '360101', scheme: 'urban-dibao' }, '2026-11-01')?.value, 500n)
  t.equal(resolveParameter(standard, { region: '360101', scheme: 'rural-dibao' }, '2026-11-01')?.value, 400n)
})

t.test('values of one parameter may stand in several files', async (t) => {
  const more =
    'standard:\n  unit: CNY\n  values:\n    - { region: "5001", from: 2000-01-01, value: "9.00", authority: a }\n'
  for (const files of [
    [VALUES, more],
    [more, VALUES, '# nothing but a comment\n'],
  ]) {
    const standard = read(...files).get('standard')
    t.equal(resolveParameter(standard, { region: '500101', scheme: 'urban-dibao' }, '2026-11-01')?.value, 900n)
    t.equal(standard!.values.length, 9)
  }
})

t.test('money is fen, everything else the number', async (t) => {
  const unit = (name: string, value: string) =>
    read(`p:\n  unit: ${name}\n  values:\n    - { region: "", from: 2000-01-01, value: ${value}, authority: a }\n`).get(
      'p',
    )!.values[0]!.value
  t.equal(unit('CNY', '"765.00"'), 76500n)
  t.equal(unit('CNY/month', '"2000.5"'), 200050n)
  t.equal(unit('CNY/year', '"1"'), 100n)
  t.equal(unit('dm2', '3000'), 3000n)
  t.equal(unit('months', '"24"'), 24n)
  t.equal(unit('percent', '-5'), -5n)
})

const one = (line: string) =>
  `standard:\n  unit: CNY\n  values:\n    - { region: "36", from: 2020-01-01, value: "1.00", authority: a }\n    - { ${line} }\n`
const sound = 'region: "11", from: 2020-01-01, value: "1.00", authority: a'

t.test('a sound file is taken', async (t) => {
  t.same(refused(one(sound)), [])
})

t.test('a wrong value is refused where it stands', async (t) => {
  for (const [what, line, needle, message] of [
    ['money as a number', sound.replace('"1.00"', '765'), 'value: 765', /decimal string of yuan in quotes/],
    ['money as a decimal number', sound.replace('"1.00"', '765.50'), 'value: 765.50', /string/],
    ['money with three decimals', sound.replace('"1.00"', '"1.005"'), 'value: "1.005"', /decimal string of yuan/],
    ['money in words', sound.replace('"1.00"', '"1万"'), 'value: "1万"', /decimal string of yuan/],
    ['a day that is none', sound.replace('2020-01-01', '2026-02-30'), 'from: 2026-02-30', /real date/],
    ['a day in another form', sound.replace('2020-01-01', '"2020/1/1"'), 'from: "2020/1/1"', /a date such as/],
    ['an end before the beginning', `${sound}, until: 2019-12-31`, 'until', /not before "from"/],
    ['an unknown scheme', `${sound}, scheme: dibao`, 'scheme', /urban-dibao, rural-dibao, low-income, extreme-poverty/],
    ['an unknown word', `${sound}, untl: 2026-01-01`, 'untl', /allowed: region, scheme, from, until, value, authority/],
    ['a region that is a number', sound.replace('"11"', '11'), 'region: 11', /string/],
    ['a region in words', sound.replace('"11"', '北京'), 'region: 北京', /administrative code/],
    ['an authority in one language', sound.replace(': a', ': { zh: 国 }'), 'authority: { zh: 国 }', /"en"/],
    ['an authority in a third', sound.replace(': a', ': { zh: 国, en: s, fr: e }'), 'fr: e', /allowed: zh, en/],
    ['an authority that says nothing', sound.replace(': a', ': { zh: "", en: s }'), 'zh: ""', /empty|fewer|character/],
    ['an authority that is a number', sound.replace(': a', ': 57'), 'authority: 57', /string|object/],
    ['no authority', sound.replace(', authority: a', ''), '{ region: "11"', /"authority"/],
    [
      'the same place and day twice',
      sound.replace('"11"', '"36"'),
      '{ region: "36", from: 2020-01-01, value: "1.00", authority: a }\n    - '.slice(0, 0),
      /already/,
    ],
  ] as const) {
    const text = one(line)
    const [problem, ...others] = refused(text)
    t.equal(problem?.code, 'DEFINITION_PARAMETER', what)
    t.match(problem?.message, message, what)
    t.equal(others.length, 0, `${what}: ${others.map(({ located }) => located)}`)
    const expected = needle ? placeIn(text, needle) : { line: 5, column: 7 }
    t.match(problem?.place, { file: '1.yaml', ...expected }, `${what}: ${problem?.located}`)
  }
})

t.test('a count is an integer', async (t) => {
  const text = 'p:\n  unit: months\n  values:\n    - { region: "", from: 2000-01-01, value: "2.5", authority: a }\n'
  t.match(refused(text), [{ code: 'DEFINITION_PARAMETER', message: /integer/, place: placeIn(text, 'value: "2.5"') }])
})

t.test('an unknown unit is refused with those there are', async (t) => {
  const [problem] = refused('p:\n  unit: yuan\n  values: []\n')
  t.match(problem, {
    message: /CNY, CNY\/month, CNY\/year, count, months, dm2, percent/,
    place: { line: 2, column: 3 },
  })
})

t.test('two files that disagree are refused in the second', async (t) => {
  const other = (text: string) => `# a comment\nstandard:\n  ${text}\n`
  t.match(refused(one(sound), other('unit: months\n  values: []')), [
    { message: /CNY/, place: { file: '2.yaml', line: 3, column: 3 } },
  ])
  t.match(refused(one(sound), other(`unit: CNY\n  values:\n    - { ${sound} }`)), [
    { message: /already/, place: { file: '2.yaml', line: 5 } },
  ])
})
