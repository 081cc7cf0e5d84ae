import type { FastifyInstance } from 'fastify'
import { type ShownRun, showRun, watchRun } from '../../services/follow-run.ts'
import type { RouteContext } from '../app.ts'
import { watchReaders } from '../gone-signal.ts'
import { type ServerEvent, writeEvents } from '../server-events.ts'
import { streamBody } from '../stream-body.ts'
import { PROBLEM, RUN_ID } from './run-schemas.ts'

/** Proxies take a line for dead after half a minute and more. */
const BEAT_MS = 15_000

/** GET /v1/runs/:id/events: the progress of a run as it goes on. */
export function runEventsRoutes(app: FastifyInstance, { hedui }: RouteContext): void {
  const gone = watchReaders(app)
  app.get<{ Params: { id: string } }>(
    '/v1/runs/:id/events',
    {
      config: { roles: ['centre', 'reviewer', 'auditor'] },
      exposeHeadRoute: false,
      schema: {
        tags: ['runs'],
        summary: 'The progress of a run as it goes on',
        description:
          'Server-sent events: "progress" where households were done, "end" when the run has ended or was stopped. A client ' +
          'that comes back after "end" (Last-Event-ID: end) is answered with 204, which tells it to stop, unless the run goes on.',
        params: RUN_ID,
        response: {
          200: { description: 'the events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
          204: { description: 'there is no more to tell', type: 'null' },
          403: PROBLEM,
          404: PROBLEM,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { state } = await showRun(hedui, id)
      if (request.headers['last-event-id'] === 'end' && state !== 'running') return reply.code(204).send()
      const signal = gone(reply)
      return streamBody(
        reply,
        'text/event-stream; charset=utf-8',
        (sink) => writeEvents(eventsOf(watchRun(hedui, id, { signal, beatMs: BEAT_MS })), sink),
        { 'x-accel-buffering': 'no' },
      )
    },
  )
}

async function* eventsOf(watched: AsyncIterable<ShownRun | null>): AsyncGenerator<ServerEvent | null> {
  for await (const shown of watched) yield shown && eventOf(shown)
}

/** What changes of a run while it goes on: its scope may hold a hundred thousand ids. */
function eventOf({ run, state, reason, households, done, etaSeconds, counts, failures }: ShownRun): ServerEvent {
  const data = { run, state, reason, households, done, etaSeconds, failed: failures.length, counts }
  return state === 'running' ? { event: 'progress', data } : { event: 'end', id: 'end', data }
}
