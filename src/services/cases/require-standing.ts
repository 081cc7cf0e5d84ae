import type { Reader } from '../../db/connect.ts'
import { listDiscarded } from '../../db/queries/deliveries.ts'
import type { CaseWarning } from '../../domain/case/case-state.ts'
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
