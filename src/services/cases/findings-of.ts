import type { Suppression } from '../../db/queries/suppressions.ts'
import type { CaseWarningFacts, LeadKey } from '../../domain/case/events.ts'
import type { FoundWarning, RunFindings } from '../../domain/case/prepare.ts'
import { fingerprintOf } from '../../domain/case/warning-fingerprint.ts'
import type { CheckResult, RuleResult } from '../../domain/check-result.ts'
import type { HouseholdFacts, PersonFacts } from '../../domain/household.ts'
import { type RuleSet, rulesOfRegion } from '../../rules/rule-set.ts'
import type { Adapters } from '../load-adapters.ts'

export interface Found extends Pick<RunFindings, 'warnings' | 'cleared'> {
  readonly suppressed: number
}

interface FindingContext {
  readonly run: string
  readonly ruleSet: RuleSet
  readonly adapters: Adapters
  readonly facts: HouseholdFacts
  readonly people: readonly PersonFacts[]
  /** Of the household, those that hold on the run's date. */
  readonly suppressions: readonly Suppression[]
}

type Definition = RuleSet['rules'][number]['definition']

/** What a household's results mean for its case: warnings with the questions that come first, and what was cleared. */
export function findingsOf(result: CheckResult, context: FindingContext): Found {
  const rules = rulesOfRegion(context.ruleSet, context.facts.region)
  const warned = result.results.filter(({ outcome }) => outcome === 'warned')
  const warnings = warned.flatMap((each): FoundWarning[] => {
    const rule = rules.find(({ definition }) => definition.id === each.rule)
    if (!rule) return []
    const fingerprint = fingerprintOf(each)
    if (isSuppressed(each, fingerprint, context.suppressions)) return []
    return [describeWarning(each, { result, definition: rule.definition, fingerprint, context })]
  })
  const cleared = result.results
    .filter(({ outcome }) => outcome === 'clear' || outcome === 'not-applicable')
    .map(({ rule, person }) => ({ rule, person }))
  return { warnings, cleared, suppressed: warned.length - warnings.length }
}

interface Describing {
  readonly result: CheckResult
  readonly definition: Definition
  readonly fingerprint: string
  readonly context: FindingContext
}

function describeWarning(found: RuleResult, { result, definition, fingerprint, context }: Describing): FoundWarning {
  const own = found.evidence.map(({ person }) => person)
  const people = [...new Set([...(found.person === null ? [] : [found.person]), ...own])].sort()
  return {
    run: context.run,
    asOf: result.asOf,
    ruleSet: result.ruleSet,
    result: found,
    accepts: definition.rebuttal.accepts,
    sources: definition.sources,
    questions: questionsOf(found, { result, definition, context }),
    leads: leadsOf(found, { result, definition, context }),
    people,
    fingerprint,
  }
}

/** Sources that the warning rests on and that must answer first: stale ones, and those whose records nobody vouches for. */
function questionsOf(
  { evidence }: RuleResult,
  { result, definition, context }: Omit<Describing, 'fingerprint'>,
): CaseWarningFacts['questions'] {
  const sources = evidence.length > 0 ? [...new Set(evidence.map(({ source }) => source))].sort() : definition.sources
  return sources.flatMap((source): CaseWarningFacts['questions'] => {
    if (result.sources.some((use) => use.source === source && use.state === 'stale')) return [{ source, why: 'stale' }]
    return context.adapters.get(source)?.manifest.trust === 'unverified' ? [{ source, why: 'unverified' }] : []
  })
}

/** Rows of the rule's sources that may be of somebody whom it asks of. */
function leadsOf({ person }: RuleResult, { result, definition, context }: Omit<Describing, 'fingerprint'>): LeadKey[] {
  const isAsked = (id: string) => {
    if (person !== null) return id === person
    const role = context.people.find((each) => each.id === id)?.role
    if (definition.who === 'all' || role === undefined) return true
    return (definition.who === 'supporters') === (role === 'supporter')
  }
  return result.leads
    .filter((lead) => definition.sources.includes(lead.source) && isAsked(lead.person))
    .map(({ source, delivery, row, person: whose }) => ({ source, delivery, row, person: whose }))
}

function isSuppressed(found: RuleResult, fingerprint: string, suppressions: readonly Suppression[]): boolean {
  return suppressions.some(
    ({ rule, person, fingerprint: known, measure }) =>
      rule === found.rule && person === found.person && known === fingerprint && !isWorse(found, measure),
  )
}

/** Whether a measure lies further beyond its limit than when the answer was accepted. */
function isWorse({ measure, limit }: RuleResult, known: string | null): boolean {
  if (measure === null || known === null) return measure !== known
  const now = scaled(measure)
  const then = scaled(known)
  // Of most rules what is above the limit is warned; of a few, such as a wage, what is below.
  const below = limit !== null && now < scaled(limit)
  return below ? now < then : now > then
}

/** A decimal number as an integer of a hundredth. */
function scaled(value: string | number): bigint {
  const [, sign = '', whole = '0', part = ''] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(String(value)) ?? []
  return BigInt(`${sign}${whole}${part.padEnd(2, '0')}`)
}
