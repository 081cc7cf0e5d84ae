import type { CheckResult, RuleResult } from '../domain/check-result.ts'
import type { Dossier } from '../domain/dossier.ts'
import type { Trace } from '../domain/trace.ts'
import { checkDossier } from './check-dossier.ts'
import type { OnError } from './evaluate-rule.ts'
import type { RuleSet } from './rule-set.ts'
import { traceResult } from './trace-result.ts'

export interface TraceOptions {
  /** Traces of warned results only, which are those that are kept (the default), or of all. */
  readonly of?: 'warned' | 'all'
  readonly onError?: OnError
}

/**
 * Runs a rule set over one household as checkDossier does, by the same code, and explains its results. A trace belongs
 * to the result of its rule and person.
 */
export function checkDossierWithTraces(
  ruleSet: RuleSet,
  dossier: Dossier,
  run: string | null,
  { of = 'warned', onError = () => {} }: TraceOptions = {},
): { readonly result: CheckResult; readonly traces: readonly Trace[] } {
  const traces: Trace[] = []
  const result = checkDossier(ruleSet, dossier, run, onError, (rule, evaluation, found) => {
    if (of === 'all' || found.outcome === 'warned') traces.push(traceResult(rule, evaluation, found))
  })
  return { result, traces }
}

/** A result whose rule results carry their traces, those that there are. */
export function withTraces(result: CheckResult, traces: readonly Trace[]): CheckResult {
  const traceOf = ({ rule, person }: RuleResult) =>
    traces.find((trace) => trace.rule === rule && trace.person === person)
  const results = result.results.map((each) => {
    const trace = traceOf(each)
    return trace ? { ...each, trace } : each
  })
  return { ...result, results }
}
