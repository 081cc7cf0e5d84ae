import { createAjv } from '../domain/schema-errors.ts'
import { AUTHORITY_SCHEMA, type Authority, type WrittenAuthority } from './authority.ts'

export const UNITS = ['CNY', 'CNY/month', 'CNY/year', 'count', 'months', 'dm2', 'percent'] as const
export type Unit = (typeof UNITS)[number]

export type Who = 'members' | 'supporters' | 'all'

/** CEL; a number or a truth value stands for itself. */
export type Expression = string | number | boolean

/** A rule as its YAML file states it (design §8). Expressions are CEL. */
export interface RuleDefinition {
  readonly id: string
  readonly order: number
  readonly title: { readonly zh: string; readonly en: string }
  readonly basis: 'seed-named' | 'inferred' | 'supplementary'
  readonly authority: Authority
  readonly scope: 'household' | 'person'
  readonly who: Who
  readonly sources: readonly string[]
  readonly unit: Unit
  /** A region's code: there, this file takes the place of the rule of the same id. */
  readonly region?: string
  /** false: shipped switched off; a region's file of the same id may switch it on there. Default true. */
  readonly enabled?: boolean
  readonly applies?: Expression
  /** Of what the household has declared; false = unverifiable, declaration-missing. Asked before records are. */
  readonly requires?: Expression
  readonly let?: Readonly<Record<string, Expression>>
  readonly evidence?: string
  readonly measure: Expression
  readonly limit: Expression
  /**
   * Whether the records, and the parameters that the rule asks for with has(), say enough; false = unverifiable,
   * record-incomplete or parameter-missing. Asked after `limit`.
   */
  readonly known?: Expression
  readonly warn?: Expression
  /** Whether the difference can change entitlement; false makes a warning clear, with the note immaterial. */
  readonly material?: Expression
  readonly reason: { readonly zh: string; readonly en: string }
  readonly rebuttal: { readonly accepts: readonly string[] }
  readonly examples: readonly RuleExample[]
}

/** A rule before what may be written in more than one way is read. */
export type WrittenRule = Omit<RuleDefinition, 'authority'> & { readonly authority: WrittenAuthority }

export interface RuleExample {
  readonly title?: string
  readonly given: {
    readonly asOf: string
    readonly household?: Readonly<Record<string, unknown>>
    readonly people?: readonly Readonly<Record<string, unknown>>[]
    /** Values in place of those of the parameter files; null: there is none. */
    readonly params?: Readonly<Record<string, string | number | null>>
    /** Records by list name; money in yuan, area in dm². */
    readonly records?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
    /** States of sources; fresh where nothing is said. */
    readonly sources?: Readonly<Record<string, 'fresh' | 'stale' | 'missing'>>
  }
  readonly expect: {
    readonly outcome: string
    readonly person?: string
    readonly measure?: string | number
    readonly limit?: string | number
    /** Number of evidence rows. */
    readonly evidence?: number
    readonly missing?: readonly string[]
    readonly note?: 'immaterial'
    readonly reason?: { readonly zh?: string; readonly en?: string }
  }
}

const text = { type: 'string', minLength: 1 } as const
const texts = {
  type: 'object',
  additionalProperties: false,
  required: ['zh', 'en'],
  properties: { zh: text, en: text },
} as const
const expression = { type: ['string', 'integer', 'boolean'], minLength: 1 } as const
const amount = { type: ['string', 'integer'] } as const
const facts = { type: 'object' } as const
const code = {
  type: 'string',
  pattern: '^\\d{0,12}$',
  description: 'an administrative code in quotes, such as "3699"',
} as const
const date = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a date such as 2026-11-01' } as const

const EXAMPLE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['given', 'expect'],
  properties: {
    title: text,
    given: {
      type: 'object',
      additionalProperties: false,
      required: ['asOf'],
      properties: {
        asOf: date,
        household: facts,
        people: { type: 'array', items: facts },
        params: { type: 'object', additionalProperties: { type: ['string', 'integer', 'null'] } },
        records: { type: 'object', additionalProperties: { type: 'array', items: facts } },
        sources: { type: 'object', additionalProperties: { enum: ['fresh', 'stale', 'missing'] } },
      },
    },
    expect: {
      type: 'object',
      additionalProperties: false,
      required: ['outcome'],
      properties: {
        outcome: { enum: ['warned', 'clear', 'unverifiable', 'not-applicable'] },
        person: text,
        measure: amount,
        limit: amount,
        evidence: { type: 'integer', minimum: 0 },
        missing: { type: 'array', items: text },
        note: { enum: ['immaterial'] },
        reason: { type: 'object', additionalProperties: false, properties: { zh: text, en: text } },
      },
    },
  },
} as const

const RULE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'order', 'title', 'basis', 'authority', 'scope', 'sources', 'unit', 'measure', 'limit', 'reason'],
  properties: {
    id: { type: 'string', pattern: '^[a-z][a-z0-9-]*$', description: 'lower-case letters, digits and "-"' },
    order: { type: 'integer' },
    title: texts,
    basis: { enum: ['seed-named', 'inferred', 'supplementary'] },
    authority: AUTHORITY_SCHEMA,
    scope: { enum: ['household', 'person'] },
    who: { enum: ['members', 'supporters', 'all'] },
    sources: { type: 'array', items: text, uniqueItems: true },
    unit: { enum: UNITS },
    region: code,
    enabled: { type: 'boolean' },
    applies: expression,
    requires: expression,
    let: { type: 'object', additionalProperties: expression, propertyNames: { pattern: '^[a-z][A-Za-z0-9]*$' } },
    evidence: text,
    measure: expression,
    limit: expression,
    known: expression,
    warn: expression,
    material: expression,
    reason: texts,
    rebuttal: {
      type: 'object',
      additionalProperties: false,
      required: ['accepts'],
      properties: { accepts: { type: 'array', items: text } },
    },
    examples: { type: 'array', items: EXAMPLE_SCHEMA },
  },
} as const

export const validateRule = createAjv().compile<WrittenRule>(RULE_SCHEMA)
