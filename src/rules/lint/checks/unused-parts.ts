import { type Check, parameterWarning, ruleCheck, ruleWarning } from '../check.ts'
import { nodesOf } from '../expression-tree.ts'
import { RECORD_LISTS } from '../record-lists.ts'
import { allNodes, type RuleToLint } from '../rule-to-lint.ts'

/** A `let` that nothing reads: a condition that was meant to count, mostly. */
export const unusedLet = ruleCheck('unused-let', function* (rule) {
  for (const name of Object.keys(rule.definition.let ?? {})) {
    const isRead = [...allNodes(rule)].some(({ node }) => node.op === 'id' && node.args === name)
    if (!isRead) yield ruleWarning(rule.yaml.placeOf(['let', name]), `nothing reads "${name}"`)
  }
})

/** A source of which a rule reads nothing: its results are unverifiable while it is missing, for nothing. */
export const unusedSource = ruleCheck('unused-source', function* (rule, { sources }) {
  const read = typesRead(rule)
  for (const [i, source] of rule.definition.sources.entries()) {
    const types = sources.get(source)?.types ?? []
    if (types.some((type) => read.has(type))) continue
    yield ruleWarning(
      rule.yaml.placeOf(['sources', i]),
      `reads nothing of ${source}, and is unverifiable while it is missing or not authorized`,
    )
  }
})

function typesRead(rule: RuleToLint): ReadonlySet<string> {
  const names = rule.expressions.flatMap(({ root }) =>
    [...nodesOf(root)].map((node) => (node.op === 'id' ? node.args : '')),
  )
  return new Set(names.map((name) => RECORD_LISTS.get(name)?.type ?? ''))
}

/** Parameters that the program itself reads: when households are due to be checked again, how many live in a township. */
const READ_BY_PROGRAM = /^(reviewMonths[A-Z]?|population)$/

/** A parameter that no rule reads, or that rules read and that has no value anywhere. */
export const unusedParameter: Check = {
  name: 'unused-parameter',
  *run({ rules, parameters, isComplete }) {
    if (!isComplete) return
    const read = new Set(rules.flatMap(({ compiled }) => compiled.parameters))
    const needed = new Set(
      rules.filter(({ definition }) => definition.enabled !== false).flatMap(({ compiled }) => compiled.parameters),
    )
    for (const [name, { yaml, path }] of parameters.places) {
      if (!read.has(name) && !READ_BY_PROGRAM.test(name))
        yield parameterWarning(yaml.placeOf(path), `no rule reads ${name}`)
      if (needed.has(name) && !parameters.values.some(({ parameter }) => parameter === name))
        yield parameterWarning(
          yaml.placeOf(path),
          `${name} has no value anywhere, so every rule that reads it is unverifiable`,
        )
    }
  },
}
