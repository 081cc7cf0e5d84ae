import { parseYuan } from '../../../domain/money.ts'
import { isMoney } from '../../parameters.ts'
import type { RuleExample } from '../../rule-schema.ts'
import { ruleCheck, ruleError, ruleWarning } from '../check.ts'
import { type Comparison, comparisonOf } from '../expression-tree.ts'
import { expressionOf, type RuleToLint } from '../rule-to-lint.ts'

/**
 * A rule is tried where it turns: at the limit, one unit beyond it, and where something is missing. Examples say measure,
 * limit and outcome, so that can be seen without running them.
 */
export const missingExamples = ruleCheck('missing-example', function* (rule) {
  const { enabled = true, examples, unit } = rule.definition
  if (!enabled) return
  const place = rule.yaml.placeOf(['examples'])
  if (examples.length === 0) {
    yield ruleError(place, 'has no examples: at least one at the limit, one a unit beyond it, one unverifiable')
    return
  }
  if (!examples.some((example) => distance(example, rule) === 0n))
    yield ruleWarning(place, 'no example stands at the limit (expect measure and limit, the same)')
  const side = sideOfWarning(rule)
  if (!examples.some((example) => example.expect.outcome === 'warned' && isOneBeyond(distance(example, rule), side)))
    yield ruleWarning(
      place,
      `no warned example stands one unit ${side < 0n ? 'below' : 'above'} the limit (${isMoney(unit) ? '0.01' : `1 ${unit}`})`,
    )
  if (!examples.some(({ expect }) => expect.outcome === 'unverifiable'))
    yield ruleWarning(place, 'no example is unverifiable: what happens where a source or a parameter is missing?')
})

/** How far the measure that an example expects is above its limit; null where it does not say. */
function distance({ expect: { measure, limit } }: RuleExample, rule: RuleToLint): bigint | null {
  const read = (value: string | number | undefined) => {
    if (value === undefined) return null
    if (!isMoney(rule.definition.unit)) return /^-?\d{1,15}$/.test(String(value)) ? BigInt(value) : null
    const fen = parseYuan(String(value))
    return fen === null ? null : BigInt(fen)
  }
  const [above, below] = [read(measure), read(limit)]
  return above === null || below === null ? null : above - below
}

/** 1 where warnings are above the limit, -1 where they are below, 0 where `warn` does not say. */
function sideOfWarning(rule: RuleToLint): bigint {
  const warn = expressionOf(rule, 'warn')
  const comparison = warn && comparisonOf(warn.root)
  if (!comparison) return 0n
  const { left, right } = comparison
  const ABOVE: readonly Comparison[] = ['>', '>=']
  const BELOW: readonly Comparison[] = ['<', '<=']
  const isNamed = (name: string, node: typeof left) => node.op === 'id' && node.args === name
  const turned = isNamed('limit', left) && isNamed('measure', right)
  if (!turned && !(isNamed('measure', left) && isNamed('limit', right))) return 0n
  if (ABOVE.includes(comparison.op)) return turned ? -1n : 1n
  return BELOW.includes(comparison.op) ? (turned ? 1n : -1n) : 0n
}

/** `measure >= limit` warns at the limit itself, which is the unit beyond then. */
function isOneBeyond(distance: bigint | null, side: bigint): boolean {
  if (distance === null) return false
  if (side === 0n) return distance === 1n || distance === -1n
  return distance === side || distance === 0n
}
