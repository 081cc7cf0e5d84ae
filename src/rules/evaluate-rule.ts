import type { EvidenceItem, Missing, RuleOutcome, RuleResult } from '../domain/check-result.ts'
import { isAuthorized, type PersonFacts } from '../domain/household.ts'
import { formatYuan } from '../domain/money.ts'
import type { CompiledRule } from './compile-rule.ts'
import { type DossierView, originOf } from './dossier-view.ts'
import { isMoney, type Parameters } from './parameters.ts'
import { fillReason } from './reason-text.ts'
import { parametersOf } from './rule-parameters.ts'
import type { Unit } from './rule-schema.ts'

/** Told of an expression that failed while it ran: the result is unverifiable, and someone should look at the rule. */
export type OnError = (error: unknown, rule: string, householdId: string) => void

/** One evaluation as it went, for whoever explains it. */
export interface Evaluation {
  readonly view: DossierView
  /** The people whose records the rule reads. */
  readonly facts: readonly PersonFacts[]
  readonly person: string | null
  readonly parameters: Parameters
  /** Parameters that the rule cannot do without and that have no value in force. */
  readonly missingParameters: readonly string[]
  /** What `applies` and `requires` may read. */
  readonly context: Readonly<Record<string, unknown>>
  /** The context with records, `let`, `evidence`, `measure` and `limit`, as far as it came; null before records are read. */
  values: Record<string, unknown> | null
  applies: boolean | null
  requires: boolean | null
  known: boolean | null
  warn: boolean | null
  material: boolean | null
  error: unknown
}

/** Is told of each evaluation and its result; evaluations cost the same without. */
export type Observe = (rule: CompiledRule, evaluation: Evaluation, result: RuleResult) => void

/** The results of one rule for one household: one, or one for each person in its scope. */
export function evaluateRule(
  rule: CompiledRule,
  view: DossierView,
  parameters: Parameters,
  onError: OnError,
  observe?: Observe,
): RuleResult[] {
  const { definition } = rule
  const { dossier } = view
  const people = view.inScope(definition.who)
  const { param, missing: missingParameters } = parametersOf(rule, parameters, dossier)
  const shared = {
    asOf: dossier.asOf,
    household: view.household,
    people: view.people,
    param,
  }
  const evaluate = (context: Record<string, unknown>, facts: readonly PersonFacts[], person: string | null) => {
    const unknown = {
      values: null,
      applies: null,
      requires: null,
      known: null,
      warn: null,
      material: null,
      error: null,
    }
    const evaluation: Evaluation = { view, context, facts, person, missingParameters, parameters, ...unknown }
    const result = evaluateSafely(rule, evaluation, onError)
    observe?.(rule, evaluation, result)
    return result
  }
  if (definition.scope === 'household') {
    return [
      evaluate(
        shared,
        people.map(({ facts }) => facts),
        null,
      ),
    ]
  }
  return people.map(({ facts, cel }) => evaluate({ ...shared, person: cel }, [facts], facts.id))
}

function evaluateSafely(rule: CompiledRule, evaluation: Evaluation, onError: OnError): RuleResult {
  try {
    return evaluateOnce(rule, evaluation)
  } catch (error) {
    const { view, person } = evaluation
    evaluation.error = error
    onError(error, rule.definition.id, view.dossier.household.id)
    return withoutValue(rule, person, 'unverifiable', [{ why: 'error', ...(person === null ? {} : { person }) }])
  }
}

