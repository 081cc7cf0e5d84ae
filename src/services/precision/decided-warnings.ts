import type { Reader } from '../../db/connect.ts'
import { type DecidedRow, listDecided, listSilent } from '../../db/queries/precision.ts'
import { type DecidedWarning, precisionOf } from '../../domain/case/precision.ts'
import type { Procedures } from '../../domain/procedure.ts'
import { procedureOf } from '../../domain/procedure.ts'

/** A decided warning with whose it is: the household, and the person where the rule is asked of one. */
export type FoundWarning = DecidedWarning & Pick<DecidedRow, 'case' | 'household' | 'personId' | 'asOf' | 'decidedAt'>

/**
 * The warnings of a rule that its precision is told by: of a region those that turned out right or wrong last, as many as
 * the procedure's window, and beside them those since the first of these of which nothing was found out.
 */
export async function findWindow(
  reader: Reader,
  { rule, region, after, window }: { rule: string; region: string; after: Date | null; window: number },
): Promise<FoundWarning[]> {
  const decided = await listDecided(reader, { rule, region, after, count: window })
  const oldest = decided.length < window ? undefined : decided.at(-1)?.decidedAt
  const silent = await listSilent(reader, { rule, region, after, count: window })
  const since = silent.filter(({ decidedAt }) => oldest === undefined || decidedAt >= oldest)
  return [...decided, ...since] as unknown as FoundWarning[]
}

/** Regions with figures of precision of their own; "" is everywhere. */
export function precisionRegions(procedures: Procedures): string[] {
  const own = procedures.filter(({ region, precision }) => region !== '' && precision).map(({ region }) => region)
  return ['', ...new Set(own)].sort()
}

/** The figures by which rules are judged in a region. */
export const floorOf = (procedures: Procedures, region: string) => procedureOf(procedures, region).precision

/** Counts of all of them together. */
export function countAll(warnings: readonly DecidedWarning[]) {
  const tally = { dismissed: 0, confirmed: 0, rebutted: 0, upheld: 0, wrong: 0 }
  for (const { result } of warnings) tally[result] += 1
  return precisionOf(tally)
}
