import { randomUUIDv7 } from 'node:crypto'
import canonicalize from 'canonicalize'
import { inTransaction } from '../../db/connect.ts'
import { addTipOffEvent, findOpenCaseOf, listTipOffEvents, updateTipOff } from '../../db/queries/tip-offs.ts'
import type { NewEvent } from '../../domain/case/events.ts'
import { planTipOff } from '../../domain/case/prepare.ts'
import { dateInChina } from '../../domain/dates.ts'
import { HeduiError } from '../../errors.ts'
import type { OnError } from '../../rules/evaluate-rule.ts'
import { actOnCase } from '../cases/act-on-case.ts'
import type { CaseContext } from '../cases/case-context.ts'
import { openCases } from '../cases/open-cases.ts'
import { checkHouseholds } from '../check-households.ts'
import type { RuleBook } from '../choose-rule-set.ts'
import { showTipOff, type TipOffView } from './show-tip-offs.ts'
import { refuseTipOff, requireStranger, requireTipOff, type TipOffActor } from './tip-off-context.ts'

export interface CheckTipOffContext extends CaseContext {
  readonly rules: RuleBook
  /** Told of rules that fail while they run. */
  readonly onRuleError: OnError
}

type VisitRecorded = Extract<NewEvent, { kind: 'visit-recorded' }>

export interface CheckTipOff extends TipOffActor {
  readonly tipOff: string
  /** Today unless given. */
  readonly asOf?: string | undefined
}

/**
 * Checks the household of a tip-off as in any run, and has a case opened of what warns, as of any warning; a case that is
 * open already is told of the tip-off. Where nothing warns the tip-off waits for a person: that somebody was reported
 * alone has no consequence. It may be called again until a case holds the tip-off. Throws HeduiError STATE_CASE where one
 * does or it is settled, STATE_RULE_SET where the rules are not in force, STATE_NEAR_KIN.
 */
export async function checkTipOff(context: CheckTipOffContext, request: CheckTipOff): Promise<TipOffView> {
  const { database, now } = context
  const asOf = request.asOf ?? dateInChina(now())
  const { householdId } = await requireTipOff(database.pool, request.tipOff)
  const actor = await requireStranger(context, request, householdId)
  const { ruleSet, trial } = await context.rules.inForceOn(asOf)
  if (trial) throw new HeduiError('STATE_RULE_SET', 'the rules are not in force: no case may come of them')
  const run = randomUUIDv7()
  await begin(context, { ...request, actor, run, asOf })
  await checkHouseholds({ ...context, ruleSet }, { id: run, scope: { ids: [householdId] }, asOf, trial: false, actor })
  await openCases(context, { run, origin: 'tip-off', tipOff: request.tipOff, actor, role: request.role })
  await link(context, { ...request, actor, household: householdId })
  return showTipOff(context, request.tipOff)
}

/** The run's number is written down first: whoever opens its cases knows from it that a tip-off began them. */
async function begin(
  { database, now }: CheckTipOffContext,
  { tipOff: id, actor, run, asOf }: CheckTipOff & { readonly run: string; readonly asOf: string },
): Promise<void> {
  await inTransaction(database, async (client) => {
    const tipOff = await requireTipOff(client, id, { lock: true })
    if (tipOff.state !== 'received' && tipOff.state !== 'checking')
      throw refuseTipOff(tipOff, 'it is not checked again')
    const at = now()
    const since = tipOff.state === 'checking' ? tipOff.since : at
    await updateTipOff(client, id, { state: 'checking', since, run })
    await addTipOffEvent(client, id, { at, actor, action: 'check-begun', reason: null, payload: { run, asOf } })
  })
}

async function link(
  context: CheckTipOffContext,
  { tipOff: id, actor, role, household }: CheckTipOff & { readonly household: string },
): Promise<void> {
  const { database, now } = context
  const found = await findOpenCaseOf(database.pool, household)
  if (found === undefined) return
  // A case that the tip-off itself began knows of it; one that was open before is told. What was seen at the house for the
  // tip-off counts in the case.
  const visits = (await listTipOffEvents(database.pool, id)).filter(({ action }) => action === 'visited')
  await actOnCase(context, { case: found, actor, role }, (state) => [
    ...planTipOff(state, { tipOff: id }),
    ...visits
      .map(({ payload }) => payload as VisitRecorded['payload'])
      .filter((visit) => !state.visits.some((known) => canonicalize(known) === canonicalize(visit)))
      .map((payload): VisitRecorded => ({ kind: 'visit-recorded', reason: null, payload })),
  ])
  await inTransaction(database, async (client) => {
    const tipOff = await requireTipOff(client, id, { lock: true })
    if (tipOff.state !== 'checking') return
    const at = now()
    await updateTipOff(client, id, { state: 'case', since: at, case: found })
    await addTipOffEvent(client, id, { at, actor, action: 'case-linked', reason: null, payload: { case: found } })
  })
}
