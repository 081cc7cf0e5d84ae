import type { FastifyInstance } from 'fastify'
import { listCorrections } from '../../services/cases/list-corrections.ts'
import { listCountyVisits } from '../../services/kin/list-county-visits.ts'
import type { RouteContext } from '../app.ts'
import { asItIs, DAY, list, maybe, maybeText, REGION, shape, text } from './case-schemas.ts'
import { PROBLEM } from './run-schemas.ts'

const CORRECTIONS = shape({
  departments: list(
    shape({
      source: text,
      title: maybe(shape({ zh: text, en: text })),
      owner: maybeText,
      requests: list(
        shape({
          caseId: text,
          householdId: text,
          region: text,
          at: text,
          actor: text,
          warning: text,
          record: { ...text, description: 'the record’s masked key' },
          request: text,
        }),
      ),
    }),
  ),
})

const VISITS = shape({
  visits: list(
    shape({
      household: text,
      region: text,
      why: { enum: ['near-kin', 'tip-off'] },
      case: maybeText,
      tipOff: maybeText,
      since: text,
    }),
  ),
})

/** GET /v1/reports/corrections, /v1/reports/county-visits: what cases ask others to do. */
export function caseReportsRoutes(app: FastifyInstance, { hedui }: RouteContext): void {
  app.get<{ Querystring: { region?: string; source?: string; from?: string } }>(
    '/v1/reports/corrections',
    {
      config: { roles: ['centre', 'reviewer', 'auditor'] },
      schema: {
        tags: ['reports'],
        summary: 'What departments are asked to correct, by department',
        description: 'Of answers that were accepted: the record at its source is wrong.',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { region: REGION, source: text, from: { ...DAY, description: 'asked on this day or later' } },
        },
        response: { 200: CORRECTIONS, 400: PROBLEM, 403: PROBLEM },
      },
      serializerCompiler: asItIs,
    },
    async (request) => ({ departments: await listCorrections(hedui, request.query) }),
  )

  app.get<{ Querystring: { region?: string } }>(
    '/v1/reports/county-visits',
    {
      config: { roles: ['centre', 'reviewer', 'auditor'] },
      schema: {
        tags: ['reports'],
        summary: 'Households that the county itself has to visit',
        description:
          'Near kin of those who handle cases, and tip-offs, of which no visit by the county is recorded yet.',
        querystring: { type: 'object', additionalProperties: false, properties: { region: REGION } },
        response: { 200: VISITS, 400: PROBLEM, 403: PROBLEM },
      },
      serializerCompiler: asItIs,
    },
    async (request) => ({ visits: await listCountyVisits(hedui, request.query) }),
  )
}
