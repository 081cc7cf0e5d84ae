import type pg from 'pg'
import type { UsableDelivery } from '../db/queries/deliveries.ts'
import { findMemberships, type Membership, type StoredHousehold } from '../db/queries/households.ts'
import { type GatheredRecord, gatherRecords } from '../db/queries/records.ts'
import type { Lead, SourceUse } from '../domain/check-result.ts'
import { daysBetween } from '../domain/dates.ts'
import type { Dossier, DossierRecord } from '../domain/dossier.ts'
import { type HouseholdFacts, isAuthorized, type PersonFacts } from '../domain/household.ts'
import type { Scheme } from '../domain/household-schema.ts'
import { showKey } from '../domain/record-key.ts'
import type { RecordFields, RecordTypeName } from '../domain/record-types.ts'
import { HeduiError } from '../errors.ts'
import type { Adapters } from './load-adapters.ts'
import { stackLayers } from './stack-layers.ts'

/** A household whose records are to be gathered: from the register, or as an application brings it. */
export interface Candidate {
  readonly household: HouseholdFacts
  readonly people: readonly CandidatePerson[]
}

export interface CandidatePerson {
  readonly facts: PersonFacts
  readonly personHash: Buffer
  readonly nameHash: Buffer
  /** Microseconds since 1970 since when the register knows the person; null where it does not. */
  readonly knownSince: number | null
}

/** A household of the register as a candidate. */
export function toCandidate({ facts, people }: StoredHousehold): Candidate {
  return {
    household: facts as HouseholdFacts,
    people: people.map((person) => ({ ...person, facts: person.facts as PersonFacts })),
  }
}

export interface GatherContext {
  /** In whose transaction the partitions are held. */
  readonly reader: pg.ClientBase
  readonly adapters: Adapters
  /** Sources that the rules need. */
  readonly sources: readonly string[]
  /** Whether rules ask for the other schemes that people are in. */
  readonly otherSchemes: boolean
  /** Of each source and region the latest first. */
  readonly deliveries: readonly UsableDelivery[]
  readonly asOf: string
  /** Other households are taken as they had been imported by then; as they are now unless given. */
  readonly knownAt?: Date
}

/**
 * The delivery of a source that a household uses: the one whose region is the longest prefix of the household's; never
 * two (design §6).
 */
export function chooseDelivery(
  deliveries: readonly UsableDelivery[],
  source: string,
  region: string,
): UsableDelivery | undefined {
  let chosen: UsableDelivery | undefined
  for (const delivery of deliveries) {
    if (delivery.source !== source || !region.startsWith(delivery.region)) continue
    if (!chosen || delivery.region.length > chosen.region.length) chosen = delivery
  }
  return chosen
}

/**
 * The delivery that a household uses, as chooseDelivery. Throws HeduiError STATE_DISCARDED where its rows are gone by
 * now: another one would give another answer.
 */
export function requireDelivered(
  deliveries: readonly UsableDelivery[],
  source: string,
  region: string,
): UsableDelivery | undefined {
  const delivery = chooseDelivery(deliveries, source, region)
  const gone = delivery?.layers.find(({ discarded }) => discarded)
  if (!gone) return delivery
  throw new HeduiError(
    'STATE_DISCARDED',
    `the delivery ${gone.id} (${source}, as of ${gone.asOf}) was in use then and has been discarded since: its rows are gone`,
  )
}

/**
 * The dossiers of many households with one statement: their people's records in the deliveries that they use. One
 * household is the same with one candidate. Throws HeduiError STATE_DISCARDED where a delivery that was in use is gone.
 */
export async function gatherDossiers(context: GatherContext, candidates: readonly Candidate[]): Promise<Dossier[]> {
  return (await prepareDossiers(context, candidates)).map((assemble) => assemble())
}

/**
 * As gatherDossiers, but each dossier is put together only when it is asked for: one household that cannot be used does
 * not keep the others from their answer.
 */
export async function prepareDossiers(
  context: GatherContext,
  candidates: readonly Candidate[],
): Promise<(() => Dossier)[]> {
  const plan = planGather(context, candidates)
  const records = await gatherRecords(context.reader, plan.deliveryIds, plan.personHashes)
  const memberships = context.otherSchemes
    ? membershipsByPerson(
        await findMemberships(
          context.reader,
          plan.personHashes.map((hex) => Buffer.from(hex, 'hex')),
          context,
        ),
      )
    : undefined
  return assembleDossiers(context, candidates, { plan, records, memberships })
}

/** What is to be asked for some households. */
export interface GatherPlan {
  readonly deliveryIds: readonly string[]
  /** Hex of the hashes of people who have a number; each once. */
  readonly personHashes: readonly string[]
  /** For each household the sources, with the delivery that it uses of each. */
  readonly uses: readonly Uses[]
}

type Uses = readonly { readonly source: string; readonly delivery: UsableDelivery | undefined }[]

/** Throws HeduiError STATE_DISCARDED where a delivery that was in use is gone. */
export function planGather(
  { sources, deliveries }: Pick<GatherContext, 'sources' | 'deliveries'>,
  candidates: readonly Candidate[],
): GatherPlan {
  const uses = candidates.map(({ household }) =>
    sources.map((source) => ({ source, delivery: requireDelivered(deliveries, source, household.region) })),
  )
  const deliveryIds = new Set(uses.flat().flatMap(({ delivery }) => delivery?.layers.map(({ id }) => id) ?? []))
  const personHashes = new Set<string>()
  for (const { people } of candidates) {
    for (const { facts, personHash } of people) if (facts.hasNumber) personHashes.add(personHash.toString('hex'))
  }
  return { deliveryIds: [...deliveryIds], personHashes: [...personHashes], uses }
}

