/** The JSON Schema of a check's result (check-result.ts), for the description of the service. */

import { TRACE_SCHEMA } from './trace-schema.ts'

const text = { type: 'string' } as const
const maybeText = { type: ['string', 'null'] } as const
const amount = {
  type: ['string', 'integer', 'null'],
  description: 'a decimal string of yuan for money, an integer otherwise, null where there is none',
} as const

const object = (properties: Readonly<Record<string, unknown>>, optional: readonly string[] = []) =>
  ({
    type: 'object',
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
  }) as const

const list = (items: object) => ({ type: 'array', items }) as const

const MISSING = object(
  {
    why: {
      enum: [
        'source-missing',
        'source-stale',
        'not-authorized',
        'no-id-number',
        'parameter-missing',
        'declaration-missing',
        'record-incomplete',
        'error',
      ],
    },
    source: text,
    person: text,
    parameter: text,
  },
  ['source', 'person', 'parameter'],
)

const EVIDENCE = object({
  source: text,
  type: text,
  person: text,
  key: { type: 'string', description: 'values of the key joined with "|", sensitive parts masked' },
  asOf: text,
  delivery: text,
  row: { type: 'integer', description: 'the line where the row starts in the delivered file, from 1' },
})

export const RULE_RESULT_SCHEMA = object(
  {
    rule: text,
    person: maybeText,
    outcome: { enum: ['warned', 'clear', 'unverifiable', 'not-applicable'] },
    unit: text,
    measure: amount,
    limit: amount,
    reason: { type: ['object', 'null'], required: ['zh', 'en'], properties: { zh: text, en: text } },
    missing: list(MISSING),
    note: { enum: ['immaterial'], description: 'clear, for the difference cannot change entitlement' },
    evidence: list(EVIDENCE),
  },
  ['note'],
)

export const CHECK_RESULT_SCHEMA = object({
  run: maybeText,
  householdId: text,
  asOf: text,
  ruleSet: text,
  outcome: { enum: ['warned', 'unverifiable', 'clear'] },
  results: list({
    ...RULE_RESULT_SCHEMA,
    properties: {
      ...RULE_RESULT_SCHEMA.properties,
      trace: { ...TRACE_SCHEMA, description: 'how it came to this, where it was asked for with explain' },
    },
  }),
  sources: list(
    object({ source: text, delivery: maybeText, asOf: maybeText, state: { enum: ['fresh', 'stale', 'missing'] } }),
  ),
  leads: list(
    object({
      source: text,
      person: text,
      row: { type: 'integer' },
      delivery: text,
      why: { enum: ['name-differs', 'name-missing', 'name-masked'] },
    }),
  ),
})
