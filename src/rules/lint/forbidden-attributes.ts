import { parseLocatedYaml, requireValid } from '../../domain/located-yaml.ts'
import { createAjv } from '../../domain/schema-errors.ts'
import type { SourceText } from '../rule-set.ts'
import type { Severity } from './finding.ts'
import { RECORD_LISTS } from './record-lists.ts'

/** Something that no rule may turn on (lesson 12: no proxies for origin or status). */
export interface ForbiddenAttribute {
  readonly name: string
  /** Words of names (of fields, parameters, `let`): "ethnic*" finds ethnicGroup, "birth place" birthPlace. */
  readonly identifiers?: readonly string[]
  /** Texts that a rule may not compare with; "*" stands for anything. */
  readonly texts?: readonly string[]
  /** Fields that are used whole or not at all: compared with other fields, never cut, measured, ordered or named. */
  readonly whole?: readonly string[]
  readonly reason: string
  readonly severity?: Severity
}

const words = { type: 'array', items: { type: 'string', pattern: '\\S' }, minItems: 1 } as const

const validate = createAjv().compile<readonly ForbiddenAttribute[]>({
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'reason'],
    properties: {
      name: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', description: 'lower-case letters, digits and "-"' },
      identifiers: words,
      texts: words,
      whole: {
        type: 'array',
        items: {
          type: 'string',
          pattern: '^[A-Z][A-Za-z]*\\.[a-z][A-Za-z0-9]*$',
          description: 'a type and a field, such as Person.id',
        },
        minItems: 1,
      },
      reason: { type: 'string', pattern: '\\S' },
      severity: { enum: ['error', 'warning'] },
    },
  },
})

/**
 * The list of a rule folder's forbidden.yaml. It adds to FORBIDDEN_EVERYWHERE and takes nothing away. Throws HeduiError
 * DEFINITION_RULE, located.
 */
export function parseForbidden({ file, text }: SourceText): readonly ForbiddenAttribute[] {
  const yaml = parseLocatedYaml(text, file, 'DEFINITION_RULE')
  return yaml.value === null ? [] : requireValid(yaml, validate, 'DEFINITION_RULE')
}

/** Of every record the person and the key: the key may be made of a number. */
const RECORD_OWNERS = [...RECORD_LISTS.values()].flatMap(({ celType }) => [`${celType}.person`, `${celType}.key`])

/** What holds in every rule set, whatever its folder says. Names and numbers of people do not reach rules at all. */
export const FORBIDDEN_EVERYWHERE: readonly ForbiddenAttribute[] = [
  {
    name: 'ethnicity',
    identifiers: ['ethnic*', 'minority', 'minorities', 'minzu', 'nation', 'race', 'tribe'],
    texts: ['*民族*', '*族', '*少数民族*'],
    reason: 'ethnic origin is no ground for a warning',
  },
  {
    name: 'form-of-name',
    identifiers: ['name', 'names', 'surname', 'forename', 'xingming', 'pinyin'],
    texts: ['*·*', '*•*', '*・*', '*‧*'],
    reason: 'length, characters and dots of a name tell where a family comes from',
  },
  {
    name: 'birthplace',
    identifiers: [
      'birthplace',
      'birth place',
      'native place',
      'origin',
      'jiguan',
      'idnumber',
      'id number',
      'id card',
      'id prefix',
    ],
    texts: ['*籍贯*', '*出生地*'],
    whole: ['Person.id', 'Household.id', ...RECORD_OWNERS],
    reason:
      'the first six digits of an ID number are where someone was first registered; ids and keys may hold the number',
  },
  {
    name: 'religion',
    identifiers: ['religion*', 'religious', 'faith', 'halal', 'church', 'mosque', 'zongjiao'],
    texts: ['*宗教*', '*清真*', '*教徒*', '*基督*', '*佛教*', '*道教*', '*伊斯兰*'],
    reason: 'belief is no ground for a warning',
  },
  {
    name: 'nationality',
    identifiers: ['nationality', 'citizen*', 'foreigner*', 'immigrant*', 'migrant*', 'guoji'],
    texts: ['*国籍*', '*外国人*'],
    reason: 'who is entitled is settled when the application is accepted, not by a warning',
  },
  {
    name: 'politics',
    identifiers: ['party', 'politic*', 'petition*'],
    texts: ['*政治面貌*', '*党员*', '*上访*', '*信访*'],
    reason: 'conviction and complaints are no ground for a warning',
  },
  {
    name: 'region',
    whole: ['Household.region'],
    severity: 'warning',
    reason: 'where a rule differs by place, give the place parameters or a rule file of its own (region: "44")',
  },
]
