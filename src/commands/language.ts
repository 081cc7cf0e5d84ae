import type { Language } from '../domain/trace-page.ts'
import { HeduiError } from '../errors.ts'
import { type Command, type CommandInput, textOf } from './command.ts'

/** --lang, or else the language of the terminal's locale. Throws HeduiError INPUT_USAGE. */
export function languageOf(input: CommandInput, { usage }: Pick<Command, 'usage'>): Language {
  const text = textOf(input, 'lang')
  if (text === 'zh' || text === 'en') return text
  if (text !== undefined) throw new HeduiError('INPUT_USAGE', `--lang must be zh or en\nusage: hedui ${usage}`)
  return new Intl.DateTimeFormat().resolvedOptions().locale.startsWith('zh') ? 'zh' : 'en'
}
