import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import { parseLocatedYaml, requireValid } from '../domain/located-yaml.ts'
import type { RecordTypeName } from '../domain/record-types.ts'
import { HeduiError, throwIfAny } from '../errors.ts'
import { readAuthority, writeAuthority } from './authority.ts'
import { createRuleEnvironment } from './cel-environment.ts'
import { type CompiledRule, compileRule } from './compile-rule.ts'
import { type Parameters, parseParameters } from './parameters.ts'
import { type RuleDefinition, validateRule, type WrittenRule } from './rule-schema.ts'

export interface SourceText {
  /** What errors name. */
  readonly file: string
  readonly text: string
}

export interface RuleSet {
  /** "sha256:…" of the RFC 8785 JSON of rules and parameters; every result names it. */
  readonly version: string
  /** The rules and parameters themselves, as they are hashed. */
  readonly content: unknown
  /** In their order. A rule of a region stands beside the one that it takes the place of. */
  readonly rules: readonly CompiledRule[]
  readonly parameters: Parameters
  /** Every source that a rule needs that is switched on anywhere, in the order of their names. */
  readonly sources: readonly string[]
  /** Whether such a rule asks for people's other schemes. */
  readonly readsOtherSchemes: boolean
}

export interface RuleSetSource {
  readonly rules: readonly SourceText[]
  readonly parameters: readonly SourceText[]
  /** The record types that each source's adapter gives. */
  readonly sources: ReadonlyMap<string, readonly RecordTypeName[]>
}

/**
 * Parses and compiles a rule set. Pure: the same texts give the same version and the same results. Throws one
 * HeduiError DEFINITION_RULE or DEFINITION_PARAMETER for all that is wrong in all files.
 */
export function parseRuleSet({ rules: ruleTexts, parameters: parameterTexts, sources }: RuleSetSource): RuleSet {
  const parameters = parseParameters(parameterTexts)
  const environments = {
    household: createRuleEnvironment('household', parameters),
    person: createRuleEnvironment('person', parameters),
  }
  const problems: HeduiError[] = []
  const places = new Map<string, string>()
  const compiled: CompiledRule[] = []
  for (const { file, text } of ruleTexts) {
    try {
      const yaml = parseLocatedYaml(text, file, 'DEFINITION_RULE')
      const definition = withDefaults(requireValid(yaml, validateRule, 'DEFINITION_RULE'))
      const place = `${definition.id} ${definition.region ?? ''}`
      const other = places.get(place)
      if (other)
        throw new HeduiError(
          'DEFINITION_RULE',
          `the rule "${definition.id}" stands in ${other} already`,
          yaml.placeOf(['id']),
        )
      places.set(place, file)
      compiled.push(compileRule(definition, yaml, { environment: environments[definition.scope], parameters, sources }))
    } catch (error) {
      if (!(error instanceof HeduiError)) throw error
      problems.push(error, ...error.others)
    }
  }
  throwIfAny(problems)
  if (compiled.length === 0) throw new HeduiError('DEFINITION_RULE', 'there is no rule')
  const rules = compiled.sort(
    ({ definition: a }, { definition: b }) =>
      a.order - b.order || compareText(a.id, b.id) || compareText(a.region ?? '', b.region ?? ''),
  )
  const content = contentOf(rules, parameters)
  return Object.freeze({
    version: `sha256:${createHash('sha256').update(canonicalize(content)!).digest('hex')}`,
    content,
    rules,
    parameters,
    sources: sourcesOf(rules.filter(isEnabled)),
    readsOtherSchemes: rules.some((rule) => isEnabled(rule) && rule.readsOtherSchemes),
  })
}

const isEnabled = ({ definition }: CompiledRule) => definition.enabled !== false

/** Every source that these rules need, in the order of their names; kept, for a run asks for each household. */
export function sourcesOf(rules: readonly CompiledRule[]): readonly string[] {
  const sources = sourcesKnown.get(rules) ?? [...new Set(rules.flatMap(({ definition }) => definition.sources))].sort()
  sourcesKnown.set(rules, sources)
  return sources
}

const sourcesKnown = new WeakMap<readonly CompiledRule[], readonly string[]>()

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** A definition with what its file may leave out, and its authority in both languages. */
export function withDefaults(definition: WrittenRule): RuleDefinition {
  return {
    ...definition,
    authority: readAuthority(definition.authority),
    who: definition.who ?? 'members',
    rebuttal: definition.rebuttal ?? { accepts: [] },
    examples: definition.examples ?? [],
  }
}

/** What the version is the hash of. The order of files and their names are no part of it. */
function contentOf(rules: readonly CompiledRule[], parameters: Parameters): unknown {
  const sorted = [...parameters.values()].sort((a, b) => compareText(a.name, b.name))
  return {
    rules: rules.map(({ definition }) => ({ ...definition, authority: writeAuthority(definition.authority) })),
    parameters: sorted.map(({ values, ...parameter }) => ({
      ...parameter,
      values: values
        .map(({ value, authority, ...rest }) => ({
          ...rest,
          value: value.toString(),
          authority: writeAuthority(authority),
        }))
        .sort((a, b) => compareText(canonicalize(a)!, canonicalize(b)!)),
    })),
  }
}

/**
 * The rules that hold in a region, in order: of several of one id the one whose region is the longest prefix, unless that
 * one is switched off.
 */
export function rulesOfRegion(ruleSet: RuleSet, region: string): readonly CompiledRule[] {
  const known = regions.get(ruleSet) ?? new Map<string, readonly CompiledRule[]>()
  regions.set(ruleSet, known)
  const rules = known.get(region) ?? chooseRules(ruleSet, region)
  known.set(region, rules)
  return rules
}

/** A run asks again for each household; a city has a few hundred regions. */
const regions = new WeakMap<RuleSet, Map<string, readonly CompiledRule[]>>()

function chooseRules({ rules }: RuleSet, region: string): readonly CompiledRule[] {
  const chosen = new Map<string, CompiledRule>()
  for (const rule of rules) {
    const own = rule.definition.region ?? ''
    const other = chosen.get(rule.definition.id)
    if (region.startsWith(own) && (!other || own.length > (other.definition.region ?? '').length)) {
      chosen.set(rule.definition.id, rule)
    }
  }
  return [...chosen.values()]
    .filter(isEnabled)
    .sort((a, b) => a.definition.order - b.definition.order || compareText(a.definition.id, b.definition.id))
}
