import type { Reader } from '../../db/connect.ts'
import { listOutcomesSince } from '../../db/queries/case-findings.ts'
import { listDiscarded } from '../../db/queries/deliveries.ts'
import { refuse } from '../../domain/case/allowed-acts.ts'
import type { CaseState, CaseWarning } from '../../domain/case/case-state.ts'
import { LIVE } from '../../domain/case/words.ts'
import { HeduiError } from '../../errors.ts'

/**
 * Makes sure that what warnings rest on still stands: where a source has taken its file back, nothing is asked of the
 * household by it, and nothing decided against it. Throws HeduiError STATE_DISCARDED, naming them.
 */
export async function requireStanding(reader: Reader, warnings: readonly CaseWarning[]): Promise<void> {
  const live = warnings.filter(({ state }) => LIVE.includes(state))
  const used = live.flatMap(({ result }) => result.evidence.map(({ delivery }) => delivery))
  const gone = new Set(await listDiscarded(reader, [...new Set(used)]))
  const fallen = live.filter(({ result }) => result.evidence.some(({ delivery }) => gone.has(delivery)))
  if (fallen.length === 0) return
  const ids = fallen.map(({ id }) => id).join(', ')
  throw new HeduiError('STATE_DISCARDED', `${ids} rests on a delivery that was discarded since: withdraw it`)
}

/**
 * Makes sure that a benefit is not changed for what is no more: where newer runs give none of the warnings that stand,
 * the case goes on in the household's favor. What was received wrongly before is another question, and not asked here.
 * Throws HeduiError STATE_CASE, naming the warnings.
 */
export async function requireStillWarned(reader: Reader, state: CaseState): Promise<void> {
  const live = state.warnings.filter((warning) => LIVE.includes(warning.state))
  if (live.length === 0) return
  const from = live.map(({ asOf }) => asOf).toSorted()[0]!
  const outcomes = await listOutcomesSince(reader, state.opened.householdId, { from })
  // The newest that could be verified: what could not is neither gone nor there.
  const newest = ({ result: { rule, person } }: CaseWarning) =>
    outcomes
      .flatMap(({ results }) => results.filter((each) => each.rule === rule && each.person === person))
      .find(({ outcome }) => outcome !== 'unverifiable')
  if (live.some((warning) => (newest(warning)?.outcome ?? 'warned') === 'warned')) return
  const ids = live.map(({ id }) => id).join(', ')
  throw refuse(state.state, `a newer run does not give ${ids} any more: withdraw it, or decide continue or no-issue`)
}
