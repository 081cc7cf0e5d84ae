/**
 * The life of rule sets: draft, approved, in force, retired. A state is a function of the acts that people did and of a
 * date; nothing is ever changed, so that what was in force on a day can be asked for ever.
 */

import { foldName } from './person-name.ts'

export type RuleSetAction = 'shipped' | 'drafted' | 'approved' | 'retired' | 'shadowed' | 'unshadowed'
export type RuleSetState = 'draft' | 'approved' | 'in-force' | 'retired'

/** One act. Acts come in the order in which they were done. */
export interface RuleSetEvent {
  readonly version: string
  readonly at: Date
  readonly actor: string
  readonly action: RuleSetAction
  /** Of an approval the first day in force, of a retirement the first day no longer in force; null for other acts. */
  readonly effectiveFrom: string | null
  readonly reason: string
}

/** What stands of a rule set on a day. */
export interface RuleSetLife {
  readonly version: string
  /** null: it was only ever tried; nobody drafted it. */
  readonly state: RuleSetState | null
  /** Comes with the program, or came with an earlier one. */
  readonly shipped: boolean
  readonly author: string | null
  /** null unless approved and not drafted anew since. */
  readonly approver: string | null
  /** The first day of the approval; null where there is none, and for a shipped set, which needs none. */
  readonly inForceFrom: string | null
  /** The first day on which a person took it out of force. */
  readonly retiredFrom: string | null
  /** The set in force in place of one that would be in force without it. */
  readonly supersededBy: string | null
  /** Whether it runs beside the live set. */
  readonly shadow: boolean
}

export interface LifeOptions {
  /** The day that is asked about. */
  readonly on: string
  /** The set that comes with the program and is in force where no approved one is; null: none. */
  readonly shipped: string | null
}

interface Approval {
  readonly event: RuleSetEvent
  readonly from: string
  /** The first day no longer in force; null: open. */
  until: string | null
}

/** Every approval with its days, in the order in which they were given. */
function approvalsOf(events: readonly RuleSetEvent[]): Approval[] {
  const approvals: Approval[] = []
  for (const event of events) {
    if (event.action === 'approved') approvals.push({ event, from: event.effectiveFrom!, until: null })
    if (event.action !== 'retired') continue
    const last = approvals.findLast((approval) => approval.event.version === event.version)
    if (last) last.until ??= event.effectiveFrom
  }
  return approvals
}

/** The approval in force on a day: the one that begins last, of two on one day the one given later. */
function approvalInForce(events: readonly RuleSetEvent[], on: string): Approval | null {
  let best: Approval | null = null
  for (const approval of approvalsOf(events)) {
    const holds = approval.from <= on && (approval.until === null || on < approval.until)
    if (holds && (!best || approval.from >= best.from)) best = approval
  }
  return best
}

/**
 * The version that people approved and that is in force on a day, or null where the shipped one is. Where it is retired,
 * the one before is in force again.
 */
export function versionInForce(events: readonly RuleSetEvent[], on: string): string | null {
  return approvalInForce(events, on)?.event.version ?? null
}

/** What stands of one version on a day. */
export function lifeOf(version: string, events: readonly RuleSetEvent[], { on, shipped }: LifeOptions): RuleSetLife {
  const own = events.filter((event) => event.version === version)
  const inForce = approvalInForce(events, on)
  const live = inForce?.event.version ?? shipped
  const everShipped = version === shipped || own.some(({ action }) => action === 'shipped')
  const drafted = own.findLast(({ action }) => action === 'drafted')
  const last = own.findLast(({ action }) => action === 'drafted' || action === 'approved' || action === 'retired')
  const sinceDraft = drafted ? own.slice(own.indexOf(drafted)) : []
  const approved = version === live ? inForce?.event : sinceDraft.findLast(({ action }) => action === 'approved')
  const state = version === live ? 'in-force' : stateBeside({ on, last, approved, everShipped })
  const switched = own.findLast(({ action }) => action === 'shadowed' || action === 'unshadowed')
  const retiredFrom = last?.action === 'retired' ? last.effectiveFrom : null
  // A draft that was withdrawn was never in force, so that nothing stands in its place.
  const replaced = approved ? retiredFrom === null || on < retiredFrom : last === undefined
  return {
    version,
    state,
    shipped: everShipped,
    author: drafted?.actor ?? null,
    approver: approved?.actor ?? null,
    inForceFrom: approved?.effectiveFrom ?? null,
    retiredFrom,
    supersededBy: state === 'retired' && replaced ? live : null,
    shadow: switched?.action === 'shadowed' && (state === 'draft' || state === 'approved'),
  }
}

interface Standing {
  readonly on: string
  /** The last act that changed the state. */
  readonly last: RuleSetEvent | undefined
  readonly approved: RuleSetEvent | undefined
  readonly everShipped: boolean
}

/** The state of a version that is not the one in force. */
function stateBeside({ on, last, approved, everShipped }: Standing): RuleSetState | null {
  if (!last) return everShipped ? 'retired' : null
  if (last.action === 'drafted') return 'draft'
  if (!approved || approved.effectiveFrom! <= on) return 'retired'
  return last.action === 'retired' && last.effectiveFrom! <= on ? 'retired' : 'approved'
}

/** Versions that run beside the live set on a day, in the order in which they were first told of. */
export function shadowsOn(events: readonly RuleSetEvent[], options: LifeOptions): string[] {
  const versions = new Set(events.filter(({ action }) => action === 'shadowed').map(({ version }) => version))
  return [...versions].filter((version) => lifeOf(version, events, options).shadow)
}

/**
 * Whether two names are the same person's, as far as names can tell: case, width, script, accents, and whatever is no
 * letter or digit, seen or unseen, do not matter.
 */
export function isSameActor(a: string, b: string): boolean {
  return visibleLetters(a) === visibleLetters(b)
}

/** The letters and digits of a name; blank for one that shows nothing. */
export function visibleLetters(name: string): string {
  // Fillers such as U+3164 are letters to Unicode, and nobody sees them.
  return foldName(name.replace(/\p{Default_Ignorable_Code_Point}/gu, ''))
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
}
