import type { FastifyInstance } from 'fastify'
import { type AddKinRequest, addKin, endKin, KIN_RELATIONS, listKin, readKin } from '../../services/kin/register-kin.ts'
import type { RouteContext } from '../app.ts'
import {
  ACT_PROBLEMS,
  ACTOR,
  actBody,
  asItIs,
  DAY,
  idParams,
  list,
  maybeText,
  REASON_TEXT,
  shape,
  text,
} from './case-schemas.ts'
import { PROBLEM, PROBLEMS } from './run-schemas.ts'

const KEEPERS = ['centre', 'admin'] as const
const READERS = [...KEEPERS, 'reviewer', 'auditor'] as const

const ENTRY = {
  id: text,
  handler: text,
  office: text,
  relation: { enum: KIN_RELATIONS },
  validFrom: text,
  validUntil: maybeText,
  addedBy: text,
  addedAt: text,
  reason: text,
  endedBy: maybeText,
  endReason: maybeText,
} as const

/** /v1/near-kin: near relatives of those who handle cases, who then act in no case of theirs. */
export function nearKinRoutes(app: FastifyInstance, { hedui }: RouteContext): void {
  app.get<{ Querystring: { on?: string; handler?: string } }>(
    '/v1/near-kin',
    {
      config: { roles: READERS },
      schema: {
        tags: ['near-kin'],
        summary: 'The register, without who the relatives are',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { on: { ...DAY, description: 'entries that hold on it; all unless given' }, handler: text },
        },
        response: { 200: shape({ nearKin: list(shape(ENTRY)) }), 400: PROBLEM, 403: PROBLEM },
      },
      serializerCompiler: asItIs,
    },
    async (request) => ({ nearKin: await listKin(hedui, request.query) }),
  )

  app.post<{ Body: Omit<AddKinRequest, 'role'> }>(
    '/v1/near-kin',
    {
      config: { roles: KEEPERS },
      schema: {
        tags: ['near-kin'],
        summary: 'Register somebody as near kin of a handler',
        description: 'From then on the handler acts in no case of a household that the person is in.',
        body: actBody(
          {
            handler: text,
            office: text,
            relation: { enum: KIN_RELATIONS },
            name: text,
            idNumber: text,
            from: { ...DAY, description: 'today unless given' },
            reason: REASON_TEXT,
          },
          ['from'],
        ),
        response: { 201: shape(ENTRY), ...ACT_PROBLEMS },
      },
      serializerCompiler: asItIs,
    },
    async (request, reply) => reply.code(201).send(await addKin(hedui, { ...request.body, role: request.caller.role })),
  )

  app.post<{ Params: { id: string }; Body: { until?: string; actor: string; reason: string } }>(
    '/v1/near-kin/:id/end',
    {
      config: { roles: KEEPERS },
      schema: {
        tags: ['near-kin'],
        summary: 'End an entry; nothing is removed',
        params: idParams('id'),
        body: actBody(
          { until: { ...DAY, description: 'the last day on which it holds; today unless given' }, reason: REASON_TEXT },
          ['until'],
        ),
        response: { 200: shape(ENTRY), ...ACT_PROBLEMS },
      },
      serializerCompiler: asItIs,
    },
    async (request) => endKin(hedui, { ...request.body, kin: request.params.id, role: request.caller.role }),
  )

  app.get<{ Params: { id: string }; Querystring: { actor: string; reason: string } }>(
    '/v1/near-kin/:id',
    {
      config: { roles: READERS },
      exposeHeadRoute: false,
      schema: {
        tags: ['near-kin'],
        summary: 'An entry with the relative’s name and number',
        description: 'Reading it is audited.',
        params: idParams('id'),
        querystring: {
          type: 'object',
          additionalProperties: false,
          required: ['actor', 'reason'],
          properties: { actor: ACTOR, reason: REASON_TEXT },
        },
        response: { 200: shape({ ...ENTRY, name: text, idNumber: text }), ...PROBLEMS },
      },
      serializerCompiler: asItIs,
    },
    async (request) => readKin(hedui, { kin: request.params.id, ...request.query, role: request.caller.role }),
  )
}
