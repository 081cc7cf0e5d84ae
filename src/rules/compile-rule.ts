import type { Environment } from '@marcbachmann/cel-js'
import type { LocatedYaml, YamlPath } from '../domain/located-yaml.ts'
import { RECORD_TYPES, type RecordTypeName } from '../domain/record-types.ts'
import { HeduiError } from '../errors.ts'
import { listedRecordType } from './cel-environment.ts'
import type { Parameters } from './parameters.ts'
import { checkReason } from './reason-text.ts'
import type { RuleDefinition } from './rule-schema.ts'
import { suggestName, type TypeProblem } from './suggest-name.ts'

type Runnable = (context: Readonly<Record<string, unknown>>) => unknown

export const DEFAULT_WARN = 'measure > limit'

/** A rule whose expressions are checked and ready to run. */
export interface CompiledRule {
  readonly definition: RuleDefinition
  /** In which all of its expressions can be parsed again, part by part, by whoever explains them. */
  readonly environment: Environment
  /** null: applies to everyone. */
  readonly applies: Runnable | null
  /** null: asks for nothing. */
  readonly requires: Runnable | null
  readonly lets: readonly { readonly name: string; readonly run: Runnable }[]
  readonly evidence: Runnable | null
  readonly measure: Runnable
  readonly limit: Runnable
  /** null: nothing that could be missing matters. */
  readonly known: Runnable | null
  readonly warn: Runnable
  /** null: every difference matters. */
  readonly material: Runnable | null
  /** Whether it asks for people's other schemes, which are gathered only then. */
  readonly readsOtherSchemes: boolean
  /** Names of parameters that `applies` reads, and that the rule reads at all. */
  readonly appliesParameters: readonly string[]
  readonly parameters: readonly string[]
  /** Those of them that it asks for with has(): without a value `known` decides. */
  readonly optionalParameters: readonly string[]
}

interface AstLike {
  readonly op?: string
  readonly args?: unknown
}

/** Calls `visit` for each node of an expression, also those inside macros. */
function walk(node: unknown, visit: (node: AstLike) => void, seen = new Set<unknown>()): void {
  if (typeof node !== 'object' || node === null || seen.has(node)) return
  seen.add(node)
  if ('op' in node) visit(node as AstLike)
  // Macros hang their parts on the node under names of their own, some not enumerable.
  for (const key of Reflect.ownKeys(node)) walk((node as Record<PropertyKey, unknown>)[key], visit, seen)
}

/** The name in `param.name`, or null. */
function parameterNamed({ op, args }: AstLike): string | null {
  if (op !== '.' || !Array.isArray(args)) return null
  const [object, name] = args as [AstLike, unknown]
  return object.op === 'id' && object.args === 'param' ? String(name) : null
}

interface Reads {
  readonly parameters: Set<string>
  /** Parameters in has(). */
  readonly optional: Set<string>
  readonly lists: Set<string>
  readonly otherSchemes: boolean
}

/** What an expression reads: parameters, lists of records, people's other schemes. */
function findReads(ast: unknown): Reads {
  let otherSchemes = false
  const parameters = new Set<string>()
  const optional = new Set<string>()
  const lists = new Set<string>()
  walk(ast, (node) => {
    const { op, args } = node
    const parameter = parameterNamed(node)
    if (parameter) parameters.add(parameter)
    if (op === 'call' && Array.isArray(args) && args[0] === 'has') {
      const asked = parameterNamed(args[1][0])
      if (asked) optional.add(asked)
    }
    if (op === '[]' && Array.isArray(args) && (args[0] as AstLike)?.args === 'param') {
      parameters.add(String((args[1] as AstLike).args))
    }
    if (op === 'id' && LISTS.has(String(args))) lists.add(String(args))
    if (op === '.' && Array.isArray(args) && args[1] === 'otherSchemes') otherSchemes = true
  })
  return { parameters, optional, lists, otherSchemes }
}

const LISTS = new Map<string, RecordTypeName>(
  (Object.keys(RECORD_TYPES) as RecordTypeName[]).map((name) => [RECORD_TYPES[name].list, name]),
)

interface CompileOptions {
  /** The environment for the rule's scope; the rule adds its own names to a copy. */
  readonly environment: Environment
  readonly parameters: Parameters
  /** The record types that each source's adapter gives. */
  readonly sources: ReadonlyMap<string, readonly RecordTypeName[]>
}

/**
 * Checks the types of a rule's expressions and makes them ready to run. Throws HeduiError DEFINITION_RULE with file,
 * line and column of each mistake: an unknown name or field, a wrong type, a list that none of the rule's sources fills
 * (such a rule would be clear for ever), a reason that names what is not there.
 */
