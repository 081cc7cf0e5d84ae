import type pg from 'pg'
import { listUsableDeliveries } from '../db/queries/deliveries.ts'
import { holdPartitions } from '../db/queries/records.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import type { GatherContext } from './gather-dossiers.ts'
import type { Adapters } from './load-adapters.ts'

/** What a rule set needs to be gathered. */
export type RuleNeeds = Pick<RuleSet, 'sources' | 'readsOtherSchemes'>

/**
 * What a check on a date uses: the sources that the rules need and the deliveries published by then, whose rows stay
 * until the reader's transaction ends.
 */
export async function prepareGather(
  { adapters, ruleSet }: { readonly adapters: Adapters; readonly ruleSet: RuleNeeds },
  reader: pg.ClientBase,
  asOf: string,
): Promise<GatherContext> {
  const deliveries = (await listUsableDeliveries(reader, asOf)).filter(({ source }) => ruleSet.sources.includes(source))
  await holdPartitions(
    reader,
    deliveries.flatMap(({ layers }) => layers.map(({ id }) => id)),
  )
  return { reader, adapters, sources: ruleSet.sources, otherSchemes: ruleSet.readsOtherSchemes, deliveries, asOf }
}
