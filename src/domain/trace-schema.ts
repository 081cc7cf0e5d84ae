/** The JSON Schema of a trace (trace.ts), for the description of the service. */

const text = { type: 'string' } as const
const maybeText = { type: ['string', 'null'] } as const
const place = { type: 'integer', minimum: 0, description: 'a place in records, from 0' } as const
const list = (items: object) => ({ type: 'array', items }) as const

const object = (properties: Readonly<Record<string, unknown>>, optional: readonly string[] = []) =>
  ({
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
  }) as const

const VALUE = {
  description:
    'a value: money as a decimal string of yuan, area in dm²; {record} and {records} are places in records, {person} and {people} ids',
  anyOf: [
    { type: ['null', 'boolean', 'number', 'string', 'array'] },
    object({ record: place }),
    object({ records: list(place) }),
    object({ person: text }),
    object({ people: list(text) }),
  ],
} as const

const STATE = { enum: ['done', 'not-reached', 'failed'] } as const
const FIELDS = { type: 'object', additionalProperties: VALUE, description: 'null where the record lacks one' } as const
const TEXTS = object({ zh: text, en: text })

/** A part of a calculation; its terms are of the same form, which is not written down endlessly. */
const NODE = {
  type: 'object',
  required: ['kind', 'expression', 'state', 'value', 'unit'],
  properties: {
    kind: { enum: ['literal', 'parameter', 'fact', 'name', 'operation', 'expression'] },
    expression: text,
    state: STATE,
    value: VALUE,
    unit: maybeText,
    operator: text,
    field: text,
    person: text,
    terms: { type: 'array', items: { type: 'object' }, description: 'parts of the same form' },
    items: list(object({ record: place, value: VALUE })),
  },
} as const

const STEP = object({
  step: { enum: ['applies', 'requires', 'let', 'evidence', 'measure', 'limit', 'known', 'warn', 'material'] },
  name: { ...maybeText, description: 'of a let' },
  expression: text,
  state: STATE,
  value: VALUE,
  unit: maybeText,
  calculation: { anyOf: [{ type: 'null' }, NODE], description: 'the numbers in the place of the names' },
})

const TEST = object(
  {
    field: text,
    operator: { enum: ['==', '!=', '<', '<=', '>', '>=', 'in', 'not-in', 'some-in', 'none-in', 'given', 'absent'] },
    value: VALUE,
    other: text,
    orAbsent: { const: true },
  },
  ['other', 'orAbsent'],
)

const SET_ASIDE = {
  anyOf: [
    { type: 'null' },
    object(
      { step: text, clause: text, fields: FIELDS, test: TEST, standsFor: { ...place, description: 'counted instead' } },
      ['test', 'standsFor'],
    ),
  ],
} as const

const RECORD = object({
  list: text,
  source: text,
  type: text,
  person: text,
  key: text,
  asOf: text,
  delivery: text,
  row: { type: 'integer' },
  fields: FIELDS,
  state: { enum: ['taken', 'counted-once', 'set-aside', 'unknown'] },
  gives: { ...VALUE, description: 'what it gives to the measure' },
  because: SET_ASIDE,
})

const SELECTION = object({
  step: text,
  expression: text,
  from: text,
  taken: list(place),
  setAside: list(object({ record: place, clause: text, standsFor: place }, ['standsFor'])),
})

const PARAMETER = object({
  name: text,
  title: { anyOf: [{ type: 'null' }, TEXTS] },
  unit: text,
  value: { ...VALUE, description: 'null: none is in force there on that day' },
  region: { ...maybeText, description: 'prefix of the code; "" is everywhere' },
  scheme: maybeText,
  from: maybeText,
  until: maybeText,
  authority: { anyOf: [{ type: 'null' }, TEXTS] },
})

const MISSING = {
  type: 'object',
  required: ['why'],
  properties: {
    why: text,
    source: text,
    person: text,
    parameter: text,
    authorization: {
      anyOf: [
        { type: 'null' },
        object({
          signedOn: text,
          endsOn: maybeText,
          names: { type: 'boolean', description: 'whether it names the source' },
        }),
      ],
    },
  },
} as const

const amount = { type: ['string', 'integer', 'null'] } as const

export const TRACE_SCHEMA = object({
  rule: text,
  title: TEXTS,
  basis: text,
  authority: TEXTS,
  region: { type: 'string', description: 'where this form of the rule holds; "" is everywhere' },
  householdId: text,
  person: maybeText,
  asOf: text,
  outcome: { enum: ['warned', 'clear', 'unverifiable', 'not-applicable'] },
  note: { enum: ['immaterial', null] },
  unit: text,
  measure: amount,
  limit: amount,
  people: list(text),
  sources: list(
    object({ source: text, delivery: maybeText, asOf: maybeText, state: { enum: ['fresh', 'stale', 'missing'] } }),
  ),
  missing: list(MISSING),
  error: maybeText,
  parameters: list(PARAMETER),
  steps: list(STEP),
  records: list(RECORD),
  selections: list(SELECTION),
})
