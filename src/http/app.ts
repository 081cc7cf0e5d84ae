import swagger from '@fastify/swagger'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { createAjv } from '../domain/schema-errors.ts'
import { createRuleBook, type RuleBook, type RunnableRuleSet } from '../services/choose-rule-set.ts'
import type { Hedui } from '../services/open-hedui.ts'
import { authorize, requireRoles } from './auth.ts'
import { answerError, answerNotFound } from './problem.ts'
import { auditRoutes } from './routes/audit.ts'
import { caseActsRoutes } from './routes/case-acts.ts'
import { caseReportsRoutes } from './routes/case-reports.ts'
import { casesRoutes } from './routes/cases.ts'
import { checksRoutes } from './routes/checks.ts'
import { dueRoutes } from './routes/due.ts'
import { healthRoutes } from './routes/health.ts'
import { homeRoutes } from './routes/home.ts'
import { nearKinRoutes } from './routes/near-kin.ts'
import { openapiRoutes } from './routes/openapi.ts'
import { packetsRoutes } from './routes/packets.ts'
import { precisionRoutes } from './routes/precision.ts'
import { reportsRoutes } from './routes/reports.ts'
import { rulesRoutes } from './routes/rules.ts'
import { rulesCompareRoutes } from './routes/rules-compare.ts'
import { runEventsRoutes } from './routes/run-events.ts'
import { runsRoutes } from './routes/runs.ts'
import { tipOffsRoutes } from './routes/tip-offs.ts'
import { webhooksRoutes } from './routes/webhooks.ts'

export interface AppContext {
  readonly hedui: Hedui
  /** The rules of the settings' folder; which rules are in force is the rule book's to say. */
  readonly ruleSet: RunnableRuleSet
  readonly logger?: FastifyBaseLogger
  /** Tells workers of the ranges of a new run. */
  readonly announce?: (run: string, ranges: number) => Promise<void>
}

/** What routes have. */
export interface RouteContext extends AppContext {
  readonly rules: RuleBook
}

/** A household of a hundred people with long names takes 100 KB. */
const BODY_LIMIT = 1024 * 1024

/** The HTTP service, ready to listen or to be asked in a test. Routes stand in routes/<noun>.ts. */
export async function buildApp(context: AppContext): Promise<FastifyInstance> {
  const { logger, hedui, ruleSet } = context
  const routes: RouteContext = { ...context, rules: await createRuleBook(hedui, ruleSet) }
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : { logger: false }),
    bodyLimit: BODY_LIMIT,
    // Requests are logged by route and status; a body or a query may hold a person.
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance
  // Only JSON is taken; fastify would read plain text as well.
  app.removeContentTypeParser('text/plain')
  const ajv = createAjv()
  app.setValidatorCompiler(({ schema }) => ajv.compile(schema as object))
  app.setErrorHandler(answerError)
  app.setNotFoundHandler(answerNotFound)
  app.addHook('onRoute', requireRoles)
  app.addHook('onRequest', authorize)
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
    reply.header('cache-control', 'no-store')
  })
  endWithResponses(app)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Hedui 核对',
        version: '0.1.0',
        description: 'Income-verification matching for social assistance: warnings to be explained, never findings.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
    },
    hideUntagged: true,
  })
  await app.register(async (scope) => {
    healthRoutes(scope, routes)
    checksRoutes(scope, routes)
    rulesRoutes(scope, routes)
    rulesCompareRoutes(scope, routes)
    dueRoutes(scope, routes)
    runsRoutes(scope, routes)
    runEventsRoutes(scope, routes)
    reportsRoutes(scope, routes)
    casesRoutes(scope, routes)
    caseActsRoutes(scope, routes)
    packetsRoutes(scope, routes)
    caseReportsRoutes(scope, routes)
    precisionRoutes(scope, routes)
    auditRoutes(scope, routes)
    tipOffsRoutes(scope, routes)
    nearKinRoutes(scope, routes)
    webhooksRoutes(scope, routes)
    openapiRoutes(scope)
    homeRoutes(scope, routes)
  })
  await app.ready()
  return app
}

/**
 * Connections whose answer ends after the service was told to stop are closed with it: the server closes those that are
 * idle at that moment and would wait for these until they have been idle for a minute.
 */
function endWithResponses(app: FastifyInstance): void {
  let isStopping = false
  app.addHook('preClose', async () => {
    isStopping = true
  })
  app.addHook('onResponse', async () => {
    if (isStopping) setImmediate(() => app.server.closeIdleConnections())
  })
}
