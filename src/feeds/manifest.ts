import { parseLocatedYaml, requireValid } from '../domain/located-yaml.ts'
import { RECORD_TYPES, type RecordTypeName } from '../domain/record-types.ts'
import { createAjv } from '../domain/schema-errors.ts'
import { checkManifest } from './check-manifest.ts'
import type { FileFormat } from './file-format.ts'
import { type ParseName, VALUE_PARSERS } from './parse-value.ts'

export interface FieldMapping {
  /** The column; a field with a default may have none. */
  readonly from?: string
  readonly parse: ParseName
  /** Codes and the words they become. */
  readonly map?: Readonly<Record<string, string | boolean>>
  /** What `map` gives for a code that it does not list; without it such a code refuses the row. */
  readonly otherwise?: string | boolean
  readonly default?: string | number | boolean
  readonly required?: boolean
  /** Masked outside the reviewer's page. */
  readonly sensitive?: boolean
}

export interface Preference {
  readonly field: string
  readonly order: readonly (string | boolean)[]
}

export interface RecordMapping {
  readonly type: RecordTypeName
  /** Which rows of the file; all where it is not given. The first mapping that takes a row has it. */
  readonly when?: { readonly column: string; readonly in: readonly string[] }
  /** The fields that say, within one person, which rows are about the same thing. */
  readonly key: readonly string[]
  readonly prefer: readonly Preference[]
  readonly void?: { readonly column: string; readonly equals: string }
  readonly fields: Readonly<Record<string, FieldMapping>>
}

export interface AdapterExample {
  readonly title?: string
  readonly row: Readonly<Record<string, string | number | null>>
  readonly type?: RecordTypeName
  readonly record?: Readonly<Record<string, unknown>>
  readonly refused?: string
  readonly column?: string
  readonly unidentified?: 'missing' | 'masked' | 'invalid'
  readonly organization?: true
  readonly void?: true
}

/** How the files of one source are read: an adapter (design §6), validated and with its defaults filled in. */
export interface Manifest {
  readonly id: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly owner: string
  readonly trust: 'verified' | 'unverified'
  readonly freshnessDays: number
  readonly maxQuarantinedShare: number
  /** Share of the people of the delivery before that must be in a snapshot, or it is held. */
  readonly minOverlap: number
  readonly retain: 'all' | 'known'
  /** Whether a file is all that the source holds, or what has changed since the snapshot before. */
  readonly mode: 'snapshot' | 'delta'
  /** How many full months back a delivery reaches, where its records have months; a rule's window may not be longer. */
  readonly months?: number
  readonly file: FileFormat
  readonly identity: {
    readonly name: string
    readonly idNumber: string
    readonly idType?: string
    readonly address?: string
    readonly organizations: readonly string[]
  }
  readonly records: readonly RecordMapping[]
  readonly examples: readonly AdapterExample[]
}

const text = { type: 'string', minLength: 1 } as const
const texts = { type: 'array', items: text, minItems: 1 } as const
const encoding = { enum: ['utf-8', 'gb18030', 'gbk'] } as const
const object = (required: readonly string[], properties: object) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})
const character = { type: 'string', minLength: 1, maxLength: 1 } as const
const word = { type: ['string', 'boolean'] } as const

/** The `file:` part for each format; which one applies is said by `format`, so that errors speak of that one alone. */
const FILE_FORMATS = {
  delimited: object(['format'], {
    format: { const: 'delimited' },
    encoding,
    delimiter: character,
    header: { type: 'boolean' },
    columns: texts,
    quote: { enum: ['"', 'none'] },
    comment: character,
  }),
  fixed: object(['format', 'columns'], {
    format: { const: 'fixed' },
    encoding,
    columns: {
      type: 'array',
      minItems: 1,
      items: object(['name', 'start', 'length'], {
        name: text,
        start: { type: 'integer', minimum: 0 },
        length: { type: 'integer', minimum: 1 },
      }),
    },
    comment: character,
  }),
  jsonl: object(['format'], { format: { const: 'jsonl' }, encoding }),
  xlsx: object(['format'], { format: { const: 'xlsx' }, sheet: text }),
} as const

const preference = object(['field', 'order'], { field: text, order: { type: 'array', items: word, minItems: 1 } })

