import type { ValidateFunction } from 'ajv'
import { type Document, isNode, isPair, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { type ErrorCode, HeduiError, type Place, throwIfAny } from '../errors.ts'
import { describeSchemaErrors } from './schema-errors.ts'

export type YamlPath = readonly (string | number)[]

/** A YAML file that remembers where each of its values stands. */
export interface LocatedYaml {
  readonly file: string
  readonly value: unknown
  /** File, line and column of the value at a path, or of the nearest one above it. */
  placeOf(path: YamlPath): Place
  /**
   * The place of a character of a string value, for errors inside an expression. Exact for plain and quoted one-line
   * scalars and for block scalars (`|`, `>`), whose lines are found by their indentation.
   */
  placeInString(path: YamlPath, offset: number): Place
}

/**
 * Parses one YAML document whose keys are all strings. Throws HeduiError with `code` for each syntax error, duplicate
 * key or anchor cycle, with line and column.
 */
export function parseLocatedYaml(text: string, file: string, code: ErrorCode): LocatedYaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true, prettyErrors: false })
  const problem = (message: string, at: number) => {
    const { line, col } = lines.linePos(at)
    return new HeduiError(code, message, { file, line, column: col })
  }
  throwIfAny(document.errors.map((error) => problem(error.message, error.pos[0])))

  throwIfAny(unresolvedAliases(document).map(({ source, at }) => problem(`the alias *${source} names nothing`, at)))

  const nodeAt = (path: YamlPath): Node | null => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true)
    return isNode(node) ? node : null
  }
  const place = (offset: number, path: YamlPath): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col, path: path.join('.') || undefined }
  }
  const placeOf = (path: YamlPath): Place => {
    for (let depth = path.length; depth >= 0; depth--) {
      const above = path.slice(0, depth)
      // The key says more than the value where both are there: an unknown word is a key.
      const parent = depth > 0 ? nodeAt(path.slice(0, depth - 1)) : null
      const items = parent && 'items' in parent ? (parent.items as unknown[]) : []
      const pair = items.find(
        (item) => isPair(item) && String((item.key as { value?: unknown }).value) === path[depth - 1],
      )
      const node = pair && isPair(pair) && isNode(pair.key) ? pair.key : nodeAt(above)
      if (node?.range) return place(node.range[0], path)
    }
    return { file, path: path.join('.') || undefined }
  }

  return Object.freeze({
    file,
    value: document.toJS(),
    placeOf,
    placeInString(path: YamlPath, offset: number): Place {
      const node = nodeAt(path) as (Node & { type?: string; value?: unknown }) | null
      if (!node?.range || typeof node.value !== 'string') return placeOf(path)
      const [start, end] = node.range
      if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') {
        return place(blockOffset(text.slice(start, end), node.value, offset) + start, path)
      }
      const within = QUOTED_CHARACTER[node.type as keyof typeof QUOTED_CHARACTER]
      const at = within ? quotedOffset(text.slice(start, end), within, offset) : offset
      return place(Math.min(start + at, end), path)
    },
  })
}

function unresolvedAliases(document: Document.Parsed): { source: string; at: number }[] {
  const found: { source: string; at: number }[] = []
  visit(document, {
    Alias(_, alias) {
      if (!alias.resolve(document)) found.push({ source: alias.source, at: alias.range?.[0] ?? 0 })
    },
  })
  return found
}

/** One character of a quoted scalar, as it is written. */
const QUOTED_CHARACTER = {
  QUOTE_SINGLE: /''|[\s\S]/g,
  QUOTE_DOUBLE: /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])|[\s\S]/g,
}

/** Where the character `offset` of a quoted scalar's value stands in its source, whose first character is the quote. */
function quotedOffset(source: string, character: RegExp, offset: number): number {
  let at = 1
  for (const [written] of source.slice(1).matchAll(character)) {
    if (offset-- === 0) break
    at += written.length
  }
  return at
}

/** Where the character `offset` of a block scalar's value stands in its source: line by line, by what is not indentation. */
function blockOffset(source: string, value: string, offset: number): number {
  let at = source.indexOf('\n') + 1
  for (let i = 0; i < offset && at < source.length; i++) {
    if (/\s/.test(value[i]!)) continue
    while (at < source.length && source[at] !== value[i]) at++
    at++
  }
  while (at < source.length && /\s/.test(source[at]!) && !/\s/.test(value[offset] ?? ' ')) at++
  return at
}

/** The value of a YAML file as the type that `validate` checks; throws one HeduiError for all that is wrong, each located. */
export function requireValid<T>(yaml: LocatedYaml, validate: ValidateFunction<T>, code: ErrorCode): T {
  if (validate(yaml.value)) return yaml.value
  throwIfAny(
    describeSchemaErrors(validate.errors).map(
      ({ path, message }) =>
        new HeduiError(code, message, { ...yaml.placeOf(path), path: path.join('.') || undefined }),
    ),
  )
  throw new HeduiError(code, 'is not valid', { file: yaml.file })
}
