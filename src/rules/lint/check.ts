import type { RecordTypeName } from '../../domain/record-types.ts'
import type { Place } from '../../errors.ts'
import type { Problem } from './finding.ts'
import type { ForbiddenAttribute } from './forbidden-attributes.ts'
import type { ParametersToLint } from './parameters-to-lint.ts'
import type { RuleToLint } from './rule-to-lint.ts'

/** A source as the linter knows it: what its adapter gives, and how many months back a delivery reaches. */
export interface KnownSource {
  readonly types: readonly RecordTypeName[]
  /** null: the adapter does not say. */
  readonly months: number | null
}

/** All that checks look at: the rules that load, the parameters, and what is known around them. */
export interface SetToLint {
  readonly rules: readonly RuleToLint[]
  readonly parameters: ParametersToLint
  readonly sources: ReadonlyMap<string, KnownSource>
  readonly forbidden: readonly ForbiddenAttribute[]
  /** Whether every file loads: only then is something that no rule reads read by none. */
  readonly isComplete: boolean
}

/** One check: a small function that gives what it finds. */
export interface Check {
  /** What findings name; README.md of this folder has a section of this name. */
  readonly name: string
  run(set: SetToLint): Iterable<Problem>
}

/** A check that looks at one rule after another. */
export function ruleCheck(name: string, run: (rule: RuleToLint, set: SetToLint) => Iterable<Problem>): Check {
  return {
    name,
    *run(set) {
      for (const rule of set.rules) yield* run(rule, set)
    },
  }
}

export const ruleError = (place: Place, message: string): Problem => ({
  severity: 'error',
  code: 'DEFINITION_RULE',
  place,
  message,
})

export const ruleWarning = (place: Place, message: string): Problem => ({
  ...ruleError(place, message),
  severity: 'warning',
})

export const parameterError = (place: Place, message: string): Problem => ({
  severity: 'error',
  code: 'DEFINITION_PARAMETER',
  place,
  message,
})

export const parameterWarning = (place: Place, message: string): Problem => ({
  ...parameterError(place, message),
  severity: 'warning',
})
