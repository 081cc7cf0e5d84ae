import type { FastifyReply, FastifyRequest } from 'fastify'
import { HeduiError } from '../errors.ts'

/** For the schema of routes that take it. */
export const IF_MATCH_HEADER = {
  'if-match': {
    type: 'string',
    description:
      'the ETag of the case as the caller saw it, the number of its events: where somebody else acted since, the answer is ' +
      '409 STATE_CASE_CHANGED and nothing is done',
  },
} as const

/** The ETag of something of which so many events were seen. */
export function tagSeen(reply: FastifyReply, seen: number): void {
  reply.header('etag', `"${seen}"`)
}

/**
 * How many events the caller saw: by the header If-Match or the body's `seen`; undefined where neither says. Throws
 * HeduiError INPUT_INVALID where the header is of another form, or the two differ.
 */
export function seenOf({ headers }: Pick<FastifyRequest, 'headers'>, inBody: number | undefined): number | undefined {
  const header = headers['if-match']
  if (header === undefined) return inBody
  const [, digits] = /^\s*"?(\d{1,9})"?\s*$/.exec(header) ?? []
  if (digits === undefined)
    throw new HeduiError('INPUT_INVALID', 'must be the ETag of the case, such as "7"', { path: 'If-Match' })
  const seen = Number(digits)
  if (inBody !== undefined && inBody !== seen)
    throw new HeduiError('INPUT_INVALID', 'must be what If-Match says, or be left out', { path: 'seen' })
  return seen
}
