import type { ValidateFunction } from 'ajv'
import { PROTECTIONS } from '../domain/case/words.ts'
import { RULE_RESULT_SCHEMA } from '../domain/check-result-schema.ts'
import { EMPLOYMENTS, NO_ABILITY, ROLES, SCHEMES } from '../domain/household-schema.ts'
import { RECORD_TYPES } from '../domain/record-types.ts'
import { createAjv } from '../domain/schema-errors.ts'
import { TRACE_SCHEMA } from '../domain/trace-schema.ts'
import type { Packet } from './packet.ts'

const text = { type: 'string' } as const
const maybeText = { type: ['string', 'null'] } as const
const date = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' } as const
const maybeDate = { anyOf: [{ type: 'null' }, date] } as const
const moment = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' } as const
const sha256 = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const
const count = { type: 'integer', minimum: 0 } as const
const fen = { type: 'integer', description: 'fen' } as const
const maybeFen = { type: ['integer', 'null'], description: 'fen' } as const
const flag = { type: 'boolean' } as const

function fields<P extends Readonly<Record<string, unknown>>>(properties: P, optional: readonly (keyof P)[] = []) {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
  } as const
}

const list = (items: object) => ({ type: 'array', items }) as const
const texts = fields({ zh: text, en: text })
const maybe = (schema: object) => ({ anyOf: [{ type: 'null' }, schema] }) as const

const OFFICE = fields({ name: text, address: maybeText, phone: maybeText, hours: maybeText })
const AUTHORIZATION = fields({ signedOn: date, endsOn: maybeDate, sources: list(text) })
const STATE = { enum: ['fresh', 'stale', 'missing'] } as const
const TYPE = { enum: Object.keys(RECORD_TYPES) } as const

const PERSON = fields({
  id: text,
  role: { enum: ROLES },
  relation: text,
  name: { ...text, description: 'masked but for the addressee: the first character and "*"' },
  idNumber: { ...maybeText, description: 'masked: the first three and the last four; null where there is none' },
  protected: list({ enum: PROTECTIONS }),
  authorization: maybe(AUTHORIZATION),
})

const SOURCE = fields({
  source: text,
  title: texts,
  owner: text,
  trust: { enum: ['verified', 'unverified'] },
  state: STATE,
  asOf: maybeDate,
  deliveries: list(
    fields({
      id: text,
      asOf: date,
      fileName: text,
      sha256: { ...sha256, description: 'of the bytes as they were delivered' },
      rows: { type: ['integer', 'null'], minimum: 0 },
      publishedAt: maybeText,
    }),
  ),
})

const RESULT = { ...RULE_RESULT_SCHEMA, additionalProperties: false } as const

const BLOCK = {
  anyOf: [
    fields({ kind: { const: 'text' }, text }),
    fields({ kind: { const: 'pairs' }, rows: list({ ...list(text), minItems: 2, maxItems: 2 }) }),
    fields({ kind: { const: 'table' }, rows: list(list(text)), right: list(count) }),
  ],
} as const

const PAGE = fields({
  title: text,
  subtitle: text,
  sections: list(fields({ heading: text, blocks: list(BLOCK) })),
  footer: text,
})

const CONFIRMATION = fields({
  warning: text,
  source: text,
  amount: { ...text, description: 'in the unit of the warning' },
  access: { type: 'boolean', description: 'whether the household can dispose of it' },
  period: fields({ from: date, until: date }),
  reference: text,
})

const WARNING = fields({
  id: { type: 'string', pattern: '^W\\d+$' },
  title: texts,
  basis: { enum: ['seed-named', 'inferred', 'supplementary'] },
  authority: texts,
  inForceFrom: { ...maybeDate, description: 'null: came with the program' },
  result: { ...RESULT, description: 'as the run kept it' },
  trace: { ...TRACE_SCHEMA, description: 'how the rule came to it' },
  page: { ...PAGE, description: 'the trace in words' },
  accepts: list(fields({ kind: text, zh: text, en: text })),
  confirmed: fields({ by: text, at: moment, reason: text }),
  confirmations: list(CONFIRMATION),
})

