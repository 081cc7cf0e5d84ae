import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { KnownSource } from '../../src/rules/lint/check.ts'
import { CHECKS } from '../../src/rules/lint/checks.ts'
import type { Finding } from '../../src/rules/lint/finding.ts'
import { lintRuleSet } from '../../src/rules/lint/lint-rule-set.ts'
import { placeIn, textWith } from './rule-sets.ts'

const FOLDER = join(import.meta.dirname, 'broken')
const read = (name: string) => readFileSync(join(FOLDER, `${name}.yaml`), 'utf8')
const SOUND = read('sound')
const PARAMETERS = read('parameters')

const SOURCES: ReadonlyMap<string, KnownSource> = new Map<string, KnownSource>([
  ['bank', { types: ['deposit', 'security', 'policy'], months: null }],
  ['property', { types: ['property'], months: null }],
  ['social-insurance', { types: ['contribution', 'benefit'], months: 12 }],
  ['tax', { types: ['income'], months: 12 }],
  ['vehicle', { types: ['vehicle'], months: null }],
])

function lint(rule: string, parameters = PARAMETERS, forbidden: string | null = null): Finding[] {
  return lintRuleSet({
    rules: [{ file: 'rule.yaml', text: rule }],
    parameters: [{ file: 'parameters.yaml', text: parameters }],
    forbidden: forbidden === null ? [] : [{ file: 'forbidden.yaml', text: forbidden }],
    sources: SOURCES,
  })
}

const told = (findings: readonly Finding[]) =>
  findings.map(({ severity, check, file, line, column }) => `${file}:${line}:${column} ${severity} ${check}`)

interface Broken {
  /** The file of broken/, and the check that must find it. */
  readonly check: string
  readonly severity: 'error' | 'warning'
  /** Where the finding stands. */
  readonly at: string
  readonly message: RegExp
  /** What makes the file sound. */
  readonly mended: readonly [string, string]
}

const BROKEN: readonly Broken[] = [
  {
    check: 'load',
    severity: 'error',
    at: 'amout',
    message: /No such key: amout; did you mean amount\?/,
    mended: ['amout', 'amount'],
  },
  {
    check: 'forbidden-attribute',
    severity: 'error',
    at: 'i.person.startsWith',
    message: /startsWith\(\) of Income\.person may not be used \(birthplace\)/,
    mended: ["i.person.startsWith('54')", 'people.exists(p, p.id == i.person)'],
  },
  {
    check: 'unlike-units',
    severity: 'error',
    at: 'measure > household',
    message: /compares CNY added up over 3 months with CNY\/month/,
    mended: ['> household.monthlyIncome', '> household.monthlyIncome * 3'],
  },
  {
    check: 'averaged-amount',
    severity: 'warning',
    at: 'sum(evidence',
    message: /an average is no fact of any month/,
    mended: [' / 3', ''],
  },
  {
    check: 'unlike-dates',
    severity: 'error',
    at: "i.month >= '",
    message: /compares a month \(2026-11\) with a date \(2026-11-01\)/,
    mended: ["'2026-08-01'", "'2026-08'"],
  },
  {
    check: 'unknown-word',
    severity: 'error',
    at: "'rural'",
    message: /"rural" is none of its words; allowed: urban-dibao, rural-dibao.*did you mean rural-dibao\?/,
    mended: ["'rural'", "'rural-dibao'"],
  },
  {
    check: 'literal-money',
    severity: 'warning',
    at: '5000',
    message: /5000 is compared with money, which is in fen: 50 yuan/,
    mended: ['5000', 'param.standard'],
  },
  {
    check: 'authority',
    severity: 'error',
    at: 'authority:',
    message: /"待补" names no authority/,
    mended: ['待补', '民发〔2021〕57号 art. 13'],
  },
  {
    check: 'window-too-long',
    severity: 'error',
    at: 'monthsBefore',
    message: /a window of 24 months is longer than tax delivers, 12 months/,
    mended: ['24', '12'],
  },
  {
    check: 'window-form',
    severity: 'warning',
    at: 'month(asOf)',
    message: /takes the month of the check/,
    mended: ['<= month', '< month'],
  },
  {
    check: 'optional-field',
    severity: 'warning',
    at: 'payer !=',
    message: /"payer" may be absent/,
    mended: ["i.payer != 'A'", "(!has(i.payer) || i.payer != 'A')"],
  },
  {
    check: 'needless-has',
    severity: 'warning',
    at: 'item)',
    message: /"item" is always there/,
    mended: ['has(i.item)', 'has(i.payer)'],
  },
  {
    check: 'fallible-call',
    severity: 'warning',
    at: 'max(',
    message: /max of an empty list is an error/,
    mended: ['max(evidence.map(i, i.amount))', '"size(evidence) > 0 ? max(evidence.map(i, i.amount)) : 0"'],
  },
  {
    check: 'missing-example',
    severity: 'warning',
    at: 'examples:',
    message: /no warned example stands one unit above the limit \(0\.01\)/,
    mended: ['measure: "300.02"', 'measure: "300.01"'],
  },
  {
    check: 'unreachable-applies',
    severity: 'error',
    at: "household.scheme == 'urban-dibao'",
    message: /applies is never true/,
    mended: ['&& household.scheme', '|| household.scheme'],
  },
  {
    check: 'unreachable-warning',
    severity: 'error',
    at: 'i.month >=',
    message: /never true, so filter finds nothing/,
    mended: ["'工资' &&", "'工资' ||"],
  },
  {
    check: 'shown-evidence',
    severity: 'warning',
    at: 'sources:',
    message: /names sources and no evidence/,
    mended: ['measure: sum(incomes', 'evidence: incomes\nmeasure: sum(evidence'],
  },
  {
    check: 'told-reason',
    severity: 'warning',
    at: 'en: "{measure}',
    message: /does not say \{limit\}/,
    mended: ['is too much', 'is above {limit}'],
  },
  {
    check: 'rebuttal-kinds',
    severity: 'warning',
    at: 'rebuttal:',
    message: /names no kind of rebuttal/,
    mended: ['[]', '[amount-wrong]'],
  },
  {
    check: 'unused-let',
    severity: 'warning',
    at: 'wages:',
    message: /nothing reads "wages"/,
    mended: ['evidence: incomes', 'evidence: wages'],
  },
  {
    check: 'unused-source',
    severity: 'warning',
    at: 'bank]',
    message: /reads nothing of bank/,
    mended: ['[tax, bank]', '[tax]'],
  },
  {
    check: 'example',
    severity: 'error',
    at: 'given: { asOf: 2026-11-01, sources',
    message: /is missing source-missing, expected source-stale/,
    mended: ['source-stale', 'source-missing'],
  },
]

