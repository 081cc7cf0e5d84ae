import { countCases } from '../db/queries/case-counts.ts'
import { countHouseholds } from '../db/queries/households.ts'
import { findLastRun } from '../db/queries/runs.ts'
import type { RunCounts } from '../db/tables.ts'
import { CASE_STATES, type CaseStateName } from '../domain/case/words.ts'
import { dateInChina } from '../domain/dates.ts'
import type { Hedui } from './open-hedui.ts'
import { type DeliverySummary, listAllDeliveries } from './show-delivery.ts'

export interface Overview {
  readonly households: number
  readonly cases: CasesOverview
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

export interface CasesOverview {
  /** How many cases are in each state, in the order of a case's life; states of none are left out. */
  readonly byState: readonly { readonly state: CaseStateName; readonly count: number; readonly escalated: number }[]
  /** Of open cases: how many had to be looked at before today. */
  readonly overdue: number
}

/** What the front page shows: the register, the last run, the cases, the sources. */
export async function showOverview({ database, adapters, now }: Hedui): Promise<Overview> {
  const [households, cases, run, deliveries] = await Promise.all([
    countHouseholds(database),
    countCases(database.pool, dateInChina(now())),
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
    cases: {
      byState: CASE_STATES.flatMap((state) => cases.filter((each) => each.state === state)).map(
        ({ state, count, escalated }) => ({ state: state as CaseStateName, count, escalated }),
      ),
      overdue: cases.reduce((sum, { overdue }) => sum + overdue, 0),
    },
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
