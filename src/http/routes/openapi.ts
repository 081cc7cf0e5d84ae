import type { FastifyInstance } from 'fastify'

/** The service's description, made from the same schemas that check its requests. */
export function openapiRoutes(app: FastifyInstance): void {
  app.get('/openapi.json', { config: { roles: 'anyone' }, schema: { hide: true } }, async () => app.swagger())
}
