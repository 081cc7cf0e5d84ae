import { randomUUIDv7 } from 'node:crypto'
import { inTransaction, type Reader } from '../../db/connect.ts'
import { listOpenOutcomes, listWarnedHouseholds, type RunOutcome } from '../../db/queries/case-findings.ts'
import {
  addCaseEvents,
  addCaseRows,
  type CaseCache,
  listCaseEvents,
  listEndedSince,
  lockOpenCases,
  updateCaseRows,
} from '../../db/queries/cases.ts'
import { gatherVersions } from '../../db/queries/households.ts'
import { addOutbox, type OutboxEvent } from '../../db/queries/outbox.ts'
import { findPastRun, type PastRun } from '../../db/queries/past-runs.ts'
import { listSuppressions, type Suppression } from '../../db/queries/suppressions.ts'
import { ALLOWED } from '../../domain/case/allowed-acts.ts'
import { applyEvent, type CaseState, foldCase } from '../../domain/case/case-state.ts'
import { CHAIN_START, chainEvents } from '../../domain/case/event-chain.ts'
import type { AnyCaseEvent, NewEvent } from '../../domain/case/events.ts'
import { planFindings, type RunFindings } from '../../domain/case/prepare.ts'
import { protectedPeople } from '../../domain/case/protections.ts'
import { ORIGINS, type Origin } from '../../domain/case/words.ts'
import type { HouseholdFacts, PersonFacts } from '../../domain/household.ts'
import { HeduiError } from '../../errors.ts'
import { findKinHandlers } from '../kin/find-kin.ts'
import type { RunnableRuleSet } from '../load-rule-set.ts'
import { loadStoredRuleSet } from '../load-stored-rule-set.ts'
import { isId, nextMoment, tellOf } from './act-on-case.ts'
import type { CaseContext } from './case-context.ts'
import { dueOf } from './due-of.ts'
import { type Found, findingsOf } from './findings-of.ts'
import { applicantOf } from './read-household.ts'

export interface OpeningRequest {
  /** The id of a finished live run. */
  readonly run: string
  /** Of its households only these; all unless given. */
  readonly households?: readonly string[]
  /** How the run began; by the run's own scope unless given. */
  readonly origin?: Origin
  /** The tip-off that the run looked into. */
  readonly tipOff?: string
  readonly actor: string
  readonly role: string
}

export interface OpeningReport {
  readonly run: string
  /** Households with a warning. */
  readonly warned: number
  readonly opened: number
  /** Open cases that something was added to, or that lost a warning that the run does not give any more. */
  readonly changed: number
  /** Cases that have it all: open ones, and those that ended after they had seen the run or a later one. */
  readonly unchanged: number
  /** Open cases that cannot take what is new now, for they are decided: a run after their end brings it again. */
  readonly waiting: number
  /** Warnings that an accepted answer keeps from being raised. */
  readonly suppressed: number
}

/** Households in one transaction. */
const PAGE = 500

/**
 * Opens a case for each household that a finished run warned, and brings to those that are open what the run found; done
 * again, it changes nothing: what a case that has ended was about is not asked again because of the same run. What an accepted answer suppresses is left out. Throws HeduiError INPUT_NOT_FOUND, and
 * STATE_RUN for a trial, of which no case comes.
 */
export async function openCases(context: CaseContext, request: OpeningRequest): Promise<OpeningReport> {
  const { database, adapters } = context
  const past = isId(request.run) ? await findPastRun(database.pool, request.run) : undefined
  if (!past) throw new HeduiError('INPUT_NOT_FOUND', `there is no finished run ${request.run}`)
  if (past.trial) throw new HeduiError('STATE_RUN', 'the run is a trial: no case comes of it')
  const opening: Opening = {
    context,
    request,
    past,
    ruleSet: await loadStoredRuleSet(database, past.ruleSet, adapters),
    origin: request.origin ?? originOf(past.scope),
    report: { run: past.id, warned: 0, opened: 0, changed: 0, unchanged: 0, waiting: 0, suppressed: 0 },
  }
  const only = request.households ?? null
  for await (const page of pages((after) => listWarnedHouseholds(database.pool, past.id, { after, count: PAGE, only })))
    await openPage(opening, page)
  // What was proposed and is not given any more falls away, also where nothing else is.
  for await (const page of pages((after) => listOpenOutcomes(database.pool, past.id, { after, count: PAGE, only })))
    await openPage(
      opening,
      page.filter(({ outcome }) => outcome !== 'warned'),
    )
  return opening.report
}

