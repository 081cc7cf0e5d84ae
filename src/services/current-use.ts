import type { Database } from '../db/connect.ts'
import { listUsableDeliveries, type UsableDelivery } from '../db/queries/deliveries.ts'
import { readMark } from '../db/queries/gather-now.ts'
import { listRuleSetEvents } from '../db/queries/rule-sets.ts'
import type { ChosenRuleSet, RuleBook } from './choose-rule-set.ts'
import { rememberRuleSet } from './remember-rule-set.ts'

/** What a check on a date uses: the rules in force on it and the deliveries published by then that they read. */
export interface Use {
  readonly chosen: ChosenRuleSet
  readonly deliveries: readonly UsableDelivery[]
}

/** What is used as it was at one moment; it holds for as long as the database's mark is the same (gather-now.ts). */
export interface CurrentUse {
  readonly mark: string
  /** Asked once for each date. Throws as inForceOn. */
  on(asOf: string): Promise<Use>
}

export interface UseContext {
  readonly database: Database
  readonly rules: RuleBook
  now(): Date
}

/** Dates that are kept: today, and what people look back at. */
const DATES = 32

/** Reads the mark first: whatever is read afterwards is no older, and a later mark that is the same says it was no newer. */
export async function readCurrentUse(context: UseContext): Promise<CurrentUse> {
  const { database, rules } = context
  const mark = await readMark(database.pool)
  const events = await listRuleSetEvents(database)
  const known = new Map<string, Promise<Use>>()

  const find = async (asOf: string): Promise<Use> => {
    const [chosen, deliveries] = await Promise.all([
      rules.inForceOn(asOf, events),
      listUsableDeliveries(database.pool, asOf),
    ])
    const { ruleSet } = chosen
    await rememberRuleSet(context, ruleSet)
    return { chosen, deliveries: deliveries.filter(({ source }) => ruleSet.sources.includes(source)) }
  }

  return {
    mark,
    on(asOf) {
      const before = known.get(asOf)
      if (before) return before
      if (known.size >= DATES) known.clear()
      const finding = find(asOf)
      // What failed is tried again: a database may come back.
      finding.catch(() => known.delete(asOf))
      known.set(asOf, finding)
      return finding
    },
  }
}
