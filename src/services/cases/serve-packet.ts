import type { CaseState } from '../../domain/case/case-state.ts'
import { planOutcomeService } from '../../domain/case/decisions.ts'
import type { EventPayloads, Proof } from '../../domain/case/events.ts'
import { planService, type ServiceInput } from '../../domain/case/serving.ts'
import type { CasePlan } from './act-on-case.ts'
import { actOnCase } from './act-on-case.ts'
import type { CaseActor, CaseContext } from './case-context.ts'
import { type HandedFile, keepAttachments, readAttachment } from './keep-attachments.ts'

/** Proof of service: what it is, its number, and a picture or scan of it where there is one. */
export interface ProofForm extends Pick<Proof, 'kind' | 'reference'> {
  readonly file?: HandedFile
}

export type ServiceForm = Omit<ServiceInput, 'proof' | 'guardianOf'> & {
  readonly guardianOf?: readonly string[]
  readonly proof: ProofForm
}

/** Keeps that a packet reached the household; the time to answer begins. */
export function servePacket(context: CaseContext, who: CaseActor, { proof, guardianOf = [], ...form }: ServiceForm) {
  return withProof(context, who, proof, (kept, state, act) =>
    planService(state, { ...form, guardianOf, proof: kept }, act),
  )
}

export type OutcomeServiceForm = Omit<EventPayloads['outcome-served'], 'proof'> & {
  readonly proof: ProofForm
  readonly reason?: string
}

/** Keeps that the notice of the outcome reached the household. */
export function serveOutcome(context: CaseContext, who: CaseActor, { proof, ...form }: OutcomeServiceForm) {
  return withProof(context, who, proof, (kept, state, act) => planOutcomeService(state, { ...form, proof: kept }, act))
}

function withProof(
  context: CaseContext,
  who: CaseActor,
  { file, kind, reference }: ProofForm,
  plan: (proof: Proof, state: Parameters<CasePlan>[0], act: Parameters<CasePlan>[1]) => ReturnType<CasePlan>,
): Promise<CaseState> {
  const attachments = file ? [readAttachment(file, 'proof.file')] : []
  const proof = { kind, reference, attachment: attachments[0]?.facts.id ?? null }
  return actOnCase(context, who, async (state, act, client) => {
    const events = await plan(proof, state, act)
    await keepAttachments(context, client, { caseId: state.id, at: context.now().toISOString(), attachments })
    return events
  })
}
