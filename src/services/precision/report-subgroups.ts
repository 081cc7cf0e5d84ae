import { addAudit } from '../../db/queries/audit.ts'
import { gatherHouseholds } from '../../db/queries/households.ts'
import { findSealedPeople } from '../../db/queries/packets.ts'
import { listDecidedRules } from '../../db/queries/precision.ts'
import { requireReason } from '../../domain/case/act-context.ts'
import { countPrecision, type DecidedWarning, type PrecisionCounts } from '../../domain/case/precision.ts'
import type { HouseholdFacts, PersonFacts } from '../../domain/household.ts'
import { applicantOf } from '../cases/read-household.ts'
import type { Hedui } from '../open-hedui.ts'
import { requireActor } from '../people-of-acts.ts'
import { countCases } from './count-cases.ts'
import { type FoundWarning, findWindow, floorOf } from './decided-warnings.ts'
import { hideSmallCells } from './hide-small-cells.ts'
import { SUBGROUPS, type SubgroupKind, subgroupsOf } from './subgroups-of.ts'

export interface SubgroupRequest {
  readonly region?: string | undefined
  /** One rule; all together unless given. */
  readonly rule?: string | undefined
  readonly actor: string
  readonly role: string
  readonly reason: string
}

/** Counts by subgroup; "hidden" where they are so few that they could point at somebody. */
export type SubgroupCounts = Readonly<Record<string, PrecisionCounts | 'hidden'>>

export interface SubgroupReport {
  readonly region: string
  readonly rule: string | null
  readonly warnings: number
  readonly subgroups: Readonly<Record<SubgroupKind, SubgroupCounts>>
}

const CHUNK = 500

/**
 * Whether warnings are wrong more often about some people than about others (lessons 12): by kind of name, age and area of
 * the person whom a warning concerns, else of the applicant. Names are opened to count them and told to nobody; who asked
 * and why is kept.
 */
export async function reportSubgroups(
  context: Pick<Hedui, 'database' | 'procedures' | 'vault' | 'now'>,
  request: SubgroupRequest,
): Promise<SubgroupReport> {
  const { database, procedures, now } = context
  const actor = requireActor(request)
  const reason = requireReason(request.reason)
  const { region = '', rule, role } = request
  await countCases(context)
  const subject = { region, rule: rule ?? null }
  await addAudit(database, { at: now(), actor, role, action: 'report subgroups', reason, subject })
  const { window } = floorOf(procedures, region)
  const rules = (await listDecidedRules(database.pool, region)).filter((id) => rule === undefined || id === rule)
  const found: FoundWarning[] = []
  for (const id of rules) found.push(...(await findWindow(database.pool, { rule: id, region, after: null, window })))
  const grouped: DecidedWarning[] = []
  for (const [asOf, warnings] of Map.groupBy(found, (warning) => warning.asOf)) {
    for (let at = 0; at < warnings.length; at += CHUNK)
      grouped.push(...(await groupWarnings(context, warnings.slice(at, at + CHUNK), asOf)))
  }
  return { region, rule: rule ?? null, warnings: grouped.length, subgroups: hide(countPrecision(grouped, 'group')) }
}

async function groupWarnings(
  { database, vault }: Pick<Hedui, 'database' | 'vault'>,
  warnings: readonly FoundWarning[],
  asOf: string,
): Promise<DecidedWarning[]> {
  const ids = [...new Set(warnings.map(({ household }) => household))]
  const households = new Map((await gatherHouseholds(database.pool, ids, asOf)).map((each) => [each.householdId, each]))
  const concerned = warnings.flatMap((warning) => {
    const household = households.get(warning.household)
    if (!household) return []
    const people = household.people.map(({ facts, personHash }) => ({ facts: facts as PersonFacts, personHash }))
    const id = warning.personId ?? applicantOf(people.map(({ facts }) => facts))
    const person = people.find(({ facts }) => facts.id === id)
    return person ? [{ warning, household: household.facts as HouseholdFacts, ...person }] : []
  })
  const sealed = await findSealedPeople(
    database.pool,
    concerned.map(({ personHash }) => personHash),
  )
  return concerned.flatMap(({ warning, household, facts, personHash }) => {
    const own = sealed.get(personHash.toString('hex'))
    if (!own) return []
    const { name } = vault.open(own) as { name: string }
    return [{ ...warning, groups: subgroupsOf({ name, person: facts, household }, asOf) }]
  })
}

function hide(counts: ReadonlyMap<string, PrecisionCounts>): SubgroupReport['subgroups'] {
  const kinds = Object.entries(SUBGROUPS).map(([kind, groups]) => {
    const own = groups.flatMap((group) => {
      const found = counts.get(`${kind}:${group}`)
      return found ? [[group, found] as const] : []
    })
    const hidden = hideSmallCells(
      Object.fromEntries(own.map(([group, each]) => [group, each.decided + each.confirmed])),
    )
    return [kind, Object.fromEntries(own.map(([group, each]) => [group, hidden.has(group) ? 'hidden' : each]))]
  })
  return Object.fromEntries(kinds)
}
