import type { FastifyInstance } from 'fastify'
import { isAnswering } from '../../services/is-answering.ts'
import type { AppContext } from '../app.ts'

const STATUS = { type: 'object', required: ['status'], properties: { status: { type: 'string' } } } as const

/** /health: the process is there. /ready: it can answer, for the database does. */
export function healthRoutes(app: FastifyInstance, { hedui }: AppContext): void {
  app.get(
    '/health',
    {
      config: { roles: 'anyone' },
      schema: { tags: ['service'], summary: 'The process is there', response: { 200: STATUS } },
    },
    async () => ({ status: 'ok' }),
  )
  app.get(
    '/ready',
    {
      config: { roles: 'anyone' },
      schema: { tags: ['service'], summary: 'The service can answer', response: { 200: STATUS, 503: STATUS } },
    },
    async (_request, reply) => {
      const ready = await isAnswering(hedui.database)
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'the database does not answer' })
    },
  )
}
