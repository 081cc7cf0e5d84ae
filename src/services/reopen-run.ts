import { type Database, inTransaction, type Reader } from '../db/connect.ts'
import { findPinnedDeliveries, listUsableDeliveries, type UsableDelivery } from '../db/queries/deliveries.ts'
import { gatherVersions } from '../db/queries/households.ts'
import {
  countRunRegions,
  findPastRun,
  findSourcesOf,
  listRunHouseholds,
  type PastRun,
} from '../db/queries/past-runs.ts'
import { holdPartitions } from '../db/queries/records.ts'
import type { Dossier } from '../domain/dossier.ts'
import { HeduiError } from '../errors.ts'
import { type GatherContext, gatherDossiers, requireDelivered, toCandidate } from './gather-dossiers.ts'
import type { Adapters } from './load-adapters.ts'

export type { PastRun }

export interface ReopenContext {
  readonly database: Database
  readonly adapters: Adapters
}

export interface ReopenRequest {
  /** The id of a finished run, live or trial. */
  readonly run: string
  /** What is going to be evaluated on its dossiers. */
  readonly ruleSets: readonly { readonly sources: readonly string[]; readonly readsOtherSchemes: boolean }[]
  /** Of the run's households only these; all unless given. */
  readonly households?: readonly string[]
}

export interface ReopenedRun extends PastRun {
  /** How many households `dossiers` gives. */
  readonly households: number
  /** The dossiers, some hundred at a time, in the order of the households' ids. */
  dossiers(): AsyncGenerator<readonly Dossier[]>
}

/** Dossiers in memory at once. */
const CHUNK = 500

/**
 * Opens a past run for `work`, with the dossiers that it saw: its date, the household versions kept with its results, the
 * deliveries that it pinned, and, of sources that its own rules did not need, what had been published when it began. What
 * was imported or published since does not leak in. The dossiers are read in one transaction that ends with `work`.
 * Throws HeduiError INPUT_NOT_FOUND for an unknown or unfinished run or a household that it did not cover, and, before
 * `work` begins, STATE_DISCARDED where rows that it used are gone.
 */
export function reopenRun<T>(
  { database, adapters }: ReopenContext,
  request: ReopenRequest,
  work: (reopened: ReopenedRun) => Promise<T>,
): Promise<T> {
  const only = request.households ?? null
  return inTransaction(
    database,
    async (reader) => {
      const run = await requirePastRun(reader, request.run)
      if (only) await requireCovered(reader, run, only)
      const regions = await countRunRegions(reader, run, only)
      const sources = [...new Set(request.ruleSets.flatMap((ruleSet) => ruleSet.sources))].sort()
      const deliveries = (await findDeliveries(reader, run)).filter(({ source }) => sources.includes(source))
      await holdUsed(reader, deliveries, { sources, regions: regions.map(({ region }) => region) })
      const gather: GatherContext = {
        reader,
        adapters,
        sources,
        otherSchemes: request.ruleSets.some(({ readsOtherSchemes }) => readsOtherSchemes),
        deliveries,
        asOf: run.asOf,
        knownAt: run.knownAt,
      }
      const households = regions.reduce((sum, region) => sum + region.households, 0)
      return work({ ...run, households, dossiers: () => gatherPages(run, gather, only) })
    },
    { frozen: true },
  )
}

async function requirePastRun(reader: Reader, id: string): Promise<PastRun> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
  const run = isId ? await findPastRun(reader, id) : undefined
  if (!run) throw new HeduiError('INPUT_NOT_FOUND', `there is no finished run ${id}`)
  return run
}

async function requireCovered(reader: Reader, run: PastRun, only: readonly string[]): Promise<void> {
  const found = await listRunHouseholds(reader, run, { after: '', count: only.length, only })
  const covered = new Set(found.map(({ householdId }) => householdId))
  const others = only.filter((id) => !covered.has(id))
  if (others.length > 0) throw new HeduiError('INPUT_NOT_FOUND', `the run did not check ${others.join(', ')}`)
}

/**
 * A source that the run's rules needed is as the run had it, or missing as it was; of any other source what it would
 * have found.
 */
async function findDeliveries(reader: Reader, run: PastRun): Promise<UsableDelivery[]> {
  const pinned = await findPinnedDeliveries(reader, run.deliveries)
  const needed = new Set([...(await findSourcesOf(reader, run.ruleSet)), ...pinned.map(({ source }) => source)])
  const others = await listUsableDeliveries(reader, run.asOf, run.knownAt)
  return [...pinned, ...others.filter(({ source }) => !needed.has(source))]
}

/** Keeps the rows of the deliveries that households of these regions use until the transaction ends. */
async function holdUsed(
  reader: Reader,
  deliveries: readonly UsableDelivery[],
  { sources, regions }: { sources: readonly string[]; regions: readonly string[] },
): Promise<void> {
  const used = regions.flatMap((region) =>
    sources.flatMap((source) => requireDelivered(deliveries, source, region)?.layers ?? []),
  )
  try {
    await holdPartitions(reader, [...new Set(used.map(({ id }) => id))])
  } catch (error) {
    // undefined_table: between reading its state and holding its rows someone was faster.
    if ((error as { code?: string }).code !== '42P01') throw error
    throw new HeduiError('STATE_DISCARDED', 'a delivery of the run has been discarded just now', { cause: error })
  }
}

async function* gatherPages(run: PastRun, gather: GatherContext, only: readonly string[] | null) {
  for (let after = ''; ; ) {
    const page = await listRunHouseholds(gather.reader, run, { after, count: CHUNK, only })
    if (page.length === 0) return
    const households = await gatherVersions(gather.reader, page)
    yield await gatherDossiers(gather, households.map(toCandidate))
    after = page.at(-1)!.householdId
  }
}
