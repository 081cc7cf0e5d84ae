import type { CaseState } from '../../domain/case/case-state.ts'
import { planRebuttal, type RebuttalInput } from '../../domain/case/rebuttals.ts'
import { actOnCase } from './act-on-case.ts'
import type { CaseActor, CaseContext } from './case-context.ts'
import { type HandedFile, keepAttachments, readAttachments } from './keep-attachments.ts'

export type RebuttalForm = Omit<RebuttalInput, 'attachments'> & { readonly attachments?: readonly HandedFile[] }

/** Keeps the household's answer and the files that came with it; both or none. */
export function takeRebuttal(context: CaseContext, who: CaseActor, form: RebuttalForm): Promise<CaseState> {
  const attachments = readAttachments(form.attachments ?? [], 'attachments')
  return actOnCase(context, who, async (state, act, client) => {
    const events = planRebuttal(state, { ...form, attachments: attachments.map(({ facts }) => facts) }, act)
    await keepAttachments(context, client, { caseId: state.id, at: context.now().toISOString(), attachments })
    return events
  })
}
