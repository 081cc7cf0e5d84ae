import type { FastifyInstance } from 'fastify'
import { CASE_STATES } from '../../domain/case/words.ts'
import { findCases } from '../../services/cases/find-cases.ts'
import { openCases } from '../../services/cases/open-cases.ts'
import { showCase } from '../../services/cases/show-case.ts'
import type { RouteContext } from '../app.ts'
import { IDEMPOTENCY_HEADERS, once } from '../idempotency.ts'
import { tagSeen } from '../if-match.ts'
import {
  ACT_PROBLEMS,
  actBody,
  asItIs,
  CASE_VIEW,
  DAY,
  idParams,
  integer,
  list,
  maybeText,
  READ_QUERY,
  REGION,
  shape,
  text,
  yes,
} from './case-schemas.ts'
import { mostOf, PAGE_QUERY, page } from './paging.ts'
import { PROBLEM, PROBLEMS } from './run-schemas.ts'

const READERS = ['centre', 'case-system', 'reviewer', 'decider', 'auditor'] as const

/** /v1/cases: from a warning to a person's decision. The acts themselves: case-acts.ts. */
export function casesRoutes(app: FastifyInstance, context: RouteContext): void {
  openRoute(app, context)
  listRoute(app, context)
  showRoute(app, context)
}

const OPENED = shape({
  run: text,
  warned: { ...integer, description: 'households with a warning' },
  opened: { ...integer, description: 'of them those that have a case now and had none open' },
  changed: { ...integer, description: 'open cases that got warnings, or of which some fell away' },
  unchanged: integer,
  waiting: { ...integer, description: 'open cases that take nothing now: a later run brings it again' },
  suppressed: { ...integer, description: 'warnings that an accepted answer keeps from being raised' },
})

function openRoute(app: FastifyInstance, { hedui }: RouteContext): void {
  app.post<{ Body: { run: string; households?: readonly string[]; actor: string } }>(
    '/v1/cases',
    {
      config: { roles: ['centre', 'case-system', 'reviewer'] },
      schema: {
        tags: ['cases'],
        summary: 'Open cases of a run’s warnings',
        description:
          'Of a finished run that is no trial: a case for each warned household, or what is new for its open case. Nothing ' +
          'is sent to anybody. Asking again changes nothing.',
        headers: IDEMPOTENCY_HEADERS,
        body: actBody(
          {
            run: text,
            households: { type: 'array', minItems: 1, items: text, description: 'all of the run unless given' },
          },
          ['households'],
        ),
        response: { 200: OPENED, ...ACT_PROBLEMS },
      },
      serializerCompiler: asItIs,
    },
    async (request, reply) =>
      once(hedui, request, reply, () => openCases(hedui, { ...request.body, role: request.caller.role })),
  )
}

const SUMMARY = shape({
  id: text,
  householdId: text,
  region: text,
  origin: text,
  state: { enum: CASE_STATES },
  since: text,
  openedAt: text,
  escalated: yes,
  dueOn: { ...maybeText, description: 'the last day on which nothing is overdue; null: nobody is waited for' },
  provisional: yes,
  seen: integer,
})

interface ListQuery {
  readonly state?: string
  readonly open?: 'true' | 'false'
  readonly escalated?: 'true' | 'false'
  readonly region?: string
  readonly household?: string
  readonly dueBy?: string
  readonly after?: string
  readonly most?: string
}

function listRoute(app: FastifyInstance, { hedui }: RouteContext): void {
  app.get<{ Querystring: ListQuery }>(
    '/v1/cases',
    {
      config: { roles: READERS },
      schema: {
        tags: ['cases'],
        summary: 'Cases in the order of the work list',
        description: 'What is due first comes first.',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: {
            state: { type: 'string', description: `one of ${CASE_STATES.join(', ')}, or several with commas` },
            open: { enum: ['true', 'false'] },
            escalated: { enum: ['true', 'false'] },
            region: REGION,
            household: text,
            dueBy: { ...DAY, description: 'due by then at the latest' },
            ...PAGE_QUERY,
          },
        },
        response: { 200: page({ cases: list(SUMMARY) }), 400: PROBLEM, 403: PROBLEM },
      },
      serializerCompiler: asItIs,
    },
    async ({ query: { state, open, escalated, after, most, ...filter } }) =>
      findCases(hedui, {
        ...filter,
        ...(state === undefined ? {} : { states: state.split(',') }),
        ...(open === undefined ? {} : { open: open === 'true' }),
        ...(escalated === undefined ? {} : { escalated: escalated === 'true' }),
        cursor: after,
        most: mostOf(most),
      }),
  )
}

function showRoute(app: FastifyInstance, { hedui }: RouteContext): void {
  app.get<{ Params: { id: string }; Querystring: { reason?: string; actor?: string } }>(
    '/v1/cases/:id',
    {
      config: { roles: READERS },
      exposeHeadRoute: false,
      schema: {
        tags: ['cases'],
        summary: 'A case with its warnings, packets, answers, what is allowed, and every event',
        description: 'Reading it is audited. The ETag is for If-Match of an act.',
        params: idParams('id'),
        querystring: { type: 'object', additionalProperties: false, properties: READ_QUERY },
        response: { 200: CASE_VIEW, ...PROBLEMS },
      },
      serializerCompiler: asItIs,
    },
    async (request, reply) => {
      const { reason = 'review', actor = request.caller.actor } = request.query
      const view = await showCase(hedui, request.params.id, { actor, role: request.caller.role, reason })
      tagSeen(reply, view.seen)
      return view
    },
  )
}
