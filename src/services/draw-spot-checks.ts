import { addAudit } from '../db/queries/audit.ts'
import { listGranted } from '../db/queries/townships.ts'
import { drawSample } from '../domain/draw-sample.ts'
import type { SpotCheckList } from '../domain/spot-check.ts'
import type { ReportContext, ReportRequest } from './report-townships.ts'

export interface SpotCheckRequest extends ReportRequest {
  /** Any text; who knows it can draw again. */
  readonly seed: string
  /** The share in thousandths. */
  readonly perMille: number
}

/**
 * A reproducible random sample of the granted households of a date, stratified by township and category, as a work list.
 * The same seed, date and register give the same list. Drawing is audited, with the seed.
 */
export async function drawSpotChecks(
  { database, now }: Pick<ReportContext, 'database' | 'now'>,
  request: SpotCheckRequest,
): Promise<SpotCheckList> {
  const { asOf, region = '', seed, perMille, actor, role } = request
  const granted = await listGranted(database.pool, { asOf, region })
  const items = granted.map((row) => ({ ...row, id: row.household, stratum: `${row.township} ${row.category ?? ''}` }))
  const { drawn, strata } = drawSample(items, { seed, perMille })
  const subject = { asOf, region: region || null, seed, perMille, households: drawn.length }
  await addAudit(database, { at: now(), actor, role, action: 'draw spot checks', reason: 'spot-check', subject })
  return {
    asOf,
    region: region || null,
    seed,
    sharePercent: `${Math.floor(perMille / 10)}.${perMille % 10}`,
    strata: strata.map(({ stratum, ...counts }) => {
      const [township, category] = stratum.split(' ')
      return { township: township!, category: category || null, ...counts }
    }),
    households: drawn.map(({ household, township, category, scheme }) => ({ household, township, category, scheme })),
  }
}
