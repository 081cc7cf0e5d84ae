import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HeduiError } from '../errors.ts'
import type { KnownSource } from '../rules/lint/check.ts'
import { type Finding, findingOf } from '../rules/lint/finding.ts'
import { lintRuleSet } from '../rules/lint/lint-rule-set.ts'
import type { SourceText } from '../rules/rule-set.ts'
import type { Adapters } from './load-adapters.ts'
import { PARAMETER_FOLDER, RULE_FOLDERS, readTexts } from './load-rule-set.ts'

/** What a rule folder may forbid beside what is forbidden everywhere. */
const FORBIDDEN_FILE = 'forbidden.yaml'

/**
 * All that is wrong or odd in a folder of the form of rules/, by file and line. Stricter than loading: a folder that loads
 * may have errors here. What the forbidden.yaml of the centre's own folder forbids holds too: a folder that lacks it, or says
 * less, takes nothing away. Throws HeduiError DEFINITION_RULE only where a folder cannot be read.
 */
export async function lintRules(folder: string, adapters: Adapters, ownFolder = folder): Promise<Finding[]> {
  const rules = (await Promise.all(RULE_FOLDERS.map((name) => readTexts(join(folder, name))))).flat()
  const parameters = await readTexts(join(folder, PARAMETER_FOLDER))
  if (rules.length === 0) {
    const message = `the folder holds no rule (${RULE_FOLDERS.join('/*.yaml, ')}/*.yaml)`
    return [findingOf('load', { severity: 'error', code: 'DEFINITION_RULE', place: { file: folder }, message })]
  }
  const sources = new Map(
    [...adapters].map(([id, { manifest }]): [string, KnownSource] => [
      id,
      { types: manifest.records.map(({ type }) => type), months: manifest.months ?? null },
    ]),
  )
  const lists = await Promise.all([...new Set([ownFolder, folder])].map(readForbidden))
  const forbidden = lists.filter((list) => list !== null)
  return lintRuleSet({ rules, parameters, forbidden, sources })
}

async function readForbidden(folder: string): Promise<SourceText | null> {
  const file = join(folder, FORBIDDEN_FILE)
  try {
    return { file, text: await readFile(file, 'utf8') }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new HeduiError('DEFINITION_RULE', `cannot be read: ${(cause as NodeJS.ErrnoException).code}`, { file, cause })
  }
}
