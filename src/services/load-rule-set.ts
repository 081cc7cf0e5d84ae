import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HeduiError, throwIfAny } from '../errors.ts'
import { parseRuleSet, type RuleSet, type SourceText } from '../rules/rule-set.ts'
import { runRuleExample } from '../rules/run-example.ts'
import type { Adapters } from './load-adapters.ts'

export type { RuleSet }

const RULE_FOLDERS = ['eight-warnings', 'supplementary']
const PARAMETER_FOLDER = 'parameters'

/**
 * Reads a rule set from a folder of the form of rules/ (design §8). Throws HeduiError DEFINITION_* for all that is wrong
 * in it; the program does not start with half of its rules.
 */
export async function loadRuleSet(folder: string, adapters: Adapters): Promise<RuleSet> {
  const rules = (await Promise.all(RULE_FOLDERS.map((name) => readTexts(join(folder, name))))).flat()
  const parameters = await readTexts(join(folder, PARAMETER_FOLDER))
  if (rules.length === 0) {
    throw new HeduiError('DEFINITION_RULE', `the folder holds no rule (${RULE_FOLDERS.join('/*.yaml, ')}/*.yaml)`, {
      file: folder,
    })
  }
  const sources = new Map([...adapters].map(([id, { manifest }]) => [id, manifest.records.map(({ type }) => type)]))
  return parseRuleSet({ rules, parameters, sources })
}

async function readTexts(folder: string): Promise<SourceText[]> {
  const names = await readdir(folder).catch((cause) => {
    if (cause.code === 'ENOENT') return []
    throw new HeduiError('DEFINITION_RULE', `the folder cannot be read: ${cause.code}`, { file: folder, cause })
  })
  const files = names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name))
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })))
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
