import type { Reader } from '../../db/connect.ts'
import { findStops } from '../../db/queries/rule-stops.ts'

/**
 * Ids of the rules that issue no packets now because their warnings were wrong too often, sorted. With a region: those
 * stopped everywhere or in a region that holds it; without one: those stopped anywhere.
 */
export async function listStoppedRules(reader: Reader, region?: string): Promise<string[]> {
  const stops = await findStops(reader)
  const here = stops.filter((stop) => region === undefined || region.startsWith(stop.region))
  return [...new Set(here.map(({ rule }) => rule))].sort()
}
