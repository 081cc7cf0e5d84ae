import type { Reader } from '../db/connect.ts'
import type { Delivery } from '../db/queries/deliveries.ts'
import { type Counted, countKnownPeople, countOverlap, type HashBound } from '../db/queries/quality.ts'
import { dateInChina, daysBetween } from '../domain/dates.ts'
import { type QualityReport, type RowQuality, shareOf } from '../domain/quality-report.ts'
import type { Loaded } from './load-request.ts'

/** With more rows than this people are sampled, about as many rows as a statement looks at in a tenth of a second. */
const MOST_ROWS = 200_000
const SAMPLED_ROWS = 20_000
/** Fewer people than this in a sample say too little: then all are looked at. */
const LEAST_PEOPLE = 1000

export interface AssessRequest {
  readonly id: string
  readonly asOf: string
  readonly receivedAt: Date
  readonly retain: 'all' | 'known'
  readonly loaded: Loaded
  /** The snapshot before, where this one is a snapshot too. */
  readonly previous: Delivery | undefined
}

/** What the rows themselves tell of a file, which needs no database. */
export function rowQualityOf({ statistics, absentColumns }: Loaded): RowQuality {
  return { ...statistics.report(), absentColumns: [...absentColumns] }
}

/** Days from the as-of date of a file to the day in China on which it came. */
export function ageOf(asOf: string, receivedAt: Date): number {
  return daysBetween(asOf, dateInChina(receivedAt))
}

/** The quality report of a delivery whose rows are loaded and indexed. */
export async function assessQuality(reader: Reader, request: AssessRequest): Promise<QualityReport> {
  const { asOf, receivedAt, loaded } = request
  return {
    ...rowQualityOf(loaded),
    ageDays: ageOf(asOf, receivedAt),
    known: await findKnown(reader, request),
    overlap: await findOverlap(reader, request),
  }
}

async function findKnown(reader: Reader, { id, retain, loaded }: AssessRequest): Promise<QualityReport['known']> {
  const { records, dropped } = loaded.counts
  if (retain === 'known') {
    const share = { counted: records + dropped, found: records, share: shareOf(records, records + dropped) }
    return { of: 'rows', ...share, sample: 1 }
  }
  return { of: 'people', ...(await sampled(records, (bound) => countKnownPeople(reader, id, bound))) }
}

async function findOverlap(
  reader: Reader,
  { id, retain, loaded, previous }: AssessRequest,
): Promise<QualityReport['overlap']> {
  if (!previous) return null
  // Strangers whom only the delivery before has kept say nothing about this one.
  const registered = retain === 'known' && previous.retain === 'all'
  const rows = Math.max(loaded.counts.records, previous.counts?.rows ?? 0)
  const people = { before: previous.id, now: id, registered }
  const overlap = await sampled(rows, (bound) => countOverlap(reader, people, bound))
  return { delivery: previous.id, asOf: previous.as_of, ...overlap }
}

type Sampled = Counted & { readonly share: number | null; readonly sample: number }

/** Counts people of a sample if there are many rows, of all otherwise or where the sample turns out to be too small. */
async function sampled(rows: number, count: (bound: HashBound) => Promise<Counted>): Promise<Sampled> {
  const give = (counts: Counted, sample: number) => ({
    ...counts,
    share: shareOf(counts.found, counts.counted),
    sample,
  })
  if (rows > MOST_ROWS) {
    const bound = Math.ceil((0x1_0000 * SAMPLED_ROWS) / rows)
    const counts = await count(Buffer.from([bound >> 8, bound & 0xff]))
    if (counts.counted >= LEAST_PEOPLE) return give(counts, Math.round((bound / 0x1_0000) * 1e6) / 1e6)
  }
  return give(await count(null), 1)
}
