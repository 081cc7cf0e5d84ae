import type { Database } from '../db/connect.ts'
import { addAudit } from '../db/queries/audit.ts'
import { countTownships } from '../db/queries/townships.ts'
import { rankTownships, type TownshipReport } from '../domain/township-report.ts'
import { HeduiError } from '../errors.ts'
import { type Parameter, resolveParameter } from '../rules/parameters.ts'
import type { RuleSet } from '../rules/rule-set.ts'

export interface ReportContext {
  readonly database: Database
  /** Whose parameter `population` says how many people live in a township. */
  readonly ruleSet: RuleSet
  now(): Date
}

export interface ReportRequest {
  readonly asOf: string
  /** The beginning of region codes; everywhere unless given. */
  readonly region?: string | undefined
  readonly actor: string
  readonly role: string
}

/**
 * Townships in the order in which they are looked at first: the share of recipients in the population, then the share of
 * warned households. A population that no parameter gives is not known, and never zero. Asking is audited. Throws
 * HeduiError DEFINITION_PARAMETER where the parameter `population` is not a count.
 */
export async function reportTownships(context: ReportContext, request: ReportRequest): Promise<TownshipReport> {
  const { database, ruleSet, now } = context
  const { asOf, region = '', actor, role } = request
  const population = ruleSet.parameters.get('population')
  if (population && population.unit !== 'count') {
    const path = 'population'
    throw new HeduiError('DEFINITION_PARAMETER', `${path} must be in count, not in ${population.unit}`, { path })
  }
  const counted = await countTownships(database.pool, { asOf, region })
  const subject = { asOf, region: region || null, townships: counted.length }
  await addAudit(database, { at: now(), actor, role, action: 'report townships', reason: 'review', subject })
  const townships = rankTownships(
    counted.map((row) => ({ ...row, population: populationOf(population, row.township, asOf) })),
  )
  return { asOf, region: region || null, ruleSet: ruleSet.version, townships }
}

/** Only a value of the township's own code counts: that of its county is of other people too. */
function populationOf(population: Parameter | undefined, township: string, asOf: string): number | null {
  const value = resolveParameter(population, { region: township, scheme: null }, asOf)
  return value && value.region === township && value.value > 0n ? Number(value.value) : null
}
