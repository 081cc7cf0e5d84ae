import { join } from 'node:path'
import type { RecordTypeName } from '../../src/domain/record-types.ts'
import { HeduiError } from '../../src/errors.ts'
import { parseRuleSet, type RuleSet, type SourceText } from '../../src/rules/rule-set.ts'
import { loadAdapters } from '../../src/services/load-adapters.ts'
import { loadRuleSet } from '../../src/services/load-rule-set.ts'

export const ROOT = join(import.meta.dirname, '..', '..')

/** What the adapters that are shipped give. */
export const SOURCES: ReadonlyMap<string, readonly RecordTypeName[]> = new Map<string, readonly RecordTypeName[]>([
  ['bank', ['deposit', 'security', 'policy']],
  ['business', ['business']],
  ['death', ['death']],
  ['housing-fund', ['housingFund']],
  ['payroll', ['payroll']],
  ['prison', ['custody']],
  ['property', ['property']],
  ['social-insurance', ['contribution', 'benefit']],
  ['tax', ['income']],
  ['vehicle', ['vehicle']],
])

/** The rules that are shipped. */
export async function shippedRules(): Promise<RuleSet> {
  return loadRuleSet(join(ROOT, 'rules'), await loadAdapters(join(ROOT, 'adapters')))
}

/** A sound rule, of which tests change parts. */
export const RULE = `id: trial
order: 10
title: { zh: 试, en: Trial }
basis: supplementary
authority: none
scope: household
who: members
sources: [bank]
unit: CNY
let:
  open: deposits.filter(d, has(d.status) && d.status == 'open')
evidence: open
measure: sum(evidence.map(d, d.balance))
limit: param.months * param.standard
reason:
  zh: 合计{measure}
  en: "{measure} is above {limit}"
`

export const PARAMETERS = `standard:
  unit: CNY
  values:
    - { region: "", from: 2000-01-01, value: "100.00", authority: none }
months:
  unit: months
  values:
    - { region: "", from: 2000-01-01, value: 3, authority: none }
area:
  unit: dm2
  values:
    - { region: "", from: 2000-01-01, value: 3050, authority: none }
`

/** A text with parts of it replaced; each part must stand in it. */
export function textWith(text: string, ...replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the text holds no "${from}"`)
    return result.replace(from, () => to)
  }, text)
}

export const ruleWith = (...replacements: readonly (readonly [string, string])[]) => textWith(RULE, ...replacements)

/** A rule set of texts, which errors name rule-1.yaml, rule-2.yaml … */
export function ruleSetOf(rules: readonly string[], parameters: readonly string[] = [PARAMETERS]): RuleSet {
  const named =
    (kind: string) =>
    (text: string, i: number): SourceText => ({ file: `${kind}-${i + 1}.yaml`, text })
  return parseRuleSet({
    rules: rules.map(named('rule')),
    parameters: parameters.map(named('parameters')),
    sources: SOURCES,
  })
}

/** Everything that `work` is refused for; nothing where it is not. */
export function problemsOf(work: () => unknown): HeduiError[] {
  try {
    work()
    return []
  } catch (error) {
    if (!(error instanceof HeduiError)) throw error
    return [error, ...error.others]
  }
}

/** Line and column, from 1, of the only place where `needle` stands in a text. */
export function placeIn(text: string, needle: string): { line: number; column: number } {
  const at = text.indexOf(needle)
  if (at < 0 || text.indexOf(needle, at + 1) >= 0) throw new Error(`${needle} does not stand once in the text`)
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}
