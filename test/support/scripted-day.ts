import { inTransaction } from '../../src/db/connect.ts'
import { listBenefitVersions } from '../../src/db/queries/benefit-history.ts'
import { beginDemo, demoState } from '../../src/db/queries/demo.ts'
import { findMemberships } from '../../src/db/queries/households.ts'
import { countKnownPeople, countOverlap } from '../../src/db/queries/quality.ts'
import { dropTrialRun } from '../../src/db/queries/runs.ts'
import { openDesk } from '../../src/services/application-desk.ts'
import { requireAct } from '../../src/services/cases/case-acts.ts'
import { findCases } from '../../src/services/cases/find-cases.ts'
import { openCases } from '../../src/services/cases/open-cases.ts'
import { viewCase } from '../../src/services/cases/show-case.ts'
import { tickCases } from '../../src/services/cases/tick-cases.ts'
import { verifyCases } from '../../src/services/cases/verify-cases.ts'
import { checkApplication } from '../../src/services/check-application.ts'
import { checkHouseholds } from '../../src/services/check-households.ts'
import { createRuleBook } from '../../src/services/choose-rule-set.ts'
import { compareRuleSets } from '../../src/services/compare-rule-sets.ts'
import { concludeRun } from '../../src/services/conclude-run.ts'
import { createRun } from '../../src/services/create-run.ts'
import { diffRuns } from '../../src/services/diff-runs.ts'
import { drawSpotChecks } from '../../src/services/draw-spot-checks.ts'
import { expireDeliveries } from '../../src/services/expire-deliveries.ts'
import { explainNow, explainRun } from '../../src/services/explain-result.ts'
import { showRun } from '../../src/services/follow-run.ts'
import { findKinHandlers } from '../../src/services/kin/find-kin.ts'
import { addKin } from '../../src/services/kin/register-kin.ts'
import { listDue } from '../../src/services/list-due.ts'
import { listLatestRuns, listRunsToDo } from '../../src/services/list-runs.ts'
import { discardDelivery, releaseDelivery } from '../../src/services/release-delivery.ts'
import { reportTownships } from '../../src/services/report-townships.ts'
import {
  listAllDeliveries,
  listDeliveryEvents,
  listQuarantined,
  showDelivery,
} from '../../src/services/show-delivery.ts'
import { showOverview } from '../../src/services/show-overview.ts'
import { cancelRun, resumeRun } from '../../src/services/steer-run.ts'
import { addCompared, NEW, OLD } from './compared.ts'
import { rowOf, writeSource } from './departments.ts'
import { TODAY } from './hedui.ts'
import { householdOf, LI, memberOf, QIAN, STRANGER, WANG } from './people.ts'
import type { Work } from './work.ts'

const WHO = { actor: '张三', role: 'centre' }
const onRuleError = (error: unknown) => {
  throw error
}
const nothing = async () => {}

/** What people and machines ask of the program on a day, one of each kind, in a database of the day's own. */
export async function liveADay(work: Work): Promise<void> {
  const { hedui } = work
  const { database } = hedui
  await demoState(database)
  await inFiles(work)
  await inRuns(work)
  await inCases(work)
  await addCompared(work)
  await inAnswers(work)
  await inReports(work)
  await demoState(database)
  await beginDemo(database)
}

/** Households, and deliveries of every way and state. */
async function inFiles(work: Work): Promise<void> {
  const { hedui } = work
  const household = householdOf('D1', [memberOf('P1', WANG), memberOf('P2', LI)])
  await work.importLines([household, householdOf('D2', [memberOf('P1', QIAN)], { category: null })])
  await work.importLines([{ ...household, address: '云溪县北沟乡2号' }], { allowRenames: true })
  const rows = [rowOf.vehicle(WANG), rowOf.vehicle(STRANGER), rowOf.vehicle({ ...LI, name: '李友情' })]
  const first = await work.deliver('vehicle', rows, { asOf: '2026-09-25' })
  await work.deliver('vehicle', rows)
  await work.deliver('vehicle', rows)
  await work.deliver('property', [rowOf.property(WANG)])
  await work.deliver('bank', [rowOf.deposit(WANG), rowOf.deposit(WANG)])
  await work.deliver('bank', [rowOf.deposit(WANG)], { asOf: '2026-10-30', retain: 'all', region: '3699' })
  const latest = await work.deliver('bank', [rowOf.deposit(WANG), rowOf.deposit(LI)], { asOf: '2026-11-01' })
  // Of a large delivery a part of the people is looked at.
  const bound = Buffer.alloc(16, 0x40)
  const both = { before: latest.delivery, now: latest.delivery }
  await countKnownPeople(hedui.database.pool, latest.delivery, bound)
  for (const registered of [false, true]) await countOverlap(hedui.database.pool, { ...both, registered }, bound)
  await work.deliver('tax', [rowOf.tax(WANG), rowOf.tax(WANG)])
  const change = writeSource(work.folder, 'tax', [rowOf.tax(WANG)], { asOf: '2026-11-02', name: 'delta' })
  await work.ingest('tax', change, { asOf: '2026-11-02', mode: 'delta' })
  await work.deliver('social-insurance', [rowOf.contribution(LI)])
  const held = await work.deliver('social-insurance', [], { asOf: '2026-10-31' })
  await releaseDelivery(hedui, { id: held.delivery, actor: '张三', reason: '核对' })
  await listAllDeliveries(hedui.database)
  await showDelivery(hedui.database, first.delivery)
  await listDeliveryEvents(hedui.database, first.delivery)
  for await (const _ of listQuarantined(hedui.database, first.delivery));
  await discardDelivery(hedui, { id: held.delivery, actor: '张三', reason: '错' })
  await expireDeliveries(hedui, { days: -1000, actor: 'hedui' })
}

