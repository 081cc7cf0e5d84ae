import type { Test } from 'tap'
import { type Outcome, type Running, run, start } from './cli.ts'
import { freshHome, serverPid } from './embedded-home.ts'

/** A HEDUI_HOME of the test's own, with commands that use it and the embedded server in it; gone at the end. */
export function createCliHome(test: Test) {
  const home = freshHome()
  test.teardown(() => home.remove())
  const env = { HEDUI_HOME: home.home, HEDUI_SECRET: undefined, HEDUI_LOG_LEVEL: 'warn' }
  return {
    ...home,
    env,
    run: (...args: string[]): Promise<Outcome> => run(args, env),
    start: (...args: string[]): Running => start(args, env),
    serverPid: () => serverPid(home.home),
  }
}
