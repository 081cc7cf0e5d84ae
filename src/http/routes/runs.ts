import type { FastifyInstance } from 'fastify'
import { dateInChina, isDate } from '../../domain/dates.ts'
import { HeduiError } from '../../errors.ts'
import { beginRun } from '../../services/begin-run.ts'
import { QUERY_REASONS, type QueryReason } from '../../services/check-application.ts'
import { diffRuns } from '../../services/diff-runs.ts'
import { RESULT_FORMATS, RESULT_TYPES, type ResultFormat } from '../../services/export-results.ts'
import { showRun } from '../../services/follow-run.ts'
import { listLatestRuns } from '../../services/list-runs.ts'
import type { RunScope } from '../../services/list-scope.ts'
import { readResults } from '../../services/read-results.ts'
import { cancelRun, resumeRun } from '../../services/steer-run.ts'
import type { RouteContext } from '../app.ts'
import { watchReaders } from '../gone-signal.ts'
import { IDEMPOTENCY_HEADERS, once } from '../idempotency.ts'
import { streamBody } from '../stream-body.ts'
import { DIFFERENCE, PROBLEM, PROBLEMS, RUN, RUN_BODY, RUN_ID, RUN_LIST } from './run-schemas.ts'

const READERS = ['centre', 'reviewer', 'auditor'] as const
const REASON = {
  enum: QUERY_REASONS,
  description: 'why it is read, kept in the audit; review unless said otherwise',
} as const
/** What is answered is written as it is: a serializer made from the schema would drop what the schema forgot. */
const serializerCompiler = () => (data: unknown) => JSON.stringify(data)

interface RunBody {
  readonly scope: {
    readonly all?: true
    readonly ids?: readonly string[]
    readonly region?: string
    readonly due?: true
  }
  readonly asOf?: string
  readonly knownAt?: string
}

/** /v1/runs: checks of many households, done in ranges by whatever workers there are. */
export function runsRoutes(app: FastifyInstance, context: RouteContext): void {
  beginRoute(app, context)
  showRoutes(app, context)
  resultsRoute(app, context)
  steerRoutes(app, context)
  diffRoute(app, context)
}

/** Workers of other processes find a run by themselves, seconds later: telling them is no part of the answer. */
const tell = ({ announce }: RouteContext, run: string, ranges: number) => announce?.(run, ranges).catch(() => {})

function beginRoute(app: FastifyInstance, context: RouteContext): void {
  const { hedui, rules } = context
  app.post<{ Body: RunBody }>(
    '/v1/runs',
    {
      config: { roles: ['centre'] },
      schema: {
        tags: ['runs'],
        summary: 'Begin a run',
        description:
          'Makes a run with the rules in force on its date and answers at once; workers do it. What is published or ' +
          'imported afterwards does not leak in.',
        headers: IDEMPOTENCY_HEADERS,
        body: RUN_BODY,
        response: { 202: RUN, 400: PROBLEM, 403: PROBLEM, 404: PROBLEM, 409: PROBLEM, 415: PROBLEM, 422: PROBLEM },
      },
      serializerCompiler,
    },
    async (request, reply) => {
      const { asOf = dateInChina(hedui.now()), knownAt } = request.body
      if (!isDate(asOf)) throw new HeduiError('INPUT_INVALID', 'must be a real date', { path: 'asOf' })
      const scope = scopeOf(request.body.scope)
      const known = knownAt === undefined ? undefined : momentOf(knownAt)
      const { actor } = request.caller
      const shown = await once(hedui, request, reply, async (id) => {
        const { ruleSet, trial } = await rules.inForceOn(asOf)
        const begun = await beginRun({ ...hedui, ruleSet }, { id, scope, asOf, knownAt: known, trial, actor })
        void tell(context, begun.run, begun.ranges)
        return showRun(hedui, begun.run)
      })
      return reply.code(202).header('location', `/v1/runs/${shown.run}`).send(shown)
    },
  )
}

function scopeOf({ all, ids, region, due }: RunBody['scope']): RunScope {
  const ways = [all, ids, due, due ? undefined : region].filter((way) => way !== undefined).length
  if (ways !== 1) {
    throw new HeduiError('INPUT_INVALID', 'must be one of all, ids, region and due; due may have a region', {
      path: 'scope',
    })
  }
  if (ids) return { ids }
  if (due) return { due, ...(region === undefined ? {} : { region }) }
  return region === undefined ? { all: true } : { region }
}

function momentOf(text: string): Date {
  const moment = new Date(text)
  if (Number.isNaN(moment.getTime()) || !isDate(text.slice(0, 10)))
    throw new HeduiError('INPUT_INVALID', 'must be a real moment', { path: 'knownAt' })
  return moment
}

