import { addAudit } from '../db/queries/audit.ts'
import type { Dossier } from '../domain/dossier.ts'
import type { ComparisonSummary, HouseholdChange } from '../domain/rule-comparison.ts'
import { checkDossier } from '../rules/check-dossier.ts'
import { compareResults } from '../rules/compare-results.ts'
import type { OnError } from '../rules/evaluate-rule.ts'
import type { RuleSet } from '../rules/rule-set.ts'
import { ChangeTally } from '../rules/tally-changes.ts'
import { type ReopenContext, reopenRun } from './reopen-run.ts'

export interface CompareContext extends ReopenContext {
  /** Told of rules that fail while they run. */
  readonly onRuleError: OnError
  now(): Date
}

export interface CompareRequest {
  /** The id of a finished run, whose records and date are used. */
  readonly run: string
  readonly old: RuleSet
  readonly new: RuleSet
  /** The share of the households that a rule applies to, in percent, above which it is flagged. */
  readonly maxSharePercent: number
  readonly actor: string
  readonly role: string
}

export interface CompareOutput {
  /** Given every change, in the order of the households' ids; the next household waits for it. */
  readonly change?: (change: HouseholdChange) => Promise<void>
  readonly progress?: (done: number, total: number) => void
}

/**
 * What another rule set would have made of a past run, on the records as they were for it. Only changes are told, each as
 * it is found, so that memory does not grow with the run; nothing is kept but who compared what. Throws as reopenRun,
 * before the first change.
 */
export function compareRuleSets(
  context: CompareContext,
  request: CompareRequest,
  { change = async () => {}, progress = () => {} }: CompareOutput = {},
): Promise<ComparisonSummary> {
  const { old, new: other } = request
  return reopenRun(context, { run: request.run, ruleSets: [old, other] }, async (reopened) => {
    const { id, asOf, households } = reopened
    await keepAudit(context, request, households)
    const tally = new ChangeTally()
    let done = 0
    for await (const dossiers of reopened.dossiers()) {
      for (const found of dossiers.flatMap((dossier) => compareDossier(context, request, dossier, tally))) {
        await change(found)
      }
      done += dossiers.length
      progress(done, households)
    }
    return { run: id, asOf, ...tally.summary(old, other, request.maxSharePercent) }
  })
}

function compareDossier(
  { onRuleError }: CompareContext,
  request: CompareRequest,
  dossier: Dossier,
  tally: ChangeTally,
): HouseholdChange[] {
  const { id: household, region, scheme } = dossier.household
  const old = checkDossier(request.old, dossier, request.run, onRuleError)
  const other = checkDossier(request.new, dossier, request.run, onRuleError)
  const changes = compareResults(old, other)
  tally.add({ household: dossier.household, old, new: other, changes })
  return changes.map((one) => ({ household, region, scheme, ...one }))
}

function keepAudit({ database, now }: CompareContext, request: CompareRequest, households: number): Promise<void> {
  const { run, actor, role } = request
  return addAudit(database, {
    at: now(),
    actor,
    role,
    action: 'compare rules',
    reason: 'rule review',
    subject: { run, households, old: request.old.version, new: request.new.version },
  })
}
