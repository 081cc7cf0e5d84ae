import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { describeSchemaErrors } from '../domain/schema-errors.ts'
import { CATALOGUE, type ErrorCode, HeduiError } from '../errors.ts'
import { asSourceError } from '../services/as-source-error.ts'

/** RFC 9457, with the code of the catalogue and what is wrong field by field. */
export const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'a code of the catalogue (README, error codes)' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { code: { type: 'string' }, field: { type: ['string', 'null'] }, message: { type: 'string' } },
      },
    },
    allowed: {
      type: 'array',
      items: { type: 'string' },
      description: 'where an act on a case was refused (409): the acts that its state allows',
    },
  },
} as const

/** An error with further members of its problem body. */
export class ProblemWithMore extends Error {
  readonly error: HeduiError
  readonly more: Readonly<Record<string, unknown>>

  constructor(error: HeduiError, more: Readonly<Record<string, unknown>>) {
    super(error.message, { cause: error })
    this.error = error
    this.more = more
  }
}

function send(reply: FastifyReply, status: number, problem: object): void {
  reply.code(status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(problem))
}

function sendError(reply: FastifyReply, error: HeduiError, more: Readonly<Record<string, unknown>> = {}): void {
  const { code, message, status } = error
  const errors = [error, ...error.others].map((one) => ({
    code: one.code,
    field: one.place.path ?? null,
    message: one.message,
  }))
  send(reply, status, {
    type: 'about:blank',
    title: CATALOGUE[code][1],
    status,
    code,
    detail: message,
    errors,
    ...more,
  })
}

/** Codes of what fastify itself refuses. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'INPUT_MEDIA_TYPE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'INPUT_JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'INPUT_JSON',
  FST_ERR_CTP_BODY_TOO_LARGE: 'INPUT_TOO_LARGE',
}

/** Answers an error: what the caller can mend in words, a defect with an opaque body and a full log. */
export function answerError(thrown: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  if ((thrown as Error) instanceof ProblemWithMore) {
    const { error, more } = thrown as unknown as ProblemWithMore
    sendError(reply, error, more)
    return
  }
  const error = asSourceError(thrown) ?? thrown
  if (error instanceof HeduiError) {
    if (error.status >= 500) request.log.error({ err: error }, 'cannot answer')
    sendError(reply, error)
    return
  }
  if (error.validation) {
    const problems = describeSchemaErrors(error.validation as never)
    const errors = problems.map(
      ({ path, message }) => new HeduiError('INPUT_INVALID', message, { path: path.join('.') || undefined }),
    )
    const [first, ...others] = errors
    sendError(reply, new HeduiError('INPUT_INVALID', first?.message ?? 'is not valid', { ...first?.place, others }))
    return
  }
  const code = FASTIFY_CODES[error.code] ?? (error instanceof SyntaxError ? 'INPUT_JSON' : undefined)
  if (code) {
    sendError(reply, new HeduiError(code, CATALOGUE[code][1]))
    return
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    sendError(reply, new HeduiError('INPUT_INVALID', 'the request is not well formed'))
    return
  }
  request.log.error({ err: error, route: request.routeOptions.url }, 'defect')
  send(reply, 500, {
    type: 'about:blank',
    title: 'a defect of the program',
    status: 500,
    code: 'DEFECT',
    detail: 'see the log',
  })
}

export function answerNotFound(request: FastifyRequest, reply: FastifyReply): void {
  sendError(
    reply,
    new HeduiError('INPUT_NOT_FOUND', `there is no ${request.method} ${request.url.split('?')[0]}; see /openapi.json`),
  )
}
