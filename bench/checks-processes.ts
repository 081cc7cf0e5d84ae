import { readdirSync, readFileSync } from 'node:fs'

const TICKS_A_SECOND = 100

/** What Linux says of a process; null where it is gone, or the system is another. */
function statOf(pid: number): { parent: number; own: number; waited: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name in brackets may hold blanks; fields are counted behind it: state, ppid, …
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    return { parent: fields[1]!, own: fields[11]! + fields[12]!, waited: fields[13]! + fields[14]! }
  } catch {
    return null
  }
}

/** CPU seconds that a process has used so far; null where the system does not tell. */
export function cpuSecondsOf(pid: number): number | null {
  const stat = statOf(pid)
  return stat && stat.own / TICKS_A_SECOND
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

function childrenOf(parents: ReadonlySet<number>): number[] {
  return processIds().filter((pid) => parents.has(statOf(pid)?.parent ?? -1))
}

/**
 * CPU seconds that a PostgreSQL server has used so far: the postmaster, its processes, and those that have ended. null
 * where the system does not tell.
 */
export function serverCpuSeconds(postmaster: number): number | null {
  for (;;) {
    const own = statOf(postmaster)
    if (!own) return null
    const children = childrenOf(new Set([postmaster])).map((pid) => statOf(pid)?.own ?? 0)
    // A process that ended in between has gone over from the children to what was waited for: once more.
    if (statOf(postmaster)?.waited !== own.waited) continue
    return [own.own, own.waited, ...children].reduce((sum, ticks) => sum + ticks, 0) / TICKS_A_SECOND
  }
}

/** A process and all below it. */
function familyOf(pid: number): number[] {
  const family = [pid]
  for (let from = 0; from < family.length; ) {
    const generation = new Set(family.slice(from))
    from = family.length
    family.push(...childrenOf(generation))
  }
  return family
}

function statusMb(pid: number | 'self', field: 'VmRSS' | 'VmHWM'): number {
  try {
    const line = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    return line ? Number(line[1]) / 1024 : 0
  } catch {
    return 0
  }
}

/**
 * Greatest resident size of this process so far. Linux starts maxRSS of a new process with the size of the one that made
 * it, so that it is asked only where there is nothing better.
 */
export function ownPeakMb(): number {
  return Math.round(statusMb('self', 'VmHWM') || process.resourceUsage().maxRSS / 1024)
}

const SAMPLE_MS = 100

export interface FamilyUse {
  /** Greatest sum of resident sizes of the process and all below it. */
  readonly rssMb: number
  /** CPU seconds of those below it. */
  readonly childrenCpuSeconds: number
}

/** Watches a process and all below it until told to stop. */
export function watchFamily(pid: number): () => FamilyUse {
  let most = 0
  const cpu = new Map<number, number>()
  const sample = () => {
    const family = familyOf(pid)
    most = Math.max(
      most,
      family.reduce((sum, one) => sum + statusMb(one, 'VmRSS'), 0),
    )
    for (const one of family.slice(1)) cpu.set(one, statOf(one)?.own ?? cpu.get(one) ?? 0)
  }
  const timer = setInterval(sample, SAMPLE_MS)
  return () => {
    clearInterval(timer)
    const ticks = [...cpu.values()].reduce((sum, one) => sum + one, 0)
    return { rssMb: Math.round(most), childrenCpuSeconds: ticks / TICKS_A_SECOND }
  }
}
