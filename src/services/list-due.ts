import { type Database, inTransaction, type Reader } from '../db/connect.ts'
import { addAudit } from '../db/queries/audit.ts'
import {
  countGranted,
  type DueMoment,
  type GrantedGroup,
  type ReviewCycle,
  readDue,
  readGranted,
} from '../db/queries/due.ts'
import type { DueHousehold, DueSummary, DueTotals, UnknownDue } from '../domain/due.ts'
import type { Scheme } from '../domain/household-schema.ts'
import { HeduiError } from '../errors.ts'
import { type Parameters, resolveParameter } from '../rules/parameters.ts'
import type { RuleSet } from '../rules/rule-set.ts'

export interface DueContext {
  readonly database: Database
  /** Whose parameters reviewMonthsA, reviewMonthsB, reviewMonthsC … say the months. */
  readonly ruleSet: RuleSet
  now(): Date
}

export interface DueRequest {
  /** The date that is asked about. */
  readonly asOf: string
  /** The beginning of region codes; everywhere unless given. */
  readonly region?: string | undefined
  readonly actor: string
  readonly role: string
}

export interface DueOutput {
  /** Given the due households by due date and id; the next waits for it. */
  readonly due?: (household: DueHousehold) => Promise<void>
  /** Then given those of which it is not known, by id. */
  readonly unknown?: (household: UnknownDue) => Promise<void>
}

/**
 * The granted households that are due for a re-check on a date: so many months after their last live check, or after the
 * first day of their benefit where there was none, by the category, region and scheme. Whoever has no category, or a
 * category without a value, is told apart and never left out. What is read is audited. Throws HeduiError
 * DEFINITION_PARAMETER where such a parameter is not in months.
 */
export function listDue(
  { database, ruleSet, now }: DueContext,
  request: DueRequest,
  { due = async () => {}, unknown = async () => {} }: DueOutput = {},
): Promise<DueSummary> {
  const { asOf, region, actor, role } = request
  const moment = { asOf, region: region ?? '' }
  return inTransaction(
    database,
    async (reader) => {
      const plan = await planReviews(reader, ruleSet, moment)
      const subject = { asOf, region: region ?? null, households: plan.households }
      await addAudit(database, { at: now(), actor, role, action: 'list due', reason: 'review', subject })
      const counts = new Map<string | null, number>()
      for await (const page of readDue(reader, moment, plan.cycles)) {
        for (const household of page) {
          counts.set(household.category, (counts.get(household.category) ?? 0) + 1)
          await due(household)
        }
      }
      if (plan.unknown.size > 0) {
        for await (const page of readGranted(reader, moment, [...plan.unknown.values()])) {
          for (const household of page) await unknown({ ...household, ...plan.unknown.get(keyOf(household))!.reason })
        }
      }
      return summarize({ ...moment, ruleSet: ruleSet.version }, plan, counts)
    },
    { frozen: true },
  )
}

/** Ids of the due households in the order of their bytes, for a run of just those, in the run's transaction. */
export async function listDueIds(reader: Reader, ruleSet: RuleSet, moment: DueMoment): Promise<string[]> {
  const { cycles } = await planReviews(reader, ruleSet, moment)
  const ids: string[] = []
  for await (const page of readDue(reader, moment, cycles)) for (const { household } of page) ids.push(household)
  return ids.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/** Granted households of which it is not known when they are due. */
export async function countUnknownDue(
  { database, ruleSet }: Pick<DueContext, 'database' | 'ruleSet'>,
  moment: DueMoment,
): Promise<number> {
  const { unknown } = await planReviews(database.pool, ruleSet, moment)
  return [...unknown.values()].reduce((sum, { households }) => sum + households, 0)
}

interface UnknownGroup extends GrantedGroup {
  readonly reason: Pick<UnknownDue, 'why' | 'parameter'>
}

interface ReviewPlan {
  readonly households: number
  readonly groups: readonly GrantedGroup[]
  readonly cycles: readonly ReviewCycle[]
  /** By keyOf. */
  readonly unknown: ReadonlyMap<string, UnknownGroup>
}

const keyOf = ({ region, scheme, category }: Omit<GrantedGroup, 'households'>) =>
  `${region} ${scheme} ${category ?? ''}`

/** What the parameters say of each region, scheme and category that there is: a few hundred. */
async function planReviews(reader: Reader, { parameters }: RuleSet, moment: DueMoment): Promise<ReviewPlan> {
  const groups = await countGranted(reader, moment)
  const cycles: ReviewCycle[] = []
  const unknown = new Map<string, UnknownGroup>()
  for (const group of groups) {
    const found = findMonths(parameters, group, moment.asOf)
    if (typeof found === 'number') cycles.push({ ...group, months: found })
    else unknown.set(keyOf(group), { ...group, reason: found })
  }
  return { households: sumOf(groups), groups, cycles, unknown }
}

const sumOf = (groups: readonly GrantedGroup[]) => groups.reduce((sum, { households }) => sum + households, 0)

function findMonths(
  parameters: Parameters,
  { region, scheme, category }: GrantedGroup,
  asOf: string,
): number | UnknownGroup['reason'] {
  if (category === null) return { why: 'category-missing', parameter: null }
  const name = `reviewMonths${category}`
  const parameter = parameters.get(name)
  if (parameter && parameter.unit !== 'months') {
    throw new HeduiError('DEFINITION_PARAMETER', `${name} must be in months, not in ${parameter.unit}`, { path: name })
  }
  const value = resolveParameter(parameter, { region, scheme: scheme as Scheme }, asOf)?.value
  return value === undefined ? { why: 'parameter-missing', parameter: name } : Number(value)
}

function summarize(
  { asOf, region, ruleSet }: DueMoment & { ruleSet: string },
  { households, groups, unknown }: ReviewPlan,
  counts: ReadonlyMap<string | null, number>,
): DueSummary {
  const totals = [...Map.groupBy(groups, ({ category }) => category)]
    .map(([category, own]): DueTotals => {
      const unknownGroups = own.filter((group) => unknown.has(keyOf(group)))
      return { category, households: sumOf(own), due: counts.get(category) ?? 0, unknown: sumOf(unknownGroups) }
    })
    .sort((a, b) => Number(a.category === null) - Number(b.category === null) || (a.category! < b.category! ? -1 : 1))
  return {
    asOf,
    region: region === '' ? null : region,
    ruleSet,
    households,
    due: totals.reduce((sum, { due }) => sum + due, 0),
    unknown: totals.reduce((sum, each) => sum + each.unknown, 0),
    totals,
  }
}
