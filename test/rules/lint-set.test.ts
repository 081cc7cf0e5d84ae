import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { KnownSource } from '../../src/rules/lint/check.ts'
import type { Finding } from '../../src/rules/lint/finding.ts'
import { lintRuleSet } from '../../src/rules/lint/lint-rule-set.ts'
import { lintRules } from '../../src/services/lint-rules.ts'
import { loadAdapters } from '../../src/services/load-adapters.ts'
import { placeIn, ROOT, textWith } from './rule-sets.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, 'broken', `${name}.yaml`), 'utf8')
const SOUND = read('sound')
const PARAMETERS = read('parameters')
const SOURCES: ReadonlyMap<string, KnownSource> = new Map<string, KnownSource>([
  ['tax', { types: ['income'], months: 12 }],
  ['bank', { types: ['deposit'], months: null }],
])

interface Files {
  readonly rules?: readonly string[]
  readonly parameters?: readonly string[]
  readonly forbidden?: string
}

function lint({ rules = [SOUND], parameters = [PARAMETERS], forbidden }: Files): Finding[] {
  const named = (kind: string) => (text: string, i: number) => ({ file: `${kind}-${i + 1}.yaml`, text })
  return lintRuleSet({
    rules: rules.map(named('rule')),
    parameters: parameters.map(named('parameters')),
    forbidden: forbidden === undefined ? [] : [{ file: 'forbidden.yaml', text: forbidden }],
    sources: SOURCES,
  })
}

const told = (findings: readonly Finding[]) =>
  findings.map(({ severity, check, file }) => `${file} ${severity} ${check}`)

t.test('the shipped rules give no error', async (t) => {
  const findings = await lintRules(join(ROOT, 'rules'), await loadAdapters(join(ROOT, 'adapters')))
  t.same(
    findings.filter(({ severity }) => severity === 'error'),
    [],
  )
})

t.test('all that is wrong in all files is given at once, by file and line', async (t) => {
  const findings = lint({
    rules: [
      textWith(SOUND, ['i.amount', 'i.amout'], ['unit: CNY', 'unit: yuan']),
      textWith(
        SOUND,
        ['id: trial', 'id: second'],
        ['monthsBefore(asOf, 3)', 'monthsBefore(asOf, 24)'],
        ['[amount-wrong]', '[]'],
      ),
      textWith(SOUND, ['id: trial', 'id: third'], ['i.amount', 'i.amout'], ['param.months', 'param.monts']),
    ],
    parameters: [textWith(PARAMETERS, ['"100.00"', '100'])],
    forbidden: '- name: x\n',
  })
  t.same(told(findings), [
    'forbidden.yaml error load',
    'parameters-1.yaml error load',
    'rule-1.yaml error load',
    'rule-2.yaml error window-too-long',
    'rule-2.yaml warning rebuttal-kinds',
    'rule-3.yaml error load',
    'rule-3.yaml error load',
  ])
  for (const { line, column, message } of findings) t.ok(line && column, message)
})

t.test('an id that stands twice and a folder without a rule are found', async (t) => {
  t.same(told(lint({ rules: [SOUND, SOUND] })), ['rule-2.yaml error load'])
  t.match(lint({ rules: [], parameters: [] }), [{ check: 'load', message: 'there is no rule' }])
})

t.test('a value of a parameter needs an authority too', async (t) => {
  for (const nothing of ['none', '" "', '待定', 'TODO', '"-"']) {
    const text = textWith(PARAMETERS, [
      'value: 3, authority: invented for the tests',
      `value: 3, authority: ${nothing}`,
    ])
    const findings = lint({ parameters: [text] })
    t.same(told(findings), ['parameters-1.yaml error authority'], nothing)
    const { line } = placeIn(text, 'value: 3')
    t.match(findings, [{ line, code: 'DEFINITION_PARAMETER' }])
  }
})

