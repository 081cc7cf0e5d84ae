import type { Missing, RuleResult } from '../domain/check-result.ts'
import { isAuthorized } from '../domain/household.ts'
import { RECORD_TYPES } from '../domain/record-types.ts'
import type { Trace, TraceMissing, TraceNode, TraceParameter, TraceState, TraceStep } from '../domain/trace.ts'
import type { CompiledRule } from './compile-rule.ts'
import type { Evaluation } from './evaluate-rule.ts'
import { resolveParameter } from './parameters.ts'
import { runCalculation } from './trace-calculation.ts'
import { planTrace, type StepPlan } from './trace-plan.ts'
import { explainRecords, findContributions } from './trace-records.ts'
import { createTraceValues, type TraceValues } from './trace-values.ts'

/**
 * The trace of an evaluation (design §8): every expression with its value, the parameters with where they are from, the
 * records taken and those set aside with the clause that did it, and what was missing. Pure; equal evaluations give
 * equal traces, byte for byte.
 */
export function traceResult(rule: CompiledRule, evaluation: Evaluation, result: RuleResult): Trace {
  const { definition } = rule
  const { dossier } = evaluation.view
  const plan = planTrace(rule, evaluation.parameters)
  const { values } = evaluation
  const records = values ? [...plan.reads.keys()].flatMap((type) => values[RECORD_TYPES[type].list] as object[]) : []
  const shown = createTraceValues(records)
  const states = new StepStates(evaluation)
  const steps = plan.steps.map((step) => traceStep(step, evaluation, { states, shown }))
  return {
    rule: definition.id,
    title: definition.title,
    basis: definition.basis,
    authority: definition.authority,
    region: definition.region ?? '',
    householdId: dossier.household.id,
    person: result.person,
    asOf: dossier.asOf,
    outcome: result.outcome,
    note: result.note ?? null,
    unit: definition.unit,
    measure: result.measure,
    limit: result.limit,
    people: evaluation.facts.map(({ id }) => id),
    sources: definition.sources.map(
      (source) =>
        dossier.sources.find((use) => use.source === source) ??
        ({ source, delivery: null, asOf: null, state: 'missing' } as const),
    ),
    missing: result.missing.map((missing) => detailMissing(missing, evaluation)),
    error: evaluation.error === null ? null : describeError(evaluation.error),
    parameters: rule.parameters.map((name) => traceParameter(name, evaluation, shown)),
    steps,
    ...(values
      ? explainRecords(plan, { values, shown, contributions: contributionsOf(steps) })
      : { records: [], selections: [] }),
  }
}

/** How far an evaluation came, step by step. */
class StepStates {
  readonly #evaluation: Evaluation
  #failed = false

  constructor(evaluation: Evaluation) {
    this.#evaluation = evaluation
  }

  /** In the order of the steps: the first that has no value after an error is the one that failed. */
  next({ step, name }: StepPlan): { state: TraceState; value: unknown } {
    const { values, error } = this.#evaluation
    const isEarly = step === 'applies' || step === 'requires'
    const isKept = step === 'known' || step === 'warn' || step === 'material' || isEarly
    const value = isKept ? this.#evaluation[step] : values?.[name ?? step]
    if (value !== null && value !== undefined) return { state: 'done', value }
    const isAsked = step === 'material' ? this.#evaluation.warn === true : values !== null || isEarly
    const isReached = error !== null && isAsked && !this.#failed
    if (isReached) this.#failed = true
    return { state: isReached ? 'failed' : 'not-reached', value: null }
  }
}

function traceStep(
  plan: StepPlan,
  evaluation: Evaluation,
  { states, shown }: { states: StepStates; shown: TraceValues },
): TraceStep {
  const { step, name, text, type, unit, calculation } = plan
  const { state, value } = states.next(plan)
  const isRun = state !== 'not-reached' && calculation
  return {
    step,
    name,
    expression: text,
    state,
    value: state === 'done' ? shown.show(value, unit, type) : null,
    unit,
    calculation: isRun ? runCalculation(calculation, evaluation.values ?? evaluation.context, shown) : null,
  }
}

function contributionsOf(steps: readonly TraceStep[]) {
  const measure = steps.find(({ step }) => step === 'measure')!.calculation
  const lookUp = (name: string): TraceNode | null =>
    steps.find((step) => step.step === 'let' && step.name === name)?.calculation ?? null
  return measure ? findContributions(measure, lookUp) : { gives: new Map(), because: new Map() }
}

function traceParameter(name: string, { parameters, view }: Evaluation, shown: TraceValues): TraceParameter {
  const { household, asOf } = view.dossier
  const parameter = parameters.get(name)!
  const used = resolveParameter(parameter, household, asOf)
  return {
    name,
    title: parameter.title ?? null,
    unit: parameter.unit,
    value: used ? shown.show(used.value, parameter.unit) : null,
    region: used?.region ?? null,
    scheme: used?.scheme ?? null,
    from: used?.from ?? null,
    until: used?.until ?? null,
    authority: used?.authority ?? null,
  }
}

/** What there is of an authorization that does not hold, for a reader to see why. */
function detailMissing(missing: Missing, { facts, view }: Evaluation): TraceMissing {
  if (missing.why !== 'not-authorized') return missing
  const person = facts.find(({ id }) => id === missing.person)
  if (!person || isAuthorized(person, missing.source!, view.dossier.asOf)) return missing
  const { authorization } = person
  if (!authorization) return { ...missing, authorization: null }
  const { signedOn, endsOn, sources } = authorization
  return { ...missing, authorization: { signedOn, endsOn, names: sources.includes(missing.source!) } }
}

function describeError(error: unknown): string {
  const { summary, message } = error as { summary?: string; message: string }
  return summary ?? message
}
