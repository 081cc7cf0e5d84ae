import t from 'tap'
import { PARAMETERS, placeIn, problemsOf, RULE, ruleSetOf, ruleWith } from './rule-sets.ts'

t.test('the rule that the tests break is sound', async (t) => {
  t.same(
    problemsOf(() => ruleSetOf([RULE])),
    [],
  )
})

type Broken = readonly [what: string, from: string, to: string, needle: string, message: RegExp]

/** Each breaks the rule in one way; the error must point at `needle`. */
const BROKEN: readonly Broken[] = [
  [
    'an unknown field of the rule',
    'order: 10',
    'order: 10\nlimits: 1',
    'limits',
    /unknown field "limits"; allowed: id, order, .*did you mean limit\?/,
  ],
  ['an unknown field of reason', '  en: "{measure}', '  fr: x\n  en: "{measure}', 'fr: x', /allowed: zh, en/],
  ['an unknown basis', 'basis: supplementary', 'basis: official', 'basis', /seed-named, inferred, supplementary/],
  ['an unknown scope', 'scope: household', 'scope: family', 'scope', /household, person/],
  ['an unknown who', 'who: members', 'who: everyone', 'who', /members, supporters, all/],
  ['a wrong unit word', 'unit: CNY', 'unit: yuan', 'unit', /CNY, CNY\/month, CNY\/year, count, months, dm2, percent/],
  ['an order that is a word', 'order: 10', 'order: first', 'order', /integer/],
  ['an id with a capital', 'id: trial', 'id: Trial', 'id: Trial', /lower-case letters/],
  ['a region as a number', 'order: 10', 'order: 10\nregion: 11', 'region', /string/],
  [
    'an unknown source',
    'sources: [bank]',
    'sources: [bank, banks]',
    'banks',
    /no source "banks"; allowed: bank, business, death/,
  ],
  ['a list that no source gives', 'sources: [bank]', 'sources: [tax]', 'sources', /deposits.*bank/],
  ['an unknown variable', 'evidence: open', 'evidence: opened', 'opened', /[Uu]nknown variable.*opened/],
  ['an unknown field of a record', 'd.balance', 'd.balence', 'balence', /balence/],
  ['an unknown field of a record, after has', "d.status == 'open'", "d.stat == 'open'", 'stat ==', /stat/],
  ['an unknown parameter', 'param.months', 'param.monts', 'monts', /monts/],
  ['an unknown function', 'sum(', 'total(', 'total(', /total/],
  ['an unknown field of the household', 'param.months *', 'household.people *', 'people *', /people/],
  ['a person in a rule over the household', 'param.months *', 'person.age *', 'person', /person/],
  ['types that do not go together', 'param.months *', "param.months + 'x' *", "'x' *", /overload/],
  [
    'a measure that is no int',
    'measure: sum(evidence.map(d, d.balance))',
    'measure: evidence.map(d, d.balance)',
    'measure: ',
    /must give an int/,
  ],
  [
    'a measure that is a decimal',
    'measure: sum(evidence.map(d, d.balance))',
    'measure: "1.5"',
    'measure: ',
    /must give an int, gives double/,
  ],
  ['a limit that is a text', 'limit: param.months * param.standard', `limit: "'x'"`, 'limit: "', /must give an int/],
  [
    'evidence that is no list of records',
    'evidence: open',
    'evidence: "[1, 2]"',
    'evidence: ',
    /must give a list of records/,
  ],
  ['a warn that is no bool', 'reason:', 'warn: measure\nreason:', 'warn', /must give a bool/],
  ['applies that is no bool', 'let:', 'applies: "\'yes\'"\nlet:', 'applies', /must give a bool/],
  [
    'applies that reads records',
    'let:',
    'applies: size(deposits) > 0\nlet:',
    'applies',
    /applies cannot read deposits/,
  ],
  [
    'distinctBy with an unknown field',
    'evidence: open',
    "evidence: distinctBy(open, 'acount')",
    "'acount'",
    /acount.*allowed: .*account/,
  ],
  [
    'distinctBy with no name',
    'evidence: open',
    'evidence: distinctBy(open, 1 + 1)',
    '1 + 1',
    /field's name in quotes|name/,
  ],
  [
    'a let that takes the name of a list',
    'open: deposits',
    'incomes: deposits',
    'incomes',
    /name of something else already/,
  ],
  ['a let of a name that is no name', '  open: deposits', '  Open: deposits', 'let', /must be of the form/],
  [
    'a let that reads a later one',
    "  open: deposits.filter(d, has(d.status) && d.status == 'open')",
    '  open: later\n  later: deposits',
    'later\n  later',
    /later/,
  ],
  ['CEL that ends early', 'limit: param.months * param.standard', 'limit: param.months *', 'limit: ', /./],
  [
    'a reason that names a let',
    '"{measure} is',
    '"{open} is',
    'en: "{open',
    /\{open\} cannot stand in a reason; allowed: measure, limit/,
  ],
  [
    'a reason that names an unknown parameter',
    '"{measure} is',
    '"{param.mnths} is',
    'en: "{param',
    /\{param\.mnths\} cannot stand.*did you mean param\.months\?/,
  ],
  ['a reason that names a person', '合计{measure}', '合计{person.id}', 'zh: 合计', /\{person\.id\} cannot stand/],
  ['a rule without a reason in English', '  en: "{measure} is above {limit}"\n', '', 'reason', /"en"/],
  ['a rule without a limit', 'limit: param.months * param.standard\n', '', 'id: trial', /"limit"/],
  [
    'an example of an unknown outcome',
    'reason:',
    'examples: [{ given: { asOf: 2026-11-01 }, expect: { outcome: guilty } }]\nreason:',
    'outcome',
    /warned, clear, unverifiable, not-applicable/,
  ],
  ['YAML that is none', 'title: { zh: 试, en: Trial }', 'title: { zh: 试, en: Trial', 'basis', /./],
  ['a key twice', 'order: 10', 'order: 10\norder: 11', 'order: 11', /unique/],
]

