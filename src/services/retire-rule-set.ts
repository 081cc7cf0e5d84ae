import { type RuleSetLife, versionInForce } from '../domain/rule-set-life.ts'
import type { RuleContext } from './choose-rule-set.ts'
import { requireVersion } from './load-stored-rule-set.ts'
import { actOnRuleSet, type RuleSetAct, refuseState, requireAct, requireDay } from './rule-set-act.ts'

export interface RetireRequest extends RuleSetAct {
  /** A version or a unique beginning of one. */
  readonly version: string
  /** The first day on which it is no longer in force; today unless told. */
  readonly from?: string
  readonly backdated?: boolean
}

export interface RetireReport extends RuleSetLife {
  /** What is in force on that day; null: nothing that is kept, the folder's rules are a trial. */
  readonly inForceInstead: string | null
}

/**
 * Withdraws a draft, or takes an approved set out of force from a day on: the one before is in force again, or the
 * shipped one. Throws HeduiError STATE_RULE_SET where it is neither, and for the shipped set, which is there for where
 * nothing else is.
 */
export async function retireRuleSet(context: RuleContext, request: RetireRequest): Promise<RetireReport> {
  const act = requireAct(request)
  const version = await requireVersion(context.database, request.version)
  let day = ''
  const { life, events, options } = await actOnRuleSet(
    context,
    { ...act, version },
    ({ life: before, options: { on } }) => {
      if (before.state === null || before.state === 'retired') throw refuseState(before, 'there is nothing to retire')
      if (before.state === 'in-force' && before.approver === null) {
        throw refuseState(before, 'it is the shipped one, which holds where no other does: approve another instead')
      }
      if (before.retiredFrom !== null) throw refuseState(before, `its last day is before ${before.retiredFrom} already`)
      day = requireDay(request.from ?? on, { today: on, backdated: request.backdated ?? false })
      return { action: 'retired', effectiveFrom: day }
    },
  )
  return { ...life, inForceInstead: versionInForce(events, day) ?? options.shipped }
}
