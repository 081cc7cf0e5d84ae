import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import type { RuleResult } from '../../src/domain/check-result.ts'
import type { Dossier } from '../../src/domain/dossier.ts'
import { parseYuan } from '../../src/domain/money.ts'
import { checkDossier } from '../../src/rules/check-dossier.ts'
import { parseRuleSet, type RuleSet, rulesOfRegion } from '../../src/rules/rule-set.ts'
import { plainVerdicts, type Verdict } from './plain-rules.ts'
import { dossiers } from './random-dossiers.ts'
import { ROOT, SOURCES, shippedRules, textWith } from './rule-sets.ts'

const rules = await shippedRules()
const texts = (pattern: string) =>
  globSync(join(ROOT, 'rules', pattern))
    .sort()
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
const shippedTexts = [...texts('eight-warnings/*.yaml'), ...texts('supplementary/*.yaml')]
const shippedParameters = texts('parameters/*.yaml')
const number = (value: string | number | null) => (typeof value === 'string' ? parseYuan(value) : value)

const ofProgram = ({ rule, person, outcome, measure, limit, evidence }: RuleResult) => ({
  rule,
  person,
  outcome,
  measure: number(measure),
  limit: number(limit),
  evidence: evidence.map(({ type, person: owner, key, row }) => `${type} ${owner} ${key} ${row}`),
})
const ofTable = ({ evidence, ...verdict }: Verdict) => ({
  ...verdict,
  evidence: evidence.map(({ type, person: owner, shownKey, row }) => `${type} ${owner} ${shownKey} ${row}`),
})

/** What the table says and the program does not, or null. */
function difference(ruleSet: RuleSet, given: Dossier): string | null {
  const errors: unknown[] = []
  const result = checkDossier(ruleSet, given, null, (error) => errors.push(error))
  const expected = plainVerdicts(given).map(ofTable)
  const found = result.results.map(ofProgram)
  for (let i = 0; i < Math.max(expected.length, found.length); i++) {
    const [table, program] = [JSON.stringify(expected[i]), JSON.stringify(found[i])]
    if (table !== program) return `table ${table}, program ${program} ${errors}`
  }
  const outcomes = new Set(expected.map(({ outcome }) => outcome))
  const household = outcomes.has('warned') ? 'warned' : outcomes.has('unverifiable') ? 'unverifiable' : 'clear'
  return result.outcome === household ? null : `the household is ${household}, not ${result.outcome}`
}

t.test('the shipped rules say what the table of design §8 says', async (t) => {
  const reached = new Map<string, number>()
  fc.assert(
    fc.property(dossiers, (given) => {
      const found = difference(rules, given)
      if (found) throw new Error(found)
      for (const { rule, outcome, measure, limit } of plainVerdicts(given)) {
        for (const what of [outcome, ...(measure !== null && measure === limit ? ['at its limit'] : [])])
          reached.set(`${rule} ${what}`, (reached.get(`${rule} ${what}`) ?? 0) + 1)
      }
    }),
    // A fixed seed, for what the dossiers reached must not depend on luck.
    { numRuns: 2000, seed: 20_261_101 },
  )
  for (const { definition } of rulesOfRegion(rules, '369901003')) {
    for (const what of ['warned', 'clear', 'unverifiable', 'at its limit'])
      t.ok(reached.get(`${definition.id} ${what}`), `the dossiers reached ${definition.id} ${what}`)
  }
})

t.test('a rule that differs from the table in one thing is found out', async (t) => {
  for (const [file, from, to] of [
    ['1-deposits', 'measure: sum', 'warn: measure >= limit\nmeasure: sum'],
    ['1-deposits', "distinctBy(evidence, 'key').map", 'evidence.map'],
    ['1-deposits', "(!has(d.status) || d.status == 'open') && ", ''],
    ['1-deposits', 'sources: [bank]', 'sources: [bank, tax]'],
    ['2-securities', "s.currency == 'CNY'", "s.currency != ''"],
    ['2-securities', '* household.size', '* size(people)'],
    ['3-property', 'p.share >= 0.1', 'p.share > 0.1'],
    ['3-property', 'dwellingArea > ', 'dwellingArea >= '],
    ['3-property', 'size(premises) > 0', 'size(premises) > 1'],
    [
      '3-property',
      "distinctBy(held.filter(p, p.usage in ['住宅', '成套住宅']), 'unit')",
      "held.filter(p, p.usage in ['住宅', '成套住宅'])",
    ],
    ['4-insurance', "p.status == 'in-force'", "p.status != ''"],
    ['5-income', 'i.month >= months', 'i.month > months'],
    ['5-income', 'i.month < month', 'i.month <= month'],
    ['6-vehicles', "['B', 'E', 'P']", "['B', 'E']"],
    ['6-vehicles', "'13', '14'", "'13'"],
    ['6-vehicles', '\n    && !people.exists(p, p.id == v.person && p.vehicleExempt)', ''],
    ['7-contributions', 'monthsBefore(asOf, 6)', 'monthsBefore(asOf, 5)'],
    ['7-contributions', ' && c.paidMonth == c.month', ''],
    ['7-contributions', 'size(distinct(evidence.map(c, c.month)))', 'size(evidence)'],
    ['8-benefits', 'monthsBefore(asOf, 3)', 'monthsBefore(asOf, 4)'],
    ['8-benefits', "b.insurance != '170'", "b.insurance != ''"],
    ['8-benefits', 'limit: 3 *', 'limit: 1 *'],
  ] as const) {
    const changed = shippedTexts.map((source) =>
      source.file.endsWith(`${file}.yaml`) ? { ...source, text: textWith(source.text, [from, to]) } : source,
    )
    const ruleSet = parseRuleSet({ rules: changed, parameters: shippedParameters, sources: SOURCES })
    const check = fc.check(
      fc.property(dossiers, (given) => difference(ruleSet, given) === null),
      { numRuns: 20_000, endOnFailure: true, seed: 20_261_101 },
    )
    t.ok(check.failed, `${file}: ${from.trim()} -> ${to.trim()}`)
  }
})

t.test('a result is the same, byte for byte, in whatever order the records come', async () => {
  const shuffled = dossiers.chain((given) =>
    fc.tuple(fc.constant(given), fc.shuffledSubarray([...given.records], { minLength: given.records.length })),
  )
  fc.assert(
    fc.property(shuffled, ([given, records]) => {
      const one = JSON.stringify(checkDossier(rules, given, 'run'))
      const other = JSON.stringify(checkDossier(rules, { ...given, records }, 'run'))
      return one === other && one === JSON.stringify(checkDossier(rules, given, 'run'))
    }),
    { numRuns: 500 },
  )
})

t.test('a check changes nothing that it was given', async () => {
  fc.assert(
    fc.property(dossiers, (given) => {
      const before = JSON.stringify(given)
      checkDossier(rules, given, null)
      return JSON.stringify(given) === before
    }),
    { numRuns: 200 },
  )
})
