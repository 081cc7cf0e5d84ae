import type { Reader } from '../../db/connect.ts'
import { gatherHouseholds } from '../../db/queries/households.ts'
import type { CaseState } from '../../domain/case/case-state.ts'
import { planOutcomeService } from '../../domain/case/decisions.ts'
import type { EventPayloads, Proof } from '../../domain/case/events.ts'
import { protectedPeople } from '../../domain/case/protections.ts'
import { type HouseholdToday, planService, type ServiceInput } from '../../domain/case/serving.ts'
import type { PersonFacts } from '../../domain/household.ts'
import type { CasePlan } from './act-on-case.ts'
import { actOnCase } from './act-on-case.ts'
import type { CaseActor, CaseContext } from './case-context.ts'
import { type HandedFile, keepAttachments, readAttachment } from './keep-attachments.ts'
import { applicantOf } from './read-household.ts'
import { requireStanding } from './require-standing.ts'

/** Proof of service: what it is, its number, and a picture or scan of it where there is one. */
export interface ProofForm extends Pick<Proof, 'kind' | 'reference'> {
  readonly file?: HandedFile
}

export type ServiceForm = Omit<ServiceInput, 'proof' | 'guardianOf'> & {
  readonly guardianOf?: readonly string[]
  readonly proof: ProofForm
}

/**
 * Keeps that a packet reached the household; the time to answer begins. Who is protected and who applied is what the
 * register says today, beside what it said when the case was opened. Throws HeduiError as planService, and STATE_DISCARDED
 * where what a warning rests on was discarded since the packet was issued.
 */
export function servePacket(context: CaseContext, who: CaseActor, { proof, guardianOf = [], ...form }: ServiceForm) {
  return withProof(context, who, proof, async (kept, state, act, client) => {
    const household = await readToday(client, state, act.today)
    const events = planService(state, { ...form, guardianOf, proof: kept }, act, household)
    const served = events.flatMap(({ payload }) => ('packet' in payload ? [payload.packet] : []))
    await requireStanding(
      client,
      state.warnings.filter(({ packet }) => served.includes(packet)),
    )
    return events
  })
}

async function readToday(client: Reader, { opened }: CaseState, today: string): Promise<HouseholdToday> {
  const [version] = await gatherHouseholds(client, [opened.householdId], today)
  const people = version?.people.map(({ facts }) => facts as PersonFacts) ?? []
  if (people.length === 0) return opened
  return { applicant: applicantOf(people), protected: protectedPeople(people, today) }
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
  plan: (proof: Proof, ...planned: Parameters<CasePlan>) => ReturnType<CasePlan>,
): Promise<CaseState> {
  const attachments = file ? [readAttachment(file, 'proof.file')] : []
  const proof = { kind, reference, attachment: attachments[0]?.facts.id ?? null }
  return actOnCase(context, who, async (state, act, client) => {
    const events = await plan(proof, state, act, client)
    await keepAttachments(context, client, { caseId: state.id, at: context.now().toISOString(), attachments })
    return events
  })
}
