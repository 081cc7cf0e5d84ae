import type { HouseholdFacts } from '../domain/household.ts'
import { CelParameters } from './cel-environment.ts'
import type { CompiledRule } from './compile-rule.ts'
import { type Parameters, resolveParameter } from './parameters.ts'

/** The parameters of a rule as they are in force for a household on a date. */
export interface RuleParameters {
  /** What expressions read; a parameter without a value is no field of it. */
  readonly param: CelParameters
  /** Names of those that the rule cannot do without and that have no value. */
  readonly missing: readonly string[]
}

/** By the set's parameters and the rule: a run asks the same for every household of a township. */
const known = new WeakMap<Parameters, WeakMap<CompiledRule, Map<string, RuleParameters>>>()

/** Resolves a rule's parameters for a household's region and scheme on a date (design §8). */
export function parametersOf(
  rule: CompiledRule,
  parameters: Parameters,
  { household, asOf }: { readonly household: HouseholdFacts; readonly asOf: string },
): RuleParameters {
  const ofSet = known.get(parameters) ?? new WeakMap<CompiledRule, Map<string, RuleParameters>>()
  known.set(parameters, ofSet)
  const ofRule = ofSet.get(rule) ?? new Map<string, RuleParameters>()
  ofSet.set(rule, ofRule)
  const key = `${household.region} ${household.scheme} ${asOf}`
  const found = ofRule.get(key)
  if (found) return found
  // A service that lives for months sees many dates; a run sees some hundred regions.
  if (ofRule.size >= MOST) ofRule.clear()
  const made = resolve(rule, parameters, { household, asOf })
  ofRule.set(key, made)
  return made
}

const MOST = 5000

function resolve(
  rule: CompiledRule,
  parameters: Parameters,
  { household, asOf }: { readonly household: HouseholdFacts; readonly asOf: string },
): RuleParameters {
  const values: Record<string, unknown> = {}
  const missing: string[] = []
  for (const name of rule.parameters) {
    const value = resolveParameter(parameters.get(name), household, asOf)?.value
    if (value !== undefined) values[name] = value
    else if (!rule.optionalParameters.includes(name)) missing.push(name)
  }
  return { param: new CelParameters(values), missing }
}
