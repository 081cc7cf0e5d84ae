import type { FastifyInstance } from 'fastify'
import { showWebhooks, subscribeWebhook, unsubscribeWebhook } from '../../services/webhooks/manage-webhooks.ts'
import { listMessages, type MessagesRequest, resendMessage } from '../../services/webhooks/outbox-messages.ts'
import type { RouteContext } from '../app.ts'
import {
  ACT_PROBLEMS,
  ACTOR,
  idParams,
  integer,
  list,
  maybe,
  maybeText,
  REASON_TEXT,
  shape,
  text,
} from './case-schemas.ts'
import { mostOf, PAGE_QUERY, page } from './paging.ts'
import { PROBLEM } from './run-schemas.ts'

const STATES = ['waiting', 'delivered', 'parked', 'cancelled'] as const
const ROLES = ['centre', 'admin'] as const

const WEBHOOK = shape({
  id: text,
  url: text,
  region: { ...text, description: 'the beginning of the administrative codes whose cases it hears of; "": all' },
  actor: text,
  createdAt: text,
  endedAt: maybeText,
  endedBy: maybeText,
  messages: shape(Object.fromEntries(STATES.map((state) => [state, integer]))),
})

const MESSAGE = shape({
  id: text,
  webhook: text,
  caseId: text,
  number: { ...integer, description: 'of the case’s event' },
  state: { enum: STATES },
  tries: integer,
  writtenAt: text,
  settledAt: maybeText,
  dueAt: { ...maybeText, description: 'when the case’s next message is tried; of one that waits' },
  lastTry: maybe(shape({ at: text, status: { type: ['integer', 'null'] }, error: maybeText })),
})

const answer = (status: number, schema: object) => ({ [status]: schema, ...ACT_PROBLEMS })
const serializerCompiler = () => (data: unknown) => JSON.stringify(data)

/** /v1/webhooks: who hears of the events of cases. */
export function webhooksRoutes(app: FastifyInstance, { hedui }: RouteContext): void {
  app.get(
    '/v1/webhooks',
    {
      config: { roles: [...ROLES, 'auditor'] },
      schema: {
        tags: ['webhooks'],
        summary: 'Webhooks and how many messages wait, arrived or were given up',
        response: { 200: shape({ webhooks: list(WEBHOOK) }), 403: PROBLEM },
      },
      serializerCompiler,
    },
    async () => ({ webhooks: await showWebhooks(hedui) }),
  )

  app.post<{ Body: { url: string; region?: string; secret?: string; actor: string } }>(
    '/v1/webhooks',
    {
      config: { roles: ROLES },
      schema: {
        tags: ['webhooks'],
        summary: 'Have the events of cases sent to a URL',
        description:
          'Signed by Standard Webhooks, in order for each case, tried again for three days. The host must be one of the ' +
          'setting HEDUI_WEBHOOK_HOSTS. The secret is answered here and never again.',
        body: {
          type: 'object',
          additionalProperties: false,
          required: ['url', 'actor'],
          properties: {
            url: { type: 'string', maxLength: 2000 },
            region: { type: 'string', pattern: '^\\d{0,12}$' },
            secret: { type: 'string', maxLength: 200, description: '"whsec_" and base64; made unless given' },
            actor: ACTOR,
          },
        },
        response: answer(201, shape({ webhook: WEBHOOK, secret: text })),
      },
      serializerCompiler,
    },
    async (request, reply) =>
      reply.code(201).send(await subscribeWebhook(hedui, { ...request.body, role: request.caller.role })),
  )

  app.post<{ Params: { id: string }; Body: { actor: string } }>(
    '/v1/webhooks/:id/end',
    {
      config: { roles: ROLES },
      schema: {
        tags: ['webhooks'],
        summary: 'End a webhook; what waits for it is not sent any more',
        params: idParams('id'),
        body: { type: 'object', additionalProperties: false, required: ['actor'], properties: { actor: ACTOR } },
        response: answer(200, shape({ ended: text })),
      },
      serializerCompiler,
    },
    async (request) => {
      const { id: webhook } = request.params
      await unsubscribeWebhook(hedui, { webhook, ...request.body, role: request.caller.role })
      return { ended: webhook }
    },
  )

  app.get<{ Querystring: Pick<MessagesRequest, 'webhook' | 'case' | 'state' | 'after'> & { most?: string } }>(
    '/v1/webhooks/messages',
    {
      config: { roles: [...ROLES, 'auditor'] },
      schema: {
        tags: ['webhooks'],
        summary: 'Messages to webhooks, with how the last try went',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { webhook: text, case: text, state: { enum: STATES }, ...PAGE_QUERY },
        },
        response: { 200: page({ messages: list(MESSAGE) }), 400: PROBLEM, 403: PROBLEM, 404: PROBLEM },
      },
      serializerCompiler,
    },
    async ({ query: { most, ...asked } }) => listMessages(hedui, { ...asked, count: mostOf(most) }),
  )

  app.post<{ Params: { id: string }; Body: { actor: string; reason: string } }>(
    '/v1/webhooks/messages/:id/resend',
    {
      config: { roles: ROLES },
      schema: {
        tags: ['webhooks'],
        summary: 'Send a message once more, with its own id',
        params: idParams('id'),
        body: {
          type: 'object',
          additionalProperties: false,
          required: ['actor', 'reason'],
          properties: { actor: ACTOR, reason: REASON_TEXT },
        },
        response: answer(200, shape({ resent: text })),
      },
      serializerCompiler,
    },
    async (request) => {
      const { id: message } = request.params
      await resendMessage(hedui, { message, ...request.body, role: request.caller.role })
      return { resent: message }
    },
  )
}
