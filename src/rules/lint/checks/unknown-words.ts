import { didYouMean } from '../../../domain/closest-word.ts'
import { ruleCheck, ruleError } from '../check.ts'
import type { Node } from '../expression-tree.ts'
import { allNodes, type RuleToLint } from '../rule-to-lint.ts'
import { textPairs } from './unlike-dates.ts'

/** A field that holds one of a few words is compared with another word: the comparison is the same for everyone. */
export const unknownWords = ruleCheck('unknown-word', function* (rule) {
  for (const { expression, node } of allNodes(rule)) {
    for (const [left, right] of pairsOf(node, rule)) {
      const message = wrongWord(left, right, rule)
      if (message) yield ruleError(rule.placeOf(expression, node.op === 'in' ? right : node), message)
    }
  }
})

/** Also a word that is looked for in a list: `'urban' in person.otherSchemes`. */
function pairsOf(node: Node, rule: RuleToLint): readonly (readonly [Node, Node])[] {
  if (node.op !== 'in' || node.args[1].op === 'list') return textPairs(node)
  return rule.noteOf(node.args[1]).value.kind === 'list' ? [[node.args[0], node.args[1]]] : []
}

function wrongWord(left: Node, right: Node, rule: RuleToLint): string | null {
  const textOf = (node: Node) => {
    const { value } = rule.noteOf(node)
    const item = value.kind === 'list' ? value.of : value
    return item.kind === 'text' ? item : null
  }
  const [a, b] = [textOf(left), textOf(right)]
  if (!a || !b) return null
  const told = (literal: string, words: readonly string[]) =>
    words.includes(literal)
      ? null
      : `"${literal}" is none of its words; allowed: ${words.join(', ')}${didYouMean(literal, words)}`
  if (a.words && b.literal !== undefined) return told(b.literal, a.words)
  if (b.words && a.literal !== undefined) return told(a.literal, b.words)
  if (!a.words || !b.words || a.words.some((word) => b.words!.includes(word))) return null
  return `the two sides have no word in common: ${a.words.join(', ')}; ${b.words.join(', ')}`
}
