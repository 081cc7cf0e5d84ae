import t from 'tap'
import { checkDossier } from '../../src/rules/check-dossier.ts'
import { parseRuleSet } from '../../src/rules/rule-set.ts'
import { dossier } from './dossiers.ts'
import { PARAMETERS, RULE, ruleSetOf, ruleWith, SOURCES } from './rule-sets.ts'

const SECOND = ruleWith(['id: trial', 'id: second'], ['order: 10', 'order: 20'])
const MORE =
  'more:\n  unit: count\n  values:\n    - { region: "1", from: 2000-01-01, value: 1, authority: a }\n    - { region: "2", from: 2000-01-01, value: 2, authority: a }\n'
const version = (rules: readonly string[], parameters: readonly string[] = [PARAMETERS, MORE]) =>
  ruleSetOf(rules, parameters).version
const BASE = version([RULE, SECOND])

t.test('a version is a sha256', async (t) => {
  t.match(BASE, /^sha256:[0-9a-f]{64}$/)
  t.equal(version([RULE, SECOND]), BASE, 'the same each time')
})

t.test('names and order of files, comments and spelling of YAML are no part of a version', async (t) => {
  t.equal(version([SECOND, RULE], [MORE, PARAMETERS]), BASE, 'another order')
  const renamed = parseRuleSet({
    rules: [
      { file: 'x/z.yaml', text: RULE },
      { file: 'y.yaml', text: SECOND },
    ],
    parameters: [{ file: 'all.yaml', text: `# a comment\n${PARAMETERS}\n${MORE}` }],
    sources: SOURCES,
  })
  t.equal(renamed.version, BASE, 'other names, parameters in one file')
  t.equal(version([`# a comment\n${RULE}`, SECOND]), BASE, 'a comment')
  t.equal(version([RULE.replace('sources: [bank]', 'sources:\n  - bank'), SECOND]), BASE, 'block and flow')
  const [head, one, two] = MORE.split(/(?=^ {4}- )/m)
  t.equal(version([RULE, SECOND], [PARAMETERS, head! + two! + one!]), BASE, 'the order of values')
})

t.test('any value that differs makes another version', async (t) => {
  const versions = new Map([[BASE, 'the base']])
  const differs = (what: string, other: string) => {
    t.notOk(versions.has(other), `${what} differs from ${versions.get(other)}`)
    versions.set(other, what)
  }
  for (const [from, to] of [
    ['id: trial', 'id: tria'],
    ['order: 10', 'order: 11'],
    ['zh: 试,', 'zh: 试试,'],
    ['basis: supplementary', 'basis: inferred'],
    ['authority: none', 'authority: some'],
    ['scope: household', 'scope: person'],
    ['who: members', 'who: all'],
    ['sources: [bank]', 'sources: [bank, tax]'],
    ['unit: CNY', 'unit: CNY/year'],
    ["== 'open'", "== 'closed'"],
    ['evidence: open', 'evidence: deposits'],
    ['d.balance))', 'd.balance + 0))'],
    ['param.months *', '1 + param.months *'],
    ['zh: 合计', 'zh: 总计'],
    ['is above {limit}', 'is over {limit}'],
    ['let:', 'region: "11"\nlet:'],
    ['let:', 'warn: measure >= limit\nlet:'],
    ['let:', 'applies: "false"\nlet:'],
    ['let:', 'rebuttal: { accepts: [x] }\nlet:'],
  ] as const) {
    differs(`${from} -> ${to}`, version([ruleWith([from, to]), SECOND]))
  }
  for (const [from, to] of [
    ['"100.00"', '"100.01"'],
    ['value: 3,', 'value: 4,'],
    ['unit: dm2', 'unit: count'],
    ['from: 2000-01-01', 'from: 2000-01-02'],
    ['region: ""', 'region: "1"'],
    ['authority: none', 'until: 2030-01-01, authority: none'],
    ['authority: none', 'scheme: urban-dibao, authority: none'],
    ['authority: none', 'authority: other'],
  ] as const) {
    differs(`${from} -> ${to}`, version([RULE, SECOND], [PARAMETERS.replace(from, to), MORE]))
  }
  differs('a rule less', version([RULE]))
  differs('a parameter less', version([RULE, SECOND], [PARAMETERS]))
})

t.test(
  'an authority in two languages makes another version, and a plain one keeps the version that it had',
  async (t) => {
    // What the program gave before an authority could be in two languages.
    t.equal(BASE, 'sha256:2539ddcd0af0ac512164bad2e2a7976c3ef9c691d8854f0a86b6b0fe52aae52e')
    const inRule = (authority: string) => version([ruleWith(['authority: none', `authority: ${authority}`]), SECOND])
    const inValue = (authority: string) =>
      version([RULE, SECOND], [PARAMETERS.replace('authority: none', `authority: ${authority}`), MORE])
    for (const [what, versionOf] of [
      ['a rule', inRule],
      ['a value', inValue],
    ] as const) {
      t.equal(versionOf('{ zh: none, en: none }'), BASE, `${what}: the same in both is the plain text`)
      const bilingual = versionOf('{ zh: 无, en: none }')
      t.equal(versionOf('{ en: none, zh: 无 }'), bilingual, `${what}: in whatever order`)
      const others = [BASE, bilingual, versionOf('{ zh: 无, en: nothing }'), versionOf('{ zh: 没有, en: none }')]
      t.equal(new Set(others).size, 4, `${what}: each language counts`)
    }
  },
)

t.test('every result names the version of its rules', async (t) => {
  t.equal(checkDossier(ruleSetOf([RULE, SECOND], [PARAMETERS, MORE]), dossier(), null).ruleSet, BASE)
})

t.test('a rule of a region takes the place of the rule of its id there, and only there', async (t) => {
  const limit = (value: number, region?: string) =>
    ruleWith(
      ['limit: param.months * param.standard', `limit: ${value}`],
      ['order: 10', region ? `order: 10\nregion: "${region}"` : 'order: 10'],
    )
  const set = ruleSetOf([limit(100), limit(200, '36'), limit(300, '3699'), limit(400, '11'), SECOND])
  for (const [region, expected] of [
    ['500101', '1.00'],
    ['360101', '2.00'],
    ['369901003', '3.00'],
    ['110101', '4.00'],
    ['3', '1.00'],
  ] as const) {
    const { results } = checkDossier(set, dossier({ household: { region } }), null)
    t.match(results, [{ rule: 'trial', limit: expected }, { rule: 'second' }], region)
    t.equal(results.length, 2, `${region}: one result of each rule`)
  }
})

t.test('a rule that only a region has holds nowhere else', async (t) => {
  const set = ruleSetOf([ruleWith(['order: 10', 'order: 10\nregion: "11"']), SECOND])
  const rulesIn = (region: string) =>
    checkDossier(set, dossier({ household: { region } }), null).results.map(({ rule }) => rule)
  t.same(rulesIn('110101'), ['trial', 'second'])
  t.same(rulesIn('369901'), ['second'])
})
