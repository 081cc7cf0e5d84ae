import { readdirSync, readFileSync } from 'node:fs'

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

const TICKS_A_SECOND = 100

/**
 * CPU seconds that a PostgreSQL server has used so far: the postmaster, its processes, and those that have ended. null
 * where the system does not tell.
 */
export function serverCpuSeconds(postmaster: number): number | null {
  const own = statOf(postmaster)
  if (!own) return null
  const children = childrenOf(new Set([postmaster])).map((pid) => statOf(pid)?.own ?? 0)
  return [own.own, own.waited, ...children].reduce((sum, ticks) => sum + ticks, 0) / TICKS_A_SECOND
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

function residentMb(pid: number): number {
  try {
    const line = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    return line ? Number(line[1]) / 1024 : 0
  } catch {
    return 0
  }
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
      family.reduce((sum, one) => sum + residentMb(one), 0),
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
