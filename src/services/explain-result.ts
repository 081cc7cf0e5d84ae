import type pg from 'pg'
import { inTransaction } from '../db/connect.ts'
import { addAudit } from '../db/queries/audit.ts'
import { gatherHouseholds } from '../db/queries/households.ts'
import { findPastRun } from '../db/queries/past-runs.ts'
import { findStoredLine } from '../db/queries/stored-results.ts'
import type { CheckResult } from '../domain/check-result.ts'
import type { Dossier } from '../domain/dossier.ts'
import type { Trace } from '../domain/trace.ts'
import type { Language, TracePage } from '../domain/trace-page.ts'
import { HeduiError } from '../errors.ts'
import { renderTrace } from '../rules/render-trace.ts'
import { type RuleSet, rulesOfRegion } from '../rules/rule-set.ts'
import { checkDossierWithTraces } from '../rules/trace-dossier.ts'
import type { CheckContext } from './check-households.ts'
import { gatherDossiers, toCandidate } from './gather-dossiers.ts'
import { loadStoredRuleSet } from './load-stored-rule-set.ts'
import { prepareGather } from './prepare-gather.ts'
import { reopenRun } from './reopen-run.ts'

export interface ExplainRequest {
  readonly household: string
  readonly rule: string
  /** One of the people whom the rule is asked of; everybody unless given. */
  readonly person?: string
  readonly actor: string
  readonly role: string
}

export interface Explanation {
  readonly run: string | null
  readonly asOf: string
  readonly ruleSet: string
  /** Of a run: whether the same rules on the same data give what it kept; null where nothing was kept. */
  readonly stored: 'same' | 'differs' | null
  readonly traces: readonly Trace[]
}

/**
 * Checks a household of the register anew on a date and explains the results of one rule. Keeps nothing but who asked.
 * Throws HeduiError INPUT_NOT_FOUND for an unknown household, rule or person, saying what there is.
 */
export async function explainNow(
  context: CheckContext,
  request: ExplainRequest & { readonly asOf: string },
): Promise<Explanation> {
  const { database, ruleSet, onRuleError } = context
  const { asOf } = request
  requireRule(ruleSet, request.rule)
  const gatherOne = async (client: pg.ClientBase) => {
    const gather = await prepareGather(context, client, asOf)
    return gatherDossiers(gather, (await gatherHouseholds(client, [request.household], asOf)).map(toCandidate))
  }
  const [dossier] = await inTransaction(database, gatherOne, { frozen: true })
  if (!dossier) throw new HeduiError('INPUT_NOT_FOUND', `no household of the register has the id ${request.household}`)
  const { traces } = checkDossierWithTraces(ruleSet, dossier, null, { of: 'all', onError: onRuleError })
  const chosen = chooseTraces(traces, dossier, { ruleSet, request })
  await audit(context, request, { run: null, asOf })
  return { run: null, asOf, ruleSet: ruleSet.version, stored: null, traces: chosen }
}

/**
 * Explains the results of one rule as a finished run came to them: its rules on the data that it pinned, and whether
 * they give what it kept. Throws HeduiError INPUT_NOT_FOUND for an unknown run, household, rule or person, and as
 * reopenRun where the data are gone.
 */
export async function explainRun(
  context: Omit<CheckContext, 'ruleSet'>,
  request: ExplainRequest & { readonly run: string },
): Promise<Explanation> {
  const { database, adapters, onRuleError } = context
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(request.run)
  const past = isId ? await findPastRun(database.pool, request.run) : undefined
  if (!past) throw new HeduiError('INPUT_NOT_FOUND', `there is no finished run ${request.run}`)
  const ruleSet = await loadStoredRuleSet(database, past.ruleSet, adapters)
  requireRule(ruleSet, request.rule)
  const wanted = { run: request.run, ruleSets: [ruleSet], households: [request.household] }
  const dossier = await reopenRun(context, wanted, async (reopened) => {
    for await (const [first] of reopened.dossiers()) return first!
    throw new HeduiError('INPUT_NOT_FOUND', `the run did not check ${request.household}`)
  })
  const { result, traces } = checkDossierWithTraces(ruleSet, dossier, past.id, { of: 'all', onError: onRuleError })
  const chosen = chooseTraces(traces, dossier, { ruleSet, request })
  const line = await findStoredLine(database, past, request.household)
  await audit(context, request, { run: past.id, asOf: past.asOf })
  const stored = line === undefined ? null : isSame(line, result) ? 'same' : 'differs'
  return { run: past.id, asOf: past.asOf, ruleSet: ruleSet.version, stored, traces: chosen }
}

/** The traces of an explanation in words. */
export function pagesOf({ traces }: Explanation, language: Language): TracePage[] {
  return traces.map((trace) => renderTrace(trace, language))
}

/** A shadow's lines name the live run. */
function isSame(line: string, result: CheckResult): boolean {
  return JSON.stringify({ ...JSON.parse(line), run: null }) === JSON.stringify({ ...result, run: null })
}

function requireRule({ rules }: RuleSet, rule: string): void {
  const ids = [...new Set(rules.map(({ definition }) => definition.id))]
  if (!ids.includes(rule))
    throw new HeduiError('INPUT_NOT_FOUND', `there is no rule "${rule}"; allowed: ${ids.join(', ')}`)
}

function chooseTraces(
  traces: readonly Trace[],
  { household }: Dossier,
  { ruleSet, request }: { ruleSet: RuleSet; request: ExplainRequest },
): Trace[] {
  const { rule, person } = request
  const own = traces.filter((trace) => trace.rule === rule)
  const ids = rulesOfRegion(ruleSet, household.region).map(({ definition }) => definition.id)
  if (!ids.includes(rule)) {
    const message = `the rule "${rule}" is switched off for the region ${household.region}; switched on: ${ids.join(', ')}`
    throw new HeduiError('INPUT_NOT_FOUND', message)
  }
  if (person === undefined) return own
  const chosen = own.filter((trace) => trace.person === person)
  if (chosen.length > 0) return chosen
  const people = own.flatMap((trace) => trace.person ?? [])
  const message =
    people.length === 0
      ? `the rule "${rule}" is asked of the whole household; leave the person out`
      : `the rule "${rule}" is not asked of ${person}; allowed: ${people.join(', ')}`
  throw new HeduiError('INPUT_NOT_FOUND', message)
}

async function audit(
  { database, now }: Pick<CheckContext, 'database' | 'now'>,
  { household, rule, person, actor, role }: ExplainRequest,
  { run, asOf }: { run: string | null; asOf: string },
): Promise<void> {
  const subject = { household, rule, ...(person === undefined ? {} : { person }), run, asOf }
  await addAudit(database, { at: now(), actor, role, action: 'explain', reason: 'review', subject })
}
