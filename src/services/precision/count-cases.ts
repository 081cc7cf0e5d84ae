import { type Database, inTransaction, type Reader } from '../../db/connect.ts'
import { listCaseEvents } from '../../db/queries/cases.ts'
import { gatherHouseholds } from '../../db/queries/households.ts'
import { type CaseTallyRow, listUncounted, putTallies, type WarningTallyRow } from '../../db/queries/precision.ts'
import type { CaseState } from '../../domain/case/case-state.ts'
import type { AnyCaseEvent } from '../../domain/case/events.ts'
import { parseYuan } from '../../domain/money.ts'
import { tallyCase } from './tally-case.ts'

/** Cases whose events are in memory at once. */
const PAGE = 500
const FIRST = '00000000-0000-0000-0000-000000000000'

/** How a person's record is found in a source today: by the whole number and the name. */
const MATCH = 'exact'

/**
 * Counts what became of the cases in which something has happened since they were counted last, and gives their number.
 * What is counted is a function of the events: it may be lost, and is then made anew.
 */
export async function countCases({ database }: { readonly database: Database }): Promise<number> {
  let counted = 0
  for (let after = FIRST; ; ) {
    const ids = await listUncounted(database.pool, after, PAGE)
    if (ids.length === 0) return counted
    const events = Map.groupBy(await listCaseEvents(database.pool, ids), ({ caseId }) => caseId)
    const tallies = [...events.values()].map((each) => tallyCase(each as AnyCaseEvent[]))
    const cases: CaseTallyRow[] = []
    const warnings: WarningTallyRow[] = []
    for (const tally of tallies) {
      const { state, at } = tally
      const shared = { case_id: state.id, region: state.opened.region, origin: state.opened.origin }
      const { decision } = state
      const direction = await directionOf(database.pool, state)
      cases.push({
        ...shared,
        head_number: state.head.number,
        state: state.state,
        outcome: decision?.outcome ?? null,
        direction,
        at,
      })
      for (const { asOf, decidedAt, person: person_id, ...warning } of tally.warnings) {
        const household_id = state.opened.householdId
        warnings.push({
          ...shared,
          ...warning,
          person_id,
          household_id,
          version_date: asOf,
          decided_at: decidedAt,
          match: MATCH,
        })
      }
    }
    await inTransaction(database, (client) => putTallies(client, cases, warnings))
    counted += cases.length
    after = ids.at(-1)!
  }
}

/** Whether an adjustment gave the household more or less than the register had on the day of the check; null: no adjustment. */
async function directionOf(reader: Reader, { decision, opened }: CaseState): Promise<CaseTallyRow['direction']> {
  if (decision?.outcome !== 'adjust' || decision.newMonthlyBenefit === null) return null
  const [household] = await gatherHouseholds(reader, [opened.householdId], opened.asOf)
  const before = (household?.facts as { monthlyBenefit?: number | null } | undefined)?.monthlyBenefit ?? null
  if (before === null) return null
  const after = parseYuan(decision.newMonthlyBenefit)!
  return after > before ? 'raised' : after < before ? 'lowered' : 'same'
}
