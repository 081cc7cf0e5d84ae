import type { CheckResult } from '../domain/check-result.ts'
import { dateInChina } from '../domain/dates.ts'
import { type Household, parseHousehold } from '../domain/household.ts'
import { foldName } from '../domain/person-name.ts'
import { HeduiError } from '../errors.ts'
import { checkDossier } from '../rules/check-dossier.ts'
import type { OnError } from '../rules/evaluate-rule.ts'
import { checkDossierWithTraces, withTraces } from '../rules/trace-dossier.ts'
import type { ApplicationDesk, Gathered } from './application-desk.ts'
import type { Candidate } from './gather-dossiers.ts'
import { type ImportContext, importHouseholds, personHash } from './import-households.ts'

export const QUERY_REASONS = ['application', 'review', 'tip-off', 'spot-check'] as const
export type QueryReason = (typeof QUERY_REASONS)[number]

export interface ApplicationRequest {
  /** A household of the form of design §5. */
  readonly household: unknown
  /** Why the question is asked; a search without a reason is not answered. */
  readonly reason: QueryReason
  readonly asOf?: string
  /** Whether the household enters the register. Nothing of it is kept otherwise. */
  readonly keep?: boolean
  /** Whose results carry a trace: the warned ones, or all; none unless given. */
  readonly explain?: 'warned' | 'all'
  readonly actor: string
  readonly role: string
}

export interface ApplicationContext extends ImportContext {
  readonly desk: ApplicationDesk
  /** Told of rules that fail while they run. */
  readonly onRuleError: OnError
}

export interface AnsweredApplication {
  readonly result: CheckResult
  /** The rules are not in force: nothing may be made of the result. */
  readonly trial: boolean
}

/**
 * Checks one household that is given with the rules in force on the date, as for a batch, and keeps who asked and why.
 * Throws HeduiError INPUT_* for a household that cannot be used, with every wrong field.
 */
export async function checkApplication(
  context: ApplicationContext,
  request: ApplicationRequest,
): Promise<AnsweredApplication> {
  const { desk, sources } = context
  const asOf = request.asOf ?? dateInChina(context.now())
  const household = takeHousehold(request.household, sources)
  if (request.keep) await keep(context, request, asOf)
  const candidate = toCandidate(context, household)
  const answered = desk.gather({ asOf, candidate }).then((gathered) => answer(context, request, gathered))
  // Nothing is answered before it is written down who asked; the records are read and looked at meanwhile.
  const [application] = await Promise.all([answered, desk.audit(auditOf(context, request, candidate))])
  return application
}

function answer(
  { onRuleError }: ApplicationContext,
  { explain }: ApplicationRequest,
  { chosen, dossier }: Gathered,
): AnsweredApplication {
  const { ruleSet, trial } = chosen
  if (!explain) return { result: checkDossier(ruleSet, dossier(), null, onRuleError), trial }
  const { result, traces } = checkDossierWithTraces(ruleSet, dossier(), null, { of: explain, onError: onRuleError })
  return { result: withTraces(result, traces), trial }
}

function auditOf({ now }: ApplicationContext, { actor, role, reason, keep }: ApplicationRequest, asked: Candidate) {
  const subject = {
    household: asked.household.id,
    people: asked.people.map((person) => person.personHash.toString('hex')),
  }
  return { at: now(), actor, role, action: keep ? 'check and keep' : 'check', reason, subject }
}

/** As parseHousehold, with the paths of wrong fields as they stand in the request. */
function takeHousehold(value: unknown, sources: readonly string[]): Household {
  try {
    return parseHousehold(value, sources)
  } catch (error) {
    if (!(error instanceof HeduiError)) throw error
    throw inRequest([error, ...error.others])
  }
}

function inRequest(errors: readonly HeduiError[]): HeduiError {
  const [first, ...others] = errors.map(({ code, message, place }) => {
    const path = ['household', place.path].filter(Boolean).join('.')
    return new HeduiError(code, message, { path })
  })
  return new HeduiError(first!.code, first!.message, { ...first!.place, others })
}

function toCandidate({ hasher }: ImportContext, { facts, people }: Household): Candidate {
  return {
    household: facts,
    people: people.map(({ facts: person, identity }) => ({
      facts: person,
      personHash: personHash(hasher, identity, `${facts.id}|${person.id}`),
      nameHash: hasher.name(foldName(identity.name)),
      knownSince: null,
    })),
  }
}

async function keep(context: ImportContext, { household, actor }: ApplicationRequest, asOf: string): Promise<void> {
  const { refusals } = await importHouseholds(context, { file: [JSON.stringify(household)], asOf, actor })
  const errors = refusals.map(({ code, message, field }) => new HeduiError(code, message, { path: field ?? undefined }))
  if (errors.length > 0) throw inRequest(errors)
}