export const membershipsByPerson = (memberships: readonly Membership[]): ReadonlyMap<string, readonly Membership[]> =>
  Map.groupBy(memberships, ({ personHash }) => personHash.toString('hex'))

/** What was read for a plan; by hex of people's hashes. */
export interface GatheredFor {
  readonly plan: GatherPlan
  readonly records: ReadonlyMap<string, readonly GatheredRecord[]>
  /** undefined: no rule asks for other schemes. */
  readonly memberships: ReadonlyMap<string, readonly Membership[]> | undefined
}

/** The dossiers of a plan's households, each to be put together when it is asked for. */
export function assembleDossiers(
  context: Pick<GatherContext, 'adapters' | 'asOf'>,
  candidates: readonly Candidate[],
  { plan, records, memberships }: GatheredFor,
): (() => Dossier)[] {
  return candidates.map((candidate, i) => () => {
    return assemble(context, candidate, { uses: plan.uses[i]!, byPerson: records, memberships })
  })
}

interface Gathered {
  readonly uses: Uses
  readonly byPerson: ReadonlyMap<string, readonly GatheredRecord[]>
  /** By hex of the person's hash. */
  readonly memberships: ReadonlyMap<string, readonly Membership[]> | undefined
}

function assemble(
  { adapters, asOf }: Pick<GatherContext, 'adapters' | 'asOf'>,
  candidate: Candidate,
  gathered: Gathered,
): Dossier {
  const { uses, byPerson, memberships } = gathered
  const records: DossierRecord[] = []
  const leads: Lead[] = []
  for (const person of candidate.people) {
    if (!person.facts.hasNumber) continue
    const rows = byPerson.get(person.personHash.toString('hex'))
    if (!rows) continue
    const nameHash = person.nameHash.toString('hex')
    for (const { delivery } of uses) {
      if (!delivery || !isAuthorized(person.facts, delivery.source, asOf)) continue
      const layers = delivery.layers.map((layer) => layer.id)
      const same: GatheredRecord[] = []
      for (const row of rows) {
        if (!layers.includes(row.delivery)) continue
        // A masked or missing name is nobody's name, whatever the register holds.
        if (row.nameState === 'given' && row.nameHash === nameHash) same.push(row)
        else leads.push(toLead(row, delivery, person.facts.id))
      }
      for (const row of stackLayers(same, layers)) {
        records.push(toRecord(row, delivery, { person: person.facts.id, adapters }))
      }
    }
  }
  const people = candidate.people.map(({ facts }) => facts)
  const position = new Map(people.map(({ id }, i) => [id, i]))
  return {
    asOf,
    household: candidate.household,
    people,
    records,
    sources: uses.map(({ source, delivery }) => toUse(source, delivery, { adapters, asOf })),
    ...(memberships ? { otherSchemes: findOtherSchemes(candidate, memberships) } : {}),
    unanswered: uses.flatMap(({ source, delivery }) => findUnanswered(source, delivery, candidate.people)),
    leads: leads.sort(
      (a, b) =>
        compareText(a.source, b.source) ||
        position.get(a.person)! - position.get(b.person)! ||
        compareText(a.why, b.why) ||
        a.row - b.row,
    ),
  }
}

/** Schemes of other households with the same person in them: same number and same name, as for records. */
function findOtherSchemes({ household, people }: Candidate, memberships: NonNullable<Gathered['memberships']>) {
  return people.flatMap(({ facts, personHash, nameHash }) =>
    (memberships.get(personHash.toString('hex')) ?? [])
      .filter((other) => other.householdId !== household.id && other.nameHash.equals(nameHash))
      .map(({ scheme }) => ({ person: facts.id, scheme: scheme as Scheme })),
  )
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Whose rows a delivery cannot hold: it kept people known to the register then, and these were not. */
function findUnanswered(source: string, delivery: UsableDelivery | undefined, people: readonly CandidatePerson[]) {
  if (delivery?.retain !== 'known') return []
  return people
    .filter(({ facts, knownSince }) => facts.hasNumber && (knownSince === null || knownSince > delivery.registerAt))
    .map(({ facts }) => ({ source, person: facts.id }))
}

function toUse(
  source: string,
  delivery: UsableDelivery | undefined,
  { adapters, asOf }: { adapters: Adapters; asOf: string },
): SourceUse {
  if (!delivery) return { source, delivery: null, asOf: null, state: 'missing' }
  const { freshnessDays } = adapters.get(source)!.manifest
  const state = daysBetween(delivery.asOf, asOf) > freshnessDays ? 'stale' : 'fresh'
  return { source, delivery: delivery.id, asOf: delivery.asOf, state }
}

const LEAD_WHY = { given: 'name-differs', missing: 'name-missing', masked: 'name-masked' } as const

function toLead(row: GatheredRecord, { source }: UsableDelivery, person: string): Lead {
  return { source, person, row: row.row, delivery: row.delivery, why: LEAD_WHY[row.nameState] }
}

function toRecord(
  row: GatheredRecord,
  { source, layers }: UsableDelivery,
  { person, adapters }: { person: string; adapters: Adapters },
): DossierRecord {
  const type = row.type as RecordTypeName
  return {
    type,
    person,
    source,
    delivery: row.delivery,
    row: row.row,
    asOf: layers.find(({ id }) => id === row.delivery)!.asOf,
    key: row.key,
    shownKey: showKey(row.key, adapters.get(source)!.sensitiveKeyParts.get(type)),
    fields: row.fields as RecordFields,
  }
}
