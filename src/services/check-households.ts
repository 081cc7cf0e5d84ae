import { randomUUIDv7 } from 'node:crypto'
import type pg from 'pg'
import { type Database, inTransaction, type Reader } from '../db/connect.ts'
import { listUsableDeliveries } from '../db/queries/deliveries.ts'
import { gatherHouseholds, type HouseholdScope, listHouseholdIds } from '../db/queries/households.ts'
import { holdPartitions } from '../db/queries/records.ts'
import { addResults, insertRun, keepRuleSet } from '../db/queries/runs.ts'
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
  const run = randomUUIDv7()
  await keepRuleSet(database, ruleSet.version, ruleSet.content, context.now())
  const startedAt = context.now()
  // Frozen: what is imported, published or discarded meanwhile does not leak in.
  const counts = await inTransaction(
    database,
    async (client) => {
      const ids = await listHouseholdIds(client, request.scope, request.asOf)
      if ('ids' in request.scope) requireAll(request.scope.ids, ids)
      const gather = await prepareGather(context, client, request.asOf)
      const tally = new Tally()
      for (let start = 0; start < ids.length; start += CHUNK) {
        const lines = await checkChunk(context, { client, gather, run, tally }, ids.slice(start, start + CHUNK))
        for (const line of lines) await write(line)
        progress(Math.min(start + CHUNK, ids.length), ids.length)
      }
      const deliveries = gather.deliveries.flatMap(({ layers }) => layers.map(({ id }) => id))
      const times = { startedAt, finishedAt: context.now() }
      const done = tally.counts()
      await insertRun(client, { id: run, ...request, ruleSet: ruleSet.version, deliveries, ...times, counts: done })
      return done
    },
    { frozen: true },
  )
  return { run, asOf: request.asOf, ruleSet: ruleSet.version, ...counts }
}

interface Chunk {
  readonly client: pg.PoolClient
  readonly gather: GatherContext
  readonly run: string
  readonly tally: Tally
}

/** Checks some households, keeps their results and gives their lines. */
async function checkChunk(
  { ruleSet, onRuleError }: CheckContext,
  { client, gather, run, tally }: Chunk,
  ids: readonly string[],
): Promise<string[]> {
  const households = await gatherHouseholds(client, ids, gather.asOf)
  const dossiers = await gatherDossiers(gather, households.map(toCandidate))
  const results = dossiers.map((dossier, i) => {
    const result = checkDossier(ruleSet, dossier, run, onRuleError)
    tally.add(result)
    const { householdId, versionId } = households[i]!
    return { householdId, versionId, outcome: result.outcome, line: JSON.stringify(result) }
  })
  await addResults(client, run, results)
  return results.map(({ line }) => line)
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

/**
 * What a check on a date uses: the sources that the rules need and the deliveries published by then, whose rows stay
 * until the reader's transaction ends.
 */
export async function prepareGather(
  { adapters, ruleSet }: CheckContext,
  reader: Reader,
  asOf: string,
): Promise<GatherContext> {
  const deliveries = (await listUsableDeliveries(reader, asOf)).filter(({ source }) => ruleSet.sources.includes(source))
  await holdPartitions(
    reader,
    deliveries.flatMap(({ layers }) => layers.map(({ id }) => id)),
  )
  return { reader, adapters, sources: ruleSet.sources, deliveries, asOf }
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
