import { ACTS } from '../../domain/case/allowed-acts.ts'
import {
  CASE_STATES,
  ORIGINS,
  OUTCOMES,
  PAUSE_REASONS,
  PROTECTIONS,
  SERVICE_METHODS,
  VERDICTS,
  WARNING_STATES,
} from '../../domain/case/words.ts'
import { CHECK_RESULT_SCHEMA } from '../../domain/check-result-schema.ts'
import { PROBLEM } from './run-schemas.ts'

export const text = { type: 'string' } as const
export const maybeText = { type: ['string', 'null'] } as const
export const integer = { type: 'integer' } as const
export const yes = { type: 'boolean' } as const
const date = { type: 'string', description: 'YYYY-MM-DD' } as const
const money = { type: ['string', 'null'], description: 'a decimal string of yuan' } as const

export const list = (items: object) => ({ type: 'array', items }) as const

/** An object whose fields are all there, but for those said, and no other. */
export const shape = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []) =>
  ({
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
  }) as const

export const maybe = (schema: ReturnType<typeof shape>) => ({ ...schema, type: ['object', 'null'] }) as const

const LEAD = shape({ source: text, delivery: text, row: integer, person: text })
const DEADLINE = maybe(
  shape({
    date: { ...date, description: 'the last day to answer' },
    provisional: { type: 'boolean', description: 'it may become later: the calendar of its year is not known' },
    from: { ...date, description: 'the day of service, which does not count' },
    workingDays: integer,
  }),
)
const PROOF = shape({ kind: text, reference: text, attachment: maybeText })
const METHOD = { enum: SERVICE_METHODS } as const

const CONFIRMATION = shape({
  warning: text,
  source: text,
  amount: text,
  access: { type: 'boolean', description: 'whether the household can dispose of it' },
  period: shape({ from: date, until: date }),
  reference: text,
})

const WARNING = shape({
  id: { ...text, description: 'W1, W2, … within the case' },
  run: text,
  asOf: date,
  ruleSet: text,
  result: (CHECK_RESULT_SCHEMA.properties.results as { items: object }).items,
  accepts: { ...list(text), description: 'kinds of evidence that the rule names for an answer; "other" is always one' },
  sources: list(text),
  questions: list(shape({ source: text, why: { enum: ['stale', 'unverified'] } })),
  leads: list(LEAD),
  people: list(text),
  fingerprint: { ...text, description: 'of the records that it rests on' },
  state: { enum: WARNING_STATES },
  packet: integer,
  confirmations: list(CONFIRMATION),
  confirmedBy: maybeText,
  confirmedAt: maybeText,
  reason: maybeText,
  wrong: { type: 'boolean', description: 'it was wrong: counts against the rule' },
  openQuestions: { ...list(text), description: 'what has to be answered before it can be confirmed' },
})

const SERVICE = { method: METHOD, on: date, by: text, receivedBy: text, proof: PROOF } as const

const PACKET = shape({
  number: integer,
  id: { ...maybeText, description: 'null until it is issued' },
  issuedAt: maybeText,
  issuedBy: maybeText,
  sha256: maybeText,
  code: maybeText,
  service: maybe(
    shape({
      ...SERVICE,
      packet: integer,
      guardianOf: list(text),
      days: integer,
      deadline: { ...DEADLINE, type: 'object' },
    }),
  ),
  failures: list(shape({ packet: integer, method: METHOD, on: date, by: text, why: text })),
  deadline: DEADLINE,
  told: { ...maybeText, description: 'the latest last day that the household was told; no later one is before it' },
  extensions: { ...integer, description: 'working days given beyond the first' },
  daysLeft: { type: ['integer', 'null'], description: 'working days left while the case is paused' },
  answered: yes,
  expired: yes,
})

const REBUTTAL = shape({
  rebuttal: text,
  receivedOn: date,
  late: yes,
  answers: list(
    shape({
      warning: text,
      evidenceKinds: list(text),
      statement: text,
      verdict: { enum: [...VERDICTS, null] },
      assessedBy: maybeText,
    }),
  ),
  attachments: list(
    shape({ id: { ...text, description: 'the sha256 of its bytes' }, name: text, type: text, bytes: integer }),
  ),
  vouchedBy: shape({ name: text, relation: text }),
})

