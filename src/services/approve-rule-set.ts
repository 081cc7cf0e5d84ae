import { isSameActor, type RuleSetLife, versionInForce } from '../domain/rule-set-life.ts'
import { HeduiError } from '../errors.ts'
import { type RuleContext, shortVersion } from './choose-rule-set.ts'
import { checkRuleExamples } from './load-rule-set.ts'
import { loadStoredRuleSet } from './load-stored-rule-set.ts'
import { actOnRuleSet, type RuleSetAct, refuseState, requireAct, requireDay } from './rule-set-act.ts'

export interface ApproveRequest extends RuleSetAct {
  /** A version or a unique beginning of one. */
  readonly version: string
  /** The first day in force. */
  readonly from: string
  /** Whether a first day in the past is meant: it changes what past days answer. */
  readonly backdated?: boolean
}

export interface ApproveReport extends RuleSetLife {
  /** What was in force on its first day, and is not any more. */
  readonly supersedes: string | null
}

/**
 * Approves a draft, in force from a day on, on the word of a person who did not draft it. It must still load and its
 * examples hold. Throws HeduiError STATE_SAME_PERSON, STATE_RULE_SET where it is no draft, INPUT_BACKDATED,
 * DEFINITION_*, and STATE_BUSY where someone else acts at the same time.
 */
export async function approveRuleSet(context: RuleContext, request: ApproveRequest): Promise<ApproveReport> {
  const act = requireAct(request)
  const ruleSet = await loadStoredRuleSet(context.database, request.version, context.adapters)
  checkRuleExamples(ruleSet)
  const { version } = ruleSet
  let supersedes: string | null = null
  const { life } = await actOnRuleSet(context, { ...act, version }, ({ life: before, events, options }) => {
    if (before.state !== 'draft') throw refuseState(before, 'only a draft can be approved')
    if (isSameActor(before.author!, act.actor)) throw refuseMaker(version, before.author!)
    const from = requireDay(request.from, { today: options.on, backdated: request.backdated ?? false })
    supersedes = versionInForce(events, from) ?? options.shipped
    return { action: 'approved', effectiveFrom: from }
  })
  return { ...life, supersedes }
}

const refuseMaker = (version: string, author: string) =>
  new HeduiError(
    'STATE_SAME_PERSON',
    `${author} drafted the rule set ${shortVersion(version)}: makers do not approve; another person must`,
  )
