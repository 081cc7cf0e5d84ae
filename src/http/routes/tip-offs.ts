import type { FastifyInstance } from 'fastify'
import { checkTipOff } from '../../services/tip-offs/check-tip-off.ts'
import { readTipOff } from '../../services/tip-offs/read-tip-off.ts'
import { type RecordTipOff, recordTipOff, TIP_OFF_CHANNELS } from '../../services/tip-offs/record-tip-off.ts'
import { recordTipOffVisit, settleTipOff, type TipOffVisit } from '../../services/tip-offs/settle-tip-off.ts'
import { findTipOffs, type ListTipOffs, showTipOff } from '../../services/tip-offs/show-tip-offs.ts'
import type { RouteContext } from '../app.ts'
import { IDEMPOTENCY_HEADERS, once } from '../idempotency.ts'
import {
  ACT_PROBLEMS,
  ACTOR,
  actBody,
  asItIs,
  DAY,
  idParams,
  integer,
  list,
  maybe,
  maybeText,
  REASON_TEXT,
  REGION,
  shape,
  text,
  yes,
} from './case-schemas.ts'
import { mostOf, PAGE_QUERY, page } from './paging.ts'
import { PROBLEM, PROBLEMS } from './run-schemas.ts'

const HANDLERS = ['centre', 'reviewer'] as const
const READERS = [...HANDLERS, 'auditor'] as const

const LINE = {
  id: text,
  householdId: text,
  region: text,
  channel: { enum: TIP_OFF_CHANNELS },
  named: { ...yes, description: 'whether the reporter gave a name; it is read apart, with a reason' },
  receivedOn: text,
  recordedAt: text,
  state: { enum: ['received', 'checking', 'case', 'nothing-found', 'settled'] },
  since: text,
  run: maybeText,
  case: maybeText,
} as const

const TIP_OFF = shape({
  ...LINE,
  events: list(
    shape({
      number: integer,
      at: text,
      actor: text,
      action: text,
      reason: maybeText,
      payload: { type: ['object', 'null'], additionalProperties: true },
    }),
  ),
})

const REPORT = shape({
  text,
  reporter: maybe(shape({ name: text, phone: maybeText, idNumber: maybeText })),
})

const answers = (status: number, schema: object) => ({ [status]: schema, ...ACT_PROBLEMS })

/** /v1/tip-offs: reports against households. What was said and who said it is sealed, and read by few. */
export function tipOffsRoutes(app: FastifyInstance, context: RouteContext): void {
  recordRoute(app, context)
  readRoutes(app, context)
  actRoutes(app, context)
}

function recordRoute(app: FastifyInstance, { hedui }: RouteContext): void {
  app.post<{ Body: Omit<RecordTipOff, 'role' | 'reporter'> & Partial<Pick<RecordTipOff, 'reporter'>> }>(
    '/v1/tip-offs',
    {
      config: { roles: [...HANDLERS, 'case-system'] },
      schema: {
        tags: ['tip-offs'],
        summary: 'Keep a report against a household, named or anonymous',
        description: 'Nothing follows of it by itself: somebody has it checked.',
        headers: IDEMPOTENCY_HEADERS,
        body: actBody(
          {
            household: text,
            channel: { enum: TIP_OFF_CHANNELS },
            receivedOn: { ...DAY, description: 'today unless given' },
            text: { type: 'string', pattern: '\\S', maxLength: 10_000 },
            reporter: {
              ...maybe(shape({ name: text, phone: maybeText, idNumber: maybeText }, ['phone', 'idNumber'])),
              description: 'null or left out: anonymous',
            },
          },
          ['receivedOn', 'reporter'],
        ),
        response: answers(201, TIP_OFF),
      },
      serializerCompiler: asItIs,
    },
    async (request, reply) => {
      const { reporter = null, ...report } = request.body
      const { role } = request.caller
      const kept = await once(hedui, request, reply, () => recordTipOff(hedui, { ...report, reporter, role }))
      return reply.code(201).send(kept)
    },
  )
}

