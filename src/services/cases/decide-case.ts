import { createHash, randomUUIDv7 } from 'node:crypto'
import { listCaseEvents } from '../../db/queries/cases.ts'
import { gatherHouseholds } from '../../db/queries/households.ts'
import { addNotice, type StoredNotice } from '../../db/queries/notices.ts'
import { listPackets } from '../../db/queries/packets.ts'
import type { ActContext } from '../../domain/case/act-context.ts'
import { applyEvent, type CaseState } from '../../domain/case/case-state.ts'
import { type DecisionInput, planDecision } from '../../domain/case/decisions.ts'
import type { EventPayloads, Recovery } from '../../domain/case/events.ts'
import { ADVERSE, type Outcome } from '../../domain/case/words.ts'
import { monthsBefore } from '../../domain/dates.ts'
import type { HouseholdFacts } from '../../domain/household.ts'
import { formatYuan } from '../../domain/money.ts'
import { HeduiError } from '../../errors.ts'
import type { Packet } from '../../packets/packet.ts'
import { renderArbitration } from '../../packets/render-arbitration.ts'
import { renderOutcome } from '../../packets/render-outcome.ts'
import { loadFonts } from '../load-fonts.ts'
import { loadStoredRuleSet } from '../load-stored-rule-set.ts'
import { actPrepared, chainNext } from './act-on-case.ts'
import { type ArbitrationInput, buildArbitration, wageWarning } from './build-arbitration.ts'
import { buildNotice, openPackets } from './build-notice.ts'
import type { CaseActor, CaseContext } from './case-context.ts'
import { gatherRecovery, type RecoveryForm } from './gather-recovery.ts'
import { readHousehold } from './read-household.ts'
import { requireStanding, requireStillWarned } from './require-standing.ts'

export interface DecisionForm extends Pick<DecisionInput, 'outcome' | 'reason' | 'basis'> {
  readonly effectiveFrom?: string | null
  readonly newMonthlyBenefit?: string | null
  readonly recovery?: RecoveryForm | null
  readonly arbitration?: ArbitrationInput | null
}

/** Outcomes that change the benefit for what is, and not for what was. */
const AHEAD: readonly Outcome[] = ['adjust', 'deemed-withdrawal']

/**
 * Decides a case and makes the notice of it, with the months to be paid back where an answer was found untrue, and the
 * application where it goes to arbitration; all or nothing. Throws HeduiError as planDecision and gatherRecovery, and
 * STATE_DISCARDED where what stands against the household rests on a delivery that was discarded since, STATE_CASE where
 * the benefit would be changed for what a newer run does not give any more.
 */
export function decideCase(context: CaseContext, who: CaseActor, form: DecisionForm): Promise<CaseState> {
  return actPrepared(context, who, async (state, act, at) => {
    const decision = await completeDecision(context, state, { form, act })
    planDecision(state, decision, act)
    if (ADVERSE.includes(form.outcome)) await requireStanding(context.database.pool, state.warnings)
    if (AHEAD.includes(form.outcome)) await requireStillWarned(context.database.pool, state)
    const packets = openPackets(context, await listPackets(context.database.pool, state.id))
    const papers: StoredNotice[] = []
    const decided = chainNext(state, planDecision(state, decision, act), { ...who, at })
    const after = decided.reduce<CaseState>(applyEvent, state)
    const notice = await makeNotice(context, { state, after, packets, decision, act, at })
    papers.push(notice)
    if (form.outcome === 'arbitration')
      papers.push(await makeArbitration(context, { state, packets, at, input: form.arbitration ?? {} }))
    const { id, sha256 } = notice
    const news = planDecision(state, { ...decision, notice: { id, sha256 } }, act)
    const keep = async (client: Parameters<typeof addNotice>[0]) => {
      for (const paper of papers) await addNotice(client, paper)
    }
    return { events: chainNext(state, news, { ...who, at }), keep }
  })
}

/** The decision with the months of its recovery. All else is looked at first, so that nobody computes what is refused. */
async function completeDecision(
  context: CaseContext,
  state: CaseState,
  { form, act }: { readonly form: DecisionForm; readonly act: ActContext },
): Promise<DecisionInput> {
  const { outcome, reason, basis, effectiveFrom = null, newMonthlyBenefit = null, recovery, arbitration } = form
  const decision = { outcome, reason, basis, effectiveFrom, newMonthlyBenefit, recovery: null, notice: null }
  if (arbitration && outcome !== 'arbitration')
    throw new HeduiError('INPUT_INVALID', 'is for the outcome arbitration', { path: 'arbitration' })
  if (outcome === 'arbitration') wageWarning(state, arbitration ?? {})
  if (!recovery) return decision
  planDecision(state, { ...decision, recovery: nothingFrom(effectiveFrom) }, act)
  return {
    ...decision,
    recovery: await gatherRecovery(context, state, { form: recovery, effectiveFrom: effectiveFrom! }),
  }
}

/** A recovery of nothing in the last month of the benefit: sound in itself. */
function nothingFrom(effectiveFrom: string | null): Recovery {
  const month = effectiveFrom ? monthsBefore(`${effectiveFrom}-01`, 1) : '0000-00'
  const none = { paid: '0.00', standard: '0.00', size: 1, entitled: '0.00', recover: '0.00' }
  return { began: month, months: [{ month, ...none }], total: '0.00' }
}

interface Paper {
  readonly state: CaseState
  readonly packets: readonly Packet[]
  readonly at: string
}

async function makeNotice(
  context: CaseContext,
  {
    decision,
    act,
    ...paper
  }: Paper & {
    readonly after: CaseState
    readonly decision: EventPayloads['decided'] & { reason: string }
    readonly act: ActContext
  },
): Promise<StoredNotice> {
  const { pool } = context.database
  const { householdId } = paper.state.opened
  const [household] = await gatherHouseholds(pool, [householdId], act.today)
  const { monthlyBenefit } = household!.facts as HouseholdFacts
  const notice = buildNotice(
    context,
    {
      ...paper,
      id: randomUUIDv7(),
      events: await listCaseEvents(pool, [paper.state.id]),
      decision,
      monthlyBenefit: monthlyBenefit === null ? null : formatYuan(monthlyBenefit),
    },
    act,
  )
  const pdf = await renderOutcome(notice, { fonts: await loadFonts(context.config) })
  return storePdf(context, pdf, { id: notice.id, kind: 'outcome', paper })
}

async function makeArbitration(
  context: CaseContext,
  { input, ...paper }: Paper & { readonly input: ArbitrationInput },
): Promise<StoredNotice> {
  const { database, adapters } = context
  const { householdId } = paper.state.opened
  const warning = wageWarning(paper.state, input)
  const [version] = await gatherHouseholds(database.pool, [householdId], warning.asOf)
  const form = buildArbitration({
    ...paper,
    id: randomUUIDv7(),
    household: await readHousehold(context, database.pool, version!),
    ruleSet: await loadStoredRuleSet(database, warning.ruleSet, adapters),
    input,
  })
  const pdf = await renderArbitration(form, { fonts: await loadFonts(context.config) })
  return storePdf(context, pdf, { id: form.id, kind: 'arbitration', paper })
}

function storePdf(
  { vault }: Pick<CaseContext, 'vault'>,
  pdf: Buffer,
  { id, kind, paper }: { readonly id: string; readonly kind: StoredNotice['kind']; readonly paper: Paper },
): StoredNotice {
  const sha256 = createHash('sha256').update(pdf).digest('hex')
  return { id, caseId: paper.state.id, kind, madeAt: paper.at, sha256, sealed: vault.seal(pdf.toString('base64')) }
}
