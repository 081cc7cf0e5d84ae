import { createHash } from 'node:crypto'

/** What is drawn from: an id, and the group within which the share is drawn. */
export interface Drawable {
  readonly id: string
  readonly stratum: string
}

/** How many of a stratum are drawn. */
export interface StratumShare {
  readonly stratum: string
  readonly size: number
  readonly drawn: number
}

/**
 * How many of `size` a share of `perMille` thousandths is: rounded half up, and at least one, so that no group is passed
 * over for being small.
 */
export function shareOf(size: number, perMille: number): number {
  return size === 0 ? 0 : Math.min(size, Math.max(1, Math.floor((size * perMille + 500) / 1000)))
}

/** A share in percent, to a tenth, as thousandths: "2.5" is 25. Null where it is not from 0.1 to 100. */
export function parsePerMille(percent: string): number | null {
  const perMille = /^\d{1,3}(\.\d)?$/.test(percent) ? Math.round(Number(percent) * 10) : 0
  return perMille >= 1 && perMille <= 1000 ? perMille : null
}

/** The place of an id in the order that a seed gives: nobody can choose it, and everybody can compute it again. */
const placeOf = (seed: string, id: string) => createHash('sha256').update(`${seed}\0${id}`).digest('hex')

/**
 * A random sample, stratified: of each stratum the share, those whose SHA-256 of seed and id is smallest. The same seed
 * and the same households give the same sample, in whatever order they come; one household more or less moves the draw of
 * no other but at the edge. Gives the drawn in the order of stratum and id.
 */
export function drawSample<T extends Drawable>(
  items: Iterable<T>,
  { seed, perMille }: { readonly seed: string; readonly perMille: number },
): { drawn: T[]; strata: StratumShare[] } {
  const groups = Map.groupBy(items, ({ stratum }) => stratum)
  const drawn: T[] = []
  const strata: StratumShare[] = []
  for (const stratum of [...groups.keys()].sort()) {
    const group = groups.get(stratum)!
    const placed = group.map((item) => ({ item, place: placeOf(seed, item.id) }))
    placed.sort((a, b) => compareText(a.place, b.place) || compareText(a.item.id, b.item.id))
    const count = shareOf(group.length, perMille)
    strata.push({ stratum, size: group.length, drawn: count })
    drawn.push(
      ...placed
        .slice(0, count)
        .map(({ item }) => item)
        .sort((a, b) => compareText(a.id, b.id)),
    )
  }
  return { drawn, strata }
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