function readRoutes(app: FastifyInstance, { hedui }: RouteContext): void {
  app.get<{ Querystring: Omit<ListTipOffs, 'count'> & { most?: string } }>(
    '/v1/tip-offs',
    {
      config: { roles: READERS },
      schema: {
        tags: ['tip-offs'],
        summary: 'Reports in the order in which they came, without what was said and who said it',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { state: text, region: REGION, household: text, ...PAGE_QUERY },
        },
        response: { 200: page({ tipOffs: list(shape(LINE)) }), 400: PROBLEM, 403: PROBLEM },
      },
      serializerCompiler: asItIs,
    },
    async ({ query: { most, ...asked } }) => findTipOffs(hedui, { ...asked, count: mostOf(most) }),
  )

  app.get<{ Params: { id: string } }>(
    '/v1/tip-offs/:id',
    {
      config: { roles: READERS },
      schema: {
        tags: ['tip-offs'],
        summary: 'A report and what happened to it, without what was said and who said it',
        params: idParams('id'),
        response: { 200: TIP_OFF, 403: PROBLEM, 404: PROBLEM },
      },
      serializerCompiler: asItIs,
    },
    async (request) => showTipOff(hedui, request.params.id),
  )

  app.get<{ Params: { id: string }; Querystring: { actor: string; reason: string } }>(
    '/v1/tip-offs/:id/report',
    {
      config: { roles: READERS },
      exposeHeadRoute: false,
      schema: {
        tags: ['tip-offs'],
        summary: 'What was said, and who said it',
        description: 'Reading it is audited; near kin of the household does not.',
        params: idParams('id'),
        querystring: {
          type: 'object',
          additionalProperties: false,
          required: ['actor', 'reason'],
          properties: { actor: ACTOR, reason: REASON_TEXT },
        },
        response: { 200: REPORT, ...PROBLEMS },
      },
      serializerCompiler: asItIs,
    },
    async (request) => {
      const { role } = request.caller
      return readTipOff(hedui, { tipOff: request.params.id, ...request.query, role })
    },
  )
}

function actRoutes(app: FastifyInstance, { hedui, rules }: RouteContext): void {
  const route = <B extends object>(
    name: string,
    summary: string,
    body: object,
    act: (
      request: B & { tipOff: string; role: string },
      log: (error: unknown, rule: string) => void,
    ) => Promise<object>,
  ) =>
    app.post<{ Params: { id: string }; Body: B }>(
      `/v1/tip-offs/:id/${name}`,
      {
        config: { roles: HANDLERS },
        schema: { tags: ['tip-offs'], summary, params: idParams('id'), body, response: answers(200, TIP_OFF) },
        serializerCompiler: asItIs,
      },
      async (request) => {
        const log = (error: unknown, rule: string) => request.log.error({ err: error, rule }, 'a rule failed')
        return act({ ...(request.body as B), tipOff: request.params.id, role: request.caller.role }, log)
      },
    )
  route<{ actor: string; asOf?: string }>(
    'check',
    'Check the household as in any run; what warns makes a case like any warning',
    actBody({ asOf: { ...DAY, description: 'today in China unless given' } }, ['asOf']),
    (request, onRuleError) => checkTipOff({ ...hedui, rules, onRuleError }, request),
  )
  route<Omit<TipOffVisit, 'tipOff' | 'role'>>(
    'visit',
    'Keep a visit to the household',
    actBody({ on: DAY, visitors: list(text), findings: text, by: { enum: ['township', 'county'] } }),
    (request) => recordTipOffVisit(hedui, request),
  )
  route<{ actor: string; reason: string }>(
    'settle',
    'End a report: nothing was found, or its case has ended',
    actBody({ reason: REASON_TEXT }),
    (request) => settleTipOff(hedui, request),
  )
}
