import t from 'tap'
import type { RuleResult } from '../../src/domain/check-result.ts'
import type { RecordFields } from '../../src/domain/record-types.ts'
import { RECORD_TYPES } from '../../src/domain/record-types.ts'
import { checkDossier } from '../../src/rules/check-dossier.ts'
import { parseRuleSet, type RuleSet } from '../../src/rules/rule-set.ts'
import { dossier, person, record } from './dossiers.ts'
import { PARAMETERS, problemsOf, RULE, SOURCES, textWith } from './rule-sets.ts'

const NO_VALUE = 'optional:\n  unit: CNY\n  values: []\n'

/** RULE with other lines in the place of its `limit`. */
const ruleSet = (limit: string, more: readonly (readonly [string, string])[] = []): RuleSet =>
  parseRuleSet({
    rules: [{ file: 'rule.yaml', text: textWith(RULE, ['limit: param.months * param.standard', limit], ...more) }],
    parameters: [
      { file: 'parameters.yaml', text: PARAMETERS },
      { file: 'none.yaml', text: NO_VALUE },
    ],
    sources: SOURCES,
  })

function check(set: RuleSet, ...deposits: readonly RecordFields[]): RuleResult {
  const records = deposits.map((fields, i) =>
    record('deposit', 'P1', i + 1, {
      institution: 'A',
      account: String(i),
      currency: 'CNY',
      balance: 100,
      status: 'open',
      ...fields,
    }),
  )
  const { results } = checkDossier(set, dossier({ people: [person()], records }), null, (error) => {
    throw error
  })
  return results[0]!
}

const AVERAGES = 'limit: 300\nknown: measure > limit || open.all(d, has(d.averageBalance))'

t.test('what the records leave out is unverifiable, unless it cannot matter', async (t) => {
  const set = ruleSet(AVERAGES)
  t.match(check(set, { averageBalance: 1 }), { outcome: 'clear', measure: '1.00', limit: '3.00' })
  t.match(check(set, {}), { outcome: 'unverifiable', measure: null, limit: null, reason: null, evidence: [] })
  t.same(check(set, {}).missing, [{ why: 'record-incomplete' }])
  t.match(check(set, {}, { balance: 201 }), { outcome: 'warned', measure: '3.01', missing: [] })
})

t.test('of a person it says whose', async (t) => {
  const set = ruleSet(AVERAGES, [['scope: household', 'scope: person']])
  t.same(check(set, {}).missing, [{ why: 'record-incomplete', person: 'P1' }])
})

t.test('a parameter asked for with has() is missed only where `known` says so', async (t) => {
  const set = ruleSet('limit: 300\nknown: measure <= 100 || has(param.optional)\nwarn: measure > param.optional')
  t.same(set.rules[0]!.optionalParameters, ['optional'])
  t.same(set.rules[0]!.parameters, ['optional'])
  const result = check(set, {}, {})
  t.equal(result.outcome, 'unverifiable')
  t.same(result.missing, [{ why: 'parameter-missing', parameter: 'optional' }])
  const guarded = ruleSet(
    'limit: 300\nknown: measure <= 100 || has(param.optional)\nwarn: has(param.optional) && measure > param.optional',
  )
  t.match(check(guarded, {}), { outcome: 'clear', measure: '1.00', missing: [] })
  const plain = ruleSet('limit: param.optional')
  t.same(check(plain, {}).missing, [{ why: 'parameter-missing', parameter: 'optional' }], 'else it is always missed')
})

t.test('it is a bool of what stands before it', async (t) => {
  const [problem] = problemsOf(() => ruleSet('limit: 300\nknown: size(open)'))
  t.match(problem, { code: 'DEFINITION_RULE', message: /known must give a bool, gives int/ })
  const [unknown] = problemsOf(() => ruleSet('limit: 300\nknown: opened'))
  t.match(unknown, { code: 'DEFINITION_RULE', message: /opened/ })
})

t.test('no field of a record type is named as what every record has', async (t) => {
  for (const [type, { fields }] of Object.entries(RECORD_TYPES))
    for (const name of ['person', 'role', 'key', 'asOf']) t.notOk(name in fields, `${type}.${name}`)
})
