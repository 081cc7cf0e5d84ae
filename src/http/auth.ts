import type { FastifyRequest, RouteOptions } from 'fastify'
import { HeduiError } from '../errors.ts'

export type Role = 'centre' | 'case-system' | 'reviewer' | 'decider' | 'auditor' | 'admin'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route; "anyone" is said, never meant by silence. */
    roles?: readonly Role[] | 'anyone'
  }
  interface FastifyRequest {
    caller: Caller
  }
}

export interface Caller {
  readonly actor: string
  readonly role: Role
}

/** A route that does not say who may call it stops the program at start. */
export function requireRoles(route: RouteOptions): void {
  if (!route.config?.roles) {
    throw new HeduiError('DEFINITION_SETTING', `the route ${String(route.method)} ${route.url} declares no role`)
  }
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i

/**
 * Until tokens come, a request from this machine has the role centre and any other is refused. The Host header must
 * name this machine too: a page of another site whose name was made to point here must not reach the service.
 */
export async function authorize(request: FastifyRequest): Promise<void> {
  const { host } = request.headers
  if (!LOOPBACK.test(request.socket.remoteAddress ?? '') || (host !== undefined && !LOOPBACK_HOST.test(host))) {
    throw new HeduiError('INPUT_FORBIDDEN', 'only requests from this machine are answered until tokens are configured')
  }
  request.caller = { actor: 'loopback', role: 'centre' }
  const roles = request.routeOptions.config.roles
  // A path that is no route has no roles; it is answered with 404.
  if (roles && roles !== 'anyone' && !roles.includes(request.caller.role)) {
    throw new HeduiError(
      'INPUT_FORBIDDEN',
      `the role ${request.caller.role} may not do this; allowed: ${roles.join(', ')}`,
    )
  }
}
