import { inTransaction, type Reader } from '../../db/connect.ts'
import { addCaseEvents, findCaseRow, listCaseEvents, updateCaseRows } from '../../db/queries/cases.ts'
import { findActiveKin } from '../../db/queries/near-kin.ts'
import { addOutbox, type OutboxEvent } from '../../db/queries/outbox.ts'
import { type ActContext, requireNoKin, SYSTEM } from '../../domain/case/act-context.ts'
import { applyEvent, type CaseState, foldCase } from '../../domain/case/case-state.ts'
import { chainEvents } from '../../domain/case/event-chain.ts'
import type { AnyCaseEvent, NewEvent } from '../../domain/case/events.ts'
import { dateInChina } from '../../domain/dates.ts'
import { procedureOf } from '../../domain/procedure.ts'
import { HeduiError } from '../../errors.ts'
import type { CaseActor, CaseContext } from './case-context.ts'
import { dueOf } from './due-of.ts'

/** What an act makes of a case. `client` is in the transaction that the events are written in. */
export type CasePlan = (
  state: CaseState,
  act: ActContext,
  client: Reader,
) => readonly NewEvent[] | Promise<readonly NewEvent[]>

/**
 * The one way in which anything happens in a case: locks it, folds its events, plans, chains, writes, in one transaction.
 * Where the plan gives nothing, nothing is written. Throws what the plan throws, HeduiError INPUT_NOT_FOUND where there is
 * no such case, and STATE_CASE_CHANGED where it has events that the caller has not seen.
 */
export function actOnCase(context: CaseContext, who: CaseActor, plan: CasePlan): Promise<CaseState> {
  return inTransaction(context.database, async (client) => {
    const { state, lastAt } = await readCase(client, who.case, { lock: true })
    requireSeen(state, who.seen)
    const at = nextMoment(context, lastAt)
    const act = actContextOf(context, state, { ...who, at, kin: await findKin(client, state, context) })
    requireStranger(state, act)
    const news = await plan(state, act, client)
    return writeEvents(context, client, state, chainNext(state, news, { ...who, at }))
  })
}

/** What was planned on a state that was read without a lock, because it took long. */
export interface PreparedAct {
  readonly events: readonly AnyCaseEvent[]
  /** Writes what belongs to the events. */
  readonly keep?: (client: Reader) => Promise<void>
}

/** How often an act is prepared anew where somebody acted in between. */
const ATTEMPTS = 2

/**
 * The same for an act that takes long to plan (a packet that is replayed, drawn and sealed): it is prepared without a lock,
 * and written only where nothing has happened since; else it is prepared once more.
 */
export async function actPrepared(
  context: CaseContext,
  who: CaseActor,
  prepare: (state: CaseState, act: ActContext, at: string) => Promise<PreparedAct>,
): Promise<CaseState> {
  for (let attempt = 1; ; attempt++) {
    const { state, lastAt } = await readCase(context.database.pool, who.case)
    requireSeen(state, who.seen)
    const at = nextMoment(context, lastAt)
    const kin = await findKin(context.database.pool, state, context)
    const act = actContextOf(context, state, { ...who, at, kin })
    requireStranger(state, act)
    const { events, keep } = await prepare(state, act, at)
    const written = await inTransaction(context.database, async (client) => {
      const row = await findCaseRow(client, who.case, { lock: true })
      if (row?.head.number !== state.head.number || row.head.hash !== state.head.hash) return null
      await keep?.(client)
      return writeEvents(context, client, state, events)
    })
    if (written) return written
    if (attempt === ATTEMPTS) throw changed()
  }
}

export interface ReadCase {
  readonly state: CaseState
  readonly events: readonly AnyCaseEvent[]
  /** When the last event was. */
  readonly lastAt: string
}

/** A case by its events. Throws HeduiError INPUT_NOT_FOUND. */
export async function readCase(reader: Reader, id: string, { lock = false } = {}): Promise<ReadCase> {
  const row = isId(id) ? await findCaseRow(reader, id, { lock }) : undefined
  if (!row) throw new HeduiError('INPUT_NOT_FOUND', `there is no case ${id}`)
  const events = await listCaseEvents(reader, [row.id])
  return { state: foldCase(events), events, lastAt: events.at(-1)!.at }
}

export const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

/** Kin may be registered after the case was opened: the register is asked anew at each act of a person. */
async function findKin(
  reader: Reader,
  { opened }: Pick<CaseState, 'opened'>,
  { now }: Pick<CaseContext, 'now'>,
): Promise<string[]> {
  const kin = await findActiveKin(reader, [opened.householdId], dateInChina(now()))
  return [...new Set(kin.map(({ handler }) => handler))].sort()
}

function requireStranger(state: CaseState, act: ActContext): void {
  if (act.role !== SYSTEM.role) requireNoKin(state, act.actor, act)
}

function requireSeen({ head }: CaseState, seen: number | undefined): void {
  if (seen !== undefined && seen !== head.number) throw changed()
}

const changed = () =>
  new HeduiError('STATE_CASE_CHANGED', 'somebody else acted on the case meanwhile; look at it again')

/** Now, and never before the case's last event: clocks of machines differ. */
export function nextMoment({ now }: Pick<CaseContext, 'now'>, last: string): string {
  const at = now().toISOString()
  return at < last ? last : at
}

export function actContextOf(
  { calendar, procedures }: Pick<CaseContext, 'calendar' | 'procedures'>,
  { opened }: Pick<CaseState, 'opened'>,
  { actor, role, at, kin }: Pick<ActContext, 'actor' | 'role' | 'kin'> & { readonly at: string },
): ActContext {
  const today = dateInChina(new Date(at))
  return { actor, role, today, calendar, procedure: procedureOf(procedures, opened.region), kin: kin ?? [] }
}

/** New events behind a state's last. */
export function chainNext(
  { id, head }: Pick<CaseState, 'id' | 'head'>,
  news: readonly NewEvent[],
  { actor, role, at }: { readonly actor: string; readonly role: string; readonly at: string },
): AnyCaseEvent[] {
  return chainEvents(news, { caseId: id, at, actor: actor.trim(), role }, head)
}

/** Writes events of a locked case, what they make of it, and who is to be told. */
async function writeEvents(
  context: Pick<CaseContext, 'calendar' | 'procedures'>,
  client: Reader,
  before: CaseState,
  events: readonly AnyCaseEvent[],
): Promise<CaseState> {
  if (events.length === 0) return before
  let state = before
  const told: OutboxEvent[] = []
  for (const event of events) {
    state = applyEvent(state, event)
    told.push(tellOf(state, event))
  }
  await addCaseEvents(client, events)
  await updateCaseRows(client, [{ state, due: dueOf(state, context) }])
  await addOutbox(client, told)
  return state
}

/** What webhooks hear of an event: nothing of a person, no amount. */
export function tellOf({ id, state, opened }: CaseState, { number, kind, at }: AnyCaseEvent): OutboxEvent {
  return { caseId: id, number, kind, state, at, householdId: opened.householdId, region: opened.region }
}
