import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { FastifyReply } from 'fastify'

/**
 * Answers with a body that is written piece by piece, with back-pressure. What goes wrong before the first piece is
 * answered as any error, without the headers; afterwards the connection is broken off, so that half an answer is not taken for a whole one.
 */
export async function streamBody(
  reply: FastifyReply,
  type: string,
  write: (sink: (piece: string | Uint8Array) => Promise<void>) => Promise<void>,
  headers: Readonly<Record<string, string>> = {},
): Promise<FastifyReply> {
  const body = new PassThrough()
  const begun = Promise.withResolvers<void>()
  const closed = once(body, 'close')
  closed.catch(() => {})
  const sink = async (piece: string | Uint8Array) => {
    begun.resolve()
    // The reader is gone: there is nobody to write for.
    if (body.destroyed) throw new Error('the connection was closed by the caller')
    if (!body.write(piece)) await Promise.race([once(body, 'drain'), closed])
  }
  const done = write(sink).then(() => body.end())
  await Promise.race([begun.promise, done])
  done.catch((error) => body.destroy(error))
  return reply.headers({ ...headers, 'content-type': type }).send(body)
}