function evaluateOnce(rule: CompiledRule, evaluation: Evaluation): RuleResult {
  const { definition } = rule
  const { view, context, facts, person, missingParameters, parameters } = evaluation
  const needed = missingParameters.filter((name) => rule.appliesParameters.includes(name))
  if (rule.applies) {
    if (needed.length > 0) return withoutValue(rule, person, 'unverifiable', needed.map(parameterMissing))
    evaluation.applies = rule.applies(context) === true
    if (!evaluation.applies) return withoutValue(rule, person, 'not-applicable', [])
  }
  const missing = [...findMissing(definition.sources, view, facts), ...missingParameters.map(parameterMissing)]
  evaluation.requires = rule.requires ? rule.requires(context) === true : null
  if (evaluation.requires === false)
    missing.push({ why: 'declaration-missing', ...(person === null ? {} : { person }) })
  if (missing.length > 0) return withoutValue(rule, person, 'unverifiable', missing)

  const values: Record<string, unknown> = {
    ...context,
    ...view.lists(
      facts.map(({ id }) => id),
      definition.sources,
    ),
  }
  evaluation.values = values
  for (const { name, run } of rule.lets) values[name] = run(values)
  const evidence = (rule.evidence?.(values) ?? []) as object[]
  if (rule.evidence) values.evidence = evidence
  values.measure = rule.measure(values)
  values.limit = rule.limit(values)
  evaluation.known = rule.known ? rule.known(values) === true : null
  if (evaluation.known === false) return withoutValue(rule, person, 'unverifiable', findUnknown(rule, evaluation))
  const differs = rule.warn(values) === true
  evaluation.warn = differs
  if (differs && rule.material) evaluation.material = rule.material(values) === true
  const warned = differs && evaluation.material !== false
  const { unit } = definition
  return {
    rule: definition.id,
    person,
    outcome: warned ? 'warned' : 'clear',
    unit,
    measure: toBoundary(values.measure as bigint, unit),
    limit: toBoundary(values.limit as bigint, unit),
    reason: warned
      ? {
          zh: fillReason(definition.reason.zh, values, { unit, parameters }),
          en: fillReason(definition.reason.en, values, { unit, parameters }),
        }
      : null,
    missing: [],
    ...(differs && !warned ? { note: 'immaterial' as const } : {}),
    evidence: evidence.map(toEvidence),
  }
}

/** Why `known` is false: parameters that the rule asked for and that are not there, or else what the records leave out. */
function findUnknown({ optionalParameters }: CompiledRule, { context, person }: Evaluation): Missing[] {
  const absent = optionalParameters.filter((name) => !(name in (context.param as object)))
  if (absent.length > 0) return absent.map(parameterMissing)
  return [{ why: 'record-incomplete', ...(person === null ? {} : { person }) }]
}

const parameterMissing = (parameter: string): Missing => ({ why: 'parameter-missing', parameter })

/** Every reason why the records of these people from these sources are not known (design §8). */
function findMissing(sources: readonly string[], { dossier }: DossierView, facts: readonly PersonFacts[]): Missing[] {
  const missing: Missing[] = []
  for (const source of sources) {
    const state = dossier.sources.find((use) => use.source === source)?.state ?? 'missing'
    if (state !== 'fresh') missing.push({ why: state === 'stale' ? 'source-stale' : 'source-missing', source })
    for (const person of facts) {
      if (!isAuthorized(person, source, dossier.asOf))
        missing.push({ why: 'not-authorized', source, person: person.id })
      else if (dossier.unanswered.some((gap) => gap.source === source && gap.person === person.id)) {
        missing.push({ why: 'source-missing', source, person: person.id })
      }
    }
  }
  // Also of rules without a source (design §5): who someone is comes before what they declare.
  for (const person of facts) if (!person.hasNumber) missing.push({ why: 'no-id-number', person: person.id })
  return missing
}

function withoutValue(
  { definition }: CompiledRule,
  person: string | null,
  outcome: RuleOutcome,
  missing: readonly Missing[],
): RuleResult {
  const { id, unit } = definition
  return { rule: id, person, outcome, unit, measure: null, limit: null, reason: null, missing, evidence: [] }
}

function toBoundary(value: bigint, unit: Unit): string | number {
  if (isMoney(unit)) return formatYuan(value)
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError('the value is beyond 2^53')
  return number
}

function toEvidence(object: object): EvidenceItem {
  const { source, type, person, shownKey, asOf, delivery, row } = originOf(object)
  return { source, type, person, key: shownKey, asOf, delivery, row }
}
