import { ruleCheck, ruleWarning } from '../check.ts'
import { nodesOf } from '../expression-tree.ts'
import { RECORD_LISTS } from '../record-lists.ts'
import { expressionOf, type RuleToLint } from '../rule-to-lint.ts'

/** A warning that shows no records, or others than those it comes from, cannot be explained or rebutted (lesson 7). */
export const shownEvidence = ruleCheck('shown-evidence', function* (rule) {
  const { sources, evidence } = rule.definition
  const decisive = typesBehind(['measure', 'limit', 'warn'], rule)
  if (evidence === undefined) {
    if (sources.length > 0)
      yield ruleWarning(
        rule.yaml.placeOf(['sources']),
        'names sources and no evidence: a warning would show no records',
      )
    return
  }
  const shown = typesBehind(['evidence'], rule)
  if (decisive.size > 0 && ![...shown].some((type) => decisive.has(type))) {
    yield ruleWarning(
      rule.yaml.placeOf(['evidence']),
      `shows ${[...shown].join(', ')}, and measure, limit and warn come from ${[...decisive].join(', ')}`,
    )
  }
})

/** The lists that expressions of these words read, by themselves or through `let` and evidence. */
function typesBehind(words: readonly string[], rule: RuleToLint): ReadonlySet<string> {
  const lists = new Set<string>()
  const seen = new Set<string>()
  const follow = (name: string) => {
    if (RECORD_LISTS.has(name)) lists.add(name)
    if (seen.has(name)) return
    seen.add(name)
    for (const { path, root, byDefault } of rule.expressions) {
      if (byDefault ? name !== 'warn' : path.at(-1) !== name) continue
      for (const node of nodesOf(root)) if (node.op === 'id') follow(node.args)
    }
  }
  for (const word of words) if (expressionOf(rule, word)) follow(word)
  return lists
}
