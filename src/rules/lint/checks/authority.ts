import type { Authority } from '../../authority.ts'
import { type Check, parameterError, ruleError, ruleWarning } from '../check.ts'
import { childrenOf, comparisonOf, type Node, nodesOf } from '../expression-tree.ts'
import type { Problem } from '../finding.ts'
import { allNodes, type Expression, expressionOf, type RuleToLint } from '../rule-to-lint.ts'

/**
 * A limit without authority. Rules and values of parameters name what they rest on; a figure that stands in a rule itself
 * has neither region nor dates nor authority, and only 0 and 1 may stand as a limit.
 */
export const authority: Check = {
  name: 'authority',
  *run({ rules, parameters }) {
    for (const rule of rules) {
      for (const { at, message } of unnamed(rule.definition.authority))
        yield ruleError(rule.yaml.placeOf(['authority', ...at]), message)
      yield* figures(rule)
    }
    for (const { value, yaml, path } of parameters.values) {
      for (const { at, message } of unnamed(value.authority))
        yield parameterError(yaml.placeOf([...path, 'authority', ...at]), message)
    }
  },
}

/** The languages in which nothing is said; of a plain text, which is both, the text itself. */
function* unnamed({ zh, en }: Authority): Generator<{ at: readonly string[]; message: string }> {
  const isPlain = zh === en
  if (!namesAuthority(zh)) yield { at: isPlain ? [] : ['zh'], message: `"${zh.trim()}" ${WANTED}` }
  if (!isPlain && !namesAuthority(en)) yield { at: ['en'], message: `"${en.trim()}" ${WANTED}` }
}

const WANTED =
  'names no authority: say which text it rests on, with number and article, or that it is invented or inferred and why'

const EMPTY_WORDS = /^(none|n\/?a|todo|tbd|fixme|unknown|test|x+|[-–—.?？*_/\s]*|无|暂无|没有|待定|待补|不详|未知|略)$/i

/** Whether a text says anything about where a figure comes from. */
export function namesAuthority(text: string): boolean {
  const said = text.trim()
  return said.length >= 4 && !EMPTY_WORDS.test(said)
}

function* figures(rule: RuleToLint): Generator<Problem> {
  const limit = expressionOf(rule, 'limit')!
  const whole = constantOf(limit.root, rule)
  if (whole !== null && whole > 1n) {
    yield ruleError(
      rule.placeOf(limit, limit.root),
      `the limit ${whole} stands in the rule; put it in a parameter, which has region, dates and authority`,
    )
    return
  }
  for (const { expression, node } of figuresIn(rule, limit)) {
    yield ruleWarning(
      rule.placeOf(expression, node),
      `the figure ${node.args} has no region, dates or authority; put it in a parameter`,
    )
  }
}

function constantOf(node: Node, rule: RuleToLint): bigint | null {
  const { value } = rule.noteOf(node)
  return value.kind === 'number' ? (value.constant ?? null) : null
}

/** Figures of the limit, and those that `warn` and `material` compare with. Windows (last 3 months), 12 and 100 are no policy. */
function* figuresIn(rule: RuleToLint, limit: Expression): Generator<{ expression: Expression; node: Node }> {
  const windows = new Set([...allNodes(rule)].map(({ node }) => windowOf(node)).filter((spelled) => spelled !== null))
  const isFigure = (node: Node) =>
    node.op === 'value' &&
    typeof node.args === 'bigint' &&
    node.args > 1n &&
    ![12n, 100n].includes(node.args) &&
    !windows.has(node.args)
  for (const node of amountsIn(limit.root)) if (isFigure(node)) yield { expression: limit, node }
  for (const word of ['warn', 'material']) {
    const expression = expressionOf(rule, word)
    if (!expression) continue
    for (const node of nodesOf(expression.root)) {
      const sides = comparisonOf(node)
      const figure = sides && [sides.left, sides.right].find(isFigure)
      if (figure) yield { expression, node: figure }
    }
  }
}

/** What a limit is made of, without what decides between amounts: `household.size <= 2 ? a : b` is a or b. */
function* amountsIn(node: Node): Generator<Node> {
  yield node
  if (comparisonOf(node)) return
  for (const child of node.op === '?:' ? node.args.slice(1) : childrenOf(node)) yield* amountsIn(child)
}

const windowOf = (node: Node): bigint | null => {
  if (node.op !== 'call' || node.args[0] !== 'monthsBefore') return null
  const count = node.args[1][1]
  return count?.op === 'value' && typeof count.args === 'bigint' ? count.args : null
}
