import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import { createIdentityHasher } from '../src/domain/identity-hash.ts'
import type { BareTask } from './checks-bare.ts'
import { type ChecksDatabase, SECRET } from './checks-database.ts'
import { AS_OF, currentVersionOf } from './checks-households.ts'
import { cpuSecondsOf, serverCpuSeconds } from './checks-processes.ts'

const CONNECTIONS = [1, 16, 64]
const SECONDS = 8
const WARM_UP_SECONDS = 2
/** Before the first: a service that has been answering for a while is measured, not one whose code is cold. */
const FIRST_WARM_UP = { seconds: 5, connections: 16 } as const
/** Bodies that are sent; each connection goes through some of its own, again and again. */
const MOST_HOUSEHOLDS = 4000

export interface Answered {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU milliseconds of the service and of PostgreSQL for an answer; null where the system does not tell. */
  readonly cpuMs: number | null
}

export interface SingleResult {
  readonly connections: number
  readonly single: Answered
  readonly bare: Answered
}

/** POST /v1/checks of `hedui serve` against the bare route, in turns, for the same households. */
export async function measureSingle(
  database: ChecksDatabase,
  signal: AbortSignal,
  tell: (result: SingleResult) => void,
): Promise<SingleResult[]> {
  const households = Array.from({ length: Math.min(database.households, MOST_HOUSEHOLDS) }, (_, i) => {
    // Spread over the register.
    return currentVersionOf(Math.floor((i * database.households) / Math.min(database.households, MOST_HOUSEHOLDS)))
  })
  const bodies = households.map((household) => JSON.stringify({ household, reason: 'review', asOf: AS_OF }))
  const hasher = createIdentityHasher(Buffer.from(SECRET, 'base64'))
  const people = Object.fromEntries(
    households.map(({ id, people }) => [id, people.map(({ idNumber }) => hasher.number(idNumber).toString('hex'))]),
  )
  const children: ChildProcess[] = []
  try {
    const bare = await startBare(children, { url: database.url, people }, signal)
    const single = await startService(children, database, signal)
    const used = (pid: number) => {
      const [own, server] = [cpuSecondsOf(pid), serverCpuSeconds(database.postmaster)]
      return own === null || server === null ? null : own + server
    }
    const [bareUsed, singleUsed] = children.map(
      ({ pid }) =>
        () =>
          used(pid!),
    )
    for (const url of [`${bare}/bare`, `${single}/v1/checks`]) {
      await fire(url, FIRST_WARM_UP.connections, { bodies, seconds: FIRST_WARM_UP.seconds, signal })
    }
    const results: SingleResult[] = []
    for (const connections of CONNECTIONS) {
      const result = {
        connections,
        bare: await load(`${bare}/bare`, connections, { bodies, signal, used: bareUsed! }),
        single: await load(`${single}/v1/checks`, connections, { bodies, signal, used: singleUsed! }),
      }
      tell(result)
      results.push(result)
    }
    // Requests whose connection is gone are still under way.
    await sleep(2000, undefined, { signal })
    return results
  } finally {
    await Promise.all(children.map(stop))
  }
}

async function startBare(children: ChildProcess[], task: BareTask, signal: AbortSignal): Promise<string> {
  const child = fork(join(import.meta.dirname, 'checks-bare.ts'), { signal })
  children.push(child)
  child.on('error', () => {})
  child.send(task)
  const [port] = await Promise.race([once(child, 'message', { signal }), failed(child, 'the bare route')])
  return `http://127.0.0.1:${port}`
}

/** `hedui serve` as a user starts it, with all its rules; it says its address in its first line. */
async function startService(children: ChildProcess[], database: ChecksDatabase, signal: AbortSignal): Promise<string> {
  const main = join(import.meta.dirname, '..', 'src', 'main.ts')
  const { HEDUI_RULES: _, ...environment } = database.environment
  const child = spawn(process.execPath, [main, 'serve', '--port', '0'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  })
  children.push(child)
  child.on('error', () => {})
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([once(lines, 'line', { signal }), failed(child, 'hedui serve')])
  return (line as string).trim().replace(/\/$/, '')
}

async function failed(child: ChildProcess, name: string): Promise<never> {
  const [code] = await once(child, 'exit')
  throw new Error(`${name} ended with ${code}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

interface Load {
  readonly bodies: readonly string[]
  readonly signal: AbortSignal
  /** CPU seconds so far of what answers. */
  readonly used: () => number | null
}

async function load(url: string, connections: number, { bodies, signal, used }: Load): Promise<Answered> {
  await fire(url, connections, { bodies, seconds: WARM_UP_SECONDS, signal })
  const before = used()
  const { count, ...answered } = await fire(url, connections, { bodies, seconds: SECONDS, signal })
  const after = used()
  return { ...answered, cpuMs: before === null || after === null ? null : ((after - before) * 1000) / count }
}

interface Fire {
  readonly bodies: readonly string[]
  readonly seconds: number
  readonly signal: AbortSignal
}

async function fire(url: string, connections: number, { bodies, seconds, signal }: Fire) {
  signal.throwIfAborted()
  const shares = Math.min(connections, bodies.length)
  let client = 0
  const instance = autocannon({
    url,
    connections,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    setupClient: (one) => {
      const number = client++ % shares
      const own = bodies.filter((_, i) => i % shares === number)
      one.setRequests(own.map((body) => ({ body })))
    },
  })
  // Its own histogram counts whole milliseconds.
  const times: number[] = []
  instance.on('response', (_client, _status, _bytes, ms) => times.push(ms))
  const stop = () => instance.stop()
  signal.addEventListener('abort', stop)
  const { duration, errors, timeouts, non2xx } = await instance
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  if (errors + timeouts + non2xx > 0)
    throw new Error(`${url}: ${errors} errors, ${timeouts} timeouts, ${non2xx} answers that were not 2xx`)
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!
  return { count: times.length, requestsPerSecond: times.length / duration, p50Ms: at(0.5), p99Ms: at(0.99) }
}
