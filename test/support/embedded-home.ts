import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** A fresh home folder; `remove` stops whatever server still runs on it. */
export function freshHome() {
  const above = mkdtempSync(join(tmpdir(), 'hedui-embedded-'))
  chmodSync(above, 0o755)
  const home = join(above, 'home')
  return {
    above,
    home,
    async remove() {
      const pid = serverPid(home)
      if (pid !== undefined) {
        process.kill(pid, 'SIGQUIT')
        await until(() => !isRunning(pid))
      }
      const data = dataFolder(home)
      if (!data.startsWith(above)) rmSync(data, { recursive: true, force: true })
      rmSync(above, { recursive: true, force: true })
    },
  }
}

export function dataFolder(home: string): string {
  const location = join(home, 'postgres.location')
  return existsSync(location) ? readFileSync(location, 'utf8').trim() : join(home, 'postgres')
}

/** Of the server that runs on this home, if one does. */
export function serverPid(home: string): number | undefined {
  const file = join(dataFolder(home), 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  return isRunning(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres') ? pid : undefined
}

export function isRunning(pid: number): boolean {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

export async function until(holds: () => boolean, seconds = 20): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !holds(); await sleep(20)) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${holds}`)
  }
}

export async function query(connectionString: string, text: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => {}) // the query rejects as well
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** Another process that shares the server. */
export async function startClient(home: string, ...args: string[]) {
  const script = join(import.meta.dirname, 'embedded-client.ts')
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, [script, home, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  const [line] = await Promise.race([
    once(child.stdout.setEncoding('utf8'), 'data'),
    exit.then(([code]) => Promise.reject(new Error(`the client ended with ${code}`))),
  ])
  return {
    stdout: child.stdout,
    connectionString: String(line).trim(),
    async close(): Promise<number | null> {
      child.stdin.end()
      return (await exit)[0]
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL')
      await exit
    },
  }
}
