import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { HeduiError } from '../errors.ts'
import type { CommandInput } from './command.ts'

/** What of a JSON Schema the command line looks at. */
export interface FormSchema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, FormSchema>>
  readonly required?: readonly string[]
  readonly items?: FormSchema
  readonly enum?: readonly unknown[]
  readonly pattern?: string
}

/** One plain field of a form as an option. */
export interface FormOption {
  /** "proof-kind" */
  readonly name: string
  /** ["proof", "kind"] */
  readonly path: readonly string[]
  readonly type: 'string' | 'integer' | 'boolean'
  /** May be given several times. */
  readonly multiple: boolean
  /** Whether the form must have it. */
  readonly required: boolean
  readonly values: readonly unknown[]
  /** What the help puts for the value: TEXT, DATE, N … */
  readonly word: string
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const typeOf = ({ type, enum: values }: FormSchema): string =>
  typeof type === 'string' ? type : (type?.find((each) => each !== 'null') ?? (values ? 'string' : ''))

/**
 * The plain fields of a form as options: texts, numbers, yes or no, lists of texts, and such fields of an object in it
 * ("proof": --proof-kind). Lists of objects are none: they come with --input FILE.
 */
export function formOptions(schema: FormSchema, path: readonly string[] = [], isNeeded = true): FormOption[] {
  return Object.entries(schema.properties ?? {}).flatMap(([field, property]): FormOption[] => {
    const here = [...path, field]
    const required = isNeeded && (schema.required?.includes(field) ?? false)
    const type = typeOf(property)
    if (type === 'object') return path.length === 0 ? formOptions(property, here, required) : []
    const multiple = type === 'array'
    const one = multiple ? (property.items ?? {}) : property
    const plain = typeOf(one)
    if (plain !== 'string' && plain !== 'integer' && plain !== 'boolean') return []
    const values = (one.enum ?? []).filter((value) => value !== null)
    const word = wordOf(plain, one)
    return [{ name: here.map(kebab).join('-'), path: here, type: plain, multiple, required, values, word }]
  })
}

/** How the patterns of the forms are told in one word. */
const PATTERNS: readonly (readonly [string, string])[] = [
  ['^\\d{4}-\\d{2}-\\d{2}$', 'DATE'],
  ['^\\d{4}-\\d{2}$', 'MONTH'],
]

function wordOf(type: FormOption['type'], { pattern, enum: values }: FormSchema): string {
  if (values) return values.filter((value) => value !== null).join('|')
  if (type !== 'string') return type === 'integer' ? 'N' : 'yes|no'
  return PATTERNS.find(([each]) => each === pattern)?.[1] ?? 'TEXT'
}

/** Fields that no option gives, at the top of the form. */
export function fieldsOfFile(schema: FormSchema): string[] {
  const given = new Set(formOptions(schema).map(({ path }) => path[0]))
  return Object.keys(schema.properties ?? {}).filter((field) => !given.has(field))
}

/** "--verdict accepted|refused|untrue", "--warnings TEXT …". */
export const describeOption = ({ name, word, multiple }: FormOption): string =>
  `--${name} ${word}${multiple ? ' …' : ''}`

/** Throws HeduiError INPUT_REASON or INPUT_USAGE where a field that the form must have is given by nothing. */
export function requireFields(schema: FormSchema, form: Fields, usage: string): void {
  for (const field of schema.required ?? []) {
    if (form[field] !== undefined) continue
    if (field === 'reason') throw new HeduiError('INPUT_REASON', 'say why, with --reason TEXT')
    const own = formOptions(schema).filter(({ path, required }) => path[0] === field && required)
    const words = own.length > 0 ? own.map(describeOption).join(' ') : `"${field}" in --input FILE.json`
    throw new HeduiError('INPUT_USAGE', `${words} is missing\nusage: hedui ${usage}`)
  }
}

type Fields = Record<string, unknown>

/** The fields that the options of a command line give, over those of `base`. Throws HeduiError INPUT_USAGE. */
export function readForm(schema: FormSchema, { values }: Pick<CommandInput, 'values'>, base: Fields = {}): Fields {
  const form: Fields = { ...base }
  for (const option of formOptions(schema)) {
    const given = values[option.name]
    if (given === undefined) continue
    const value = Array.isArray(given) ? given.map((one) => parse(option, one)) : parse(option, given)
    const [field, inner] = option.path as [string, string?]
    if (inner === undefined) form[field] = value
    else form[field] = { ...((form[field] ?? {}) as Fields), [inner]: value }
  }
  return form
}

function parse({ name, type }: FormOption, value: string | boolean): unknown {
  const text = String(value)
  if (type === 'integer') {
    if (!/^\d{1,9}$/.test(text)) throw new HeduiError('INPUT_USAGE', `--${name} must be a whole number`)
    return Number(text)
  }
  if (type === 'boolean') {
    if (text !== 'yes' && text !== 'no') throw new HeduiError('INPUT_USAGE', `--${name} must be yes or no`)
    return text === 'yes'
  }
  return text
}

/** The object of a JSON file that --input names, or {}. Throws HeduiError INPUT_FILE or INPUT_JSON. */
export async function readInputFile({ config, values }: CommandInput): Promise<Fields> {
  if (typeof values.input !== 'string') return {}
  const file = resolve(config.callerFolder, values.input)
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new HeduiError('INPUT_FILE', `cannot be read: ${cause.code}`, { file, cause })
  })
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new HeduiError('INPUT_JSON', 'is not JSON', { file })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new HeduiError('INPUT_JSON', 'must be an object', { file })
  return parsed as Fields
}
