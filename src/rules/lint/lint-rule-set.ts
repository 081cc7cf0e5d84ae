import { parseLocatedYaml, requireValid } from '../../domain/located-yaml.ts'
import type { RecordTypeName } from '../../domain/record-types.ts'
import { HeduiError } from '../../errors.ts'
import { createRuleEnvironment } from '../cel-environment.ts'
import { compileRule } from '../compile-rule.ts'
import { validateRule } from '../rule-schema.ts'
import { parseRuleSet, type SourceText, withDefaults } from '../rule-set.ts'
import { runRuleExample } from '../run-example.ts'
import type { KnownSource } from './check.ts'
import { CHECKS } from './checks.ts'
import { compareFindings, type Finding, findingOf } from './finding.ts'
import { FORBIDDEN_EVERYWHERE, type ForbiddenAttribute, parseForbidden } from './forbidden-attributes.ts'
import { knowParameters, readParameters } from './parameters-to-lint.ts'
import { type RuleToLint, readRule } from './rule-to-lint.ts'

export interface LintInput {
  readonly rules: readonly SourceText[]
  readonly parameters: readonly SourceText[]
  /** forbidden.yaml of the folder and of the centre's own, where they have one. */
  readonly forbidden: readonly SourceText[]
  readonly sources: ReadonlyMap<string, KnownSource>
}

/**
 * Everything that is wrong or odd in a rule set, in all of its files at once, by file and line. Pure, and never throws for
 * what files say. A rule that does not load is not looked at further, and neither hides the others.
 */
export function lintRuleSet(input: LintInput): Finding[] {
  const findings: Finding[] = []
  const refuse = (error: HeduiError, check = 'load') => findings.push(refused(error, check))

  const parameters = readParameters(input.parameters)
  for (const error of parameters.errors) refuse(error)
  const forbidden = input.forbidden.flatMap((list) => attempt(() => parseForbidden(list), refuse) ?? [])
  const known = knowParameters(parameters.parameters)
  const environments = {
    household: createRuleEnvironment('household', parameters.parameters),
    person: createRuleEnvironment('person', parameters.parameters),
  }
  const sources: ReadonlyMap<string, readonly RecordTypeName[]> = new Map(
    [...input.sources].map(([id, { types }]) => [id, types]),
  )
  const rules = input.rules.flatMap(({ file, text }): RuleToLint[] => {
    const rule = attempt(() => {
      const yaml = parseLocatedYaml(text, file, 'DEFINITION_RULE')
      const definition = withDefaults(requireValid(yaml, validateRule, 'DEFINITION_RULE'))
      const environment = environments[definition.scope]
      const compiled = compileRule(definition, yaml, { environment, parameters: parameters.parameters, sources })
      return readRule(compiled, yaml, known)
    }, refuse)
    return rule ? [rule] : []
  })
  const isComplete = rules.length === input.rules.length && parameters.errors.length === 0
  // What only all files together show: an id that stands twice, a set without a rule.
  if (findings.length === 0)
    attempt(() => parseRuleSet({ rules: input.rules, parameters: input.parameters, sources }), refuse)

  // With values missing examples would fail for that alone.
  for (const rule of parameters.errors.length === 0 ? rules : [])
    for (const error of failedExamples(rule, parameters.parameters)) refuse(error, 'example')
  const set = {
    rules,
    parameters,
    sources: input.sources,
    forbidden: [...FORBIDDEN_EVERYWHERE, ...once(forbidden)],
    isComplete,
  }
  for (const check of CHECKS) for (const problem of check.run(set)) findings.push(findingOf(check.name, problem))
  return findings.sort(compareFindings)
}

/** A draft is mostly a copy of the centre's folder with the same list: nothing is said twice. */
function once(forbidden: readonly ForbiddenAttribute[]): ForbiddenAttribute[] {
  return [...new Map(forbidden.map((attribute) => [JSON.stringify(attribute), attribute])).values()]
}

function refused(error: HeduiError, check: string): Finding {
  return findingOf(check, { severity: 'error', code: error.code, place: error.place, message: error.message })
}

function* failedExamples({ compiled, definition, yaml }: RuleToLint, parameters: Parameters<typeof runRuleExample>[1]) {
  for (const [i, example] of definition.examples.entries()) {
    const place = yaml.placeOf(['examples', i])
    try {
      const difference = runRuleExample(compiled, parameters, example)
      if (difference) yield new HeduiError('DEFINITION_EXAMPLE', difference, place)
    } catch (error) {
      yield new HeduiError('DEFINITION_EXAMPLE', (error as Error).message, place)
    }
  }
}

function attempt<T>(work: () => T, refuse: (error: HeduiError) => void): T | null {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof HeduiError)) throw error
    for (const each of [error, ...error.others]) refuse(each)
    return null
  }
}