export function compileRule(definition: RuleDefinition, yaml: LocatedYaml, options: CompileOptions): CompiledRule {
  const problems: HeduiError[] = []
  const problem = (message: string, place: ReturnType<LocatedYaml['placeOf']>) => {
    problems.push(new HeduiError('DEFINITION_RULE', message, place))
  }
  const environment = options.environment.clone()
  const parameters = new Set<string>()
  const optional = new Set<string>()
  const lists = new Set<string>()
  let readsOtherSchemes = false

  const compile = (text: string, path: YamlPath, fits: (type: string) => boolean, wanted: string) => {
    const checked = environment.check(text)
    if (!checked.valid) {
      const { summary, range } = checked.error as { summary: string; range?: { start: number } }
      const hint = suggestName(checked.error as TypeProblem, environment, options.parameters)
      problem(`${path.join('.')}: ${summary}${hint}`, yaml.placeInString(path, range?.start ?? 0))
      return { run: () => undefined, type: 'dyn', parameters: new Set<string>() }
    }
    const type = checked.type!
    if (!fits(type)) problem(`${path.join('.')} must give ${wanted}, gives ${type}`, yaml.placeOf(path))
    const parsed = environment.parse(text)
    const reads = findReads(parsed.ast)
    for (const name of reads.parameters) parameters.add(name)
    for (const name of reads.optional) optional.add(name)
    for (const list of reads.lists) lists.add(list)
    readsOtherSchemes ||= reads.otherSchemes
    return { run: parsed as Runnable, type, parameters: reads.parameters }
  }
  const is = (type: string) => (given: string) => given === type

  const { sources } = definition
  sources.forEach((source, i) => {
    if (options.sources.has(source)) return
    const allowed = [...options.sources.keys()].join(', ')
    problem(`there is no source "${source}"; allowed: ${allowed}`, yaml.placeOf(['sources', i]))
  })

  // Both are asked before records are read.
  const early = (word: 'applies' | 'requires') => {
    const text = String(definition[word] ?? 'true').trim()
    const compiled = compile(text, [word], is('bool'), 'a bool')
    for (const list of lists)
      problem(`${word} cannot read ${list}: it is asked before records are`, yaml.placeOf([word]))
    lists.clear()
    return { ...compiled, run: text === 'true' ? null : compiled.run }
  }
  const applies = early('applies')
  const requires = early('requires')
  for (const name of requires.parameters)
    problem(`requires cannot read param.${name}: it asks what was declared`, yaml.placeOf(['requires']))
  const lets = Object.entries(definition.let ?? {}).map(([name, text]) => {
    const { run, type } = compile(String(text), ['let', name], () => true, '')
    if (environment.hasVariable(name))
      problem(`"${name}" is the name of something else already`, yaml.placeOf(['let', name]))
    else environment.registerVariable(name, type)
    return { name, run }
  })
  const evidence =
    definition.evidence === undefined
      ? null
      : compile(definition.evidence, ['evidence'], (type) => listedRecordType(type) !== null, 'a list of records')
  if (evidence) environment.registerVariable('evidence', evidence.type)
  const measure = compile(String(definition.measure), ['measure'], is('int'), 'an int')
  environment.registerVariable('measure', 'int')
  const limit = compile(String(definition.limit), ['limit'], is('int'), 'an int')
  environment.registerVariable('limit', 'int')
  const known =
    definition.known === undefined ? null : compile(String(definition.known), ['known'], is('bool'), 'a bool')
  const warn = compile(String(definition.warn ?? DEFAULT_WARN), ['warn'], is('bool'), 'a bool')
  const material =
    definition.material === undefined ? null : compile(String(definition.material), ['material'], is('bool'), 'a bool')

  for (const list of lists) {
    const type = LISTS.get(list)!
    if (sources.some((source) => options.sources.get(source)?.includes(type))) continue
    const filling = [...options.sources].filter(([, types]) => types.includes(type)).map(([source]) => source)
    problem(
      `reads ${list}, which none of its sources gives; add one of: ${filling.join(', ') || 'no adapter gives it'}`,
      yaml.placeOf(['sources']),
    )
  }
  for (const language of ['zh', 'en'] as const) {
    const told = checkReason(definition.reason[language], definition.scope, options.parameters)
    for (const message of told.problems) problem(message, yaml.placeOf(['reason', language]))
    for (const name of told.parameters) parameters.add(name)
  }
  if (problems.length > 0) {
    const [first, ...others] = problems
    throw new HeduiError('DEFINITION_RULE', first!.message, { ...first!.place, others })
  }
  return Object.freeze({
    definition,
    environment,
    applies: applies.run,
    requires: requires.run,
    lets,
    evidence: evidence?.run ?? null,
    measure: measure.run,
    limit: limit.run,
    known: known?.run ?? null,
    warn: warn.run,
    material: material?.run ?? null,
    readsOtherSchemes,
    appliesParameters: [...applies.parameters].sort(),
    parameters: [...parameters].sort(),
    optionalParameters: [...optional].sort(),
  })
}
