/** The JSON Schema of a comparison of two rule sets (rule-comparison.ts). */

import { CHANGE_KINDS } from './rule-comparison.ts'

const text = { type: 'string' } as const
const maybeText = { type: ['string', 'null'] } as const
const count = { type: 'integer', minimum: 0 } as const
const amount = {
  type: ['string', 'integer', 'null'],
  description: 'a decimal string of yuan for money, an integer otherwise, null where there is none',
} as const

const object = (properties: Readonly<Record<string, unknown>>, more: object = {}) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
  ...more,
})
const list = (items: object, description?: string) => ({
  type: 'array',
  items,
  ...(description ? { description } : {}),
})

const side = (which: string) =>
  object(
    {
      outcome: { enum: ['warned', 'clear', 'unverifiable', 'not-applicable'] },
      unit: text,
      measure: amount,
      limit: amount,
      note: { enum: ['immaterial', null] },
    },
    { type: ['object', 'null'], description: `by the ${which} set; null where it has no such result` },
  )

const CHANGE = object({
  household: text,
  region: text,
  scheme: text,
  rule: text,
  person: { ...maybeText, description: 'null for a rule over the household' },
  kinds: { type: 'array', items: { enum: CHANGE_KINDS }, minItems: 1, uniqueItems: true },
  old: side('old'),
  new: side('new'),
})

const oldAndNew = object({ old: count, new: count })
const counts = object(Object.fromEntries(CHANGE_KINDS.map((kind) => [kind, count])), {
  description: 'households by what changed for them; each counts once for a kind',
})
const standing = object(
  {
    applies: { ...count, description: 'households with a result that is not "not-applicable"' },
    warned: count,
    unverifiable: count,
  },
  { type: ['object', 'null'], description: 'households; null where the set does not have the rule' },
)
const group = (description: string) =>
  object({
    group: { type: 'string', description },
    households: count,
    changes: counts,
    warned: { ...oldAndNew, description: 'households with a warning' },
  })

export const RULE_COMPARISON_SCHEMA = object({
  changes: list(CHANGE, 'the households behind the numbers: every result that the two sets do not give alike'),
  run: text,
  asOf: text,
  old: { type: 'string', description: 'the version of the old set' },
  new: { type: 'string', description: 'the version of the new set' },
  households: count,
  changed: { ...count, description: 'households with a change of any kind' },
  outcomes: object({ warned: oldAndNew, unverifiable: oldAndNew, clear: oldAndNew }),
  byRule: list(
    object({ rule: text, title: object({ zh: text, en: text }), changes: counts, old: standing, new: standing }),
  ),
  byTownship: list(group('the first nine digits of the region')),
  byScheme: list(group('the scheme')),
  maxSharePercent: { type: 'number', minimum: 0, maximum: 100 },
  flags: list(
    object({
      rule: text,
      why: { enum: ['warned', 'newly-warned'] },
      households: count,
      of: { ...count, description: 'households that the rule applies to' },
      percent: { type: 'number' },
    }),
    'rules of the new set that warn a larger share of the households they apply to than maxSharePercent',
  ),
})
