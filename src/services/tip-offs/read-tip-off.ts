import { addAudit } from '../../db/queries/audit.ts'
import { findSealedTipOff } from '../../db/queries/tip-offs.ts'
import { requireReason } from '../../domain/case/act-context.ts'
import type { Hedui } from '../open-hedui.ts'
import { requireRole } from '../people-of-acts.ts'
import type { SealedTipOff } from './record-tip-off.ts'
import { requireStranger, requireTipOff, TIP_OFF_READERS, type TipOffActor } from './tip-off-context.ts'

/**
 * What was said in a tip-off and by whom, to a reviewer, the centre or an auditor who says why; nobody else, and nobody who
 * is near kin of the household. It is written down before it is told. Throws HeduiError INPUT_FORBIDDEN, INPUT_REASON,
 * INPUT_NOT_FOUND, STATE_NEAR_KIN.
 */
export async function readTipOff(
  context: Pick<Hedui, 'database' | 'vault' | 'now'>,
  request: TipOffActor & { readonly tipOff: string; readonly reason: string },
): Promise<SealedTipOff> {
  requireRole(request, TIP_OFF_READERS)
  const { database, vault, now } = context
  const reason = requireReason(request.reason)
  const { id, householdId } = await requireTipOff(database.pool, request.tipOff)
  const actor = await requireStranger(context, request, householdId)
  const subject = { tipOff: id, household: householdId }
  await addAudit(database, { at: now(), actor, role: request.role, action: 'read tip-off', reason, subject })
  return vault.open((await findSealedTipOff(database.pool, id))!) as SealedTipOff
}
