import type { TraceStep } from '../domain/trace.ts'
import { listedRecordType } from './cel-environment.ts'
import { type CompiledRule, DEFAULT_WARN } from './compile-rule.ts'
import { unitOf } from './expression-unit.ts'
import type { Parameters } from './parameters.ts'
import type { Unit } from './rule-schema.ts'
import { type CalculationPlan, planCalculation } from './trace-calculation.ts'
import { parsePart } from './trace-expression.ts'
import { type RecordPlan, RecordPlanner } from './trace-sinks.ts'

export interface StepPlan {
  readonly step: TraceStep['step']
  readonly name: string | null
  readonly text: string
  readonly type: string
  readonly unit: Unit | null
  /** null for lists of records, which selections explain. */
  readonly calculation: CalculationPlan | null
}

/** How a rule is explained: made once a rule. */
export interface TracePlan extends RecordPlan {
  readonly steps: readonly StepPlan[]
}

const plans = new WeakMap<CompiledRule, TracePlan>()

export function planTrace(rule: CompiledRule, parameters: Parameters): TracePlan {
  const known = plans.get(rule) ?? makePlan(rule, parameters)
  plans.set(rule, known)
  return known
}

function makePlan(rule: CompiledRule, parameters: Parameters): TracePlan {
  const { definition, environment } = rule
  const units = new Map<string, Unit | null>()
  const steps: StepPlan[] = []
  const selections = new RecordPlanner(environment)
  const add = (step: TraceStep['step'], name: string | null, expression: unknown) => {
    const part = parsePart(environment, String(expression).trim())!
    const isAmount = step === 'measure' || step === 'limit'
    const unit = isAmount ? definition.unit : unitOf(part.node, parameters, units)
    const isRecords = listedRecordType(part.type) !== null
    const planned = isRecords ? null : planCalculation(part.node, { environment, parameters, names: units })
    // Of "limit: 0" only the rule says that it is money.
    const calculation = planned && isAmount && planned.unit === null ? { ...planned, unit } : planned
    steps.push({ step, name, text: part.text, type: part.type, unit, calculation })
    if (isAmount || name !== null) units.set(name ?? step, unit)
    if (step !== 'applies' && step !== 'requires') selections.add(step, name, part)
  }
  if (rule.applies) add('applies', null, definition.applies)
  if (rule.requires) add('requires', null, definition.requires)
  for (const [name, text] of Object.entries(definition.let ?? {})) add('let', name, text)
  if (rule.evidence) add('evidence', null, definition.evidence)
  add('measure', null, definition.measure)
  add('limit', null, definition.limit)
  if (rule.known) add('known', null, definition.known)
  add('warn', null, definition.warn ?? DEFAULT_WARN)
  if (rule.material) add('material', null, definition.material)
  return { steps, ...selections.finish() }
}