async function* pages(read: (after: string) => Promise<RunOutcome[]>): AsyncGenerator<RunOutcome[]> {
  for (let after = ''; ; ) {
    const page = await read(after)
    if (page.length === 0) return
    yield page
    after = page.at(-1)!.householdId
  }
}

/** A run of those that are due is a review, any other a batch; whoever knows better says so. */
function originOf(scope: unknown): Origin {
  const isDue = typeof scope === 'object' && scope !== null && 'due' in scope
  return ORIGINS.find((origin) => origin === (isDue ? 'review' : 'batch'))!
}

interface Opening {
  readonly context: CaseContext
  readonly request: OpeningRequest
  readonly past: PastRun
  readonly ruleSet: RunnableRuleSet
  readonly origin: Origin
  readonly report: { -readonly [Key in keyof OpeningReport]: OpeningReport[Key] }
}

interface Household {
  readonly outcome: RunOutcome
  readonly facts: HouseholdFacts
  readonly people: readonly PersonFacts[]
  readonly found: Found
}

async function openPage(opening: Opening, page: readonly RunOutcome[]): Promise<void> {
  if (page.length === 0) return
  const { context } = opening
  const ids = page.map(({ householdId }) => householdId)
  const kin = await findKinHandlers(context, ids)
  await inTransaction(context.database, async (client) => {
    const cases = await readOpenCases(client, ids)
    const ended = await listEndedSince(client, ids, opening.past)
    const households = await describe(opening, client, page)
    const written: Written = { news: [], changed: [], events: [], told: [] }
    for (const household of households) {
      const { warnings } = household.found
      opening.report.suppressed += household.found.suppressed
      if (household.outcome.outcome === 'warned') opening.report.warned++
      const known = cases.get(household.outcome.householdId)
      if (known) extendCase(opening, known, household, written)
      else if (ended.has(household.outcome.householdId)) opening.report.unchanged += warnings.length > 0 ? 1 : 0
      else if (warnings.length > 0) openCase(opening, household, { kin: kin.get(household.facts.id) ?? [], written })
    }
    await write(opening, client, written)
  })
}

interface OpenCase {
  readonly state: CaseState
  readonly lastAt: string
}

async function readOpenCases(client: Reader, ids: readonly string[]): Promise<Map<string, OpenCase>> {
  const rows = await lockOpenCases(client, ids)
  const events = await listCaseEvents(
    client,
    rows.map(({ id }) => id),
  )
  const cases = Map.groupBy(events, ({ caseId }) => caseId)
  return new Map(
    rows.map(({ id, householdId }) => {
      const own = cases.get(id)!
      return [householdId, { state: foldCase(own), lastAt: own.at(-1)!.at }]
    }),
  )
}

async function describe(opening: Opening, client: Reader, page: readonly RunOutcome[]): Promise<Household[]> {
  const { context, past, ruleSet } = opening
  const stored = await gatherVersions(client, page)
  const ids = page.map(({ householdId }) => householdId)
  const suppressions = Map.groupBy(
    await listSuppressions(client, ids, past.asOf),
    ({ householdId }: Suppression) => householdId,
  )
  return page.flatMap((outcome): Household[] => {
    const version = stored.find(({ householdId }) => householdId === outcome.householdId)
    if (!version) return []
    const facts = version.facts as HouseholdFacts
    const people = version.people.map((person) => person.facts as PersonFacts)
    const found = findingsOf(outcome.result, {
      run: past.id,
      ruleSet,
      adapters: context.adapters,
      facts,
      people,
      suppressions: suppressions.get(facts.id) ?? [],
    })
    return [{ outcome, facts, people, found }]
  })
}