const BROKEN_PARAMETERS: readonly Broken[] = [
  {
    check: 'parameter-period',
    severity: 'error',
    at: 'until',
    message: /holds until 2020-12-31, and the next value of this region and scheme from 2020-07-01/,
    mended: ['until: 2020-12-31', 'until: 2020-06-30'],
  },
  {
    check: 'unused-parameter',
    severity: 'warning',
    at: 'spare',
    message: /no rule reads spare/,
    mended: [/.*spare.*\n/.exec(read('unused-parameter'))![0], ''],
  },
]

t.test('the rule that the broken files differ from is sound', async (t) => {
  t.same(told(lint(SOUND)), [])
})

t.test('each broken file gives its finding in its place and nothing else, and mended nothing', async (t) => {
  // Examples are of the sound rule: a rule that computes something else does not give what they say.
  const withoutExamples = (findings: readonly Finding[], check: string) =>
    findings.filter((finding) => finding.check === check || finding.check !== 'example')
  const check = (
    { check, severity, at, message, mended }: Broken,
    { file, run }: { file: string; run: (text: string) => Finding[] },
  ) => {
    const text = read(check)
    const findings = withoutExamples(run(text), check)
    // The first line where `at` stands.
    const { line, column } = placeIn(text.slice(0, text.indexOf(at) + at.length), at)
    t.same(told(findings), [`${file}:${line}:${column} ${severity} ${check}`], check)
    t.match(findings[0]?.message, message, check)
    t.same(told(withoutExamples(run(textWith(text, mended)), check)), [], `${check}, mended`)
  }
  for (const broken of BROKEN) check(broken, { file: 'rule.yaml', run: (text) => lint(text) })
  for (const broken of BROKEN_PARAMETERS) check(broken, { file: 'parameters.yaml', run: (text) => lint(SOUND, text) })
})

t.test('every check has a broken file and a section in the README of its folder', async (t) => {
  const files = readdirSync(FOLDER).map((name) => name.replace('.yaml', ''))
  const tested = [...BROKEN, ...BROKEN_PARAMETERS].map(({ check }) => check)
  const names = ['load', 'example', ...CHECKS.map(({ name }) => name)]
  t.same([...tested].sort(), [...names].sort())
  t.same(files.filter((file) => !['sound', 'parameters'].includes(file)).sort(), [...names].sort())
  const readme = readFileSync(join(import.meta.dirname, '..', '..', 'src', 'rules', 'lint', 'README.md'), 'utf8')
  const sections = [...readme.matchAll(/^### (\S+)/gm)].map(([, name]) => name!)
  t.same(sections.sort(), [...names].sort())
})
