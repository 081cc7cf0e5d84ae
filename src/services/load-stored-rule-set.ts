import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { stringify } from 'yaml'
import type { Database } from '../db/connect.ts'
import { findRuleSet, findVersions, type StoredRuleSet } from '../db/queries/rule-sets.ts'
import { formatYuan } from '../domain/money.ts'
import { HeduiError } from '../errors.ts'
import type { WrittenAuthority } from '../rules/authority.ts'
import { isMoney, type Parameter, type ParameterValue } from '../rules/parameters.ts'
import type { WrittenRule } from '../rules/rule-schema.ts'
import { parseRuleSet, type SourceText } from '../rules/rule-set.ts'
import type { Adapters } from './load-adapters.ts'
import { PARAMETER_FOLDER, RULE_FOLDERS, type RunnableRuleSet, recordTypesOf } from './load-rule-set.ts'

/** What a version is the hash of (src/rules/rule-set.ts): money in fen, authority as it was written. */
interface Content {
  readonly rules: readonly WrittenRule[]
  readonly parameters: readonly (Omit<Parameter, 'values'> & {
    readonly values: readonly (Omit<ParameterValue, 'value' | 'authority'> & {
      readonly value: string
      readonly authority: WrittenAuthority
    })[]
  })[]
}

const LEAST_DIGITS = 4

/**
 * The whole version that a person means by it, by its digits or by their unique beginning ("sha256:4f2a…" or "4f2a…").
 * Throws HeduiError INPUT_NOT_FOUND or, for a beginning of several, INPUT_INVALID.
 */
export async function requireVersion(database: Database, name: string): Promise<string> {
  const digits = name
    .trim()
    .toLowerCase()
    .replace(/^sha256:/, '')
    .replace(/…$/, '')
  if (!new RegExp(`^[0-9a-f]{${LEAST_DIGITS},64}$`).test(digits)) {
    throw new HeduiError('INPUT_INVALID', `a version is sha256:… or at least ${LEAST_DIGITS} of its hex digits`)
  }
  const [version, other] = await findVersions(database, `sha256:${digits}`, 2)
  if (!version)
    throw new HeduiError('INPUT_NOT_FOUND', `no rule set of the version sha256:${digits} was ever kept here`)
  if (other)
    throw new HeduiError('INPUT_INVALID', `more than one version begins with sha256:${digits}; give more of it`)
  return version
}

/**
 * A rule set that was kept, ready to run as on the day it was kept: it runs from the content that its version is the
 * hash of, and keeps that version whatever defaults the program has learned since. `name` is a version or a unique
 * beginning of one. Throws HeduiError INPUT_*, SOURCE_DATABASE where the content is not what the version says, and
 * DEFINITION_* where today's adapters no longer have what its rules read.
 */
export async function loadStoredRuleSet(
  database: Database,
  name: string,
  adapters: Adapters,
): Promise<RunnableRuleSet> {
  const stored = (await findRuleSet(database, await requireVersion(database, name)))!
  requireIntact(stored)
  const { rules, parameters } = filesOf(stored, JSON.stringify)
  const parsed = parseRuleSet({ rules, parameters, sources: recordTypesOf(adapters) })
  const { version, content, texts } = stored
  return Object.freeze({ ...parsed, version, content, ...(texts ? { texts } : {}) })
}

/** The files of a kept set: as they were written, or made again from the content where their texts were not kept. */
export function textsOf(stored: StoredRuleSet): readonly SourceText[] {
  if (stored.texts) return stored.texts
  const { rules, parameters } = filesOf(stored, (value) => stringify(value, { lineWidth: 0 }))
  return [...rules, ...parameters]
}

function requireIntact({ version, content }: StoredRuleSet): void {
  const hash = createHash('sha256').update(canonicalize(content)!).digest('hex')
  if (version === `sha256:${hash}`) return
  throw new HeduiError('SOURCE_DATABASE', `what is kept of the rule set ${version} is not what its version names`)
}

/** The content as files that give it again when they are read. JSON is YAML. */
export function filesOf({ content }: Pick<StoredRuleSet, 'content'>, write: (value: unknown) => string) {
  const { rules, parameters } = content as Content
  return {
    rules: rules.map((definition) => ({ file: pathOf(definition), text: write(definition) })),
    parameters: [{ file: `${PARAMETER_FOLDER}/all.yaml`, text: write(writeParameters(parameters)) }],
  }
}

function pathOf({ basis, order, id, region }: WrittenRule): string {
  const [warnings, supplementary] = RULE_FOLDERS
  const folder = basis === 'supplementary' ? supplementary : warnings
  return `${folder}/${[order, id, region].filter((part) => part !== undefined).join('-')}.yaml`
}

function writeParameters(parameters: Content['parameters']): unknown {
  const writeValue = (unit: Parameter['unit'], fen: string) => (isMoney(unit) ? formatYuan(BigInt(fen)) : fen)
  return Object.fromEntries(
    parameters.map(({ name, unit, values, ...rest }) => [
      name,
      { unit, ...rest, values: values.map(({ value, ...more }) => ({ ...more, value: writeValue(unit, value) })) },
    ]),
  )
}
