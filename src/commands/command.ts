import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { Config } from '../config.ts'
import { isDate } from '../domain/dates.ts'
import { HeduiError } from '../errors.ts'
import type { Terminal } from './terminal.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** One command of the command line. */
export interface Command {
  /** "households import" */
  readonly name: string
  readonly usage: string
  /** What the list of all commands shows in place of a long usage; --help of the command shows it all. */
  readonly brief?: string
  readonly summary: string
  readonly options: Options
  /** Names of what follows the options; the last may be optional ("[DIR]"). */
  readonly positionals: readonly string[]
  /** Gives the exit code. */
  run(input: CommandInput): Promise<number>
}

export interface CommandInput {
  readonly config: Config
  readonly terminal: Terminal
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
  readonly positionals: readonly string[]
}

export const JSON_OPTION: Options = { json: { type: 'boolean' } }
export const ACTOR_OPTION: Options = { actor: { type: 'string' } }

/** Takes a command's words apart; throws HeduiError INPUT_USAGE. */
export function parseCommandLine(
  command: Command,
  args: readonly string[],
): Pick<CommandInput, 'values' | 'positionals'> {
  const usage = (message: string) => new HeduiError('INPUT_USAGE', `${message}\nusage: hedui ${command.usage}`)
  let parsed: { values: CommandInput['values']; positionals: string[] }
  try {
    parsed = parseArgs({
      args: [...args],
      options: command.options,
      allowPositionals: true,
      strict: true,
    }) as typeof parsed
  } catch (error) {
    throw usage((error as Error).message.split('. ')[0]!)
  }
  const least = command.positionals.filter((name) => !name.startsWith('[')).length
  if (parsed.positionals.length < least) throw usage(`${command.positionals[parsed.positionals.length]} is missing`)
  if (parsed.positionals.length > command.positionals.length) {
    throw usage(`too many words: ${parsed.positionals.slice(command.positionals.length).join(' ')}`)
  }
  return parsed
}

/** The text of an option, or undefined. */
export function textOf({ values }: CommandInput, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

/** A date option; throws HeduiError INPUT_USAGE where it is no real date. */
export function dateOf(input: CommandInput, name: string): string | undefined {
  const text = textOf(input, name)
  if (text !== undefined && !isDate(text))
    throw new HeduiError('INPUT_USAGE', `--${name} must be a real date such as 2026-11-01`)
  return text
}

/** A moment option such as 2026-11-01T08:00:00+08:00; throws HeduiError INPUT_USAGE where it is none or says no zone. */
export function timeOf(input: CommandInput, name: string): Date | undefined {
  const text = textOf(input, name)
  if (text === undefined) return undefined
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text) ? new Date(text) : null
  if (!time || Number.isNaN(time.getTime()) || !isDate(text.slice(0, 10)))
    throw new HeduiError('INPUT_USAGE', `--${name} must be a moment with its zone, such as 2026-11-01T08:00:00+08:00`)
  return time
}

/** A region option: "" or the beginning of an administrative code. */
export function regionOf(input: CommandInput, name = 'region'): string | undefined {
  const text = textOf(input, name)
  if (text !== undefined && !/^\d{1,12}$/.test(text))
    throw new HeduiError('INPUT_USAGE', `--${name} must be digits, the beginning of an administrative code`)
  return text
}

/** A whole number from `least`; throws HeduiError INPUT_USAGE. */
export function numberOf(
  input: CommandInput,
  name: string,
  { least, otherwise }: { least: number; otherwise: number },
): number {
  const text = textOf(input, name)
  if (text === undefined) return otherwise
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= least)) throw new HeduiError('INPUT_USAGE', `--${name} must be a whole number from ${least}`)
  return number
}

/** Who does an act that is a person's; throws HeduiError INPUT_ACTOR. */
export function requireActor(input: CommandInput): string {
  const actor = textOf(input, 'actor')?.trim()
  if (!actor) throw new HeduiError('INPUT_ACTOR', 'this is an act of a person: say who, with --actor NAME')
  return actor
}

/** Why an act is done or something is read; throws HeduiError INPUT_REASON. */
export function requireReason(input: CommandInput): string {
  const reason = textOf(input, 'reason')?.trim()
  if (!reason) throw new HeduiError('INPUT_REASON', 'say why, with --reason TEXT')
  return reason
}
