import type { FastifyInstance } from 'fastify'
import { dateInChina, isDate } from '../../domain/dates.ts'
import { HeduiError } from '../../errors.ts'
import type { RunScope } from '../../services/check-households.ts'
import { createRun } from '../../services/create-run.ts'
import { diffRuns } from '../../services/diff-runs.ts'
import { exportResults, RESULT_FORMATS, RESULT_TYPES, type ResultFormat } from '../../services/export-results.ts'
import { followResults, type ShownRun, showRun, watchRun } from '../../services/follow-run.ts'
import { listLatestRuns } from '../../services/list-runs.ts'
import { cancelRun, resumeRun } from '../../services/steer-run.ts'
import type { RouteContext } from '../app.ts'
import { PROBLEM_SCHEMA } from '../problem.ts'
import { streamBody } from '../stream-body.ts'

const text = { type: 'string' } as const
const maybeText = { type: ['string', 'null'] } as const
const object = { type: 'object', additionalProperties: true } as const

const SCOPE = {
  description: 'which households: all, some by id, those of a region, or those due for a re-check',
  oneOf: [
    { type: 'object', additionalProperties: false, required: ['all'], properties: { all: { const: true } } },
    {
      type: 'object',
      additionalProperties: false,
      required: ['ids'],
      properties: { ids: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', minLength: 1 } } },
    },
    {
      type: 'object',
      additionalProperties: false,
      required: ['region'],
      properties: { region: { type: 'string', pattern: '^\\d{1,12}$' } },
    },
    {
      type: 'object',
      additionalProperties: false,
      required: ['due'],
      properties: { due: { const: true }, region: { type: 'string', pattern: '^\\d{1,12}$' } },
    },
  ],
} as const

const BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['scope'],
  properties: {
    scope: SCOPE,
    asOf: { type: 'string', description: 'a date such as "2026-11-01"; today in China otherwise' },
    knownAt: {
      type: 'string',
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})$',
      description:
        'only what had been published and imported by this moment, with its zone ("2026-11-01T08:00:00+08:00"); by now otherwise',
    },
  },
} as const

const RUN = {
  type: 'object',
  required: ['run', 'asOf', 'ruleSet', 'trial', 'state', 'households', 'done'],
  properties: {
    run: text,
    asOf: text,
    knownAt: { ...text, description: 'what had been published and imported by then is what the run uses' },
    ruleSet: text,
    trial: { type: 'boolean' },
    shadowOf: maybeText,
    actor: text,
    scope: object,
    state: { enum: ['running', 'finished', 'cancelled', 'failed'] },
    reason: maybeText,
    startedAt: text,
    finishedAt: maybeText,
    households: { type: 'integer' },
    done: { type: 'integer', description: 'households that are done, exactly' },
    etaSeconds: { type: ['integer', 'null'], description: 'until the end at the pace so far; null where unknown' },
    counts: { ...object, type: ['object', 'null'] },
    failures: {
      type: 'array',
      description: 'households that could not be checked; the results of the others stand',
      items: { type: 'object', required: ['householdId', 'code'], properties: { householdId: text, code: text } },
    },
  },
} as const

const PROBLEM = {
  description: 'what is wrong, by code and field',
  content: { 'application/problem+json': { schema: PROBLEM_SCHEMA } },
} as const
const PROBLEMS = { 400: PROBLEM, 403: PROBLEM, 404: PROBLEM, 409: PROBLEM } as const

const ID = { type: 'object', required: ['id'], properties: { id: text } } as const
const READERS = ['centre', 'reviewer', 'auditor'] as const

interface RunBody {
  readonly scope: RunScope
  readonly asOf?: string
  readonly knownAt?: string
}

