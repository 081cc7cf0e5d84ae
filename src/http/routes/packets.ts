import type { FastifyInstance, FastifyReply } from 'fastify'
import { readAttachment } from '../../services/cases/read-attachment.ts'
import { readNotice } from '../../services/cases/read-notice.ts'
import { PACKET_FORMATS, readPacket } from '../../services/cases/read-packet.ts'
import type { RouteContext } from '../app.ts'
import type { Caller } from '../auth.ts'
import { idParams, READ_QUERY } from './case-schemas.ts'
import { PROBLEMS } from './run-schemas.ts'

const READERS = ['centre', 'case-system', 'reviewer', 'decider', 'auditor'] as const

interface ReadQuery {
  readonly reason: string
  readonly actor?: string
}

const QUERY = { type: 'object', additionalProperties: false, required: ['reason'], properties: READ_QUERY } as const

const FILE = { type: 'string', format: 'binary' } as const
const file = (...types: string[]) => ({
  200: { description: 'the file', content: Object.fromEntries(types.map((type) => [type, { schema: FILE }])) },
  ...PROBLEMS,
})

const readerOf = ({ reason, actor }: ReadQuery, caller: Caller) => ({
  actor: actor ?? caller.actor,
  role: caller.role,
  reason,
})

interface SentFile {
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
}

function sendFile(reply: FastifyReply, { name, type, bytes }: SentFile): FastifyReply {
  return reply.headers({ 'content-type': type, 'content-disposition': dispositionOf(name) }).send(bytes)
}

/** A file name of any letters, by RFC 6266; never shown in the page itself. */
function dispositionOf(name: string): string {
  const plain = name.replace(/[^\w.-]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
  return plain === name
    ? `attachment; filename="${plain}"`
    : `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

/** Packets, notices and attachments: files with people's names in them; who read them and why is audited. */
export function packetsRoutes(app: FastifyInstance, { hedui }: RouteContext): void {
  for (const format of PACKET_FORMATS) {
    app.get<{ Params: { id: string }; Querystring: ReadQuery }>(
      `/v1/packets/:id.${format}`,
      {
        config: { roles: READERS },
        exposeHeadRoute: false,
        schema: {
          tags: ['packets'],
          summary: {
            json: 'The contents of a sealed packet',
            pdf: 'The notice and its annex as they were sealed',
            zip: 'The sealed packet; hedui verify checks it offline',
          }[format],
          description: 'Reading it is audited. The header hedui-code holds the verification code.',
          params: idParams('id'),
          querystring: QUERY,
          response: file({ json: 'application/json', pdf: 'application/pdf', zip: 'application/zip' }[format]),
        },
      },
      async (request, reply) => {
        const packet = request.params.id
        const read = await readPacket(hedui, { packet, format }, readerOf(request.query, request.caller))
        reply.header('hedui-code', read.code)
        return sendFile(reply, read)
      },
    )
  }

  app.get<{ Params: { id: string }; Querystring: ReadQuery }>(
    '/v1/notices/:id.pdf',
    {
      config: { roles: READERS },
      exposeHeadRoute: false,
      schema: {
        tags: ['packets'],
        summary: 'The notice of an outcome, or the application for arbitration, as it was issued',
        description: 'Reading it is audited.',
        params: idParams('id'),
        querystring: QUERY,
        response: file('application/pdf'),
      },
    },
    async (request, reply) =>
      sendFile(reply, await readNotice(hedui, request.params.id, readerOf(request.query, request.caller))),
  )

  app.get<{ Params: { id: string; attachment: string }; Querystring: ReadQuery }>(
    '/v1/cases/:id/attachments/:attachment',
    {
      config: { roles: ['centre', 'reviewer', 'decider', 'auditor'] },
      exposeHeadRoute: false,
      schema: {
        tags: ['packets'],
        summary: 'A file that came with an answer or a proof of service',
        description: 'By the sha256 of its bytes. Reading it is audited.',
        params: idParams('id', 'attachment'),
        querystring: QUERY,
        response: file('application/pdf', 'image/jpeg', 'image/png'),
      },
    },
    async (request, reply) => {
      const { id, attachment } = request.params
      const reader = readerOf(request.query, request.caller)
      return sendFile(reply, await readAttachment(hedui, { case: id, attachment }, reader))
    },
  )
}
