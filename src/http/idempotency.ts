import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerOnce } from '../services/answer-once.ts'
import type { Hedui } from '../services/open-hedui.ts'

/** For the schema of routes that take it. */
export const IDEMPOTENCY_HEADERS = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string',
      pattern: '^[\\x21-\\x7e]{1,200}$',
      description:
        '1 to 200 visible ASCII characters, a UUID say: the same request with the same key is done once and answered alike for a day',
    },
  },
} as const

/** Answers a POST, once however often it comes where it carries an Idempotency-Key. What it answers must hold no person's data. */
export async function once<T>(
  hedui: Pick<Hedui, 'database' | 'now'>,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (requestId?: string) => Promise<T>,
): Promise<T> {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return work()
  const { method, url, body } = request
  const keyed = { actor: request.caller.actor, key, request: { method, url, body: body ?? null } }
  const { answer, replayed } = await answerOnce(hedui, keyed, work)
  if (replayed) reply.header('idempotency-replayed', 'true')
  return answer
}
