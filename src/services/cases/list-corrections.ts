import { listCorrectionRows } from '../../db/queries/cases.ts'
import type { CaseContext } from './case-context.ts'

/** Correction requests by department, each department's latest first. */
export async function listCorrections(
  { database, adapters }: Pick<CaseContext, 'database' | 'adapters'>,
  { region = '', source, from = '1970-01-01' }: { region?: string; source?: string; from?: string } = {},
) {
  const rows = await listCorrectionRows(database.pool, { region, source: source ?? null, from })
  return [...Map.groupBy(rows, ({ correction }) => correction.source)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, requests]) => {
      const manifest = adapters.get(id)?.manifest
      return {
        source: id,
        title: manifest?.title ?? null,
        owner: manifest?.owner ?? null,
        requests: requests.map(({ correction, ...rest }) => ({
          ...rest,
          record: correction.record,
          request: correction.request,
        })),
      }
    })
}
