import { spawn } from 'node:child_process'

/** The system user that a child runs as; undefined means: as ourselves. */
export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

export interface Run {
  readonly user?: SystemUser | undefined
  readonly cwd: string
  /** An open file that takes stdout and stderr; without it they are collected (at most the last 20,000 characters). */
  readonly outputFd?: number
}

/** PostgreSQL needs no more of an environment; PATH finds the system's own programs (id, useradd). */
const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }

/**
 * Runs a program in a session of its own (Ctrl-C in our terminal does not reach it) with none of our streams: a server
 * that it leaves behind must not hold our stdout open, or `npm start | cat` would never end.
 * Rejects with the system's error where it cannot be started at all (ENOENT, EACCES, EPERM).
 */
export function runProgram(program: string, args: readonly string[], run: Run) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | null; output: string }>()
  const sink = run.outputFd ?? 'pipe'
  const child = spawn(program, args, {
    cwd: run.cwd,
    env: ENVIRONMENT,
    detached: true,
    stdio: ['ignore', sink, sink],
    ...(run.user ?? {}),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000)
    })
  }
  child.once('error', reject)
  child.once('close', (status) => resolve({ status, output: output.trim() }))
  return promise
}
