import { setSuppression } from '../../db/queries/suppressions.ts'
import type { CaseState } from '../../domain/case/case-state.ts'
import { type AssessmentInput, planAssessment } from '../../domain/case/rebuttals.ts'
import { actOnCase } from './act-on-case.ts'
import type { CaseActor, CaseContext } from './case-context.ts'

type Optional = 'suppressUntil' | 'correction' | 'settles'
export type AssessmentForm = Omit<AssessmentInput, Optional> & Partial<Pick<AssessmentInput, Optional>>

/** Keeps what was found of an answer; an accepted one may keep the same warning from being raised until a date. */
export function assessRebuttal(context: CaseContext, who: CaseActor, form: AssessmentForm): Promise<CaseState> {
  const input = { ...form, suppressUntil: form.suppressUntil ?? null, correction: form.correction ?? null }
  return actOnCase(context, who, async (state, act, client) => {
    const events = planAssessment(state, { ...input, settles: form.settles ?? null }, act)
    const { id, result, fingerprint } = state.warnings.find((warning) => warning.id === form.warning)!
    const { rule, person, measure } = result
    const suppression = {
      caseId: state.id,
      warning: id,
      householdId: state.opened.householdId,
      rule,
      person,
      fingerprint,
      measure: measure === null ? null : String(measure),
    }
    const until = input.suppressUntil
    await setSuppression(client, suppression, until === null ? null : { ...suppression, until })
    return events
  })
}
