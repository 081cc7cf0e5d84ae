import type { FastifyInstance } from 'fastify'
import { dateInChina, isDate } from '../../domain/dates.ts'
import { DUE_LINE_SCHEMA, type DueLine } from '../../domain/due.ts'
import { HeduiError } from '../../errors.ts'
import { listDue } from '../../services/list-due.ts'
import type { RouteContext } from '../app.ts'
import { PROBLEM_SCHEMA } from '../problem.ts'
import { streamBody } from '../stream-body.ts'

const QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    region: { type: 'string', pattern: '^\\d{1,12}$', description: 'the beginning of an administrative code' },
    asOf: { type: 'string', description: 'a date such as "2026-11-01"; today in China otherwise' },
  },
} as const

const PROBLEM = {
  description: 'what is wrong, by code and field',
  content: { 'application/problem+json': { schema: PROBLEM_SCHEMA } },
} as const

/** GET /v1/due: granted households whose re-check is due, a line each. */
export function dueRoutes(app: FastifyInstance, { hedui, rules }: RouteContext): void {
  app.get<{ Querystring: { region?: string; asOf?: string } }>(
    '/v1/due',
    {
      config: { roles: ['centre', 'auditor'] },
      schema: {
        tags: ['reports'],
        summary: 'Households due for a re-check',
        description:
          'NDJSON: the granted households that are due on the date by due date and id, then those of which it is not ' +
          'known, then one line of totals. An answer without it broke off. Reading it is audited.',
        querystring: QUERY,
        response: {
          200: {
            description: 'a line each',
            content: { 'application/x-ndjson': { schema: DUE_LINE_SCHEMA } },
          },
          400: PROBLEM,
          403: PROBLEM,
        },
      },
    },
    async (request, reply) => {
      const { asOf = dateInChina(hedui.now()), region } = request.query
      if (!isDate(asOf)) throw new HeduiError('INPUT_INVALID', 'must be a real date', { path: 'asOf' })
      const { ruleSet } = await rules.inForceOn(asOf)
      return streamBody(reply, 'application/x-ndjson; charset=utf-8', async (sink) => {
        const write = (line: DueLine) => sink(`${JSON.stringify(line)}\n`)
        const summary = await listDue(
          { ...hedui, ruleSet },
          { asOf, region, ...request.caller },
          {
            due: (household) => write({ kind: 'due', ...household }),
            unknown: (household) => write({ kind: 'unknown', ...household }),
          },
        )
        await write({ kind: 'totals', ...summary })
      })
    },
  )
}
