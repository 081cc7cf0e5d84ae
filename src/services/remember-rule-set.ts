import type { Database } from '../db/connect.ts'
import { keepRuleSet } from '../db/queries/rule-sets.ts'
import type { RunnableRuleSet } from './load-rule-set.ts'

/** Versions that this process has seen kept, by database. */
const kept = new WeakMap<Database['pool'], Set<string>>()

/**
 * Keeps a rule set under its version before its first use, so that a result's version can be looked up for ever. A set is
 * some hundred kilobytes: a service that answers a thousand checks a second must not send it with each.
 */
export async function rememberRuleSet(
  { database, now }: { readonly database: Database; now(): Date },
  ruleSet: RunnableRuleSet,
): Promise<void> {
  const versions = kept.get(database.pool) ?? new Set<string>()
  kept.set(database.pool, versions)
  if (versions.has(ruleSet.version)) return
  await keepRuleSet(database, ruleSet, now())
  versions.add(ruleSet.version)
}