interface Written {
  readonly news: CaseCache[]
  readonly changed: CaseCache[]
  readonly events: AnyCaseEvent[]
  readonly told: OutboxEvent[]
}

function openCase(
  opening: Opening,
  { facts, people, found }: Household,
  { kin, written }: { kin: readonly string[]; written: Written },
): void {
  const { context, request, past, origin } = opening
  const { run, asOf, warnings } = findingsFor(past, found)
  const opened: NewEvent = {
    kind: 'opened',
    reason: null,
    payload: {
      householdId: facts.id,
      region: facts.region,
      origin,
      run,
      tipOff: request.tipOff ?? null,
      asOf,
      protected: protectedPeople(people, asOf),
      applicant: applicantOf(people),
      kin,
    },
  }
  const added: NewEvent = {
    kind: 'warnings-added',
    reason: null,
    payload: { run, asOf, packet: 1, warnings: warnings.map((warning, i) => ({ ...warning, id: `W${i + 1}` })) },
  }
  const caseId = randomUUIDv7()
  const stamp = { caseId, at: context.now().toISOString(), actor: request.actor, role: request.role }
  const events = chainEvents([opened, added], stamp, { number: 0, hash: CHAIN_START })
  keep(opening, { state: undefined, events, into: written.news, written })
}

function extendCase(opening: Opening, { state, lastAt }: OpenCase, { found }: Household, written: Written): void {
  const { context, request, past, report } = opening
  const { actor, role, tipOff } = request
  const findings = findingsFor(past, found)
  const isTold = tipOff !== undefined && !state.tipOffs.includes(tipOff)
  const linked: NewEvent[] =
    isTold && ALLOWED[state.state].includes('link-tip-off')
      ? [{ kind: 'tip-off-linked', reason: null, payload: { tipOff } }]
      : []
  const takes = ALLOWED[state.state].includes('add-warnings')
  const news = [...linked, ...(takes ? planFindings(state, findings) : [])]
  const isNew = findings.warnings.some(
    ({ fingerprint }) => !state.warnings.some((each) => each.fingerprint === fingerprint),
  )
  if (!takes && isNew) report.waiting++
  else if (news.length === 0) report.unchanged++
  if (news.length === 0) return
  const at = nextMoment(context, lastAt)
  const events = chainEvents(news, { caseId: state.id, at, actor, role }, state.head)
  keep(opening, { state, events, into: written.changed, written })
}

const findingsFor = ({ id, asOf }: PastRun, { warnings, cleared }: Found): RunFindings => ({
  run: id,
  asOf,
  warnings,
  cleared,
})

interface Keep {
  readonly state: CaseState | undefined
  readonly events: readonly AnyCaseEvent[]
  readonly into: CaseCache[]
  readonly written: Written
}

function keep({ context }: Opening, { state: before, events, into, written }: Keep): void {
  let state = before
  for (const event of events) {
    state = applyEvent(state, event)
    written.told.push(tellOf(state, event))
  }
  written.events.push(...events)
  into.push({ state: state!, due: dueOf(state!, context) })
}

async function write({ report }: Opening, client: Reader, { news, changed, events, told }: Written): Promise<void> {
  if (events.length === 0) return
  const added = await addCaseRows(client, news)
  // Somebody else opened a case for the household in the same moment; the next call brings to it what is missing.
  const lost = new Set(news.map(({ state }) => state.id).filter((id) => !added.has(id)))
  await addCaseEvents(
    client,
    events.filter(({ caseId }) => !lost.has(caseId)),
  )
  await updateCaseRows(client, changed)
  await addOutbox(
    client,
    told.filter(({ caseId }) => !lost.has(caseId)),
  )
  report.opened += added.size
  report.changed += changed.length
  report.waiting += lost.size
}