/** /v1/runs: checks of many households, done in ranges by whatever workers there are. */
export function runsRoutes(app: FastifyInstance, context: RouteContext): void {
  const { hedui, rules, announce } = context

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
        body: BODY,
        response: { 202: RUN, ...PROBLEMS, 415: PROBLEM },
      },
    },
    async (request, reply) => {
      const { scope, asOf = dateInChina(hedui.now()), knownAt } = request.body
      if (!isDate(asOf)) throw new HeduiError('INPUT_INVALID', 'must be a real date', { path: 'asOf' })
      if (knownAt !== undefined && (!isDate(knownAt.slice(0, 10)) || Number.isNaN(Date.parse(knownAt))))
        throw new HeduiError('INPUT_INVALID', 'must be a real moment', { path: 'knownAt' })
      const { ruleSet, trial } = await rules.inForceOn(asOf)
      const known = knownAt === undefined ? {} : { knownAt: new Date(knownAt) }
      const { actor } = request.caller
      const { run, ranges } = await createRun({ ...hedui, ruleSet }, { scope, asOf, trial, actor, ...known })
      await announce?.(run, ranges)
      return reply
        .code(202)
        .header('location', `/v1/runs/${run}`)
        .send(await showRun(hedui, run))
    },
  )

  app.get<{ Querystring: { most?: number } }>(
    '/v1/runs',
    {
      config: { roles: READERS },
      schema: {
        tags: ['runs'],
        summary: 'The latest runs',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { most: { type: 'integer', minimum: 1, maximum: 1000 } },
        },
        response: { 200: { type: 'object', properties: { runs: { type: 'array', items: object } } }, 403: PROBLEM },
      },
    },
    async (request) => ({ runs: await listLatestRuns(hedui, request.query.most ?? 50) }),
  )

  app.get<{ Params: { id: string } }>(
    '/v1/runs/:id',
    {
      config: { roles: READERS },
      schema: { tags: ['runs'], summary: 'A run and its progress', params: ID, response: { 200: RUN, ...PROBLEMS } },
    },
    async (request) => showRun(hedui, request.params.id),
  )

  app.get<{ Params: { id: string }; Querystring: { format?: ResultFormat } }>(
    '/v1/runs/:id/results',
    {
      config: { roles: READERS },
      schema: {
        tags: ['runs'],
        summary: 'The results of a run',
        description:
          'NDJSON in the order of the households’ ids, each line as soon as it is there: also while the run goes on. As a ' +
          'table (csv, xlsx) of a finished run.',
        params: ID,
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: { format: { enum: RESULT_FORMATS } },
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
      const { id } = request.params
      const { format = 'ndjson' } = request.query
      const shown = await showRun(hedui, id)
      if (format !== 'ndjson' && shown.state !== 'finished') {
        throw new HeduiError(
          'STATE_RUN',
          `the run is ${shown.state}: a table is made of a finished one; ndjson goes on with it`,
        )
      }
      if (format !== 'ndjson') reply.header('content-disposition', `attachment; filename="${id}.${format}"`)
      const gone = goneSignal(request.raw)
      return streamBody(reply, RESULT_TYPES[format], (sink) =>
        exportResults(followResults(hedui, id, { signal: gone }), format, sink),
      )
    },
  )

  app.get<{ Params: { id: string } }>(
    '/v1/runs/:id/events',
    {
      config: { roles: READERS },
      schema: {
        tags: ['runs'],
        summary: 'The progress of a run as it goes on',
        description: 'Server-sent events: "progress" with the run, and "end" with it when it has ended or was stopped.',
        params: ID,
        response: {
          200: { description: 'the events', content: { 'text/event-stream': { schema: text } } },
          ...PROBLEMS,
        },
      },
    },
    async (request, reply) => {
      await showRun(hedui, request.params.id)
      const gone = goneSignal(request.raw)
      return streamBody(reply, 'text/event-stream; charset=utf-8', async (sink) => {
        for await (const shown of watchRun(hedui, request.params.id, { signal: gone })) {
          await sink(`event: ${shown.state === 'running' ? 'progress' : 'end'}\ndata: ${JSON.stringify(shown)}\n\n`)
        }
      })
    },
  )

  const act = (name: 'cancel' | 'resume', summary: string, does: typeof cancelRun) =>
    app.post<{ Params: { id: string }; Body: { reason: string } }>(
      `/v1/runs/:id/${name}`,
      {
        config: { roles: ['centre'] },
        schema: {
          tags: ['runs'],
          summary,
          params: ID,
          body: {
            type: 'object',
            additionalProperties: false,
            required: ['reason'],
            properties: { reason: { type: 'string', pattern: '\\S', maxLength: 500 } },
          },
          response: { 200: RUN, ...PROBLEMS, 415: PROBLEM },
        },
      },
      async (request): Promise<ShownRun> => {
        const { id: run } = request.params
        await does(hedui, { run, actor: request.caller.actor, reason: request.body.reason })
        if (name === 'resume') await announce?.(run, 1)
        return showRun(hedui, run)
      },
    )
  act('cancel', 'Stop a run; it can be resumed', cancelRun)
  act('resume', 'Let a stopped run go on', resumeRun)

  app.get<{ Params: { id: string; other: string } }>(
    '/v1/runs/:id/diff/:other',
    {
      config: { roles: READERS },
      schema: {
        tags: ['runs'],
        summary: 'What differs from one run to another',
        description:
          'NDJSON: a line for each household that differs, then one of totals. An answer without it broke off.',
        params: { type: 'object', required: ['id', 'other'], properties: { id: text, other: text } },
        response: {
          200: { description: 'a line each', content: { 'application/x-ndjson': { schema: object } } },
          ...PROBLEMS,
        },
      },
    },
    async (request, reply) => {
      const { id: from, other: to } = request.params
      return streamBody(reply, RESULT_TYPES.ndjson, async (sink) => {
        const write = (line: object) => sink(`${JSON.stringify(line)}\n`)
        const totals = await diffRuns(hedui, { from, to, ...request.caller }, (one) =>
          write({ kind: 'household', ...one }),
        )
        await write({ kind: 'totals', ...totals })
      })
    },
  )
}

/** Aborts when the caller has gone away. */
function goneSignal(raw: { once(event: 'close', listener: () => void): unknown }): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => controller.abort())
  return controller.signal
}
