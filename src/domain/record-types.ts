/**
 * The record types of design §6: one JSON Schema a type gives the validation (Ajv), the types that rules see (CEL) and
 * the fields that an adapter may map. Money is integer fen, area integer square decimetres.
 */

export type FieldKind = 'string' | 'string[]' | 'int' | 'money' | 'area' | 'decimal' | 'date' | 'month' | 'bool'

export interface RecordField {
  readonly kind: FieldKind
  readonly optional?: true
  /** The words that are allowed, for a string. */
  readonly oneOf?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  /** What stands where nothing was delivered. */
  readonly default?: string | number | readonly string[]
}

export interface RecordType {
  /** The name of its list in rules. */
  readonly list: string
  readonly fields: Readonly<Record<string, RecordField>>
}

const text: RecordField = { kind: 'string' }
const maybe = <F extends RecordField>(field: F) => ({ ...field, optional: true }) as const
const money: RecordField = { kind: 'money' }
const month: RecordField = { kind: 'month' }

export const RECORD_TYPES = {
  vehicle: {
    list: 'vehicles',
    fields: {
      plateClass: text,
      plateNumber: text,
      brand: maybe(text),
      vehicleType: maybe(text),
      use: maybe(text),
      firstRegistered: maybe({ kind: 'date' }),
      statuses: { kind: 'string[]', default: [] },
      price: maybe(money),
      insuredValue: maybe(money),
    },
  },
  property: {
    list: 'properties',
    fields: {
      unit: text,
      certificate: maybe(text),
      address: maybe(text),
      area: { kind: 'area', minimum: 0 },
      usage: text,
      nature: maybe(text),
      coOwnership: maybe(text),
      share: { kind: 'decimal', minimum: 0, maximum: 1, default: 1 },
      registeredOn: maybe({ kind: 'date' }),
      kind: maybe({ kind: 'string', oneOf: ['certificate', 'contract'] }),
      current: maybe({ kind: 'bool' }),
    },
  },
  income: {
    list: 'incomes',
    fields: { item: text, month, amount: money, tax: maybe(money), payer: maybe(text), payerCode: maybe(text) },
  },
  contribution: {
    list: 'contributions',
    fields: {
      insurance: text,
      month,
      paidMonth: month,
      base: maybe(money),
      payer: maybe(text),
      payerKind: maybe({ kind: 'string', oneOf: ['employer', 'self', 'government'] }),
    },
  },
  benefit: {
    list: 'benefits',
    fields: {
      kind: { kind: 'string', oneOf: ['pension', 'unemployment', 'other'] },
      insurance: maybe(text),
      month,
      amount: money,
    },
  },
  deposit: {
    list: 'deposits',
    fields: {
      institution: text,
      account: text,
      currency: text,
      balance: money,
      averageBalance: maybe(money),
      status: maybe({ kind: 'string', oneOf: ['open', 'closed'] }),
      openedOn: maybe({ kind: 'date' }),
      closedOn: maybe({ kind: 'date' }),
    },
  },
  security: {
    list: 'securities',
    fields: { institution: text, product: text, currency: maybe(text), value: money },
  },
  policy: {
    list: 'policies',
    fields: {
      institution: text,
      product: text,
      policyNumber: maybe(text),
      annualPremium: money,
      cashValue: maybe(money),
      status: maybe({ kind: 'string', oneOf: ['in-force', 'lapsed'] }),
    },
  },
  business: {
    list: 'businesses',
    fields: {
      company: text,
      creditCode: maybe(text),
      /** Every record's `role` is its person's in the household. */
      position: { kind: 'string', oneOf: ['legal-representative', 'shareholder', 'executive', 'self-employed'] },
      form: maybe({ kind: 'string', oneOf: ['company', 'individual', 'partnership', 'cooperative'] }),
      /** What this person has subscribed, not the capital of the company. */
      capital: maybe(money),
      registeredOn: maybe({ kind: 'date' }),
      status: { kind: 'string', oneOf: ['active', 'revoked', 'closed'] },
      employees: maybe({ kind: 'int', minimum: 0 }),
    },
  },
  death: {
    list: 'deaths',
    /** Lists of funeral homes often hold the day of cremation alone. */
    fields: { diedOn: maybe({ kind: 'date' }), crematedOn: maybe({ kind: 'date' }), registeredBy: maybe(text) },
  },
  payroll: {
    list: 'payrolls',
    fields: {
      employer: text,
      kind: maybe({ kind: 'string', oneOf: ['official', 'institution', 'village-cadre', 'retired', 'other'] }),
      post: maybe(text),
      month,
      amount: money,
    },
  },
  housingFund: {
    list: 'housingFunds',
    fields: {
      account: text,
      employer: maybe(text),
      status: maybe({ kind: 'string', oneOf: ['paying', 'suspended', 'closed'] }),
      monthlyDeposit: maybe(money),
      balance: maybe(money),
      lastPaidMonth: maybe(month),
    },
  },
  custody: {
    list: 'custodies',
    fields: {
      kind: { kind: 'string', oneOf: ['prison', 'compulsory-treatment'] },
      institution: maybe(text),
      from: { kind: 'date' },
      /** The day of release; absent while it has not come. */
      until: maybe({ kind: 'date' }),
    },
  },
} as const satisfies Record<string, RecordType>

export type RecordTypeName = keyof typeof RECORD_TYPES

/** The type of this name, or undefined. */
export function recordType(name: string): RecordType | undefined {
  return (RECORD_TYPES as Record<string, RecordType>)[name]
}

export type FieldValue = string | number | boolean | readonly string[]
export type RecordFields = Readonly<Record<string, FieldValue>>
