import type { Measured } from './ingest-child.ts'
import type { Dataset } from './ingest-data.ts'

export interface Result {
  readonly name: 'a' | "a'" | 'b' | 'c'
  readonly dataset: Dataset
  /** Of (a) on the same file. */
  readonly copySeconds: number
  readonly runs: readonly Measured[]
}

const WHAT = {
  a: 'COPY, text format',
  "a'": 'COPY, binary format',
  b: 'ingest, retain all',
  c: 'ingest, retain known',
} as const

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const line = (file: string, what: string, ...numbers: readonly string[]) =>
  `${file.padEnd(18)}${what.padEnd(26)}${numbers.map((text) => text.padStart(10)).join('')}`

export const TITLES = line('file', 'what', 'seconds', 'rows/s', 'MB/s', 'to (a)', 'CPU s', 'RSS MB')

/**
 * One line of the table: medians. Rows and bytes are those of the department's file in all three, so that speeds can be
 * compared: (a) is how long the rows that a file comes to take, whoever made them.
 */
export function row({ name, dataset, copySeconds, runs }: Result): string {
  const seconds = median(runs.map((run) => run.seconds))
  return line(
    `${dataset.source} ${dataset.rows >= 1e6 ? `${dataset.rows / 1e6}M` : dataset.rows}`,
    `(${name}) ${WHAT[name]}`,
    seconds.toFixed(1),
    String(Math.round(dataset.rows / seconds)),
    (dataset.bytes / seconds / 1e6).toFixed(1),
    (copySeconds / seconds).toFixed(2),
    median(runs.map((run) => run.cpuSeconds)).toFixed(1),
    String(Math.round(median(runs.map((run) => run.rssMb)))),
  )
}
