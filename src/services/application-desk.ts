import type { Database } from '../db/connect.ts'
import { type AuditEntry, addAudits } from '../db/queries/audit.ts'
import { type GatheredNow, gatherNow } from '../db/queries/gather-now.ts'
import { findMemberships } from '../db/queries/households.ts'
import type { Dossier } from '../domain/dossier.ts'
import { HeduiError } from '../errors.ts'
import { isDatabaseAway } from './as-source-error.ts'
import type { ChosenRuleSet, RuleBook } from './choose-rule-set.ts'
import { type CurrentUse, readCurrentUse, type Use } from './current-use.ts'
import { assembleDossiers, type Candidate, membershipsByPerson, planGather } from './gather-dossiers.ts'
import { groupCalls } from './group-calls.ts'
import type { Adapters } from './load-adapters.ts'

export interface DeskContext {
  readonly database: Database
  readonly adapters: Adapters
  readonly rules: RuleBook
  now(): Date
}

/** A household that is to be checked; since when the register knows its people is found with their records. */
export interface Applicant {
  readonly asOf: string
  readonly candidate: Candidate
}

/** What there is of it, with the rules that are in force on its date. */
export interface Gathered {
  readonly chosen: ChosenRuleSet
  /** Puts it together when it is asked for. */
  dossier(): Dossier
}

/** Where single households are asked about: what several ask at once is gathered and audited together. */
export interface ApplicationDesk {
  /** Throws as inForceOn. */
  gather(applicant: Applicant): Promise<Gathered>
  /** Answers when it is on the disk who asks and why. */
  audit(entry: AuditEntry): Promise<unknown>
}

/** Households of one call: a statement's text and a turn of the program stay short. */
const MOST = 64
/** Two, so that one is at the database while another waits for the disk. */
const AT_ONCE = 2

/** Opens a desk, one for a process: what it knows of deliveries and rules it reads once, and asks then whether it still holds. */
export function openDesk(context: DeskContext): ApplicationDesk {
  const gathering = new Gathering(context)
  const grouping = { most: MOST, atOnce: AT_ONCE, concernsAll: isDatabaseAway }
  return {
    gather: groupCalls<Applicant, Gathered>((applicants) => gathering.gather(applicants), grouping),
    audit: groupCalls<AuditEntry, undefined>(async (entries) => {
      await addAudits(context.database, entries)
      return entries.map(() => undefined)
    }, grouping),
  }
}

/** How often in a row something may be published, discarded or approved while a household is gathered. */
const ATTEMPTS = 10

class Gathering {
  readonly #context: DeskContext
  #current: Promise<CurrentUse> | null = null

  constructor(context: DeskContext) {
    this.#context = context
  }

  async gather(applicants: readonly Applicant[]): Promise<Gathered[]> {
    const gathered = new Map<Applicant, Gathered>()
    const gatherDate = async ([asOf, own]: readonly [string, readonly Applicant[]]) => {
      const found = await this.#gatherOn(asOf, own)
      for (const [i, one] of found.entries()) gathered.set(own[i]!, one)
    }
    await Promise.all([...Map.groupBy(applicants, ({ asOf }) => asOf)].map(gatherDate))
    return applicants.map((applicant) => gathered.get(applicant)!)
  }

  async #gatherOn(asOf: string, applicants: readonly Applicant[]): Promise<Gathered[]> {
    const candidates = applicants.map(({ candidate }) => candidate)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const reading = this.#read()
      const current = await reading
      const gathered = await attemptGather(this.#context, { ...(await current.on(asOf)), asOf, candidates })
      if (gathered.mark === current.mark) return gathered.found
      if (this.#current === reading) this.#current = null
    }
    throw new HeduiError('STATE_BUSY', 'deliveries or rules change again and again at this moment; ask again')
  }

  #read(): Promise<CurrentUse> {
    if (this.#current) return this.#current
    const reading = readCurrentUse(this.#context)
    reading.catch(() => {
      if (this.#current === reading) this.#current = null
    })
    this.#current = reading
    return reading
  }
}

/** Deliveries of a date, of all regions together, that are looked through for anybody: so that it is always one statement. */
const FEW_DELIVERIES = 24

interface Asked extends Use {
  readonly asOf: string
  readonly candidates: readonly Candidate[]
}

async function attemptGather({ database, adapters }: DeskContext, asked: Asked) {
  const { chosen, deliveries, asOf, candidates } = asked
  const { sources, readsOtherSchemes } = chosen.ruleSet
  const plan = planGather({ sources, deliveries }, candidates)
  const { personHashes } = plan
  const all = deliveries.flatMap(({ layers }) => layers.map(({ id }) => id))
  const again = all.length <= FEW_DELIVERIES
  const { records, known, mark } = await gatherNow(database, {
    deliveryIds: again ? all : plan.deliveryIds,
    personHashes,
    again,
  })
  const since = candidates.map(({ household, people }) => ({
    household,
    people: people.map((person) => ({
      ...person,
      knownSince: known.get(person.personHash.toString('hex'))?.since ?? null,
    })),
  }))
  const memberships = readsOtherSchemes
    ? membershipsByPerson(await findOthers(database, { known, asOf, candidates }))
    : undefined
  const dossiers = assembleDossiers({ adapters, asOf }, since, { plan, records, memberships })
  return { mark, found: dossiers.map((dossier) => ({ chosen, dossier })) }
}

interface Others {
  readonly known: GatheredNow['known']
  readonly asOf: string
  readonly candidates: readonly Candidate[]
}

/** Most people are in no other household than their own: then there is nothing to ask. */
async function findOthers({ pool }: Database, { known, asOf, candidates }: Others) {
  const people = candidates.flatMap(({ household, people }) =>
    people.filter(({ personHash }) =>
      known.get(personHash.toString('hex'))?.households.some((id) => id !== household.id),
    ),
  )
  if (people.length === 0) return []
  return findMemberships(
    pool,
    people.map(({ personHash }) => personHash),
    { asOf },
  )
}
