import { applyEvent, type CaseState } from '../../domain/case/case-state.ts'
import type { AnyCaseEvent } from '../../domain/case/events.ts'
import { type DecidedResult, resultOf } from '../../domain/case/precision.ts'

/** What became of one warning. */
export interface WarningTally {
  readonly warning: string
  readonly rule: string
  readonly person: string | null
  readonly sources: readonly string[]
  readonly asOf: string
  readonly result: DecidedResult
  /** Since when it stands so; ISO 8601 in UTC. */
  readonly decidedAt: string
}

export interface CaseTally {
  readonly state: CaseState
  /** Since when its state and its decision stand. */
  readonly at: string
  readonly warnings: readonly WarningTally[]
}

/** What became of a case and of each of its warnings that is decided, by the events of the case. */
export function tallyCase(events: readonly AnyCaseEvent[]): CaseTally {
  let state: CaseState | undefined
  let at = events[0]!.at
  let results = new Map<string, { readonly result: DecidedResult; readonly decidedAt: string }>()
  for (const event of events) {
    const before = state
    state = applyEvent(state, event)
    if (before?.state !== state.state || before?.decision !== state.decision) at = event.at
    const next: typeof results = new Map()
    for (const warning of state.warnings) {
      const result = resultOf(warning, state)
      if (result === null) continue
      const known = results.get(warning.id)
      next.set(warning.id, known?.result === result ? known : { result, decidedAt: event.at })
    }
    results = next
  }
  const warnings = state!.warnings.flatMap(({ id, asOf, sources, result: { rule, person } }): WarningTally[] => {
    const found = results.get(id)
    return found ? [{ warning: id, rule, person, sources, asOf, ...found }] : []
  })
  return { state: state!, at, warnings }
}
