import { HeduiError } from '../errors.ts'
import { type CommandInput, textOf } from './command.ts'

/** Tells what came of a command: as JSON with --json, in lines otherwise. Gives exit code 0. */
export async function say(
  { terminal, values }: CommandInput,
  report: unknown,
  lines: readonly string[],
): Promise<number> {
  if (values.json) await terminal.print(JSON.stringify(report))
  else for (const line of lines) await terminal.print(line)
  return 0
}

/** An option that is one of some words; throws HeduiError INPUT_USAGE. */
export function oneOf<W extends string>(input: CommandInput, name: string, words: readonly W[]): W | undefined {
  const text = textOf(input, name)
  if (text !== undefined) requireWord(name, text, words)
  return text as W | undefined
}

/** An option that may be given several times, each one of some words; throws HeduiError INPUT_USAGE. */
export function everyOf<W extends string>(
  { values }: CommandInput,
  name: string,
  words: readonly W[],
): readonly W[] | undefined {
  const texts = values[name]
  if (!Array.isArray(texts)) return undefined
  for (const text of texts) requireWord(name, String(text), words)
  return texts as W[]
}

function requireWord(name: string, text: string, words: readonly string[]): void {
  if (!words.includes(text)) throw new HeduiError('INPUT_USAGE', `--${name} must be one of ${words.join(', ')}`)
}

/** Until tokens come, whoever has the machine has the role centre. */
export const ROLE = 'centre'

/** Who reads: --actor, else the user of the machine. */
export function readerOf(input: CommandInput): { readonly actor: string; readonly role: string } {
  return { actor: textOf(input, 'actor') ?? input.config.user, role: ROLE }
}