const MANIFEST_SCHEMA = object(['id', 'title', 'owner', 'freshnessDays', 'file', 'identity', 'records'], {
  id: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', description: 'lower-case letters, digits and "-"' },
  title: object(['zh', 'en'], { zh: text, en: text }),
  owner: text,
  trust: { enum: ['verified', 'unverified'] },
  freshnessDays: { type: 'integer', minimum: 0 },
  maxQuarantinedShare: { type: 'number', minimum: 0, maximum: 1 },
  minOverlap: { type: 'number', minimum: 0, maximum: 1 },
  retain: { enum: ['all', 'known'] },
  mode: { enum: ['snapshot', 'delta'] },
  months: { type: 'integer', minimum: 1 },
  file: {
    type: 'object',
    required: ['format'],
    properties: { format: { enum: Object.keys(FILE_FORMATS) } },
    allOf: Object.entries(FILE_FORMATS).map(([format, schema]) => ({
      if: { type: 'object', required: ['format'], properties: { format: { const: format } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: schema,
    })),
  },
  identity: object(['name', 'idNumber'], {
    name: text,
    idNumber: text,
    idType: text,
    address: text,
    organizations: texts,
  }),
  records: {
    type: 'array',
    minItems: 1,
    items: object(['type', 'key', 'fields'], {
      type: { enum: Object.keys(RECORD_TYPES) },
      when: object(['column', 'in'], { column: text, in: texts }),
      key: texts,
      prefer: { anyOf: [preference, { type: 'array', items: preference, minItems: 1 }] },
      void: object(['column', 'equals'], { column: text, equals: text }),
      fields: {
        type: 'object',
        minProperties: 1,
        additionalProperties: object(['parse'], {
          from: text,
          parse: { enum: Object.keys(VALUE_PARSERS) },
          map: { type: 'object', minProperties: 1, additionalProperties: word },
          otherwise: word,
          default: { type: ['string', 'number', 'boolean'] },
          required: { type: 'boolean' },
          sensitive: { type: 'boolean' },
        }),
      },
    }),
  },
  examples: {
    type: 'array',
    items: object(['row'], {
      title: text,
      row: { type: 'object', additionalProperties: { type: ['string', 'number', 'null'] } },
      type: { enum: Object.keys(RECORD_TYPES) },
      record: { type: 'object' },
      refused: text,
      column: text,
      unidentified: { enum: ['missing', 'masked', 'invalid'] },
      organization: { const: true },
      void: { const: true },
    }),
  },
})

const validate = createAjv().compile<Record<string, unknown>>(MANIFEST_SCHEMA)

const FILE_DEFAULTS = {
  delimited: { encoding: 'utf-8', delimiter: ',', header: true, quote: '"' },
  fixed: { encoding: 'utf-8' },
  jsonl: { encoding: 'utf-8' },
  xlsx: {},
} as const

type Defaulted = 'trust' | 'maxQuarantinedShare' | 'minOverlap' | 'retain' | 'mode' | 'examples'
type RawManifest = Omit<Manifest, Defaulted> & Partial<Pick<Manifest, Defaulted>>

/**
 * An adapter from its YAML text. Throws HeduiError DEFINITION_ADAPTER with file, line, path and the words allowed for
 * each thing that is wrong; `fileName` is what errors name.
 */
export function parseManifest(yamlText: string, fileName: string): Manifest {
  const yaml = parseLocatedYaml(yamlText, fileName, 'DEFINITION_ADAPTER')
  const raw = requireValid(yaml, validate, 'DEFINITION_ADAPTER') as unknown as RawManifest
  const manifest = {
    trust: 'verified',
    maxQuarantinedShare: 0.05,
    minOverlap: 0.5,
    retain: 'all',
    mode: 'snapshot',
    examples: [],
    ...raw,
    file: { ...FILE_DEFAULTS[raw.file.format], ...raw.file },
    identity: { ...raw.identity, organizations: raw.identity.organizations ?? [] },
    records: raw.records.map((record) => ({ ...record, prefer: [record.prefer ?? []].flat() })),
  } as Manifest
  checkManifest(manifest, yaml)
  return Object.freeze(manifest)
}
