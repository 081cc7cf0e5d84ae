import type pg from 'pg'
import { inTransaction } from '../db/connect.ts'
import { addAudit } from '../db/queries/audit.ts'
import { findKnownSince } from '../db/queries/households.ts'
import type { CheckResult } from '../domain/check-result.ts'
import { dateInChina } from '../domain/dates.ts'
import { type Household, parseHousehold } from '../domain/household.ts'
import { foldName } from '../domain/person-name.ts'
import { HeduiError } from '../errors.ts'
import { checkDossier } from '../rules/check-dossier.ts'
import { checkDossierWithTraces, withTraces } from '../rules/trace-dossier.ts'
import type { CheckContext } from './check-households.ts'
import { type Candidate, gatherDossiers } from './gather-dossiers.ts'
import { type ImportContext, importHouseholds, personHash } from './import-households.ts'
import { prepareGather } from './prepare-gather.ts'
import { rememberRuleSet } from './remember-rule-set.ts'

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

/**
 * Checks one household that is given, as for a batch, and keeps who asked and why. Throws HeduiError INPUT_* for a
 * household that cannot be used, with every wrong field.
 */
export async function checkApplication(
  context: CheckContext & ImportContext,
  request: ApplicationRequest,
): Promise<CheckResult> {
  const { database, ruleSet, sources } = context
  const asOf = request.asOf ?? dateInChina(context.now())
  const household = takeHousehold(request.household, sources)
  if (request.keep) await keep(context, request, asOf)
  const candidate = await toCandidate(context, household)
  const audited = addAudit(database, {
    at: context.now(),
    actor: request.actor,
    role: request.role,
    action: request.keep ? 'check and keep' : 'check',
    reason: request.reason,
    subject: {
      household: household.facts.id,
      people: candidate.people.map((person) => person.personHash.toString('hex')),
    },
  })
  const remembered = rememberRuleSet(context, ruleSet)
  const gatherOne = async (client: pg.ClientBase) =>
    gatherDossiers(await prepareGather(context, client, asOf), [candidate])
  const gathered = inTransaction(database, gatherOne, { frozen: true })
  // Nothing is answered before it is written down who asked; the records are read meanwhile.
  const [[dossier]] = await Promise.all([gathered, audited, remembered])
  if (!request.explain) return checkDossier(ruleSet, dossier!, null, context.onRuleError)
  const options = { of: request.explain, onError: context.onRuleError }
  const { result, traces } = checkDossierWithTraces(ruleSet, dossier!, null, options)
  return withTraces(result, traces)
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

async function toCandidate(
  { database, hasher }: CheckContext & ImportContext,
  { facts, people }: Household,
): Promise<Candidate> {
  const hashed = people.map(({ facts: person, identity }) => ({
    facts: person,
    personHash: personHash(hasher, identity, `${facts.id}|${person.id}`),
    nameHash: hasher.name(foldName(identity.name)),
  }))
  const since = await findKnownSince(
    database.pool,
    hashed.map((person) => person.personHash),
  )
  return {
    household: facts,
    people: hashed.map((person) => ({ ...person, knownSince: since.get(person.personHash.toString('hex')) ?? null })),
  }
}

async function keep(context: ImportContext, { household, actor }: ApplicationRequest, asOf: string): Promise<void> {
  const { refusals } = await importHouseholds(context, { file: [JSON.stringify(household)], asOf, actor })
  const errors = refusals.map(({ code, message, field }) => new HeduiError(code, message, { path: field ?? undefined }))
  if (errors.length > 0) throw inRequest(errors)
}
