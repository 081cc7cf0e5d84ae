import { inTransaction } from '../../db/connect.ts'
import { addTipOffEvent, isCaseOpen, listTipOffEvents, updateTipOff } from '../../db/queries/tip-offs.ts'
import { requireReason } from '../../domain/case/act-context.ts'
import { dateInChina, isDate } from '../../domain/dates.ts'
import { foldName } from '../../domain/person-name.ts'
import { HeduiError } from '../../errors.ts'
import type { Hedui } from '../open-hedui.ts'
import { showTipOff, type TipOffView } from './show-tip-offs.ts'
import { refuseTipOff, requireStranger, requireTipOff, type TipOffActor } from './tip-off-context.ts'

type SettleContext = Pick<Hedui, 'database' | 'now'>

export interface TipOffVisit extends TipOffActor {
  readonly tipOff: string
  readonly on: string
  /** Two at least (57号 art. 16). */
  readonly visitors: readonly string[]
  readonly findings: string
  readonly by: 'township' | 'county'
}

/** Keeps a visit to the household of a tip-off that no case holds. Throws HeduiError STATE_CASE where one does. */
export async function recordTipOffVisit(context: SettleContext, request: TipOffVisit): Promise<TipOffView> {
  const { database, now } = context
  const { tipOff: id, on, visitors, findings, by } = request
  const invalid = (path: string, message: string) => new HeduiError('INPUT_INVALID', message, { path })
  const today = dateInChina(now())
  const found = await requireTipOff(database.pool, id)
  const actor = await requireStranger(context, request, found.householdId)
  if (!isDate(on) || on < found.receivedOn || on > today)
    throw invalid('on', `must be a real date, ${found.receivedOn} to ${today}`)
  const names = visitors.map((name) => name.trim()).filter(Boolean)
  if (new Set(names.map(foldName)).size < 2) throw invalid('visitors', 'must be two people at least')
  for (const visitor of names) await requireStranger(context, { actor: visitor, role: 'visitor' }, found.householdId)
  if (!findings.trim()) throw invalid('findings', 'must say what was found')
  await inTransaction(database, async (client) => {
    const tipOff = await requireTipOff(client, id, { lock: true })
    if (tipOff.state !== 'received' && tipOff.state !== 'checking')
      throw refuseTipOff(tipOff, 'a visit is recorded in its case')
    const payload = { on, visitors: names, findings: findings.trim(), by }
    await addTipOffEvent(client, id, { at: now(), actor, action: 'visited', reason: null, payload })
  })
  return showTipOff(context, id)
}

export interface SettleTipOff extends TipOffActor {
  readonly tipOff: string
  readonly reason: string
}

/**
 * Ends a tip-off. One that was checked and warned of nothing ends as nothing-found, once the county has visited the
 * household (57号 art. 20); one with a case when the case has ended. Throws HeduiError STATE_CASE otherwise.
 */
export async function settleTipOff(context: SettleContext, request: SettleTipOff): Promise<TipOffView> {
  const { database, now } = context
  const { tipOff: id } = request
  const reason = requireReason(request.reason)
  const { householdId } = await requireTipOff(database.pool, id)
  const actor = await requireStranger(context, request, householdId)
  await inTransaction(database, async (client) => {
    const tipOff = await requireTipOff(client, id, { lock: true })
    const at = now()
    const end = async (state: 'nothing-found' | 'settled', payload: object) => {
      await updateTipOff(client, id, { state, since: at })
      await addTipOffEvent(client, id, { at, actor, action: state, reason, payload })
    }
    if (tipOff.state === 'case') {
      if (await isCaseOpen(client, tipOff.case!)) throw refuseTipOff(tipOff, 'its case is open')
      return end('settled', { case: tipOff.case })
    }
    if (tipOff.state !== 'checking') throw refuseTipOff(tipOff, 'nothing was checked')
    const events = await listTipOffEvents(client, id)
    const isVisited = events.some(
      ({ action, payload }) => action === 'visited' && (payload as TipOffVisit).by === 'county',
    )
    if (!isVisited) throw refuseTipOff(tipOff, 'the county has not visited the household')
    return end('nothing-found', { run: tipOff.run })
  })
  return showTipOff(context, id)
}
