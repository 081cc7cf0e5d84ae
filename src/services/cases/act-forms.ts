import { OUTCOMES, PAUSE_REASONS, SERVICE_METHODS, VERDICTS } from '../../domain/case/words.ts'

/** The JSON Schemas of what people put in when they act. */
export type FormSchema = Readonly<Record<string, unknown>>

const LONGEST_TEXT = 10_000
const text = (description: string) => ({ type: 'string', maxLength: LONGEST_TEXT, description })
const maybe = <S extends { readonly type: string }>(schema: S) => ({ ...schema, type: [schema.type, 'null'] })
const date = (description: string) => ({ type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description })
const month = (description: string) => ({ type: 'string', pattern: '^\\d{4}-\\d{2}$', description })
const warning = { type: 'string', pattern: '^W\\d{1,6}$', description: 'a warning of the case such as W1' }
const packet = { type: 'integer', minimum: 1, description: 'the packet’s number; the one that is meant unless given' }
const yuan = (description: string) => ({ type: 'string', pattern: '^\\d{1,13}\\.\\d{2}$', description })
const words = (description: string) => ({ type: 'array', maxItems: 50, items: text(description) })

const form = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []): FormSchema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
})

const reason = text('why; it stays with the case')
const lead = form({
  source: text('the source'),
  delivery: text('the delivery’s id'),
  row: { type: 'integer', minimum: 0 },
  person: text('the person’s id in the household'),
})
const file = form({
  name: { type: 'string', minLength: 1, maxLength: 200, description: 'the file’s name' },
  content: { type: 'string', description: 'the bytes in base64; PDF, JPEG or PNG, 10 MB at most' },
})
const proof = form(
  { kind: text('signed receipt, postal number …'), reference: text('the receipt’s or the postal number'), file },
  ['file'],
)

export const CONFIRM_SOURCE = form(
  {
    warning,
    source: text('the source that answers'),
    amount: { type: 'string', maxLength: 40, description: 'in the unit of the warning, such as "86400.00"' },
    access: { type: 'boolean', description: 'whether the household can dispose of it' },
    period: form({ from: date('a date'), until: date('a date') }),
    reference: text('the source’s paper: number, date, who signed'),
    reason,
  },
  ['reason'],
)
export const SETTLE_LEAD = form({ lead, answer: { enum: ['yes', 'no', 'unsure'] }, reason })
export const CONFIRM = form({ warnings: { type: 'array', maxItems: 1000, items: warning }, reason }, ['warnings'])
export const WITHDRAW = form({ warning, reason })
export const VISIT = form(
  {
    on: date('the day'),
    visitors: words('a visitor'),
    findings: text('what was found'),
    by: { enum: ['township', 'county'] },
    reason,
  },
  ['reason'],
)
export const SERVE = form(
  {
    packet,
    method: { enum: SERVICE_METHODS },
    on: date('the day of service'),
    by: text('who served it'),
    receivedBy: text('who received it'),
    guardianOf: words('a person’s id, of whom the receiver is the guardian'),
    proof,
    reason,
  },
  ['packet', 'guardianOf', 'reason'],
)
export const FAIL_SERVICE = form(
  { packet, method: { enum: SERVICE_METHODS }, on: date('the day'), by: text('who tried'), why: text('why') },
  ['packet'],
)
export const EXTEND = form({ packet, days: { type: 'integer', minimum: 1, description: 'working days' }, reason }, [
  'packet',
])
export const PAUSE = form({
  why: { enum: PAUSE_REASONS },
  waitingFor: text('what is waited for'),
  reason,
})
export const RESUME = form({ found: text('what came of it'), reason })
export const REBUT = form(
  {
    receivedOn: date('the day on which the answer came'),
    answers: {
      type: 'array',
      minItems: 1,
      maxItems: 1000,
      items: form({
        warning,
        evidenceKinds: words('a kind that the rule accepts, or other'),
        statement: text('what the household answers'),
      }),
    },
    attachments: {
      type: 'array',
      maxItems: 20,
      items: file,
    },
    vouchedBy: form({ name: text('who signs for it'), relation: text('how they stand to the household') }),
    reason,
  },
  ['attachments', 'reason'],
)
export const ASSESS = form(
  {
    rebuttal: { type: 'string', pattern: '^R\\d{1,6}$', description: 'a rebuttal such as R1; the last unless given' },
    warning,
    verdict: { enum: VERDICTS },
    findings: text('what was found'),
    suppressUntil: maybe(date('the same warning on the same records is not raised until then')),
    correction: {
      ...form({
        source: text('the source'),
        record: text('the record’s masked key'),
        request: text('what is to be corrected'),
      }),
      type: ['object', 'null'],
    },
    settles: { ...lead, type: ['object', 'null'] },
  },
  ['rebuttal', 'suppressUntil', 'correction', 'settles'],
)
export const CONTACT_AGAIN = form(
  {
    method: { enum: [...SERVICE_METHODS, 'phone', 'visit'] },
    on: date('the day'),
    by: text('who tried'),
    result: text('what came of it'),
    reason,
  },
  ['reason'],
)
export const DECIDE = form(
  {
    outcome: { enum: OUTCOMES },
    reason,
    basis: text('the rules that the decision rests on'),
    effectiveFrom: maybe(month('the month from which the benefit changes or ends')),
    newMonthlyBenefit: maybe(yuan('what the household receives a month from then')),
    recovery: {
      ...form(
        {
          began: month('the month in which the condition began'),
          entitlement: {
            enum: ['none', 'by-income'],
            description: 'whether the household was entitled to nothing, or to what its income left',
          },
          monthlyIncome: {
            type: 'array',
            maxItems: 1200,
            description: 'the income of each month; a yearly sum is no income of a month',
            items: form({ from: month('a month'), until: month('a month'), amount: yuan('a month') }),
          },
          paid: {
            type: 'array',
            maxItems: 1200,
            description: 'what was paid in months of which the register has nothing',
            items: form(
              {
                month: month('a month'),
                amount: yuan('paid'),
                size: { type: 'integer', minimum: 1, description: 'people in the household' },
                source: text('where it stands'),
              },
              ['size'],
            ),
          },
          until: month('the last month that was paid; the one before effectiveFrom unless given'),
        },
        ['monthlyIncome', 'paid', 'until'],
      ),
      type: ['object', 'null'],
    },
    arbitration: {
      ...form({ person: text('the person whose wage it is'), from: month('a month'), until: month('a month') }, [
        'person',
        'from',
        'until',
      ]),
      type: ['object', 'null'],
    },
  },
  ['effectiveFrom', 'newMonthlyBenefit', 'recovery', 'arbitration'],
)
export const RECORD_AWARD = form(
  { on: date('the day of the award'), award: text('what was awarded'), wage: maybe(yuan('a month')), reason },
  ['wage', 'reason'],
)
export const SERVE_OUTCOME = form(
  {
    method: { enum: SERVICE_METHODS },
    on: date('the day of service'),
    by: text('who served it'),
    receivedBy: text('who received it'),
    proof,
    reason,
  },
  ['reason'],
)
export const CLOSE = form({ reason })