const HOUSEHOLD_FACTS = fields({
  id: text,
  scheme: { enum: SCHEMES },
  region: text,
  category: maybeText,
  grantedFrom: maybeText,
  monthlyBenefit: maybeFen,
  monthlyIncome: fen,
  savings: fen,
  vehicles: count,
  dwellings: count,
})

const PERSON_FACTS = fields(
  {
    id: text,
    role: { enum: ROLES },
    relation: text,
    birthDate: maybeDate,
    hasNumber: flag,
    employment: { enum: EMPLOYMENTS },
    monthlyIncome: fen,
    monthlyBenefits: fen,
    disabled: flag,
    seriousIllness: flag,
    vehicleExempt: flag,
    authorization: maybe(AUTHORIZATION),
    support: fields({
      householdSize: count,
      othersIncome12Months: fen,
      supported: count,
      children: count,
      judgedMonthly: maybeFen,
      paidMonthly: maybeFen,
      noAbility: { enum: [...NO_ABILITY, null] },
    }),
  },
  ['support'],
)

const RECORD = fields({
  type: TYPE,
  person: text,
  source: text,
  delivery: text,
  row: count,
  asOf: date,
  key: { ...text, description: 'parts joined with U+001F, sensitive ones masked and told apart' },
  shownKey: text,
  fields: {
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean', 'array'], items: text },
    description: 'money in fen, area in dm²; sensitive ones masked and told apart',
  },
})

const DOSSIER = fields(
  {
    asOf: date,
    household: HOUSEHOLD_FACTS,
    people: list(PERSON_FACTS),
    records: list(RECORD),
    sources: list(fields({ source: text, delivery: maybeText, asOf: maybeDate, state: STATE })),
    unanswered: list(fields({ source: text, person: text })),
    leads: { type: 'array', maxItems: 0 },
    otherSchemes: list(fields({ person: text, scheme: { enum: SCHEMES } })),
  },
  ['otherSchemes'],
)

const REPLAY = fields({
  ruleSet: fields({
    rules: {
      ...list({
        type: 'object',
        properties: { let: list(fields({ name: text, expression: { type: ['string', 'number', 'boolean'] } })) },
      }),
      description: 'as in rules/, in JSON, without their examples; `let` is a list, for its order matters',
    },
    parameters: list(fields({ name: text, unit: text, title: texts, values: list({ type: 'object' }) }, ['title'])),
  }),
  sources: { type: 'object', additionalProperties: list(TYPE) },
  dossier: DOSSIER,
})

/** The published form of packet.json; docs/packet.schema.json is a copy. */
export const PACKET_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://hedui.example/packet.schema.json',
  title: 'Hedui evidence packet',
  description: 'All that a stranger needs to recompute its results. The bytes are those of RFC 8785.',
  ...fields({
    format: { const: 'hedui-packet/1' },
    id: text,
    caseId: text,
    number: { type: 'integer', minimum: 1 },
    title: text,
    issued: fields({ at: moment, on: date, by: text }),
    household: fields({
      id: text,
      scheme: { enum: SCHEMES },
      region: text,
      category: maybeText,
      size: count,
      address: maybeText,
    }),
    addressee: fields({ person: text, name: text }),
    people: list(PERSON),
    check: fields({
      run: text,
      asOf: date,
      ruleSet: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$', description: 'the version of the whole rule set' },
    }),
    sources: list(SOURCE),
    warnings: { ...list(WARNING), minItems: 1 },
    answer: fields({
      workingDays: { ...count, description: 'from service; the clock does not run before' },
      extensionDays: count,
      office: OFFICE,
    }),
    review: fields({ calendarDays: count, office: OFFICE, suitMonths: count, court: OFFICE }),
    legal: list(fields({ id: text, authority: text, text })),
    replay: REPLAY,
    chain: { ...fields({ number: count, hash: sha256 }), description: 'the case’s last event before the packet' },
  }),
} as const

let compiled: ValidateFunction<Packet> | undefined

/** Says whether a value is a packet; its `errors` say what is wrong. Compiled when first asked for: most commands never do. */
export function packetValidator(): ValidateFunction<Packet> {
  compiled ??= createAjv().compile<Packet>(PACKET_SCHEMA)
  return compiled
}
