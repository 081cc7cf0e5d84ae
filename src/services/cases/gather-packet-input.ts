import { randomUUIDv7 } from 'node:crypto'
import canonicalize from 'canonicalize'
import { findPinnedDeliveries } from '../../db/queries/deliveries.ts'
import { gatherHouseholds } from '../../db/queries/households.ts'
import { listDeliveredFiles } from '../../db/queries/packets.ts'
import { findPastRun, listRunHouseholds, type PastRun } from '../../db/queries/past-runs.ts'
import { listRuleSetEvents } from '../../db/queries/rule-sets.ts'
import { refuse } from '../../domain/case/allowed-acts.ts'
import type { CaseState, CaseWarning } from '../../domain/case/case-state.ts'
import { protectedPeople } from '../../domain/case/protections.ts'
import { dateInChina } from '../../domain/dates.ts'
import type { Dossier } from '../../domain/dossier.ts'
import type { PersonFacts } from '../../domain/household.ts'
import { procedureOf } from '../../domain/procedure.ts'
import { lifeOf } from '../../domain/rule-set-life.ts'
import { HeduiError } from '../../errors.ts'
import type { PacketInput, PacketInputSource, PacketInputWarning } from '../../packets/assemble-packet.ts'
import { renderTrace } from '../../rules/render-trace.ts'
import { type RuleSet, rulesOfRegion } from '../../rules/rule-set.ts'
import { checkDossierWithTraces } from '../../rules/trace-dossier.ts'
import { chooseDelivery } from '../gather-dossiers.ts'
import type { RunnableRuleSet } from '../load-rule-set.ts'
import { loadStoredRuleSet } from '../load-stored-rule-set.ts'
import { reopenRun } from '../reopen-run.ts'
import { readShippedVersion } from '../shipped-rules.ts'
import type { CaseContext } from './case-context.ts'
import { applicantOf, readHousehold } from './read-household.ts'

interface Ready {
  readonly number: number
  /** Of one run. */
  readonly warnings: readonly CaseWarning[]
  readonly issued: PacketInput['issued']
}

/**
 * What a packet is made of: the household, rules, files and records that the warnings' run saw, and how its rules came to
 * the warnings. Throws HeduiError STATE_CASE where whoever it would be addressed to has left the household, STATE_DISCARDED where rows that the run used are gone, STATE_NOT_REPLAYED where its rules
 * on its records do not give what the case froze.
 */
export async function gatherPacketInput(context: CaseContext, state: CaseState, ready: Ready): Promise<PacketInput> {
  const { database, adapters, procedures } = context
  const { householdId, region } = state.opened
  const past = await requireRun(context, ready.warnings[0]!.run)
  const ruleSet = await loadStoredRuleSet(database, past.ruleSet, adapters)
  const dossier = await readDossier(context, { past, householdId, ruleSet })
  const only = { after: '', count: 1, only: [householdId] }
  const [version] = await listRunHouseholds(database.pool, past, only)
  const household = await readHousehold(context, database.pool, version!)
  const people = household.people.map(({ facts }) => facts)
  const addressee = applicantOf(people)
  await requireThere(context, state, addressee)
  return {
    id: randomUUIDv7(),
    caseId: state.id,
    number: ready.number,
    issued: ready.issued,
    household,
    addressee,
    protections: protectedPeople(people, past.asOf),
    run: past.id,
    ruleSet: { ...pick(ruleSet), inForceFrom: await findInForceFrom(context, past) },
    sources: describeSources(context),
    deliveries: await listFiles(context, past, dossier),
    dossier,
    warnings: explainWarnings(ready.warnings, { ruleSet, dossier, run: past.id }),
    procedure: procedureOf(procedures, region),
    chain: state.head,
  }
}

/** Nobody is written to of a household that they have left, or who has died. */
async function requireThere({ database, now }: CaseContext, state: CaseState, person: string): Promise<void> {
  const [today] = await gatherHouseholds(database.pool, [state.opened.householdId], dateInChina(now()))
  const people = today?.people.map(({ facts }) => facts as PersonFacts) ?? []
  if (people.some(({ id, role }) => id === person && role !== 'supporter')) return
  throw refuse(state.state, `${person}, to whom the packet would go, is not in the household any more: check it again`)
}

const pick = ({ version, content }: RuleSet) => ({ version, content })

async function requireRun({ database }: Pick<CaseContext, 'database'>, id: string): Promise<PastRun> {
  const past = await findPastRun(database.pool, id)
  if (past && !past.trial) return past
  throw new HeduiError('INPUT_NOT_FOUND', `there is no finished run ${id} that cases come of`)
}

function readDossier(
  context: CaseContext,
  { past, householdId, ruleSet }: { past: PastRun; householdId: string; ruleSet: RunnableRuleSet },
): Promise<Dossier> {
  return reopenRun(context, { run: past.id, ruleSets: [ruleSet], households: [householdId] }, async (reopened) => {
    for await (const [dossier] of reopened.dossiers()) return dossier!
    throw new HeduiError('INPUT_NOT_FOUND', `the run did not check ${householdId}`)
  })
}

/** The first day on which the run's rule set was in force; null where it came with the program. */
async function findInForceFrom({ database, config }: CaseContext, { ruleSet, asOf }: PastRun): Promise<string | null> {
  const events = await listRuleSetEvents(database)
  return lifeOf(ruleSet, events, { on: asOf, shipped: await readShippedVersion(config) }).inForceFrom
}

function describeSources({ adapters }: Pick<CaseContext, 'adapters'>): PacketInputSource[] {
  return [...adapters].map(([source, { manifest }]) => ({
    source,
    title: manifest.title,
    owner: manifest.owner,
    trust: manifest.trust,
    records: manifest.records.map(({ type, key, fields }) => ({
      type,
      key,
      sensitive: Object.entries(fields).flatMap(([name, field]) => (field?.sensitive ? [name] : [])),
    })),
  }))
}

/** The delivered files that the household's records were taken from, every layer of them. */
async function listFiles({ database }: CaseContext, past: PastRun, { household, sources }: Dossier) {
  const pinned = await findPinnedDeliveries(database.pool, past.deliveries)
  const ids = sources.flatMap(
    ({ source }) => chooseDelivery(pinned, source, household.region)?.layers.map(({ id }) => id) ?? [],
  )
  return listDeliveredFiles(database.pool, ids)
}

/** Each warning with how its rule came to it; the result must be what the case froze. */
function explainWarnings(
  warnings: readonly CaseWarning[],
  { ruleSet, dossier, run }: { ruleSet: RuleSet; dossier: Dossier; run: string },
): PacketInputWarning[] {
  const { result, traces } = checkDossierWithTraces(ruleSet, dossier, run)
  const rules = rulesOfRegion(ruleSet, dossier.household.region)
  return warnings.map(({ id, result: frozen, confirmedBy, confirmedAt, reason, confirmations }) => {
    const isOf = (each: { rule: string; person: string | null }) =>
      each.rule === frozen.rule && each.person === frozen.person
    const found = result.results.find(isOf)
    const trace = traces.find(isOf)
    const rule = rules.find(({ definition }) => definition.id === frozen.rule)
    if (!trace || !rule || canonicalize(found) !== canonicalize(frozen)) {
      const message = `${id}: the run’s rules on its records do not give any more what the case holds`
      throw new HeduiError('STATE_NOT_REPLAYED', message)
    }
    return {
      id,
      rule,
      result: frozen,
      trace,
      page: renderTrace(trace, 'zh'),
      confirmed: { by: confirmedBy!, at: confirmedAt!, reason: reason! },
      confirmations,
    }
  })
}
