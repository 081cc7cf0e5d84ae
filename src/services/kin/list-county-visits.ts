import type { Database } from '../../db/connect.ts'
import {
  type CountyVisit,
  listTipOffsToVisit,
  listUnvisitedCases,
  type UnvisitedCase,
} from '../../db/queries/tip-offs.ts'
import { dateInChina } from '../../domain/dates.ts'
import { findKinHandlers } from './find-kin.ts'

export type { CountyVisit }

const PAGE = 1000
const FIRST = '00000000-0000-0000-0000-000000000000'

/**
 * Households that the county itself has to visit (57号 art. 20) and has recorded no visit to: open cases with near kin of a
 * handler, registered when the case was opened or since, and tip-offs that are not settled. By region prefix, in the order
 * in which they began. Tip-offs are told without what was said and by whom.
 */
export async function listCountyVisits(
  context: { readonly database: Database; now(): Date },
  { region = '' }: { readonly region?: string | undefined } = {},
): Promise<CountyVisit[]> {
  const { pool } = context.database
  const visits = await listTipOffsToVisit(pool, region)
  for (let after = FIRST; ; ) {
    const page = await listUnvisitedCases(pool, { region, after, count: PAGE })
    if (page.length === 0) break
    visits.push(...(await withKin(context, page)))
    after = page.at(-1)!.case
  }
  return visits.sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0))
}

async function withKin(
  context: { readonly database: Database; now(): Date },
  cases: readonly UnvisitedCase[],
): Promise<CountyVisit[]> {
  const known = await findKinHandlers(
    context,
    cases.map(({ household }) => household),
  )
  return cases
    .filter(({ kin, household }) => kin.length > 0 || known.has(household))
    .map(({ case: id, household, region, openedAt }) => ({
      household,
      region,
      why: 'near-kin',
      case: id,
      tipOff: null,
      since: dateInChina(openedAt),
    }))
}