t.test('an authority says something in each of its languages', async (t) => {
  const SAID = '{ zh: 民发〔2021〕57号第十三条, en: "民发〔2021〕57号 art. 13" }'
  for (const [written, missing] of [
    [SAID, []],
    ['{ zh: 待补, en: "民发〔2021〕57号 art. 13" }', ['zh: 待补']],
    ['{ zh: 民发〔2021〕57号第十三条, en: todo }', ['en: todo']],
    ['{ zh: 无, en: none }', ['zh: 无', 'en: none']],
    ['{ zh: none, en: none }', ['authority: {']],
  ] as const) {
    const rule = textWith(SOUND, [/^authority: .*$/m.exec(SOUND)![0], `authority: ${written}`])
    const value = textWith(PARAMETERS, [
      'value: 3, authority: invented for the tests',
      `value: 3, authority: ${written}`,
    ])
    for (const [text, file, findings] of [
      [rule, 'rule-1.yaml', lint({ rules: [rule] })],
      [value, 'parameters-1.yaml', lint({ parameters: [value] })],
    ] as const) {
      const places = missing.map((needle) => placeIn(text, needle))
      t.match(
        findings,
        places.map((place) => ({ file, check: 'authority', severity: 'error', ...place })),
        `${file} ${written}`,
      )
      t.equal(findings.length, missing.length, `${file} ${written}`)
    }
  }
})

t.test('figures in a limit need a parameter', async (t) => {
  const withLimit = (limit: string, warn?: string) =>
    lint({
      rules: [
        textWith(SOUND, ['limit: param.months * param.standard', `limit: ${limit}${warn ? `\nwarn: ${warn}` : ''}`]),
      ],
    })
      .filter(({ check }) => check === 'authority')
      .map(({ severity }) => severity)
  const CASES: readonly (readonly [limit: string, warn: string | undefined, found: readonly string[]])[] = [
    ['50000', undefined, ['error']],
    ['250 * 200', undefined, ['error']],
    ['0', undefined, []],
    ['1', undefined, []],
    ['param.standard * 24', undefined, ['warning']],
    ['param.standard * 12', undefined, []],
    // The window of this rule.
    ['param.standard * 3', undefined, []],
    ['"household.size <= 2 ? param.standard : param.standard * param.months"', undefined, []],
    ['"household.size <= 2 ? param.standard * 24 : param.standard * 36"', undefined, ['warning', 'warning']],
    ['param.standard', 'measure > limit && measure > 90000', ['warning']],
  ]
  for (const [limit, warn, found] of CASES) t.same(withLimit(limit, warn), found, limit)
})

t.test('a folder forbids more, and nothing less', async (t) => {
  const forbidden = `- name: payer
  whole: [Income.payer]
  severity: warning
  reason: where someone works is no ground
- name: old
  identifiers: [standard]
  texts: ["*工资*"]
  reason: for the test
`
  const rule = textWith(SOUND, [
    'i.month < month(asOf))',
    "i.month < month(asOf) && i.item != '工资薪金' && has(i.payer) && i.payer.startsWith('A') && !i.person.startsWith('54'))",
  ])
  const found = lint({ rules: [rule], forbidden }).filter(({ check }) => check === 'forbidden-attribute')
  t.same(
    found.map(({ severity, message }) => `${severity} ${/\((.*?)\):/.exec(message.replaceAll('()', ''))![1]}`),
    ['error old', 'warning payer', 'error birthplace', 'error old'],
  )
  t.match(lint({ forbidden: '- { name: x, reason: y, identifer: [z] }' }), [
    {
      check: 'load',
      file: 'forbidden.yaml',
      line: 1,
      message: /unknown field "identifer".*did you mean identifiers\?/,
    },
  ])
})

