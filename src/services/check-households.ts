import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '../db/connect.ts'
import { listUsableDeliveries } from '../db/queries/deliveries.ts'
import { gatherHouseholds, type HouseholdScope, listHouseholdIds } from '../db/queries/households.ts'
import { addResults, finishRun, insertRun, keepRuleSet } from '../db/queries/runs.ts'
import type { RunCounts } from '../db/tables.ts'
import type { CheckResult } from '../domain/check-result.ts'
import type { HouseholdFacts, PersonFacts } from '../domain/household.ts'
import { HeduiError } from '../errors.ts'
import { checkDossier } from '../rules/check-dossier.ts'
import type { OnError } from '../rules/evaluate-rule.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import { type Candidate, type GatherContext, gatherDossiers } from './gather-dossiers.ts'
import type { Adapters } from './load-adapters.ts'

export interface CheckContext {
  readonly database: Database
  readonly adapters: Adapters
  readonly ruleSet: RuleSet
  /** Told of rules that fail while they run. */
  readonly onRuleError: OnError
  now(): Date
}

export type { HouseholdScope }

export interface RunRequest {
  readonly scope: HouseholdScope
  readonly asOf: string
  /** A trial: rules that are not the shipped ones; no case comes of it. */
  readonly trial: boolean
  readonly actor: string
}

export interface RunSummary extends RunCounts {
  readonly run: string
  readonly asOf: string
  readonly ruleSet: string
}

/** Households whose dossiers are gathered at once: enough to make statements few, few enough to keep memory flat. */
const CHUNK = 500

/**
 * Runs the rules over many households and keeps the results (design §9). `write` is given each NDJSON line, in the order
 * of the households' ids. Deliveries and household versions are those of the as-of date. Throws HeduiError
 * INPUT_NOT_FOUND where a household asked for by id is not in the register.
 */
export async function checkHouseholds(
  context: CheckContext,
  request: RunRequest,
  { write = async () => {}, progress = () => {} }: CheckOutput = {},
): Promise<RunSummary> {
  const { database, ruleSet } = context
  const ids = await listHouseholdIds(database, request.scope, request.asOf)
  if ('ids' in request.scope) requireAll(request.scope.ids, ids)
  const gather = await prepareGather(context, request.asOf)
  const run = randomUUIDv7()
  await keepRuleSet(database, ruleSet.version, ruleSet.content, context.now())
  const deliveries = gather.deliveries.map(({ id }) => id)
  await insertRun(database, { id: run, ...request, ruleSet: ruleSet.version, deliveries, startedAt: context.now() })

  const tally = new Tally()
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    for (let start = 0; start < ids.length; start += CHUNK) {
      const households = await gatherHouseholds(database, ids.slice(start, start + CHUNK), request.asOf)
      const dossiers = await gatherDossiers(gather, households.map(toCandidate))
      const results = dossiers.map((dossier, i) => {
        const result = checkDossier(ruleSet, dossier, run, context.onRuleError)
        tally.add(result)
        const { householdId, versionId } = households[i]!
        return { householdId, versionId, outcome: result.outcome, line: JSON.stringify(result) }
      })
      await addResults(client, run, results)
      for (const { line } of results) await write(line)
      progress(Math.min(start + CHUNK, ids.length), ids.length)
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
  const counts = tally.counts()
  await finishRun(database, run, counts, context.now())
  return { run, asOf: request.asOf, ruleSet: ruleSet.version, ...counts }
}

export interface CheckOutput {
  readonly write?: (line: string) => Promise<void>
  readonly progress?: (done: number, total: number) => void
}

function requireAll(wanted: readonly string[], found: readonly string[]): void {
  const known = new Set(found)
  const unknown = wanted.filter((id) => !known.has(id))
  if (unknown.length > 0)
    throw new HeduiError('INPUT_NOT_FOUND', `no household of the register has the id ${unknown.join(', ')}`)
}

/** What a check on a date uses: the sources that the rules need and the deliveries published by then. */
export async function prepareGather(
  { database, adapters, ruleSet }: CheckContext,
  asOf: string,
): Promise<GatherContext> {
  const deliveries = await listUsableDeliveries(database, asOf)
  return { database, adapters, sources: ruleSet.sources, deliveries, asOf }
}

function toCandidate({ facts, people }: Awaited<ReturnType<typeof gatherHouseholds>>[number]): Candidate {
  return {
    household: facts as HouseholdFacts,
    people: people.map((person) => ({ ...person, facts: person.facts as PersonFacts })),
  }
}

class Tally {
  #outcomes = { warned: 0, unverifiable: 0, clear: 0 }
  #households = 0
  #leads = 0
  #warnings = new Map<string, number>()

  add({ outcome, results, leads }: CheckResult): void {
    this.#households++
    this.#outcomes[outcome]++
    this.#leads += leads.length
    for (const result of results) {
      const before = this.#warnings.get(result.rule) ?? 0
      this.#warnings.set(result.rule, before + Number(result.outcome === 'warned'))
    }
  }

  counts(): RunCounts {
    return {
      households: this.#households,
      ...this.#outcomes,
      warningsByRule: Object.fromEntries(this.#warnings),
      leads: this.#leads,
    }
  }
}
