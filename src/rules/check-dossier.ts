import type { CheckResult, HouseholdOutcome, RuleResult } from '../domain/check-result.ts'
import type { Dossier } from '../domain/dossier.ts'
import { viewDossier } from './dossier-view.ts'
import { evaluateRule, type Observe, type OnError } from './evaluate-rule.ts'
import { type RuleSet, rulesOfRegion, sourcesOf } from './rule-set.ts'

/**
 * Runs a rule set over one household. Pure: the same dossier and rules give the same result, byte for byte, in whatever
 * order the records come. `observe` is told how each result came about.
 */
export function checkDossier(
  ruleSet: RuleSet,
  dossier: Dossier,
  run: string | null,
  onError: OnError = () => {},
  observe?: Observe,
): CheckResult {
  const view = viewDossier(dossier)
  const rules = rulesOfRegion(ruleSet, dossier.household.region)
  const results = rules.flatMap((rule) => evaluateRule(rule, view, ruleSet.parameters, onError, observe))
  const sources = sourcesOf(rules)
  return {
    run,
    householdId: dossier.household.id,
    asOf: dossier.asOf,
    ruleSet: ruleSet.version,
    outcome: householdOutcome(results),
    results,
    // A dossier may hold more than these rules need: other rules elsewhere, or beside them, may ask for it.
    sources: dossier.sources.filter(({ source }) => sources.includes(source)),
    leads: dossier.leads.filter(({ source }) => sources.includes(source)),
  }
}

/** Warned if any result is; else unverifiable if any is; else clear. */
export function householdOutcome(results: readonly Pick<RuleResult, 'outcome'>[]): HouseholdOutcome {
  if (results.some(({ outcome }) => outcome === 'warned')) return 'warned'
  return results.some(({ outcome }) => outcome === 'unverifiable') ? 'unverifiable' : 'clear'
}
