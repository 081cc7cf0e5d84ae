import type { FastifyInstance, FastifyReply } from 'fastify'
import { HeduiError } from '../errors.ts'

/**
 * Signals that end a body that is written for long: where its reader has gone away, or the service stops, which would
 * otherwise wait for it without end.
 */
export function watchReaders(app: FastifyInstance): (reply: FastifyReply) => AbortSignal {
  const stopping = new AbortController()
  app.addHook('preClose', async () =>
    stopping.abort(new HeduiError('STATE_BUSY', 'the service is stopping: ask again when it is back')),
  )
  return (reply) => {
    const gone = new AbortController()
    // Of the request the same event means that its body was read.
    reply.raw.once('close', () => gone.abort())
    return AbortSignal.any([gone.signal, stopping.signal])
  }
}
