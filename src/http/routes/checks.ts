import type { FastifyInstance } from 'fastify'
import { CHECK_RESULT_SCHEMA } from '../../domain/check-result-schema.ts'
import { dateInChina, isDate } from '../../domain/dates.ts'
import { HOUSEHOLD_SCHEMA } from '../../domain/household-schema.ts'
import { HeduiError } from '../../errors.ts'
import { openDesk } from '../../services/application-desk.ts'
import { checkApplication, QUERY_REASONS, type QueryReason } from '../../services/check-application.ts'
import type { RouteContext } from '../app.ts'
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

interface CheckQuery {
  readonly explain?: 'true' | 'all' | 'false'
}

const QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    explain: {
      type: 'string',
      enum: ['true', 'all', 'false'],
      description: 'true: warned results carry the trace of how they came about; all: every result does',
    },
  },
} as const

const EXPLAINED = { true: { explain: 'warned' }, all: { explain: 'all' }, false: {} } as const

const PROBLEM = {
  description: 'what is wrong, by code and field',
  content: { 'application/problem+json': { schema: PROBLEM_SCHEMA } },
} as const

/** POST /v1/checks: one household, answered at once. */
export function checksRoutes(app: FastifyInstance, { hedui, rules }: RouteContext): void {
  const desk = openDesk({ ...hedui, rules })
  const sources = [...hedui.adapters.keys()]
  app.post<{ Body: CheckBody; Querystring: CheckQuery }>(
    '/v1/checks',
    {
      config: { roles: ['centre', 'case-system'] },
      schema: {
        tags: ['checks'],
        summary: 'Check one household',
        description:
          'The rules in force on asOf, over the same records as a run; the answer is the object of a run’s result line. ' +
          'The header hedui-trial: true says that they are not approved, and that nothing may be made of the answer.',
        querystring: QUERY,
        body: BODY,
        response: { 200: CHECK_RESULT_SCHEMA, 400: PROBLEM, 403: PROBLEM, 415: PROBLEM },
      },
      // The result is written as it is: a serializer made from the schema would drop what the schema forgot.
      serializerCompiler: () => (data) => JSON.stringify(data),
    },
    async (request, reply) => {
      const { asOf = dateInChina(hedui.now()), ...body } = request.body
      if (!isDate(asOf)) throw new HeduiError('INPUT_INVALID', 'must be a real date', { path: 'asOf' })
      const onRuleError = (error: unknown, rule: string) => request.log.error({ err: error, rule }, 'a rule failed')
      const asked = { ...body, asOf, ...EXPLAINED[request.query.explain ?? 'false'], ...request.caller }
      const { result, trial } = await checkApplication({ ...hedui, sources, desk, onRuleError }, asked)
      if (trial) reply.header('hedui-trial', 'true')
      return result
    },
  )
}
