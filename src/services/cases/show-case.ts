import { addAudit } from '../../db/queries/audit.ts'
import { listNotices } from '../../db/queries/notices.ts'
import { personsActs } from '../../domain/case/allowed-acts.ts'
import { openQuestions } from '../../domain/case/prepare.ts'
import { readCase } from './act-on-case.ts'
import type { CaseContext } from './case-context.ts'
import type { CaseView } from './case-view.ts'
import { dueOf } from './due-of.ts'

/** Who reads, and why; it is audited. */
export interface CaseReader {
  readonly actor: string
  readonly role: string
  readonly reason: string
}

/** A case as it is now. Who read it is audited. Throws HeduiError INPUT_NOT_FOUND. */
export async function showCase(context: CaseContext, id: string, reader: CaseReader): Promise<CaseView> {
  const view = await viewCase(context, id)
  const { actor, role, reason } = reader
  const subject = { case: id, household: view.householdId }
  await addAudit(context.database, { at: context.now(), actor, role, action: 'read case', reason, subject })
  return view
}

/** The same for whoever has just acted in it. */
export async function viewCase(context: CaseContext, id: string): Promise<CaseView> {
  const { state, events } = await readCase(context.database.pool, id)
  const { opened, head, warnings, packets, ...rest } = state
  return {
    id: rest.id,
    householdId: opened.householdId,
    region: opened.region,
    origin: opened.origin,
    asOf: opened.asOf,
    state: rest.state,
    since: rest.since,
    openedAt: rest.openedAt,
    due: dueOf(state, context),
    seen: head.number,
    escalated: rest.escalated,
    applicant: opened.applicant,
    protected: opened.protected,
    kin: opened.kin,
    tipOffs: rest.tipOffs,
    warnings: warnings.map((warning) => ({
      ...warning,
      openQuestions: warning.state === 'proposed' ? openQuestions(state, warning) : [],
    })),
    packets,
    rebuttals: rest.rebuttals,
    visits: rest.visits,
    contactsAgain: rest.contactsAgain,
    leads: rest.leads,
    pause: rest.pause,
    award: rest.award,
    decision: rest.decision,
    outcomeService: rest.outcomeService,
    notices: (await listNotices(context.database.pool, id)).map(({ caseId: _, ...notice }) => notice),
    actors: rest.actors,
    allowed: personsActs(rest.state),
    events: events.map(({ caseId: _, previous: __, ...event }) => event),
  }
}
