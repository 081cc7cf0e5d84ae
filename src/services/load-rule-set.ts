import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { type ErrorCode, HeduiError, throwIfAny } from '../errors.ts'
import { parseRuleSet, type RuleSet, type SourceText } from '../rules/rule-set.ts'
import { runRuleExample } from '../rules/run-example.ts'
import type { Adapters } from './load-adapters.ts'

export type { RuleSet }

/** A rule set with the texts of its files, each by its path in the folder ("parameters/national.yaml"). */
export interface LoadedRuleSet extends RuleSet {
  readonly texts: readonly SourceText[]
}

/** A rule set that can be run, with the texts of its files where they are known. */
export type RunnableRuleSet = RuleSet & Partial<Pick<LoadedRuleSet, 'texts'>>

export const RULE_FOLDERS = ['eight-warnings', 'supplementary']
export const PARAMETER_FOLDER = 'parameters'

/**
 * Reads a rule set from a folder of the form of rules/ (design §8). Throws HeduiError DEFINITION_* for all that is wrong
 * in it; the program does not start with half of its rules.
 */
export async function loadRuleSet(folder: string, adapters: Adapters): Promise<LoadedRuleSet> {
  const rules = (await Promise.all(RULE_FOLDERS.map((name) => readTexts(join(folder, name))))).flat()
  const parameters = await readTexts(join(folder, PARAMETER_FOLDER))
  if (rules.length === 0) {
    throw new HeduiError('DEFINITION_RULE', `the folder holds no rule (${RULE_FOLDERS.join('/*.yaml, ')}/*.yaml)`, {
      file: folder,
    })
  }
  const texts = [...rules, ...parameters].map(({ file, text }) => ({
    file: relative(folder, file).replaceAll(sep, '/'),
    text,
  }))
  return Object.freeze({ ...parseRuleSet({ rules, parameters, sources: recordTypesOf(adapters) }), texts })
}

/** The record types that each source's adapter gives. */
export function recordTypesOf(adapters: Adapters) {
  return new Map([...adapters].map(([id, { manifest }]) => [id, manifest.records.map(({ type }) => type)]))
}

/** The YAML files of a folder by name; none where there is no folder. A folder that cannot be read throws `code`. */
export async function readTexts(folder: string, code: ErrorCode = 'DEFINITION_RULE'): Promise<SourceText[]> {
  const names = await readdir(folder).catch((cause) => {
    if (cause.code === 'ENOENT') return []
    throw new HeduiError(code, `the folder cannot be read: ${cause.code}`, { file: folder, cause })
  })
  const files = names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name))
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })))
}

/**
 * All that `rules check` looks at, which a set must pass before it can be drafted: it loads, its types fit, its examples
 * give what they say. Throws HeduiError DEFINITION_*.
 */
export async function checkRuleSet(
  folder: string,
  adapters: Adapters,
): Promise<{ ruleSet: LoadedRuleSet; examples: number }> {
  const ruleSet = await loadRuleSet(folder, adapters)
  return { ruleSet, examples: checkRuleExamples(ruleSet) }
}

/** Runs the examples of every rule; throws HeduiError DEFINITION_EXAMPLE for those that do not give what they say. */
export function checkRuleExamples(ruleSet: RuleSet): number {
  let count = 0
  const problems: HeduiError[] = []
  for (const rule of ruleSet.rules) {
    rule.definition.examples.forEach((example, i) => {
      count++
      const path = `${rule.definition.id} examples.${i}${example.title ? ` "${example.title}"` : ''}`
      try {
        const difference = runRuleExample(rule, ruleSet.parameters, example)
        if (difference) problems.push(new HeduiError('DEFINITION_EXAMPLE', difference, { path }))
      } catch (error) {
        problems.push(new HeduiError('DEFINITION_EXAMPLE', (error as Error).message, { path }))
      }
    })
  }
  throwIfAny(problems)
  return count
}
