import type { Database } from '../db/connect.ts'
import { actOnRuleSets, type RuleSetActs } from '../db/queries/rule-sets.ts'
import { dateInChina, isDate } from '../domain/dates.ts'
import {
  type LifeOptions,
  lifeOf,
  type RuleSetAction,
  type RuleSetEvent,
  type RuleSetLife,
  visibleLetters,
} from '../domain/rule-set-life.ts'
import { HeduiError } from '../errors.ts'
import { describeLife, type RuleContext, shortVersion } from './choose-rule-set.ts'
import { readShippedVersion } from './shipped-rules.ts'

/** Who acts on a rule set, and why. */
export interface RuleSetAct {
  readonly actor: string
  readonly reason: string
}

/** The act with its texts trimmed; throws HeduiError INPUT_ACTOR or INPUT_REASON where one is blank. */
export function requireAct({ actor, reason }: RuleSetAct): RuleSetAct {
  if (visibleLetters(actor) === '')
    throw new HeduiError('INPUT_ACTOR', 'this is an act of a person: say who, with --actor NAME')
  if (!reason.trim()) throw new HeduiError('INPUT_REASON', 'say why, with --reason TEXT: it stays with the rule set')
  return { actor: actor.trim(), reason: reason.trim() }
}

/** What an act finds: the life of its version today, and all acts before it. */
export interface Found {
  readonly life: RuleSetLife
  readonly events: readonly RuleSetEvent[]
  readonly options: LifeOptions
}

export interface Acted {
  /** The version's life today, after the act. */
  readonly life: RuleSetLife
  /** All acts up to this one. */
  readonly events: readonly RuleSetEvent[]
  readonly options: LifeOptions
}

interface Decision {
  readonly action: RuleSetAction
  readonly effectiveFrom?: string
}

/**
 * Adds one act to the life of a version, while nobody else acts: `decide` looks at how it stands and gives the act, or
 * throws. `prepare` runs in the same transaction before.
 */
export async function actOnRuleSet(
  context: RuleContext,
  { version, actor, reason }: RuleSetAct & { readonly version: string },
  decide: (found: Found) => Decision,
  prepare: (acts: RuleSetActs) => Promise<void> = async () => {},
): Promise<Acted> {
  const at = context.now()
  const options = { on: dateInChina(at), shipped: await readShippedVersion(context.config) }
  return actOnRuleSets(context.database as Database, async (acts) => {
    const { action, effectiveFrom = null } = decide({
      life: lifeOf(version, acts.events, options),
      events: acts.events,
      options,
    })
    await prepare(acts)
    const event = { version, at, actor, action, effectiveFrom, reason }
    await acts.add(event)
    const events = [...acts.events, event]
    return { life: lifeOf(version, events, options), events, options }
  })
}

/** HeduiError STATE_RULE_SET: how the version stands, and what the act wants. */
export function refuseState(life: RuleSetLife, wanted: string): HeduiError {
  return new HeduiError(
    'STATE_RULE_SET',
    `the rule set ${shortVersion(life.version)} is ${describeLife(life)}; ${wanted}`,
  )
}

/**
 * A first day for an act, today unless told. Throws HeduiError INPUT_INVALID for no real date and INPUT_BACKDATED for a
 * day in the past that was not said to be meant.
 */
export function requireDay(
  day: string,
  { today, backdated }: { readonly today: string; readonly backdated: boolean },
): string {
  if (!isDate(day)) throw new HeduiError('INPUT_INVALID', 'must be a real date such as 2026-07-01', { path: 'from' })
  if (day >= today || backdated) return day
  throw new HeduiError(
    'INPUT_BACKDATED',
    `${day} is before today, ${today}: checks of past days would answer otherwise than they did; say --backdated if that is meant`,
    { path: 'from' },
  )
}