const RECOVERY = maybe(
  shape({
    began: text,
    months: list(shape({ month: text, paid: text, standard: text, size: integer, entitled: text, recover: text })),
    total: text,
  }),
)

const DECISION = maybe(
  shape({
    outcome: { enum: OUTCOMES },
    from: { enum: CASE_STATES, description: 'the state that it was made in' },
    by: text,
    at: text,
    reason: text,
    basis: text,
    effectiveFrom: maybeText,
    newMonthlyBenefit: money,
    recovery: RECOVERY,
    notice: maybe(shape({ id: text, sha256: text })),
  }),
)

const EVENT = shape({
  number: integer,
  at: text,
  actor: text,
  role: text,
  kind: text,
  reason: maybeText,
  payload: { type: 'object', additionalProperties: true },
  hash: { ...text, description: 'of the event and the hash of the one before' },
})

export const DUE = maybe(shape({ on: date, who: { enum: ['household', 'agency'] }, provisional: yes }))

export const CASE_VIEW = {
  ...shape({
    id: text,
    state: { enum: CASE_STATES },
    since: text,
    openedAt: text,
    householdId: text,
    region: text,
    origin: { enum: ORIGINS },
    asOf: date,
    protected: list(shape({ person: text, why: list({ enum: PROTECTIONS }) })),
    applicant: text,
    kin: { ...list(text), description: 'handlers who are near kin of the household: none of them acts in it' },
    tipOffs: list(text),
    seen: { ...integer, description: 'how many events it has: for If-Match or the body of an act' },
    due: DUE,
    warnings: list(WARNING),
    packets: list(PACKET),
    rebuttals: list(REBUTTAL),
    visits: list(shape({ on: date, visitors: list(text), findings: text, by: { enum: ['township', 'county'] } })),
    contactsAgain: list(shape({ method: text, on: date, by: text, result: text })),
    leads: list(shape({ lead: LEAD, answer: { enum: ['yes', 'no', 'unsure'] }, by: text })),
    pause: maybe(shape({ why: { enum: PAUSE_REASONS }, waitingFor: text, back: { enum: CASE_STATES } })),
    award: maybe(shape({ on: date, award: text, wage: money })),
    decision: DECISION,
    outcomeService: maybe(shape(SERVICE)),
    escalated: yes,
    actors: list(text),
    notices: list(shape({ id: text, kind: { enum: ['outcome', 'arbitration'] }, madeAt: text, sha256: text })),
    allowed: { ...list({ enum: ACTS }), description: 'what a person can do now' },
    events: list(EVENT),
  }),
  description: 'a case, made of its events; it holds ids and masked keys, no name of the household and no number',
} as const

/** An id in a path. */
export const idParams = (...names: string[]) =>
  ({ type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, text])) }) as const

/** Who acts; until tokens come a request says so itself. */
export const ACTOR = { type: 'string', pattern: '\\S', maxLength: 200, description: 'the person who acts' } as const
export const REASON_TEXT = {
  type: 'string',
  pattern: '\\S',
  maxLength: 500,
  description: 'why; kept in the audit',
} as const

export const ACT_PROBLEMS = {
  400: PROBLEM,
  403: PROBLEM,
  404: PROBLEM,
  409: PROBLEM,
  413: PROBLEM,
  415: PROBLEM,
  422: PROBLEM,
} as const

/** A body whose fields are all there, but for those said; `actor` is always one. */
export const actBody = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []) =>
  shape({ ...properties, actor: ACTOR }, optional)

/** The query of what is read with a reason, and who reads where it is a person of a name. */
export const READ_QUERY = {
  reason: { ...REASON_TEXT, description: 'why it is read; kept in the audit' },
  actor: { ...ACTOR, description: 'the person who reads; the caller unless given' },
} as const

export const REGION = {
  type: 'string',
  pattern: '^\\d{1,12}$',
  description: 'the beginning of an administrative code',
} as const

export const DAY = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description: 'a date such as "2026-11-01"',
} as const

/** What is answered is written as it is: a serializer made from the schema would drop what the schema forgot. */
export const asItIs = () => (data: unknown) => JSON.stringify(data)
