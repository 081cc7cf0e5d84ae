import { randomUUIDv7 } from 'node:crypto'
import type pg from 'pg'
import type { Database } from '../db/connect.ts'
import { listRuleSetEvents } from '../db/queries/rule-sets.ts'
import { addResults, dropTrialResults, type FinishedRun, insertRun, tryInside } from '../db/queries/runs.ts'
import type { RunCounts } from '../db/tables.ts'
import type { Dossier } from '../domain/dossier.ts'
import { shadowsOn } from '../domain/rule-set-life.ts'
import { HeduiError } from '../errors.ts'
import { checkDossier } from '../rules/check-dossier.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import type { Adapters } from './load-adapters.ts'
import { loadStoredRuleSet } from './load-stored-rule-set.ts'
import { Tally } from './tally-results.ts'

/** What came of a set that ran beside the live one. */
export interface ShadowSummary {
  readonly ruleSet: string
  /** null where it failed: nothing of it is kept. */
  readonly run: string | null
  readonly counts: RunCounts | null
  /** Results that are unverifiable because a rule of it threw. */
  readonly ruleErrors: number
  readonly failed: string | null
}

/** A household that was checked: its id and version, and its dossier. */
export interface Checked {
  readonly householdId: string
  readonly versionId: string
  readonly dossier: Dossier
}

/** One set that runs beside a live run, on the same dossiers, into a run of its own. */
export class ShadowRun {
  readonly #version: string
  readonly #run = randomUUIDv7()
  readonly #tally = new Tally()
  #ruleErrors = 0
  #failed: string | null = null
  readonly ruleSet: RuleSet | null

  constructor(version: string, loaded: RuleSet | { readonly failed: string }) {
    this.#version = version
    this.ruleSet = 'failed' in loaded ? null : loaded
    if ('failed' in loaded) this.#failed = loaded.failed
  }

  /** Evaluates some households. Nothing that goes wrong in it reaches the caller but a database that is gone. */
  async check(client: pg.ClientBase, households: readonly Checked[]): Promise<void> {
    const { ruleSet } = this
    if (!ruleSet || this.#failed !== null) return
    try {
      const results = households.map(({ householdId, versionId, dossier }) => {
        const result = checkDossier(ruleSet, dossier, this.#run, () => this.#ruleErrors++)
        this.#tally.add(result)
        return { householdId, versionId, outcome: result.outcome, line: JSON.stringify(result) }
      })
      const kept = await tryInside(client, () => addResults(client, { id: this.#run, trial: true }, results))
      if (!kept) this.#failed = 'its results could not be kept'
    } catch (error) {
      this.#failed = describeFailure(error)
    }
  }

  /** Keeps the run beside the live one, or removes what it left where it failed. */
  async finish(client: pg.ClientBase, live: Omit<FinishedRun, 'trial' | 'counts'>): Promise<ShadowSummary> {
    const counts = this.#tally.counts()
    const run = { ...live, id: this.#run, ruleSet: this.#version, trial: true, shadowOf: live.id, counts }
    if (this.#failed === null && !(await tryInside(client, () => insertRun(client, run)))) {
      this.#failed = 'its run could not be kept'
    }
    const outcome = { ruleSet: this.#version, ruleErrors: this.#ruleErrors, failed: this.#failed }
    if (this.#failed === null) return { ...outcome, run: this.#run, counts }
    await tryInside(client, () => dropTrialResults(client, this.#run))
    return { ...outcome, run: null, counts: null }
  }
}

/** Messages of defects stay out: they may hold what they failed on. */
const describeFailure = (error: unknown) =>
  error instanceof HeduiError ? `${error.code} ${error.located}` : `a defect: ${(error as Error)?.name ?? 'unknown'}`

/** The sets that run beside a live one on a day. One that cannot be loaded any more is there to be told, and runs nothing. */
export async function openShadows(
  { database, adapters }: { readonly database: Database; readonly adapters: Adapters },
  { asOf, live }: { readonly asOf: string; readonly live: string },
): Promise<ShadowRun[]> {
  const versions = shadowsOn(await listRuleSetEvents(database), { on: asOf, shipped: live })
  return Promise.all(
    versions
      .filter((version) => version !== live)
      .map(async (version) => {
        const loaded = await loadStoredRuleSet(database, version, adapters).catch((error) => ({
          failed: describeFailure(error),
        }))
        return new ShadowRun(version, loaded)
      }),
  )
}
