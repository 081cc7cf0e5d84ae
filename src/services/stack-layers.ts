import type { GatheredRecord } from '../db/queries/records.ts'

/**
 * The records that stand when deltas lie on top of a snapshot (issue of deliveries by difference): `layers` are the
 * deliveries in their order, the snapshot first; `rows` one person's rows of them, of one name. Key by key a later layer
 * goes on where the one before ended, by the same rules as rows within a delivery (design §6): a void row removes what
 * stood, the lowest rank wins, then the later row.
 */
export function stackLayers(rows: readonly GatheredRecord[], layers: readonly string[]): GatheredRecord[] {
  if (layers.length < 2) return rows.filter(({ fate }) => fate === 'record')
  const standing = new Map<string, GatheredRecord>()
  const keyOf = ({ type, key }: GatheredRecord) => `${type} ${key}`
  for (const layer of layers) {
    const own = rows.filter((row) => row.delivery === layer)
    for (const row of own) if (row.fate === 'void') standing.delete(keyOf(row))
    for (const row of own) {
      if (row.fate !== 'record') continue
      const before = standing.get(keyOf(row))
      if (!before || row.rank <= before.rank) standing.set(keyOf(row), row)
    }
  }
  return [...standing.values()]
}
