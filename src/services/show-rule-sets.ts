import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findRuleSet, listRuleSetEvents, listRuleSetUses, type RuleSetUse } from '../db/queries/rule-sets.ts'
import { dateInChina } from '../domain/dates.ts'
import { lifeOf, type RuleSetEvent, type RuleSetLife } from '../domain/rule-set-life.ts'
import { HeduiError } from '../errors.ts'
import type { RuleDefinition } from '../rules/rule-schema.ts'
import { type RuleBook, type RuleContext, shortVersion } from './choose-rule-set.ts'
import { PARAMETER_FOLDER, RULE_FOLDERS } from './load-rule-set.ts'
import { requireVersion, textsOf } from './load-stored-rule-set.ts'
import { readShippedVersion } from './shipped-rules.ts'

/** A version that was kept: how it stands today, how often it ran, and what people did with it. */
export interface RuleSetHistory extends RuleSetLife, Omit<RuleSetUse, 'version'> {
  readonly events: readonly Omit<RuleSetEvent, 'version'>[]
}

/** Every version ever kept, in the order of their coming; `name` limits it to one. Throws as requireVersion. */
export async function listRuleSets(context: RuleContext, name?: string): Promise<RuleSetHistory[]> {
  const { database, config } = context
  const only = name === undefined ? null : await requireVersion(database, name)
  const [uses, events, shipped] = await Promise.all([
    listRuleSetUses(database),
    listRuleSetEvents(database),
    readShippedVersion(config),
  ])
  const on = dateInChina(context.now())
  return uses
    .filter(({ version }) => only === null || version === only)
    .map((use) => ({
      ...lifeOf(use.version, events, { on, shipped }),
      ...use,
      events: events.filter(({ version }) => version === use.version).map(({ version: _, ...event }) => event),
    }))
}

/** The rules in force on a day, and how they stand. */
export interface LiveRules extends RuleSetLife {
  readonly asOf: string
  /** No rules are in force: these are the folder's, as a trial. */
  readonly trial: boolean
  readonly rules: readonly RuleDefinition[]
}

export async function showLiveRules(book: RuleBook, asOf: string): Promise<LiveRules> {
  const { ruleSet, trial, life } = await book.inForceOn(asOf)
  return { asOf, trial, ...life, rules: ruleSet.rules.map(({ definition }) => definition) }
}

/** The files of a version, as they were written where their texts were kept. Throws as requireVersion. */
export async function showRuleFiles({ database }: Pick<RuleContext, 'database'>, name: string) {
  const stored = (await findRuleSet(database, await requireVersion(database, name)))!
  return { version: stored.version, asWritten: stored.texts !== null, files: textsOf(stored) }
}

const PATH = new RegExp(`^(${[...RULE_FOLDERS, PARAMETER_FOLDER].join('|')})/[^/\\\\]+\\.ya?ml$`)

/**
 * Writes the files of a version into a folder that `rules check`, `check --rules` and `rules draft` take. Gives the
 * paths. Throws HeduiError INPUT_FILE where one is there already: nothing is overwritten.
 */
export async function writeRuleFiles(
  context: Pick<RuleContext, 'database'>,
  { version: name, folder }: { readonly version: string; readonly folder: string },
): Promise<string[]> {
  const { version, files } = await showRuleFiles(context, name)
  for (const { file, text } of files) {
    if (!PATH.test(file))
      throw new HeduiError('SOURCE_DATABASE', `${shortVersion(version)} holds a file of no rule folder`)
    const path = join(folder, file)
    try {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text, { flag: 'wx' })
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      const why = code === 'EEXIST' ? 'is there already; give a folder that is empty' : `cannot be written: ${code}`
      throw new HeduiError('INPUT_FILE', why, { file: path, cause })
    }
  }
  return files.map(({ file }) => file)
}
