import { keepRuleSet } from '../db/queries/rule-sets.ts'
import type { RuleSetLife } from '../domain/rule-set-life.ts'
import { HeduiError, throwIfAny } from '../errors.ts'
import type { RuleContext } from './choose-rule-set.ts'
import { lintRules } from './lint-rules.ts'
import { checkRuleSet } from './load-rule-set.ts'
import { actOnRuleSet, type RuleSetAct, refuseState, requireAct } from './rule-set-act.ts'

export interface DraftRequest extends RuleSetAct {
  readonly folder: string
}

export interface DraftReport extends RuleSetLife {
  readonly rules: number
  readonly parameters: number
  readonly examples: number
}

/**
 * Keeps the rules of a folder as a draft that another person may approve. They must pass all that `rules check` looks at:
 * throws HeduiError DEFINITION_* otherwise, and STATE_RULE_SET where the same rules are a draft, approved or in force
 * already. Retired rules may be drafted again.
 */
export async function draftRuleSet(context: RuleContext, { folder, ...request }: DraftRequest): Promise<DraftReport> {
  const act = requireAct(request)
  const { ruleSet, examples } = await checkRuleSet(folder, context.adapters)
  await requireNoErrors(folder, context)
  const { version, rules, parameters } = ruleSet
  const { life } = await actOnRuleSet(
    context,
    { ...act, version },
    ({ life: before }) => {
      if (before.state === null || before.state === 'retired') return { action: 'drafted' }
      throw refuseState(before, 'there is nothing to draft')
    },
    (acts) => keepRuleSet(acts, ruleSet, context.now()),
  )
  return { ...life, rules: rules.length, parameters: parameters.size, examples }
}

/** Refuses what `rules check` calls an error; its warnings are for the maker to weigh. */
async function requireNoErrors(folder: string, { adapters, config }: RuleContext): Promise<void> {
  const findings = await lintRules(folder, adapters, config.rulesFolder)
  throwIfAny(
    findings
      .filter(({ severity }) => severity === 'error')
      .map(({ code, message, file, line, column, path }) => {
        const place = {
          file: file ?? undefined,
          line: line ?? undefined,
          column: column ?? undefined,
          path: path ?? undefined,
        }
        return new HeduiError(code, message, place)
      }),
  )
}
