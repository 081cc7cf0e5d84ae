import type { Test } from 'tap'
import { requireAct } from '../../src/services/cases/case-acts.ts'
import type { CaseView } from '../../src/services/cases/case-view.ts'
import { type OpeningReport, openCases } from '../../src/services/cases/open-cases.ts'
import { viewCase } from '../../src/services/cases/show-case.ts'
import { type TickReport, tickCases } from '../../src/services/cases/tick-cases.ts'
import type { Hedui } from '../../src/services/open-hedui.ts'
import { createHedui } from './hedui.ts'
import { createWork, type Work } from './work.ts'

/** Who acts where a test does not say: one prepares and confirms, another decides. */
export const CLERK = '周敏'
export const DECIDER = '吴昊'

export interface CaseWork extends Work {
  readonly hedui: Hedui
  /** Moves the clock to noon in China of a day. */
  setDay(day: string): void
  /** Checks and makes cases of the run. */
  openAll(options?: Parameters<Work['check']>[0]): Promise<OpeningReport>
  act(caseId: string, name: string, input: unknown, more?: { actor?: string; seen?: number }): Promise<CaseView>
  /** The cases of a household, the oldest first. */
  casesOf(householdId: string): Promise<CaseView[]>
  /** The open case of a household. */
  caseOf(householdId: string): Promise<CaseView>
  tick(day?: string): Promise<TickReport>
}

/** The use cases of cases on a database of the test's own, with a clock that the test moves. */
export async function createCaseWork(test: Test, more: Readonly<Record<string, string>> = {}): Promise<CaseWork> {
  let now = new Date('2026-11-02T04:00:00Z')
  const opened = await createHedui(test, more)
  const hedui: Hedui = { ...opened, now: () => now }
  const work = await createWork(test, hedui)
  const cases: CaseWork = {
    ...work,
    hedui,
    setDay(day) {
      now = new Date(`${day}T04:00:00Z`)
    },
    async openAll(options) {
      const { summary } = await work.check(options)
      return openCases(hedui, { run: summary.run, actor: CLERK, role: 'centre' })
    },
    act(caseId, name, input, { actor = name === 'decide' ? DECIDER : CLERK, seen } = {}) {
      return requireAct(name).run(hedui, { case: caseId, actor, role: 'centre', seen, input })
    },
    async casesOf(householdId) {
      const rows = await work.query<{ id: string }>(
        'select id from household_case where household_id = $1 order by opened_at, id',
        [householdId],
      )
      return Promise.all(rows.map(({ id }) => viewCase(hedui, id)))
    },
    async caseOf(householdId) {
      const open = (await cases.casesOf(householdId)).filter(
        ({ state }) => !['closed', 'dismissed', 'lapsed'].includes(state),
      )
      if (open.length !== 1) throw new Error(`${householdId} has ${open.length} open cases`)
      return open[0]!
    },
    tick(day) {
      if (day) cases.setDay(day)
      return tickCases(hedui)
    },
  }
  return cases
}

/** Proof of a service, and a service, as people put them in. */
export const PROOF = { kind: '送达回证', reference: '回证2026-001' }

export const serviceOn = (on: string, more: object = {}) => ({
  method: 'in-person',
  on,
  by: '孙伟',
  receivedBy: '王守仁',
  proof: PROOF,
  ...more,
})

export const answerOf = (warnings: readonly string[], on: string, more: object = {}) => ({
  receivedOn: on,
  answers: warnings.map((warning) => ({ warning, evidenceKinds: ['other'], statement: '这笔钱是代亲戚保管的。' })),
  vouchedBy: { name: '王守仁', relation: '本人' },
  ...more,
})
