import type { FastifyInstance } from 'fastify'
import { verifyCases } from '../../services/cases/verify-cases.ts'
import type { RouteContext } from '../app.ts'
import { asItIs, integer, list, maybeText, shape, text, yes } from './case-schemas.ts'
import { PROBLEM } from './run-schemas.ts'

const REPORT = shape({
  ok: yes,
  cases: integer,
  events: integer,
  checkpoints: integer,
  papers: { ...integer, description: 'packets, notices and attachments' },
  faults: list(
    shape({
      case: { ...maybeText, description: 'null: of a checkpoint' },
      number: { type: ['integer', 'null'] },
      what: text,
      detail: text,
    }),
  ),
})

/** GET /v1/audit/verify: whether anything of the cases was changed since it was written. */
export function auditRoutes(app: FastifyInstance, { hedui }: RouteContext): void {
  app.get<{ Querystring: { papers?: 'true' | 'false' } }>(
    '/v1/audit/verify',
    {
      config: { roles: ['centre', 'auditor', 'admin'] },
      exposeHeadRoute: false,
      schema: {
        tags: ['audit'],
        summary: 'Whether any case was changed, cut off, reordered or removed since it was written',
        description: 'Reads every case: the chain of its events, its row, its papers, and the signed checkpoints.',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: {
            papers: { enum: ['true', 'false'], description: 'false: leaves out the papers, which takes longest' },
          },
        },
        response: { 200: REPORT, 400: PROBLEM, 403: PROBLEM },
      },
      serializerCompiler: asItIs,
    },
    async (request) => {
      const report = await verifyCases(hedui, { papers: request.query.papers !== 'false' })
      return { ok: report.faults.length === 0, ...report }
    },
  )
}