t.test('values of one parameter that overlap, leave days out or are never in force', async (t) => {
  const find = (...values: readonly string[]) =>
    lint({
      parameters: [
        textWith(PARAMETERS, [
          '    - { region: "", from: 2000-01-01, value: 3, authority: invented for the tests }',
          values
            .map((value) => `    - { region: "", ${value}, value: 3, authority: invented for the tests }`)
            .join('\n'),
        ]),
      ],
    })
      .filter(({ check }) => check === 'parameter-period')
      .map(({ severity, line }) => `${severity} ${line! - 7}`)
  const SCHEMES = ['urban-dibao', 'rural-dibao', 'low-income', 'extreme-poverty']
  t.same(find('from: 2000-01-01', 'from: 2010-01-01'), [], 'a later value takes over')
  t.same(find('from: 2000-01-01, until: 2009-12-31', 'from: 2010-01-01'), [], 'the next day')
  t.same(find('from: 2000-01-01, until: 2010-01-01', 'from: 2010-01-01'), ['error 1'], 'the same day')
  t.same(find('from: 2000-01-01, until: 2009-12-30', 'from: 2010-01-01'), ['warning 1'], 'a day without')
  t.same(find('from: 2000-02-28, until: 2000-02-29', 'from: 2000-03-01'), [], 'a leap day')
  t.same(find('from: 2010-01-01', 'from: 2000-01-01, until: 2010-06-30'), ['error 2'], 'in any order')
  t.same(find('from: 2000-01-01', 'from: 2010-01-01, until: 2010-12-31'), ['warning 2'], 'the older comes back')
  t.same(
    find('from: 2000-01-01', 'from: 2010-01-01, until: 2010-12-31', 'from: 2011-01-01'),
    [],
    'the older is followed',
  )
  t.same(find('from: 2000-01-01', 'scheme: urban-dibao, from: 2000-01-01, until: 2001-01-01'), [], 'a scheme that ends')
  t.same(
    find('from: 2000-01-01', ...SCHEMES.map((scheme) => `scheme: ${scheme}, from: 1999-01-01`)),
    ['error 1'],
    'hidden',
  )
  t.same(
    find(
      'from: 2000-01-01, until: 2001-12-31',
      'scheme: urban-dibao, from: 1999-01-01, until: 2000-12-31',
      'scheme: urban-dibao, from: 2001-01-01',
      ...SCHEMES.slice(1).map((scheme) => `scheme: ${scheme}, from: 1999-01-01`),
    ),
    ['error 1'],
    'hidden by two that follow each other',
  )
  t.same(
    find('from: 2000-01-01', ...SCHEMES.map((scheme) => `scheme: ${scheme}, from: 2000-01-02`)),
    [],
    'in force for a day',
  )
  const regions = ['44', '4401', '440106', '440106001', '440106001002', '3699', '99', '4', '440']
  const found = regions.filter((region) => find(`from: 2000-01-01`, `from: 2001-01-01`).length === 0 && isOdd(region))
  t.same(found, ['99', '4', '440'])
})

/** Whether a value of this region gives a finding. */
function isOdd(region: string): boolean {
  const text = textWith(PARAMETERS, [
    'region: "", from: 2000-01-01, value: 3',
    `region: "${region}", from: 2000-01-01, value: 3`,
  ])
  return lint({ parameters: [text] }).some(({ check }) => check === 'parameter-period')
}

t.test('examples are asked for where a rule turns', async (t) => {
  const find = (...replacements: readonly (readonly [string, string])[]) =>
    lint({ rules: [textWith(SOUND, ...replacements)] })
      .filter(({ check }) => check === 'missing-example')
      .map(({ severity, message }) => `${severity} ${message.slice(0, 34)}`)
  const none = SOUND.slice(SOUND.indexOf('examples:'))
  t.same(find([none, '']), ['error has no examples: at least one at t'])
  t.same(find([none, ''], ['order: 10', 'order: 10\nenabled: false']), [], 'a rule that is switched off')
  t.same(find(['outcome: clear, measure: "300.00"', 'outcome: clear, measure: "299.99"']), [
    'warning no example stands at the limit (ex',
  ])
  t.same(find(['outcome: unverifiable, missing: [source-missing]', 'outcome: clear']), [
    'warning no example is unverifiable: what h',
  ])
  t.same(
    find(['limit: param', 'warn: measure < limit\nlimit: param']),
    ['warning no warned example stands one unit '],
    'below',
  )
  t.same(
    find(
      ['limit: param', 'warn: limit > measure\nlimit: param'],
      ['warned, measure: "300.01"', 'warned, measure: "299.99"'],
    ),
    [],
    'below, turned round',
  )
})

t.test('a parameter that nothing reads is told only where every rule loads', async (t) => {
  const unread = textWith(PARAMETERS, ['months:', 'spare: { unit: count, values: [] }\nmonths:'])
  t.same(told(lint({ parameters: [unread] })), ['parameters-1.yaml warning unused-parameter'])
  t.same(
    told(lint({ rules: [SOUND, 'id: x'], parameters: [unread] })).filter((line) => line.includes('unused')),
    [],
  )
})