function showRoutes(app: FastifyInstance, { hedui }: RouteContext): void {
  app.get<{ Querystring: { most?: string } }>(
    '/v1/runs',
    {
      config: { roles: READERS },
      schema: {
        tags: ['runs'],
        summary: 'The latest runs',
        description: 'The last that began first, trials and shadows among them.',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: {
            most: { type: 'string', pattern: '^[1-9]\\d{0,2}$', description: 'a number from 1 to 999; 50 otherwise' },
          },
        },
        response: { 200: RUN_LIST, 400: PROBLEM, 403: PROBLEM },
      },
      serializerCompiler,
    },
    async (request) => ({ runs: await listLatestRuns(hedui, Number(request.query.most ?? 50)) }),
  )

  app.get<{ Params: { id: string } }>(
    '/v1/runs/:id',
    {
      config: { roles: READERS },
      schema: {
        tags: ['runs'],
        summary: 'A run and its progress',
        params: RUN_ID,
        response: { 200: RUN, 403: PROBLEM, 404: PROBLEM },
      },
      serializerCompiler,
    },
    async (request) => showRun(hedui, request.params.id),
  )
}

function resultsRoute(app: FastifyInstance, { hedui }: RouteContext): void {
  const gone = watchReaders(app)
  app.get<{ Params: { id: string }; Querystring: { format?: ResultFormat; reason?: QueryReason } }>(
    '/v1/runs/:id/results',
    {
      config: { roles: READERS },
      exposeHeadRoute: false,
      schema: {
        tags: ['runs'],
        summary: 'The results of a run',
        description:
          'NDJSON in the order of the households’ ids, each line as soon as it is there: also while the run goes on; an ' +
          'answer that breaks off is not all of it. As a table (csv, xlsx) of a finished run. Reading them is audited.',
        params: RUN_ID,
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { format: { enum: RESULT_FORMATS, description: 'ndjson unless said otherwise' }, reason: REASON },
        },
        response: {
          200: {
            description: 'the results',
            content: Object.fromEntries(
              RESULT_FORMATS.map((format) => [RESULT_TYPES[format].split(';')[0]!, { schema: {} }]),
            ),
          },
          ...PROBLEMS,
        },
      },
    },
    async (request, reply) => {
      const { id: run } = request.params
      const { format = 'ndjson', reason } = request.query
      const signal = gone(reply)
      const headers = {
        'x-accel-buffering': 'no',
        ...(format === 'ndjson' ? {} : { 'content-disposition': `attachment; filename="results-${run}.${format}"` }),
      }
      return streamBody(
        reply,
        RESULT_TYPES[format],
        (sink) => readResults(hedui, { run, format, reason, ...request.caller }, sink, { signal }),
        headers,
      )
    },
  )
}

function steerRoutes(app: FastifyInstance, context: RouteContext): void {
  const { hedui } = context
  const route = (name: 'cancel' | 'resume', summary: string, act: typeof cancelRun) =>
    app.post<{ Params: { id: string }; Body: { reason: string } }>(
      `/v1/runs/:id/${name}`,
      {
        config: { roles: ['centre'] },
        schema: {
          tags: ['runs'],
          summary,
          headers: IDEMPOTENCY_HEADERS,
          params: RUN_ID,
          body: {
            type: 'object',
            additionalProperties: false,
            required: ['reason'],
            properties: {
              reason: { type: 'string', pattern: '\\S', maxLength: 500, description: 'a text, kept with the act' },
            },
          },
          response: { 200: RUN, ...PROBLEMS, 415: PROBLEM, 422: PROBLEM },
        },
        serializerCompiler,
      },
      async (request, reply) => {
        const { id: run } = request.params
        return once(hedui, request, reply, async () => {
          await act(hedui, { run, actor: request.caller.actor, reason: request.body.reason })
          if (name === 'resume') void tell(context, run, 1)
          return showRun(hedui, run)
        })
      },
    )
  route('cancel', 'Stop a run; what is done stays, and it can be resumed', cancelRun)
  route('resume', 'Let a stopped run go on', resumeRun)
}

function diffRoute(app: FastifyInstance, { hedui }: RouteContext): void {
  app.get<{ Params: { id: string; other: string }; Querystring: { reason?: QueryReason } }>(
    '/v1/runs/:id/diff/:other',
    {
      config: { roles: READERS },
      exposeHeadRoute: false,
      schema: {
        tags: ['runs'],
        summary: 'What differs from one run to another',
        description:
          'NDJSON: a line for each household that differs, then one of totals. An answer without it broke off. Asking is audited.',
        params: {
          type: 'object',
          required: ['id', 'other'],
          properties: { id: { type: 'string' }, other: { type: 'string' } },
        },
        querystring: { type: 'object', additionalProperties: false, properties: { reason: REASON } },
        response: {
          200: { description: 'a line each', content: { 'application/x-ndjson': { schema: DIFFERENCE } } },
          ...PROBLEMS,
        },
      },
    },
    async (request, reply) => {
      const { id: from, other: to } = request.params
      const { reason } = request.query
      return streamBody(reply, RESULT_TYPES.ndjson, async (sink) => {
        const write = (line: object) => sink(`${JSON.stringify(line)}\n`)
        const totals = await diffRuns(hedui, { from, to, reason, ...request.caller }, (one) =>
          write({ kind: 'household', ...one }),
        )
        await write({ kind: 'totals', ...totals })
      })
    },
  )
}
