import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readPostmaster } from './postmaster-file.ts'
import { runProgram } from './run-program.ts'
import type { ServerPlace } from './server-place.ts'
import { serverOptions } from './settings.ts'

/** Replaying 4 GB of write-ahead log after a crash can take minutes. */
export const RECOVERY_SECONDS = 600
const STOP_SECONDS = 120
const LOG_LIMIT_BYTES = 10 * 1024 ** 2

export interface StartOptions {
  readonly durable: boolean
  /** Of the server that died, so that who still talks to it finds the new one. */
  readonly formerPort?: number | undefined
}

/** A server that did not come up; `passing` where waiting may help. */
export class StartFailure extends Error {
  readonly passing: boolean
  constructor(message: string, passing: boolean) {
    super(message)
    this.passing = passing
  }
}

/**
 * Starts the server, detached, so that it outlives this process; resolves when it answers.
 * @throws StartFailure
 */
export async function startServer(place: ServerPlace, options: StartOptions): Promise<void> {
  const { dataFolder, logFile, user } = place
  const port = await freePort(options.formerPort)
  const log = openLog(logFile)
  try {
    // the log is ours and handed over open: the user that runs the server need not reach it
    const { status } = await runProgram(
      pgCtl(place),
      ['start', '-s', '-w', '-t', `${RECOVERY_SECONDS}`, '-D', dataFolder, '-o', serverOptions({ ...options, port })],
      { cwd: dataFolder, user, outputFd: log.fd },
    )
    if (status === 0) return
  } finally {
    closeSync(log.fd)
  }
  const said = readFileSync(logFile).subarray(log.size).toString('utf8')
  throw new StartFailure(`pg_ctl start failed: ${said.slice(-500)}`, PASSING.test(said))
}

/** The port was taken in between; processes of a killed server still hold its memory; another start is under way. */
const PASSING = /could not bind|in use|pre-existing shared memory|lock file .* (already exists|is empty)|PID file/

/** Stops the server; false where it still runs after two minutes. */
export async function stopServer(place: ServerPlace): Promise<boolean> {
  const { dataFolder, user, logFile } = place
  const log = openLog(logFile)
  try {
    await runProgram(pgCtl(place), ['stop', '-s', '-w', '-t', `${STOP_SECONDS}`, '-m', 'fast', '-D', dataFolder], {
      cwd: dataFolder,
      user,
      outputFd: log.fd,
    })
  } finally {
    closeSync(log.fd)
  }
  return (await readPostmaster(dataFolder)) === undefined
}

/** The last lines of the server's log; it holds no statements and no values (settings.ts). */
export function logTail({ logFile }: ServerPlace, lines = 8): string {
  if (!existsSync(logFile)) return '(no log)'
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

function pgCtl({ binaries }: ServerPlace): string {
  return join(binaries.folder, 'bin', 'pg_ctl')
}

function openLog(logFile: string): { fd: number; size: number } {
  if (existsSync(logFile) && statSync(logFile).size > LOG_LIMIT_BYTES) renameSync(logFile, `${logFile}.1`)
  const fd = openSync(logFile, 'a', 0o600)
  return { fd, size: statSync(logFile).size }
}

/** `former` where it is free, else any. */
async function freePort(former = 0): Promise<number> {
  // a killed server has its sockets until the kernel is done with it
  for (let time = 0; former > 0 && time < 5; time++) {
    if (await probePort(former).catch(() => undefined)) return former
    await sleep(100)
  }
  return probePort(0)
}

function probePort(wanted: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer()
  server.once('error', reject)
  server.listen({ port: wanted, host: '127.0.0.1' }, () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resolve(port))
  })
  return promise
}
