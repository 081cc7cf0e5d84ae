import { PROBLEM_SCHEMA } from '../problem.ts'

const text = { type: 'string' } as const
const maybeText = { type: ['string', 'null'] } as const
const object = { type: 'object', additionalProperties: true } as const
const REGION = {
  type: 'string',
  pattern: '^\\d{1,12}$',
  description: 'the beginning of an administrative code',
} as const

const SCOPE = {
  type: 'object',
  description: 'which households: all, some by id, those of a region, or those due for a re-check (of a region)',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    all: { const: true },
    ids: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', minLength: 1 } },
    region: REGION,
    due: { const: true },
  },
} as const

export const RUN_BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['scope'],
  properties: {
    scope: SCOPE,
    asOf: { type: 'string', description: 'a date such as "2026-11-01"; today in China otherwise' },
    knownAt: {
      type: 'string',
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})$',
      description:
        'a moment with its zone such as "2026-11-01T08:00:00+08:00": only what had been published and imported by then',
    },
  },
} as const

const RUN_FIELDS = {
  run: text,
  asOf: text,
  ruleSet: text,
  trial: { type: 'boolean', description: 'its results are kept apart, and no case comes of them' },
  shadowOf: { ...maybeText, description: 'the live run beside which it ran' },
  actor: text,
  state: { enum: ['running', 'finished', 'cancelled', 'failed'] },
  startedAt: text,
  finishedAt: maybeText,
  households: { type: 'integer' },
  counts: { ...object, type: ['object', 'null'], description: 'what it came to; null before it has finished' },
} as const

export const RUN = {
  type: 'object',
  required: ['run', 'asOf', 'ruleSet', 'trial', 'state', 'households', 'done'],
  properties: {
    ...RUN_FIELDS,
    knownAt: { ...text, description: 'what had been published and imported by then is what the run uses' },
    scope: object,
    reason: { ...maybeText, description: 'why it was cancelled or has failed' },
    done: { type: 'integer', description: 'households that are done, exactly' },
    etaSeconds: { type: ['integer', 'null'], description: 'until the end at the pace so far; null where unknown' },
    failures: {
      type: 'array',
      description: 'households that could not be checked; the results of the others stand',
      items: { type: 'object', required: ['householdId', 'code'], properties: { householdId: text, code: text } },
    },
  },
} as const

export const RUN_ID = { type: 'object', required: ['id'], properties: { id: text } } as const

export const RUN_LIST = {
  type: 'object',
  required: ['runs'],
  properties: { runs: { type: 'array', items: { type: 'object', properties: RUN_FIELDS } } },
} as const

const side = {
  type: ['object', 'null'],
  description: 'null: the run has no such result',
  properties: {
    outcome: text,
    unit: text,
    measure: { type: ['string', 'integer', 'null'] },
    limit: { type: ['string', 'integer', 'null'] },
    note: maybeText,
  },
} as const

export const DIFFERENCE = {
  description: 'a household that differs, or the totals as the last line',
  oneOf: [
    {
      type: 'object',
      required: ['kind', 'household', 'from', 'to', 'changes'],
      properties: {
        kind: { const: 'household' },
        household: text,
        from: { ...maybeText, description: 'its outcome; null: the run did not check it' },
        to: maybeText,
        changes: {
          type: 'array',
          items: {
            type: 'object',
            properties: { rule: text, person: maybeText, kinds: { type: 'array', items: text }, old: side, new: side },
          },
        },
      },
    },
    {
      type: 'object',
      required: ['kind', 'from', 'to'],
      properties: { kind: { const: 'totals' }, from: text, to: text },
      additionalProperties: { type: 'integer' },
    },
  ],
} as const

export const PROBLEM = {
  description: 'what is wrong, by code and field',
  content: { 'application/problem+json': { schema: PROBLEM_SCHEMA } },
} as const
export const PROBLEMS = { 400: PROBLEM, 403: PROBLEM, 404: PROBLEM, 409: PROBLEM } as const
