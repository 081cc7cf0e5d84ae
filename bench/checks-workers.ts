import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { announceRun } from '../src/commands/run-threads.ts'
import { loadConfig } from '../src/config.ts'
import { createRun } from '../src/services/create-run.ts'
import { showRun } from '../src/services/follow-run.ts'
import { loadRuleSet } from '../src/services/load-rule-set.ts'
import { type Hedui, openHedui } from '../src/services/open-hedui.ts'
import type { ChecksDatabase } from './checks-database.ts'
import { AS_OF } from './checks-households.ts'
import { cpuSecondsOf, serverCpuSeconds } from './checks-processes.ts'

interface Options {
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/**
 * How many times faster two workers of one thread each are than one: a run of all households that is made here, announced
 * and left to `hedui work --threads 1`, once or twice. The workers are started before, and the time is that of the run.
 */
export async function measureTwoWorkers(database: ChecksDatabase, { say, signal }: Options): Promise<number> {
  const hedui = await openHedui(loadConfig(database.environment))
  try {
    const one = await timeRun(hedui, 1, { database, say, signal })
    const two = await timeRun(hedui, 2, { database, say, signal })
    return one / two
  } finally {
    await hedui.close()
  }
}

const POLL_MS = 50
const READY_MS = 4000

async function timeRun(
  hedui: Hedui,
  count: number,
  { database, say, signal }: Options & { database: ChecksDatabase },
): Promise<number> {
  const workers: ChildProcess[] = []
  try {
    for (let i = 0; i < count; i++) workers.push(await startWorker(database, signal))
    // A worker waits for runs; what it loads at its start is no part of one.
    await sleep(READY_MS, undefined, { signal })
    const ruleSet = await loadRuleSet(hedui.config.rulesFolder, hedui.adapters)
    const used = () => {
      const all = [serverCpuSeconds(database.postmaster), ...workers.map(({ pid }) => cpuSecondsOf(pid!))]
      return all.reduce<number>((sum, seconds) => sum + (seconds ?? Number.NaN), 0)
    }
    const before = used()
    const begun = performance.now()
    const request = { scope: { all: true }, asOf: AS_OF, trial: false, actor: 'bench' } as const
    const { run, ranges } = await createRun({ ...hedui, ruleSet }, request)
    await announceRun(hedui, run, ranges)
    for (;;) {
      const { state, reason } = await showRun(hedui, run)
      if (state === 'finished') break
      if (state !== 'running') throw new Error(`the run is ${state}: ${reason}`)
      await sleep(POLL_MS, undefined, { signal })
    }
    const seconds = (performance.now() - begun) / 1000
    const cpu = used() - before
    say(
      `${database.households} with ${count} workers of one thread: ${seconds.toFixed(2)} s, CPU of workers and server ` +
        `${cpu.toFixed(2)} s: ${(cpu / seconds).toFixed(2)} cores at once`,
    )
    return seconds
  } finally {
    await Promise.all(workers.map(stop))
  }
}

/** `hedui work` as a user starts it, when it says that it works. */
async function startWorker(database: ChecksDatabase, signal: AbortSignal): Promise<ChildProcess> {
  const main = join(import.meta.dirname, '..', 'src', 'main.ts')
  const child = spawn(process.execPath, [main, 'work', '--threads', '1'], {
    env: { ...process.env, ...database.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  })
  child.on('error', () => {})
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.startsWith('working')) continue
    child.stderr.resume()
    return child
  }
  throw new Error('hedui work ended before it began')
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
