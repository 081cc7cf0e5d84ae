import type { Environment } from '@marcbachmann/cel-js'
import { type ExpressionNode, onOneLine, sourceOf } from './expression-source.ts'

export type Values = Readonly<Record<string, unknown>>

/** A part of a rule that can be run by itself, in the rule's own environment. */
export interface Part {
  readonly node: ExpressionNode
  /** On one line, for people. */
  readonly text: string
  /** The CEL type, "dyn" where it is not known. */
  readonly type: string
  /** Throws where the expression fails. */
  readonly run: (values: Values) => unknown
}

/**
 * Parses an expression and gives its nodes their types. Null where that fails, as it may for a part of a rule that was
 * cut out at a comment: such a part is explained by what is about it.
 */
export function parsePart(environment: Environment, text: string): Part | null {
  try {
    const parsed = environment.parse(text)
    if (!parsed.check().valid) return null
    const node = parsed.ast as unknown as ExpressionNode
    return { node, text: onOneLine(text), type: node.checkedType?.name ?? 'dyn', run: parsed as Part['run'] }
  } catch {
    return null
  }
}

/** The part that a node is, parsed by itself. */
export function partOf(environment: Environment, node: ExpressionNode): Part | null {
  return parsePart(environment, sourceOf(node))
}

/** The environment inside a macro: with its variable, of the type that its list holds. */
export function withVariable(environment: Environment, variable: string, listType: string): Environment | null {
  const type = /^list<(.+)>$/.exec(listType)?.[1] ?? 'dyn'
  try {
    return environment.clone().registerVariable(variable, type)
  } catch {
    // The variable hides a name of the rule.
    return null
  }
}

/** The value of a part, or undefined where it fails. */
export function attempt(run: (values: Values) => unknown, values: Values): unknown {
  try {
    return run(values)
  } catch {
    return undefined
  }
}