t.test('a broken rule is refused with file, line and column', async (t) => {
  for (const [what, from, to, needle, message] of BROKEN) {
    const text = ruleWith([from, to])
    const problems = problemsOf(() => ruleSetOf([text]))
    const expected = placeIn(text, needle)
    const found = problems.find(({ place }) => place.line === expected.line)
    if (!found) {
      t.fail(
        `${what} at ${expected.line}:${expected.column}; found ${problems.map(({ located }) => located).join('; ') || 'nothing'}`,
      )
      continue
    }
    t.equal(found.code, 'DEFINITION_RULE', what)
    t.match(found.message, message, what)
    // The column of a syntax error is where the parser gave up.
    if (!/^(YAML|CEL)/.test(what))
      t.match(found.place, { file: 'rule-1.yaml', ...expected }, `${what}: ${found.located}`)
  }
})

t.test('a mistake inside a folded expression is found in its line', async (t) => {
  const text = ruleWith(['evidence: open', "evidence: >-\n  open.filter(d, d.currency == 'CNY'\n    && d.balanc > 0)"])
  const [problem] = problemsOf(() => ruleSetOf([text]))
  t.match(problem, { message: /balanc/, place: { file: 'rule-1.yaml', ...placeIn(text, 'balanc ') } })
})

t.test('a mistake behind quotes inside quotes is found in its column', async (t) => {
  const text = ruleWith(['evidence: open', "evidence: 'open.filter(d, d.currency == ''CNY'' && d.balanc > 0)'"])
  const [problem] = problemsOf(() => ruleSetOf([text]))
  t.match(problem, { message: /balanc/, place: { file: 'rule-1.yaml', ...placeIn(text, 'balanc ') } })
})

t.test('a rule that stands twice is refused, one for a region is not', async (t) => {
  const [problem] = problemsOf(() => ruleSetOf([RULE, RULE]))
  t.match(problem, {
    code: 'DEFINITION_RULE',
    message: /"trial" stands in rule-1\.yaml already/,
    place: { file: 'rule-2.yaml', line: 1 },
  })
  const regional = ruleWith(['order: 10', 'order: 10\nregion: "11"'])
  t.same(
    problemsOf(() => ruleSetOf([RULE, regional])),
    [],
  )
  t.match(
    problemsOf(() => ruleSetOf([regional, regional])),
    [{ code: 'DEFINITION_RULE' }],
  )
})

t.test('all broken files are reported at once', async (t) => {
  const problems = problemsOf(() =>
    ruleSetOf([ruleWith(['unit: CNY', 'unit: yuan']), ruleWith(['id: trial', 'id: second'], ['d.balance', 'd.x'])]),
  )
  t.same([...new Set(problems.map(({ place }) => place.file))], ['rule-1.yaml', 'rule-2.yaml'])
})

t.test('an optional field may be read without has(), as the example of design §8 does', async (t) => {
  const text = ruleWith(["has(d.status) && d.status == 'open'", "d.status == 'open'"])
  t.same(
    problemsOf(() => ruleSetOf([text])),
    [],
  )
})

t.test('an unsound parameter file stops the rules', async (t) => {
  const [problem] = problemsOf(() => ruleSetOf([RULE], [PARAMETERS.replace('"100.00"', '100')]))
  t.match(problem, { code: 'DEFINITION_PARAMETER', place: { file: 'parameters-1.yaml', line: 4 } })
})

t.test('a set without a rule is refused', async (t) => {
  t.match(
    problemsOf(() => ruleSetOf([])),
    [{ code: 'DEFINITION_RULE' }],
  )
})
