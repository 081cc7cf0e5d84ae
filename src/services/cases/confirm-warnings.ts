import { addPacket } from '../../db/queries/packets.ts'
import { type ActContext, requirePerson, requireReason } from '../../domain/case/act-context.ts'
import { requireAllowed } from '../../domain/case/allowed-acts.ts'
import { applyEvent, type CaseState } from '../../domain/case/case-state.ts'
import type { NewEvent } from '../../domain/case/events.ts'
import { planConfirmation, planDismissal, planWithdrawal } from '../../domain/case/prepare.ts'
import { packetToIssue, planIssue } from '../../domain/case/serving.ts'
import { isOpen } from '../../domain/case/words.ts'
import { actPrepared, chainNext } from './act-on-case.ts'
import type { CaseActor, CaseContext } from './case-context.ts'
import { issuePacket, requireGoing, requireOneRun } from './issue-packet.ts'

export interface ChosenWarnings {
  /** All that are proposed unless given. */
  readonly warnings?: readonly string[]
  readonly reason: string
}

/**
 * Confirms warnings. With the last one of a packet the packet is issued in the same act: it is assembled, replayed, drawn
 * and sealed, and where any of that fails nothing is confirmed. Where all are confirmed already (what else was proposed
 * fell away by itself) it issues. Throws HeduiError STATE_UNVERIFIED, STATE_RULE_STOPPED, STATE_NOT_REPLAYED.
 */
export function confirmWarnings(context: CaseContext, who: CaseActor, input: ChosenWarnings): Promise<CaseState> {
  return actAndIssue(context, who, async (state, act) => {
    const isReady = packetToIssue(state) !== null && !input.warnings?.length
    const news = isReady ? planIssuing(state, input, act) : planConfirmation(state, input, act)
    const chosen = news.flatMap(({ payload }) => ('warning' in payload ? [payload.warning] : []))
    await requireGoing(
      context,
      state,
      state.warnings.filter(({ id }) => chosen.includes(id)),
    )
    return news
  })
}

function planIssuing(state: CaseState, { reason }: ChosenWarnings, act: ActContext): NewEvent[] {
  requireAllowed(state, 'confirm')
  requirePerson(state, act)
  requireReason(reason)
  return []
}

/** Dismisses warnings. Where others of the packet were confirmed and none waits any more, it is issued. */
export function dismissWarnings(context: CaseContext, who: CaseActor, input: ChosenWarnings): Promise<CaseState> {
  return actAndIssue(context, who, (state, act) => planDismissal(state, input, act))
}

/** Takes a warning back. Where others of its packet were confirmed and none waits any more, the packet is issued. */
export function withdrawWarning(
  context: CaseContext,
  who: CaseActor,
  input: { readonly warning: string; readonly reason: string },
): Promise<CaseState> {
  return actAndIssue(context, who, (state, act) => planWithdrawal(state, input, act))
}

function actAndIssue(
  context: CaseContext,
  who: CaseActor,
  plan: (state: CaseState, act: ActContext) => readonly NewEvent[] | Promise<readonly NewEvent[]>,
): Promise<CaseState> {
  return actPrepared(context, who, async (state, act, at) => {
    const stamp = { ...who, at }
    const events = chainNext(state, await plan(state, act), stamp)
    const after = events.reduce<CaseState>(applyEvent, state)
    const ready = isOpen(after.state) ? packetToIssue(after) : null
    if (!ready) {
      requireOneRun(after, confirmedInOnePacket(after))
      return { events }
    }
    const packet = await issuePacket(context, after, { actor: who.actor, at })
    const { id, sha256, code } = packet
    const issued = chainNext(after, planIssue(after, { id, sha256, code }, act), stamp)
    return { events: [...events, ...issued], keep: (client) => addPacket(client, packet) }
  })
}

/** What would go into the packet that is being prepared: a mixture is refused before the last one is confirmed. */
function confirmedInOnePacket({ packets, warnings }: CaseState) {
  const preparing = packets.find(({ id }) => id === null)
  return warnings.filter(({ packet, state }) => packet === preparing?.number && state === 'confirmed')
}
