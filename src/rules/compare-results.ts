import type { CheckResult, RuleResult } from '../domain/check-result.ts'
import type { ChangeKind, ComparedResult, ResultChange } from '../domain/rule-comparison.ts'

type Results = Pick<CheckResult, 'results'>

/**
 * The results of one household that two rule sets do not give alike, by rule and person. Pure, and the same the other way
 * round: what is newly warned from one to the other is no longer warned from the other to the one.
 */
export function compareResults(old: Results, other: Results): ResultChange[] {
  const before = new Map(old.results.map((result) => [keyOf(result), result]))
  const after = new Map(other.results.map((result) => [keyOf(result), result]))
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key) => {
    const [from, to] = [before.get(key), after.get(key)]
    const kinds = kindsOf(from, to)
    const { rule, person } = (to ?? from)!
    return kinds.length === 0 ? [] : [{ rule, person, kinds, old: sideOf(from), new: sideOf(to) }]
  })
}

const keyOf = ({ rule, person }: RuleResult) => `${rule}\0${person ?? ''}`

function sideOf(result: RuleResult | undefined): ComparedResult | null {
  if (!result) return null
  const { outcome, unit, measure, limit, note } = result
  return { outcome, unit, measure, limit, note: note ?? null }
}

function kindsOf(from: RuleResult | undefined, to: RuleResult | undefined): ChangeKind[] {
  const kinds: ChangeKind[] = []
  const turned = (outcome: RuleResult['outcome'], became: ChangeKind, ceased: ChangeKind) => {
    if (from?.outcome !== outcome && to?.outcome === outcome) kinds.push(became)
    if (from?.outcome === outcome && to?.outcome !== outcome) kinds.push(ceased)
  }
  // A rule that comes or goes with a warning warns anew, or no longer; with any other outcome it only comes or goes.
  turned('warned', 'newly-warned', 'no-longer-warned')
  if (from && to) {
    turned('unverifiable', 'became-unverifiable', 'became-verifiable')
    turned('not-applicable', 'no-longer-applicable', 'became-applicable')
    if (from.outcome === to.outcome && differs(from, to)) kinds.push('changed-amount')
  } else kinds.push(to ? 'rule-added' : 'rule-removed')
  return kinds
}

const differs = (a: RuleResult, b: RuleResult) => a.measure !== b.measure || a.limit !== b.limit || a.unit !== b.unit
