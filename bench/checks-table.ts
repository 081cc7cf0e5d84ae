import type { SingleResult } from './checks-single.ts'
import { median } from './ingest-table.ts'

/** One task of one size, measured once. */
export interface Taken {
  readonly seconds: number
  /** Of the process and all below it. */
  readonly cpuSeconds: number
  /** Of PostgreSQL, all its processes; null where the system does not tell. */
  readonly serverCpuSeconds: number | null
  readonly rssMb: number
  readonly parts: Readonly<Record<string, number>>
}

export type TaskName = 'sql' | 'gather' | 'run'

export interface SizeResult {
  readonly households: number
  readonly taken: Readonly<Record<TaskName, readonly Taken[]>>
}

const WHAT = { sql: '(a) eight statements', gather: '(b) gather alone', run: 'whole run' } as const

const line = (households: string, what: string, ...numbers: readonly string[]) =>
  `${households.padStart(10)}  ${what.padEnd(22)}${numbers.map((text) => text.padStart(12)).join('')}`

export const RUN_TITLES = line(
  'households',
  '',
  'seconds',
  'hh/s',
  'to (a)',
  'CPU s',
  'server CPU',
  'CPU to (a)',
  'RSS MB',
)

export const secondsOf = ({ taken }: SizeResult, task: TaskName) => median(taken[task].map(({ seconds }) => seconds))

const allCpuSeconds = (taken: readonly Taken[]) =>
  median(taken.map(({ cpuSeconds, serverCpuSeconds }) => cpuSeconds + (serverCpuSeconds ?? 0)))

/** One line of the table: medians. */
export function runRow(result: SizeResult, task: TaskName): string {
  const seconds = secondsOf(result, task)
  const taken = result.taken[task]
  const server = taken.flatMap(({ serverCpuSeconds }) => serverCpuSeconds ?? [])
  // On a machine that does other work too it says more than the time.
  const cpuToSql = allCpuSeconds(taken) / allCpuSeconds(result.taken.sql)
  return line(
    String(result.households),
    WHAT[task],
    seconds.toFixed(2),
    String(Math.round(result.households / seconds)),
    (seconds / secondsOf(result, 'sql')).toFixed(2),
    median(taken.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
    server.length > 0 ? median(server).toFixed(2) : '-',
    server.length > 0 ? cpuToSql.toFixed(2) : '-',
    String(Math.max(...taken.map(({ rssMb }) => rssMb))),
  )
}

const answered = (connections: string, what: string, ...numbers: readonly string[]) =>
  `${connections.padStart(11)}  ${what.padEnd(16)}${numbers.map((text) => text.padStart(12)).join('')}`

export const SINGLE_TITLES = answered(
  'connections',
  '',
  'requests/s',
  'p50 ms',
  'p99 ms',
  'to bare',
  'p99 to bare',
  'CPU ms',
)

export function singleRows({ connections, single, bare }: SingleResult): string[] {
  const row = (what: string, of: typeof single) =>
    answered(
      String(connections),
      what,
      of.requestsPerSecond.toFixed(0),
      of.p50Ms.toFixed(1),
      of.p99Ms.toFixed(1),
      (of.requestsPerSecond / bare.requestsPerSecond).toFixed(2),
      (of.p99Ms / bare.p99Ms).toFixed(2),
      of.cpuMs?.toFixed(2) ?? '-',
    )
  return [row('bare route', bare), row('/v1/checks', single)]
}

/** The line for machines: ratios are the worst of all sizes and numbers of connections. */
export function conclude(
  sizes: readonly SizeResult[],
  singles: readonly SingleResult[],
  twoWorkers: number | null,
): Readonly<Record<string, unknown>> {
  const round = (value: number) => Math.round(value * 100) / 100
  const perHousehold = (result: SizeResult) => secondsOf(result, 'run') / result.households
  const ratio = (result: SizeResult) => secondsOf(result, 'run') / secondsOf(result, 'sql')
  return {
    bench: 'checks',
    runVsSql: round(Math.max(...sizes.map(ratio))),
    growth: sizes.length > 1 ? round(perHousehold(sizes.at(-1)!) / perHousehold(sizes[0]!)) : null,
    twoWorkers: twoWorkers === null ? null : round(twoWorkers),
    singleVsBare: round(
      Math.min(...singles.map(({ single, bare }) => single.requestsPerSecond / bare.requestsPerSecond)),
    ),
    p99VsBare: round(Math.max(...singles.map(({ single, bare }) => single.p99Ms / bare.p99Ms))),
    peakRssMb: Math.max(...sizes.flatMap(({ taken }) => taken.run.map(({ rssMb }) => rssMb))),
  }
}
