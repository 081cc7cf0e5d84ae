import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT, SECRET } from './hedui.ts'

type Env = Readonly<Record<string, string | undefined>>

export interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly done: Promise<Outcome>
  stdout(): string
  stderr(): string
  /** Waits until stdout or stderr matches; throws where the program ends first. */
  says(pattern: RegExp, seconds?: number): Promise<RegExpMatchArray>
}

/** Types are stripped once and not at every start: that halves the time to the first line. */
const NODE_COMPILE_CACHE = join(tmpdir(), 'hedui-test-compile-cache')

/** What a program gets of the environment: nothing of the tester's own HEDUI or database. */
function environment(more: Env): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HEDUI_SECRET: SECRET.toString('base64'),
    NODE_COMPILE_CACHE,
    ...more,
  }
  for (const name of [
    'DATABASE_URL',
    'HEDUI_HOME',
    'HEDUI_RULES',
    'HEDUI_ADAPTERS',
    'HEDUI_PORT',
    'HEDUI_RETENTION_DAYS',
    'HEDUI_MAX_WARNED_SHARE',
    'HEDUI_WEBHOOK_HOSTS',
    'INIT_CWD',
  ]) {
    if (!(name in more)) delete env[name]
  }
  // tap's own loaders are for tests, not for the program.
  delete env.NODE_OPTIONS
  return env
}

/** Starts `hedui ARGS` as a process of its own. */
export function start(args: readonly string[], env: Env = {}, cwd = ROOT): Running {
  const child = spawn(process.execPath, [join(ROOT, 'src', 'main.ts'), ...args], {
    cwd,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout!.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const done = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }))
  let ended = false
  done.then(() => {
    ended = true
  })
  return {
    child,
    done,
    stdout: () => stdout,
    stderr: () => stderr,
    async says(pattern, seconds = 30) {
      for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(10)) {
        const found = stdout.match(pattern) ?? stderr.match(pattern)
        if (found) return found
        if (ended) break
      }
      throw new Error(`the program did not say ${pattern}:\n${stdout}\n${stderr}`)
    },
  }
}

/** Runs `hedui ARGS` to its end. */
export function run(args: readonly string[], env: Env = {}, cwd = ROOT): Promise<Outcome> {
  return start(args, env, cwd).done
}
