import { countHouseholds } from '../db/queries/households.ts'
import { findLastRun } from '../db/queries/runs.ts'
import type { RunCounts } from '../db/tables.ts'
import type { Hedui } from './open-hedui.ts'
import { type DeliverySummary, listAllDeliveries } from './show-delivery.ts'

export interface Overview {
  readonly households: number
  readonly lastRun: (RunCounts & { readonly id: string; readonly asOf: string; readonly finishedAt: string }) | null
  /** Of each source what is used now, and what is held. */
  readonly sources: readonly {
    readonly id: string
    readonly zh: string
    readonly en: string
    readonly delivery: DeliverySummary | null
  }[]
  readonly held: readonly DeliverySummary[]
}

/** What the front page shows: the register, the last run, the sources. */
export async function showOverview({ database, adapters }: Hedui): Promise<Overview> {
  const [households, run, deliveries] = await Promise.all([
    countHouseholds(database),
    findLastRun(database),
    listAllDeliveries(database),
  ])
  const latest = (source: string) =>
    deliveries
      .filter((delivery) => delivery.source === source && delivery.state === 'published')
      .sort((a, b) => (a.asOf < b.asOf ? -1 : a.asOf > b.asOf ? 1 : 0))
      .at(-1) ?? null
  return {
    households,
    lastRun: run?.counts
      ? { ...run.counts, id: run.id, asOf: run.as_of, finishedAt: run.finished_at!.toISOString() }
      : null,
    sources: [...adapters.values()].map(({ manifest }) => ({
      id: manifest.id,
      ...manifest.title,
      delivery: latest(manifest.id),
    })),
    held: deliveries.filter(({ state }) => state === 'held'),
  }
}
