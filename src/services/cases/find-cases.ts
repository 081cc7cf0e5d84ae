import { type CaseFilter, type CasePlace, type CaseRow, listCaseRows } from '../../db/queries/cases.ts'
import { CASE_STATES } from '../../domain/case/words.ts'
import { isDate } from '../../domain/dates.ts'
import { HeduiError } from '../../errors.ts'
import { isId } from './act-on-case.ts'
import type { CaseContext } from './case-context.ts'

export interface CaseSearch extends CaseFilter {
  /** `next` of the page before. */
  readonly cursor?: string | undefined
  /** Cases a page, 1 to 500; 50 unless given. */
  readonly most?: number | undefined
}

export interface CaseSummary {
  readonly id: string
  readonly householdId: string
  readonly region: string
  readonly origin: string
  readonly state: string
  readonly since: string
  readonly openedAt: string
  readonly escalated: boolean
  readonly dueOn: string | null
  readonly provisional: boolean
  readonly seen: number
}

export interface CasePage {
  readonly cases: readonly CaseSummary[]
  /** Gives the page behind this one; null: it is the last. */
  readonly next: string | null
}

const MOST = 500

/**
 * Cases in the order of the work list: what is due first comes first, what nobody waits for last. Throws HeduiError
 * INPUT_INVALID for a state, date or cursor that is none.
 */
export async function findCases(
  { database }: Pick<CaseContext, 'database'>,
  search: CaseSearch = {},
): Promise<CasePage> {
  const { cursor, most = 50, ...filter } = search
  if (!Number.isInteger(most) || most < 1 || most > MOST)
    throw new HeduiError('INPUT_INVALID', `must be a whole number from 1 to ${MOST}`, { path: 'most' })
  for (const state of filter.states ?? [])
    if (!(CASE_STATES as readonly string[]).includes(state))
      throw new HeduiError('INPUT_INVALID', `must be one of ${CASE_STATES.join(', ')}`, { path: 'state' })
  if (filter.dueBy !== undefined && !isDate(filter.dueBy))
    throw new HeduiError('INPUT_INVALID', 'must be a real date', { path: 'dueBy' })
  const after = cursor === undefined ? null : readCursor(cursor)
  const rows = await listCaseRows(database.pool, filter, { after, count: most + 1 })
  const cases = rows.slice(0, most).map(summarize)
  const last = cases.at(-1)
  return { cases, next: rows.length > most && last ? writeCursor(last) : null }
}

function summarize({ head, since, openedAt, isOpen: _, ...row }: CaseRow): CaseSummary {
  return { ...row, since: since.toISOString(), openedAt: openedAt.toISOString(), seen: head.number }
}

const writeCursor = ({ dueOn, id }: CasePlace) => Buffer.from(`${dueOn ?? ''}|${id}`).toString('base64url')

function readCursor(cursor: string): CasePlace {
  const [dueOn = '', id = ''] = Buffer.from(cursor, 'base64url').toString('latin1').split('|')
  if (!isId(id) || (dueOn !== '' && !isDate(dueOn)))
    throw new HeduiError('INPUT_INVALID', 'must be the "next" of a page', { path: 'cursor' })
  return { dueOn: dueOn || null, id }
}
