import { Writable } from 'node:stream'
import { mock } from 'node:test'
import type { Test } from 'tap'
import { type Command, parseCommandLine } from '../../src/commands/command.ts'
import { createTerminal } from '../../src/commands/terminal.ts'
import type { Config } from '../../src/config.ts'
import { HeduiError } from '../../src/errors.ts'
import type { Outcome } from './cli.ts'

export interface CommandDesk {
  /** Runs one command as the program would: "case", "list", "--json". */
  run(...args: string[]): Promise<Outcome>
  /** From now on it is noon in China of this day, for every clock of the process. */
  setDay(day: string): void
  day(): string
}

class Collected extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8')
    done()
  }
}

/**
 * Runs commands in the test's own process: days pass between them, which no process of its own would know of, and starting
 * one costs seconds. How main.ts finds a command and ends is for tests with processes.
 */
export function openCommandDesk(
  test: Pick<Test, 'teardown'>,
  config: Config,
  commands: readonly Command[],
): CommandDesk {
  let today = ''
  return {
    day: () => today,
    setDay(day) {
      if (today === '') {
        mock.timers.enable({ apis: ['Date'] })
        test.teardown(() => mock.timers.reset())
      }
      today = day
      mock.timers.setTime(Date.parse(`${day}T12:00:00+08:00`))
    },
    async run(...args) {
      const [out, err] = [new Collected(), new Collected()]
      const terminal = createTerminal(out, err, Date.now)
      const command = commands.find(({ name }) => name === args.slice(0, name.split(' ').length).join(' '))
      if (!command) throw new Error(`the desk has no command ${args.join(' ')}`)
      const rest = args.slice(command.name.split(' ').length)
      const end = (code: number): Outcome => ({ code, signal: null, stdout: out.text, stderr: err.text })
      try {
        return end(await command.run({ config, terminal, ...parseCommandLine(command, rest) }))
      } catch (error) {
        if (!(error instanceof HeduiError)) throw error
        for (const one of [error, ...error.others]) err.text += `hedui: ${one.code} ${one.located}\n`
        return end(error.code === 'INPUT_USAGE' ? 2 : 1)
      }
    },
  }
}