/** Runs over every kind of scope, of today and of the past; stopped, resumed, looked at. */
async function inRuns(work: Work): Promise<void> {
  const { hedui, ruleSet } = work
  const context = { ...hedui, ruleSet, onRuleError }
  const request = { asOf: '2026-11-02', trial: false, actor: '张三' }
  for (const scope of [{ all: true as const }, { ids: ['D1'] }, { region: '3699' }, { due: true as const }]) {
    await checkHouseholds(context, { ...request, scope }, { write: nothing })
    await checkHouseholds(context, { ...request, scope, knownAt: TODAY }).catch(() => {})
  }
  const { summary } = await work.check()
  const trial = await checkHouseholds(context, { ...request, scope: { all: true }, trial: true }, { write: nothing })
  await diffRuns(hedui, { from: summary.run, to: trial.run, ...WHO })
  const begun = await createRun(context, { ...request, scope: { all: true } })
  await listRunsToDo(hedui)
  await cancelRun(hedui, { run: begun.run, actor: '张三' })
  await resumeRun(hedui, { run: begun.run, actor: '张三' })
  await concludeRun(hedui, begun.run)
  await inTransaction(hedui.database, (client) => dropTrialRun(client, begun.run))
  await showRun(hedui, summary.run)
  await listLatestRuns(hedui, 10)
  await explainRun(context, { household: 'D1', rule: 'deposits', run: summary.run, ...WHO })
}

/** A case from its run to a decision, and what its recovery would be computed from. */
async function inCases(work: Work): Promise<void> {
  const { hedui } = work
  const { summary } = await work.check()
  await openCases(hedui, { run: summary.run, ...WHO })
  const { cases } = await findCases(hedui, { household: 'D1' })
  const act = (name: string, input: unknown, actor = '张三') =>
    requireAct(name).run(hedui, { ...WHO, case: cases[0]!.id, actor, input })
  const { warnings } = await viewCase(hedui, cases[0]!.id)
  for (const lead of warnings.flatMap(({ leads }) => leads))
    await act('settle-lead', { lead, answer: 'no', reason: '核对' })
  await act('confirm', { reason: '核对' })
  await act('decide', { outcome: 'no-issue', reason: '有误', basis: '57号第18条' }, '李四')
  await listBenefitVersions(hedui.database.pool, 'D1')
  await tickCases(hedui, { all: true })
  await verifyCases(hedui)
}

/** Single households. */
async function inAnswers(work: Work): Promise<void> {
  const { hedui, ruleSet } = work
  const context = { ...hedui, ruleSet, onRuleError, sources: [...hedui.adapters.keys()] }
  const household = householdOf('APPLIES', [memberOf('P1', STRANGER)], { grantedFrom: null })
  const desk = openDesk({ ...hedui, rules: await createRuleBook(hedui, ruleSet) })
  await checkApplication({ ...context, desk }, { household, reason: 'application', ...WHO })
  await checkApplication({ ...context, desk }, { household, reason: 'review', keep: true, explain: 'all', ...WHO })
  await explainNow(context, { household: 'APPLIES', rule: 'deposits', asOf: '2026-11-01', ...WHO })
  const hashes = [hedui.hasher.number(WANG.idNumber)]
  await inTransaction(hedui.database, async (client) => {
    await findMemberships(client, hashes, { asOf: '2026-11-01' })
    await findMemberships(client, hashes, { asOf: '2026-11-01', knownAt: TODAY })
  })
  const kin = { handler: '王建国', office: '民政办', relation: 'parent', reason: '备案' } as const
  await addKin(hedui, { ...kin, ...WANG, from: '2026-01-01', ...WHO })
  await findKinHandlers(hedui, ['D1', 'D2'])
}

async function inReports(work: Work): Promise<void> {
  const { hedui, ruleSet } = work
  const context = { ...hedui, ruleSet, onRuleError }
  const asOf = '2026-11-01'
  await reportTownships(context, { asOf, ...WHO })
  await drawSpotChecks(hedui, { asOf, seed: 'x', perMille: 500, ...WHO })
  await listDue(context, { asOf, region: undefined, ...WHO }, { due: nothing, unknown: nothing })
  const { run } = (await work.check({ ruleSet: OLD })).summary
  await compareRuleSets(
    { ...hedui, onRuleError },
    { run, maxSharePercent: 50, old: OLD, new: NEW, ...WHO },
    { change: nothing },
  )
  await showOverview(hedui)
}
