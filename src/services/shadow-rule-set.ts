import type { RuleSetLife } from '../domain/rule-set-life.ts'
import type { RuleContext } from './choose-rule-set.ts'
import { loadStoredRuleSet, requireVersion } from './load-stored-rule-set.ts'
import { actOnRuleSet, type RuleSetAct, refuseState, requireAct } from './rule-set-act.ts'

export interface ShadowRequest extends RuleSetAct {
  /** A version or a unique beginning of one. */
  readonly version: string
}

/**
 * Lets a draft, or an approved set before its day, run beside every live run over the register: its results are kept
 * apart and make no case. Ends by itself when the set comes into force or is retired. Throws HeduiError STATE_RULE_SET
 * where it is neither or runs so already, DEFINITION_* where it cannot be loaded.
 */
export async function shadowRuleSet(context: RuleContext, request: ShadowRequest): Promise<RuleSetLife> {
  const act = requireAct(request)
  const { version } = await loadStoredRuleSet(context.database, request.version, context.adapters)
  const { life } = await actOnRuleSet(context, { ...act, version }, ({ life: before }) => {
    if (before.state !== 'draft' && before.state !== 'approved') {
      throw refuseState(before, 'only a draft, or an approved set before its day, runs as a shadow')
    }
    if (before.shadow) throw refuseState(before, 'it runs as a shadow already')
    return { action: 'shadowed' }
  })
  return life
}

/** Ends it. Throws HeduiError STATE_RULE_SET where the set does not run as a shadow. */
export async function unshadowRuleSet(context: RuleContext, request: ShadowRequest): Promise<RuleSetLife> {
  const act = requireAct(request)
  const version = await requireVersion(context.database, request.version)
  const { life } = await actOnRuleSet(context, { ...act, version }, ({ life: before }) => {
    if (!before.shadow) throw refuseState(before, 'it does not run as a shadow')
    return { action: 'unshadowed' }
  })
  return life
}
