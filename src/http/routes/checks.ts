import type { FastifyInstance } from 'fastify'
import { CHECK_RESULT_SCHEMA } from '../../domain/check-result-schema.ts'
import { isDate } from '../../domain/dates.ts'
import { HOUSEHOLD_SCHEMA } from '../../domain/household-schema.ts'
import { HeduiError } from '../../errors.ts'
import { checkApplication, QUERY_REASONS, type QueryReason } from '../../services/check-application.ts'
import type { AppContext } from '../app.ts'
import { PROBLEM_SCHEMA } from '../problem.ts'

interface CheckBody {
  readonly household: unknown
  readonly reason: QueryReason
  readonly asOf?: string
  readonly keep?: boolean
}

const BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['household', 'reason'],
  properties: {
    household: HOUSEHOLD_SCHEMA,
    reason: { type: 'string', enum: QUERY_REASONS, description: 'why the question is asked; kept in the audit' },
    asOf: {
      type: 'string',
      pattern: '^\\d{4}-\\d{2}-\\d{2}$',
      description: 'a date such as "2026-11-01"; today in China otherwise',
    },
    keep: {
      type: 'boolean',
      description: 'whether the household enters the register; nothing of it is kept otherwise',
    },
  },
} as const

const PROBLEM = {
  description: 'what is wrong, by code and field',
  content: { 'application/problem+json': { schema: PROBLEM_SCHEMA } },
} as const

/** POST /v1/checks: one household, answered at once. */
export function checksRoutes(app: FastifyInstance, { hedui, ruleSet }: AppContext): void {
  app.post<{ Body: CheckBody }>(
    '/v1/checks',
    {
      config: { roles: ['centre', 'case-system'] },
      schema: {
        tags: ['checks'],
        summary: 'Check one household',
        description: 'The same rules over the same records as a run; the answer is the object of a run’s result line.',
        body: BODY,
        response: { 200: CHECK_RESULT_SCHEMA, 400: PROBLEM, 403: PROBLEM, 415: PROBLEM },
      },
      // The result is written as it is: a serializer made from the schema would drop what the schema forgot.
      serializerCompiler: () => (data) => JSON.stringify(data),
    },
    async (request) => {
      const { asOf, ...body } = request.body
      if (asOf !== undefined && !isDate(asOf))
        throw new HeduiError('INPUT_INVALID', 'must be a real date', { path: 'asOf' })
      const context = {
        ...hedui,
        ruleSet,
        sources: [...hedui.adapters.keys()],
        onRuleError: (error: unknown, rule: string) => request.log.error({ err: error, rule }, 'a rule failed'),
      }
      return checkApplication(context, { ...body, ...(asOf ? { asOf } : {}), ...request.caller })
    },
  )
}
