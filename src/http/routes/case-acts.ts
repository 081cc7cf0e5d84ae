import type { FastifyInstance } from 'fastify'
import { HeduiError } from '../../errors.ts'
import { CASE_ACTS, type CaseAct } from '../../services/cases/case-acts.ts'
import type { CaseView } from '../../services/cases/case-view.ts'
import { viewCase } from '../../services/cases/show-case.ts'
import type { RouteContext } from '../app.ts'
import { IDEMPOTENCY_HEADERS, once } from '../idempotency.ts'
import { IF_MATCH_HEADER, seenOf, tagSeen } from '../if-match.ts'
import { ProblemWithMore } from '../problem.ts'
import { ACT_PROBLEMS, ACTOR, CASE_VIEW, idParams } from './case-schemas.ts'

const MB = 1024 * 1024
/** Four attachments of 10 MB in base64 with an answer, one with a proof of service. */
const BODY_LIMITS: Readonly<Record<string, number>> = { rebut: 56 * MB, serve: 15 * MB, 'serve-outcome': 15 * MB }

/** Paths that are not called as the act is (design §12). */
const PATHS: Readonly<Record<string, string>> = { rebut: 'rebuttals' }

type ActBody = Readonly<Record<string, unknown>> & { readonly actor: string; readonly seen?: number }

/** POST /v1/cases/:id/ACT: every act of a person, as the registry of acts has it. */
export function caseActsRoutes(app: FastifyInstance, context: RouteContext): void {
  for (const act of CASE_ACTS) actRoute(app, context, act)
}

function actRoute(app: FastifyInstance, { hedui }: RouteContext, act: CaseAct): void {
  app.post<{ Params: { id: string }; Body: ActBody }>(
    `/v1/cases/:id/${PATHS[act.name] ?? act.name}`,
    {
      config: { roles: ['centre', 'reviewer', 'decider'] },
      ...(act.name in BODY_LIMITS ? { bodyLimit: BODY_LIMITS[act.name]! } : {}),
      schema: {
        tags: ['cases'],
        summary: act.summary,
        description:
          `The act "${act.name}". Answers the case as it is then. 409 where its state does not allow it, with the acts ` +
          'that it does allow; also where somebody else acted since what If-Match or `seen` say.',
        headers: { ...IDEMPOTENCY_HEADERS, properties: { ...IDEMPOTENCY_HEADERS.properties, ...IF_MATCH_HEADER } },
        params: idParams('id'),
        body: bodyOf(act),
        response: { 200: CASE_VIEW, ...ACT_PROBLEMS },
      },
      serializerCompiler: () => (data) => JSON.stringify(data),
    },
    async (request, reply) => {
      const { actor, seen, ...input } = request.body
      const { id } = request.params
      const who = { case: id, actor, role: request.caller.role, seen: seenOf(request, seen) }
      let done: CaseView | undefined
      // What is kept for a repeated request holds nothing of the case: it is answered with the case as it is by then.
      await once(hedui, request, reply, async () => {
        done = await act.run(hedui, { ...who, input })
        return { seen: done.seen }
      }).catch((error) => tellAllowed(hedui, id, error))
      const view = done ?? (await viewCase(hedui, id))
      tagSeen(reply, view.seen)
      return view
    },
  )
}

function bodyOf({ schema }: CaseAct): object {
  const { properties, required, ...rest } = schema as { properties: object; required: readonly string[] }
  const seen = { type: 'integer', minimum: 0, description: 'in place of If-Match' }
  return { ...rest, required: [...required, 'actor'], properties: { ...properties, actor: ACTOR, seen } }
}

/** A refusal says what is allowed instead. */
async function tellAllowed(hedui: RouteContext['hedui'], id: string, error: unknown): Promise<never> {
  if (!(error instanceof HeduiError) || error.status !== 409 || error.code === 'STATE_BUSY') throw error
  const { allowed } = await viewCase(hedui, id)
  throw new ProblemWithMore(error, { allowed })
}
