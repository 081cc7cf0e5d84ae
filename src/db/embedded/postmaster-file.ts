import { readFileSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runProgram } from './run-program.ts'

/** What a running or dead server says of itself in postmaster.pid. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  /**
   * `running`: a server of this data folder. `gone`: surely not one (no such process, a zombie, or the number now
   * belongs to something else). `unsure`: PostgreSQL itself must decide.
   */
  readonly state: 'running' | 'gone' | 'unsure'
}

/** An unreadable file is a server about to write it for so long, then the remnant of a crash. */
const BEING_WRITTEN_MS = 5_000

/** Reads postmaster.pid (lines: pid, data folder, start, port, …); undefined where there is none. */
export async function readPostmaster(dataFolder: string): Promise<Postmaster | undefined> {
  const file = join(dataFolder, 'postmaster.pid')
  let text: string
  let age: number
  try {
    text = readFileSync(file, 'utf8')
    age = Date.now() - statSync(file).mtimeMs
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const lines = text.split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  if (!isPositive(pid) || !isPositive(port)) {
    return { pid: 0, port: 0, state: age > BEING_WRITTEN_MS ? 'gone' : 'unsure' }
  }
  return { pid, port, state: exists(pid) ? await stateOf(pid, dataFolder) : 'gone' }
}

/**
 * Removes the file of a server that is `gone` where PostgreSQL would refuse to start over it because something else has
 * the number. Processes that the dead server left behind still hold its shared memory, which PostgreSQL finds by the
 * folder's inode as well. Call it under the home's lock.
 */
export function clearGone(dataFolder: string, { pid, state }: Postmaster): void {
  if (state !== 'gone' || (pid > 0 && !exists(pid))) return
  rmSync(join(dataFolder, 'postmaster.pid'), { force: true })
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function stateOf(pid: number, dataFolder: string): Promise<Postmaster['state']> {
  if (process.platform !== 'linux') return stateByPs(pid)
  try {
    // "12 (name) Z …": in a container whose first process reaps nothing a killed server stays a zombie for ever
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    if (/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))) return 'gone'
    const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    if (!isPostgres(program)) return 'gone'
    // a server stays in its data folder, whatever way it was named on the command line
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataFolder) ? 'running' : 'gone'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'unsure'
  }
}

/** macOS: tells what the program is, but not its folder. */
async function stateByPs(pid: number): Promise<Postmaster['state']> {
  const { status, output } = await runProgram('ps', ['-o', 'stat=,comm=', '-p', String(pid)], { cwd: '/' })
  const [, stat = '', program = ''] = /^(\S+)\s+(.*)$/.exec(output) ?? []
  if (status !== 0 || stat === '') return 'unsure'
  return stat.startsWith('Z') || !isPostgres(program) ? 'gone' : 'unsure'
}

/** "…/bin/postgres", or the title "postgres: walwriter" of a process that a server started. */
function isPostgres(program: string): boolean {
  return basename(program) === 'postgres' || program.startsWith('postgres:')
}

function isPositive(value: number): boolean {
  return Number.isInteger(value) && value > 0
}
