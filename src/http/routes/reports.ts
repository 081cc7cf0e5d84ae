import type { FastifyInstance } from 'fastify'
import { dateInChina, isDate } from '../../domain/dates.ts'
import { parsePerMille } from '../../domain/draw-sample.ts'
import { SPOT_CHECK_SCHEMA } from '../../domain/spot-check.ts'
import { TOWNSHIP_REPORT_SCHEMA } from '../../domain/township-report.ts'
import { HeduiError } from '../../errors.ts'
import { drawSpotChecks } from '../../services/draw-spot-checks.ts'
import { reportTownships } from '../../services/report-townships.ts'
import type { RouteContext } from '../app.ts'
import { PROBLEM } from './run-schemas.ts'

const WHERE_AND_WHEN = {
  region: { type: 'string', pattern: '^\\d{1,12}$', description: 'the beginning of an administrative code' },
  asOf: { type: 'string', description: 'a date such as "2026-11-01"; today in China otherwise' },
} as const

interface Asked {
  readonly region?: string
  readonly asOf?: string
}

/** GET /v1/reports/…: where to look first. */
export function reportsRoutes(app: FastifyInstance, { hedui, rules }: RouteContext): void {
  const dayOf = ({ asOf = dateInChina(hedui.now()) }: Asked): string => {
    if (!isDate(asOf)) throw new HeduiError('INPUT_INVALID', 'must be a real date', { path: 'asOf' })
    return asOf
  }

  app.get<{ Querystring: Asked }>(
    '/v1/reports/townships',
    {
      config: { roles: ['centre', 'auditor'] },
      exposeHeadRoute: false,
      schema: {
        tags: ['reports'],
        summary: 'Townships by recipients per population',
        description:
          'Highest share of recipients in the population first (the parameter population), then highest share of warned ' +
          'households, by their last live results; townships of unknown population come last. Asking is audited.',
        querystring: { type: 'object', additionalProperties: false, properties: WHERE_AND_WHEN },
        response: { 200: TOWNSHIP_REPORT_SCHEMA, 400: PROBLEM, 403: PROBLEM },
      },
      serializerCompiler: () => (data) => JSON.stringify(data),
    },
    async (request) => {
      const asOf = dayOf(request.query)
      const { ruleSet } = await rules.inForceOn(asOf)
      return reportTownships({ ...hedui, ruleSet }, { asOf, region: request.query.region, ...request.caller })
    },
  )

  app.get<{ Querystring: Asked & { seed: string; share: string } }>(
    '/v1/reports/spot-check',
    {
      config: { roles: ['centre', 'auditor'] },
      exposeHeadRoute: false,
      schema: {
        tags: ['reports'],
        summary: 'A random work list that can be drawn again',
        description:
          'Granted households of a date, drawn at random by township and category: the same seed, date and register give ' +
          'the same list. Drawing is audited, with the seed.',
        querystring: {
          type: 'object',
          additionalProperties: false,
          required: ['seed', 'share'],
          properties: {
            ...WHERE_AND_WHEN,
            seed: {
              type: 'string',
              pattern: '\\S',
              maxLength: 200,
              description: 'a text; who knows it can draw again',
            },
            share: { type: 'string', description: 'percent from 0.1 to 100, to a tenth' },
          },
        },
        response: { 200: SPOT_CHECK_SCHEMA, 400: PROBLEM, 403: PROBLEM },
      },
      serializerCompiler: () => (data) => JSON.stringify(data),
    },
    async (request) => {
      const { seed, share, region } = request.query
      const perMille = parsePerMille(share)
      if (perMille === null)
        throw new HeduiError('INPUT_INVALID', 'must be percent from 0.1 to 100, to a tenth', { path: 'share' })
      const asOf = dayOf(request.query)
      return drawSpotChecks(hedui, { seed: seed.trim(), perMille, asOf, region, ...request.caller })
    },
  )
}
