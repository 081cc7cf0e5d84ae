import type { FastifyInstance } from 'fastify'
import { dateInChina, isDate } from '../../domain/dates.ts'
import { HeduiError } from '../../errors.ts'
import { showLiveRules } from '../../services/show-rule-sets.ts'
import type { RouteContext } from '../app.ts'
import { PROBLEM_SCHEMA } from '../problem.ts'

const TEXTS = {
  type: 'object',
  required: ['zh', 'en'],
  properties: { zh: { type: 'string' }, en: { type: 'string' } },
} as const
const maybeText = { type: ['string', 'null'] } as const

/** As rules/README.md tells them; `authority` and titles in both languages, whichever way the file has them. */
const RULE = {
  type: 'object',
  required: ['id', 'title', 'authority'],
  properties: { id: { type: 'string' }, title: TEXTS, authority: TEXTS },
  additionalProperties: true,
} as const

const LIVE_RULES = {
  type: 'object',
  required: ['asOf', 'version', 'state', 'trial', 'shipped', 'inForceFrom', 'author', 'approver', 'rules'],
  properties: {
    asOf: { type: 'string' },
    version: { type: 'string', description: 'the sha256 that every result names' },
    state: {
      enum: ['draft', 'approved', 'in-force', 'retired', null],
      description: 'in-force, unless trial is true: then what stands of the rules that are used',
    },
    trial: { type: 'boolean', description: 'true: nobody has approved these rules, and no case comes of them' },
    shipped: { type: 'boolean', description: 'they come with the program' },
    inForceFrom: { ...maybeText, description: 'the first day in force; null for those that come with the program' },
    author: maybeText,
    approver: maybeText,
    retiredFrom: maybeText,
    supersededBy: maybeText,
    shadow: { type: 'boolean' },
    rules: { type: 'array', items: RULE },
  },
} as const

const PROBLEM = {
  description: 'what is wrong, by code and field',
  content: { 'application/problem+json': { schema: PROBLEM_SCHEMA } },
} as const

/** GET /v1/rules: the rules in force on a day, and who approved them. */
export function rulesRoutes(app: FastifyInstance, { hedui, rules }: RouteContext): void {
  app.get<{ Querystring: { asOf?: string } }>(
    '/v1/rules',
    {
      config: { roles: ['centre', 'case-system', 'reviewer', 'decider', 'auditor', 'admin'] },
      schema: {
        tags: ['rules'],
        summary: 'The rules in force',
        description: 'The set that checks of the day use: its version, who approved it, and the rules themselves.',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: {
            asOf: { type: 'string', description: 'a date such as "2026-11-01"; today in China otherwise' },
          },
        },
        response: { 200: LIVE_RULES, 400: PROBLEM, 403: PROBLEM },
      },
      serializerCompiler: () => (data) => JSON.stringify(data),
    },
    async (request) => {
      const { asOf = dateInChina(hedui.now()) } = request.query
      if (!isDate(asOf)) throw new HeduiError('INPUT_INVALID', 'must be a real date', { path: 'asOf' })
      return showLiveRules(rules, asOf)
    },
  )
}
