import { countOutcomes, listDecidedRules } from '../../db/queries/precision.ts'
import { findLastActs } from '../../db/queries/rule-stops.ts'
import { countPrecision, isBelowFloor, type PrecisionCounts } from '../../domain/case/precision.ts'
import { countCases } from './count-cases.ts'
import { countAll, findWindow, floorOf } from './decided-warnings.ts'
import type { PrecisionContext } from './stop-rules.ts'

export interface RulePrecision {
  readonly rule: string
  readonly counts: PrecisionCounts
  /** Fewer right ones than the floor, of enough that were decided. */
  readonly belowFloor: boolean
  /** Regions in which it issues no packets ("" is everywhere) and since when. */
  readonly stops: readonly { readonly region: string; readonly since: string; readonly reason: string }[]
  readonly bySource: Readonly<Record<string, PrecisionCounts>>
  readonly byMatch: Readonly<Record<string, PrecisionCounts>>
  readonly byOrigin: Readonly<Record<string, PrecisionCounts>>
}

/** What cases came to: right answers are counted, not savings (lessons 13). */
export interface CaseOutcomes {
  readonly cases: number
  /** Nobody has decided yet. */
  readonly open: number
  readonly inFavor: {
    /** A person dismissed every warning before anything was asked. */
    readonly dismissed: number
    readonly continued: number
    /** The warning was wrong. */
    readonly noIssue: number
    /** The household had been paid too little. */
    readonly underpaid: number
    /** The agency let its own limit pass. */
    readonly lapsed: number
  }
  readonly less: { readonly lowered: number; readonly deemedWithdrawal: number; readonly cancelAndRecover: number }
  /** Adjusted to the same, or from a benefit that the register does not know. */
  readonly otherAdjusted: number
}

export interface PrecisionReport {
  readonly region: string
  readonly figures: { readonly floorPercent: number; readonly leastDecided: number; readonly window: number }
  readonly rules: readonly RulePrecision[]
  readonly outcomes: CaseOutcomes
}

/**
 * How often the warnings of each rule turned out right in a region, over the last ones that were decided, with Wilson
 * intervals: together, by source, by kind of match and by how the case began; and what the cases came to. It names nobody.
 */
export async function reportPrecision(
  context: PrecisionContext,
  { region = '' }: { readonly region?: string | undefined } = {},
): Promise<PrecisionReport> {
  const { database, procedures } = context
  await countCases(context)
  const figures = floorOf(procedures, region)
  const stops = (await findLastActs(database.pool)).filter(({ action }) => action === 'stopped')
  const rules: RulePrecision[] = []
  for (const rule of await listDecidedRules(database.pool, region)) {
    const found = await findWindow(database.pool, { rule, region, after: null, window: figures.window })
    const counts = countAll(found)
    rules.push({
      rule,
      counts,
      belowFloor: isBelowFloor(counts, figures),
      stops: stops
        .filter((stop) => stop.rule === rule && (stop.region.startsWith(region) || region.startsWith(stop.region)))
        .map((stop) => ({ region: stop.region, since: stop.at.toISOString(), reason: stop.reason })),
      bySource: Object.fromEntries(countPrecision(found, 'source')),
      byMatch: Object.fromEntries(countPrecision(found, 'match')),
      byOrigin: Object.fromEntries(countPrecision(found, 'origin')),
    })
  }
  return { region, figures, rules, outcomes: await summarize(context, region) }
}

async function summarize({ database }: PrecisionContext, region: string): Promise<CaseOutcomes> {
  const rows = await countOutcomes(database.pool, region)
  const count = (is: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(is).reduce((sum, { cases }) => sum + cases, 0)
  const decided = (outcome: string) => count((row) => isDecided(row.state) && row.outcome === outcome)
  const adjusted = (directions: readonly (string | null)[]) =>
    count((row) => isDecided(row.state) && row.outcome === 'adjust' && directions.includes(row.direction))
  const ended = ['dismissed', 'lapsed']
  return {
    cases: count(() => true),
    open: count(({ state }) => !isDecided(state) && !ended.includes(state)),
    inFavor: {
      dismissed: count(({ state }) => state === 'dismissed'),
      continued: decided('continue'),
      noIssue: decided('no-issue'),
      underpaid: adjusted(['raised']),
      lapsed: count(({ state }) => state === 'lapsed'),
    },
    less: {
      lowered: adjusted(['lowered']),
      deemedWithdrawal: decided('deemed-withdrawal'),
      cancelAndRecover: decided('cancel-and-recover'),
    },
    otherAdjusted: adjusted(['same', null]),
  }
}

const isDecided = (state: string) => state === 'decided' || state === 'closed'
