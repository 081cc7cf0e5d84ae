import {
  type CaseRow,
  findEventHashes,
  listCaseEvents,
  listCasesById,
  listOrphanedCases,
} from '../../db/queries/cases.ts'
import { type Checkpoint, readCheckpoints } from '../../db/queries/checkpoints.ts'
import { type CaseState, foldCase } from '../../domain/case/case-state.ts'
import { CHAIN_START, type ChainFault, findChainFault } from '../../domain/case/event-chain.ts'
import type { AnyCaseEvent } from '../../domain/case/events.ts'
import { isOpen } from '../../domain/case/words.ts'
import { createSealKey, isSignedBy } from '../../packets/seal-key.ts'
import type { CaseContext } from './case-context.ts'
import { hashCheckpoint } from './make-checkpoint.ts'
import { findPaperFaults } from './verify-papers.ts'

/** Something that is not as it was written. */
export interface CaseFault {
  /** null: of a checkpoint. */
  readonly case: string | null
  /** The place in the chain, or the checkpoint's number; null where it is none. */
  readonly number: number | null
  readonly what: ChainFault['what'] | 'state' | 'no-row' | 'no-events' | 'checkpoint' | 'missing' | 'paper'
  /** What to look at, in words. */
  readonly detail: string
}

export interface VerifyCasesReport {
  readonly cases: number
  readonly events: number
  readonly checkpoints: number
  /** Packets, notices and attachments. */
  readonly papers: number
  readonly faults: readonly CaseFault[]
}

const PAGE = 200

const DETAILS: Readonly<Record<ChainFault['what'], string>> = {
  changed: 'the event is not what its hash says',
  gap: 'an event is missing before it',
  reordered: 'the events are not in their order',
  unlinked: 'the event does not follow the one before',
  'cut-off': 'the last events are missing',
}

/**
 * Looks for whatever was changed in cases since it was written: the chain of each, what its row says of it, the papers that
 * its events name, and the signed checkpoints, by which also a chain is missed that was cut off or removed as a whole.
 * Throws nothing for what it finds.
 */
export async function verifyCases(
  context: CaseContext,
  { progress = () => {}, papers: looksAtPapers = true }: { progress?: (cases: number) => void; papers?: boolean } = {},
): Promise<VerifyCasesReport> {
  const { pool } = context.database
  const faults: CaseFault[] = []
  const counts = { cases: 0, events: 0, checkpoints: 0, papers: 0 }
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const rows = await listCasesById(pool, after, PAGE)
    if (rows.length === 0) break
    const events = await listCaseEvents(
      pool,
      rows.map(({ id }) => id),
    )
    const byCase = Map.groupBy(events, ({ caseId }) => caseId)
    for (const row of rows) {
      const own = byCase.get(row.id) ?? []
      faults.push(...verifyCase(row, own))
      if (!looksAtPapers) continue
      const found = await findPaperFaults(context, row.id, own)
      counts.papers += found.papers
      faults.push(...found.faults)
    }
    counts.cases += rows.length
    counts.events += events.length
    progress(counts.cases)
    after = rows.at(-1)!.id
  }
  for (const id of await listOrphanedCases(pool))
    faults.push({ case: id, number: null, what: 'no-row', detail: 'there are events of a case that has no row' })
  let last: Checkpoint | undefined
  for await (const checkpoint of readCheckpoints(pool)) {
    faults.push(...(await verifyCheckpoint(context, checkpoint, last)))
    counts.checkpoints++
    last = checkpoint
  }
  return { ...counts, faults }
}

function verifyCase(row: CaseRow, events: readonly AnyCaseEvent[]): CaseFault[] {
  if (events.length === 0)
    return [{ case: row.id, number: null, what: 'no-events', detail: 'the case has no events any more' }]
  const fault = findChainFault(row.id, events, row.head)
  if (fault) return [{ case: row.id, number: fault.number, what: fault.what, detail: DETAILS[fault.what] }]
  const wrong = wrongColumns(row, fold(events))
  if (wrong.length === 0) return []
  return [
    {
      case: row.id,
      number: null,
      what: 'state',
      detail: `the row says otherwise than the events: ${wrong.join(', ')}`,
    },
  ]
}

/** Events whose hashes are right were written by the program, which can read them. */
function fold(events: readonly AnyCaseEvent[]): CaseState | null {
  try {
    return foldCase(events)
  } catch {
    return null
  }
}

function wrongColumns(row: CaseRow, state: CaseState | null): string[] {
  if (!state) return ['the events cannot be read']
  const { opened } = state
  const pairs: Readonly<Record<string, readonly [unknown, unknown]>> = {
    state: [row.state, state.state],
    since: [row.since.toISOString(), state.since],
    is_open: [row.isOpen, isOpen(state.state)],
    escalated: [row.escalated, state.escalated],
    household_id: [row.householdId, opened.householdId],
    region: [row.region, opened.region],
    origin: [row.origin, opened.origin],
    opened_at: [row.openedAt.toISOString(), state.openedAt],
  }
  return Object.entries(pairs).flatMap(([column, [kept, folded]]) => (kept === folded ? [] : [column]))
}

async function verifyCheckpoint(
  { database, secret }: CaseContext,
  checkpoint: Checkpoint,
  before: Checkpoint | undefined,
): Promise<CaseFault[]> {
  const { number, previous, heads, hash, signature } = checkpoint
  const fault = (detail: string): CaseFault[] => [{ case: null, number, what: 'checkpoint', detail }]
  if (number !== (before?.number ?? 0) + 1) return fault('a checkpoint is missing before it')
  if (previous !== (before?.hash ?? CHAIN_START)) return fault('the checkpoint does not follow the one before')
  if (hashCheckpoint(checkpoint) !== hash) return fault('the checkpoint is not what its hash says')
  const { publicKey } = createSealKey(secret)
  if (!isSignedBy(publicKey, Buffer.from(hash), Buffer.from(signature, 'base64')))
    return fault('the checkpoint is not signed with the key of this installation')
  const found = await findEventHashes(
    database.pool,
    heads.map(([caseId, at]) => ({ caseId, number: at })),
  )
  return heads.flatMap(([caseId, at, head]): CaseFault[] => {
    if (found.get(`${caseId} ${at}`) === head) return []
    const detail = `checkpoint ${number} knows another event, or one that is not there any more`
    return [{ case: caseId, number: at, what: 'missing', detail }]
  })
}
