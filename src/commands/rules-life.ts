import { resolve } from 'node:path'
import type { RuleSetLife } from '../domain/rule-set-life.ts'
import { HeduiError } from '../errors.ts'
import { approveRuleSet } from '../services/approve-rule-set.ts'
import { describeLife, shortVersion } from '../services/choose-rule-set.ts'
import { draftRuleSet } from '../services/draft-rule-set.ts'
import type { Hedui } from '../services/open-hedui.ts'
import { retireRuleSet } from '../services/retire-rule-set.ts'
import { shadowRuleSet, unshadowRuleSet } from '../services/shadow-rule-set.ts'
import { ACTOR_OPTION, type Command, type CommandInput, dateOf, JSON_OPTION, requireActor, textOf } from './command.ts'
import { withHedui } from './with-hedui.ts'

const ACT_OPTIONS = { ...ACTOR_OPTION, ...JSON_OPTION, reason: { type: 'string' } } as const
const DAY_OPTIONS = { from: { type: 'string' }, backdated: { type: 'boolean' } } as const

/** Who and why; throws HeduiError INPUT_ACTOR or INPUT_REASON before anything is opened. */
function actOf(input: CommandInput) {
  const actor = requireActor(input)
  const reason = textOf(input, 'reason')?.trim()
  if (!reason) throw new HeduiError('INPUT_REASON', 'say why, with --reason TEXT: it stays with the rule set')
  return { actor, reason }
}

/** Does the act and tells what came of it. */
function act<Report extends RuleSetLife>(
  input: CommandInput,
  work: (hedui: Hedui) => Promise<Report>,
  describe: (report: Report) => readonly string[],
): Promise<number> {
  return withHedui(input, async (hedui) => {
    const report = await work(hedui)
    if (input.values.json) await input.terminal.print(JSON.stringify(report))
    else for (const line of describe(report)) await input.terminal.print(line)
    return 0
  })
}

const named = (life: RuleSetLife) => `${shortVersion(life.version)} is ${describeLife(life)}`

export const rulesDraft: Command = {
  name: 'rules draft',
  usage: 'rules draft DIR --actor NAME --reason TEXT [--json]',
  summary: 'keep the rules of a folder as a draft, once they are sound; another person approves them',
  options: ACT_OPTIONS,
  positionals: ['DIR'],
  run: async (input) => {
    const request = { ...actOf(input), folder: resolve(input.config.callerFolder, input.positionals[0]!) }
    return act(
      input,
      (hedui) => draftRuleSet(hedui, request),
      (draft) => [
        `${draft.version}: ${draft.rules} rules, ${draft.parameters} parameters, ${draft.examples} examples`,
        `a draft by ${draft.author}. To try it: hedui check --all --rule-set ${shortVersion(draft.version)}`,
        `another person approves it: hedui rules approve ${shortVersion(draft.version)} --from DATE --actor NAME --reason TEXT`,
      ],
    )
  },
}

export const rulesApprove: Command = {
  name: 'rules approve',
  usage: 'rules approve VERSION --from DATE --actor NAME --reason TEXT [--backdated] [--json]',
  summary: 'approve a draft of another person, in force from a day on',
  options: { ...ACT_OPTIONS, ...DAY_OPTIONS },
  positionals: ['VERSION'],
  run: async (input) => {
    const from = dateOf(input, 'from')
    if (from === undefined) throw new HeduiError('INPUT_USAGE', `--from is missing\nusage: hedui ${rulesApprove.usage}`)
    const backdated = input.values.backdated === true
    const request = { ...actOf(input), version: input.positionals[0]!, from, backdated }
    return act(
      input,
      (hedui) => approveRuleSet(hedui, request),
      (approved) => [
        named(approved),
        ...(approved.supersedes ? [`it takes the place of ${shortVersion(approved.supersedes)} on that day`] : []),
      ],
    )
  },
}

export const rulesRetire: Command = {
  name: 'rules retire',
  usage: 'rules retire VERSION --actor NAME --reason TEXT [--from DATE] [--backdated] [--json]',
  summary: 'withdraw a draft, or take an approved set out of force; the one before is in force again',
  options: { ...ACT_OPTIONS, ...DAY_OPTIONS },
  positionals: ['VERSION'],
  run: async (input) => {
    const from = dateOf(input, 'from')
    const days = { ...(from === undefined ? {} : { from }), backdated: input.values.backdated === true }
    const request = { ...actOf(input), version: input.positionals[0]!, ...days }
    return act(
      input,
      (hedui) => retireRuleSet(hedui, request),
      (retired) => [
        `${shortVersion(retired.version)} is retired from ${retired.retiredFrom}`,
        ...(retired.inForceInstead ? [`in force from that day is ${shortVersion(retired.inForceInstead)}`] : []),
      ],
    )
  },
}

export const rulesShadow: Command = {
  name: 'rules shadow',
  usage: 'rules shadow VERSION --actor NAME --reason TEXT [--json]',
  summary: 'let a draft run beside every live run; its results are kept apart and make no case',
  options: ACT_OPTIONS,
  positionals: ['VERSION'],
  run: async (input) => {
    const request = { ...actOf(input), version: input.positionals[0]! }
    return act(
      input,
      (hedui) => shadowRuleSet(hedui, request),
      (life) => [`${named(life)} and runs beside every live run`],
    )
  },
}

export const rulesUnshadow: Command = {
  name: 'rules unshadow',
  usage: 'rules unshadow VERSION --actor NAME --reason TEXT [--json]',
  summary: 'end that',
  options: ACT_OPTIONS,
  positionals: ['VERSION'],
  run: async (input) => {
    const request = { ...actOf(input), version: input.positionals[0]! }
    return act(
      input,
      (hedui) => unshadowRuleSet(hedui, request),
      (life) => [`${named(life)} and runs beside no live run any more`],
    )
  },
}
