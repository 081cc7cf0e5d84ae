/** What explanations need of a parsed expression: cel-js gives its nodes with offsets into the text. */
export interface ExpressionNode {
  readonly op: string
  readonly args: unknown
  readonly start: number
  readonly end: number
  readonly input: string
  readonly checkedType?: { readonly name: string }
}

/** The nodes that a node holds, in order. */
export function childrenOf({ args }: ExpressionNode): ExpressionNode[] {
  const found: ExpressionNode[] = []
  const collect = (part: unknown) => {
    if (Array.isArray(part)) for (const each of part) collect(each)
    else if (typeof part === 'object' && part !== null && 'op' in part) found.push(part as ExpressionNode)
  }
  collect(args)
  return found
}

/**
 * The text of a node. cel-js leaves out the parentheses about a node, also where the node begins or ends with one of a
 * part of its own: "(a || b) && c" begins at a. Those are put back.
 */
export function sourceOf({ input, start, end }: ExpressionNode): string {
  const { opened, closed } = unbalanced(input.slice(start, end))
  let from = start
  for (let missing = closed; missing > 0; missing--) from = input.lastIndexOf('(', from - 1)
  let to = end
  for (let missing = opened; missing > 0; missing--) to = input.indexOf(')', to) + 1
  return input.slice(from, to)
}

/** A text of an expression on one line. */
export function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** How many parentheses of a text stay open, and how many it closes that it has not opened; strings and comments hold none. */
function unbalanced(text: string): { opened: number; closed: number } {
  let opened = 0
  let closed = 0
  for (const [token] of text.matchAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\/\/[^\n]*|[()]/g)) {
    if (token === '(') opened++
    else if (token === ')') {
      if (opened > 0) opened--
      else closed++
    }
  }
  return { opened, closed }
}

/** A call of a function, or of a method with the receiver as first argument; null where the node is none. */
export function callOf(
  node: ExpressionNode,
): { readonly name: string; readonly method: boolean; readonly args: readonly ExpressionNode[] } | null {
  if (node.op === 'call') {
    const [name, args] = node.args as [string, ExpressionNode[]]
    return { name, method: false, args }
  }
  if (node.op === 'rcall') {
    const [name, receiver, args] = node.args as [string, ExpressionNode, ExpressionNode[]]
    return { name, method: true, args: [receiver, ...args] }
  }
  return null
}

/** `object.field`, or null. */
export function fieldOf(node: ExpressionNode): { readonly object: ExpressionNode; readonly field: string } | null {
  if (node.op !== '.') return null
  const [object, field] = node.args as [ExpressionNode, string]
  return { object, field }
}

/** The name that a node is, or null. */
export function nameOf(node: ExpressionNode): string | null {
  return node.op === 'id' ? (node.args as string) : null
}

const MACROS = ['filter', 'map', 'all', 'exists', 'exists_one']

/** A macro that runs over a list: `list.filter(v, …)`, `list.map(v, …)` …; null where the node is none. */
export function macroOf(node: ExpressionNode): {
  readonly name: string
  readonly list: ExpressionNode
  readonly variable: string
  readonly parts: readonly ExpressionNode[]
} | null {
  const call = callOf(node)
  if (!call?.method || !MACROS.includes(call.name) || call.args.length < 3) return null
  const [list, variable, ...parts] = call.args as [ExpressionNode, ExpressionNode, ...ExpressionNode[]]
  return { name: call.name, list, variable: nameOf(variable) ?? '', parts }
}

/** Whether an expression reads a name. */
export function mentions(node: ExpressionNode, name: string): boolean {
  return nameOf(node) === name || childrenOf(node).some((child) => mentions(child, name))
}

/** The parts that `&&` (or another operator) joins, however deep: "a && (b && c)" has three. */
export function operandsOf(node: ExpressionNode, operator: string): ExpressionNode[] {
  if (node.op !== operator) return [node]
  return childrenOf(node).flatMap((child) => operandsOf(child, operator))
}
