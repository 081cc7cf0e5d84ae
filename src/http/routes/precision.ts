import type { FastifyInstance } from 'fastify'
import { reportPrecision } from '../../services/precision/report-precision.ts'
import { reportSubgroups } from '../../services/precision/report-subgroups.ts'
import { releaseRule, showRuleStops } from '../../services/precision/stop-rules.ts'
import type { RouteContext } from '../app.ts'
import {
  ACT_PROBLEMS,
  ACTOR,
  actBody,
  asItIs,
  idParams,
  integer,
  list,
  maybeText,
  REASON_TEXT,
  REGION,
  shape,
  text,
  yes,
} from './case-schemas.ts'
import { PROBLEM, PROBLEMS } from './run-schemas.ts'

const COUNTS = {
  ...shape({
    dismissed: integer,
    confirmed: { ...integer, description: 'asked, and nothing was found out: counts neither for the rule nor against' },
    rebutted: integer,
    upheld: integer,
    wrong: integer,
    decided: integer,
    right: integer,
    interval: shape({ low: { type: 'number' }, high: { type: 'number' } }),
  }),
  description: 'what became of warnings, with the Wilson interval of right / decided at 95 percent',
} as const

const byWord = { type: 'object', additionalProperties: COUNTS } as const

const STOP = shape({
  rule: text,
  region: { ...text, description: 'the beginning of the administrative codes where it holds; "": everywhere' },
  number: integer,
  at: text,
  actor: text,
  action: { enum: ['stopped', 'released'] },
  reason: text,
  figures: { type: 'object', additionalProperties: true },
})

const REPORT = shape({
  region: text,
  figures: shape({ floorPercent: { type: 'number' }, leastDecided: integer, window: integer }),
  rules: list(
    shape({
      rule: text,
      counts: COUNTS,
      belowFloor: yes,
      stops: list(shape({ region: text, since: text, reason: text })),
      bySource: byWord,
      byMatch: byWord,
      byOrigin: byWord,
    }),
  ),
  outcomes: shape({
    cases: integer,
    open: integer,
    inFavor: shape({
      dismissed: integer,
      continued: integer,
      noIssue: integer,
      underpaid: { ...integer, description: 'the household had been paid too little' },
      lapsed: integer,
    }),
    less: shape({ lowered: integer, deemedWithdrawal: integer, cancelAndRecover: integer }),
    otherAdjusted: integer,
  }),
})

const byGroup = { type: 'object', additionalProperties: { oneOf: [COUNTS, { const: 'hidden' }] } } as const
const SUBGROUPS = shape({
  region: text,
  rule: maybeText,
  warnings: integer,
  subgroups: shape({ name: byGroup, age: byGroup, area: byGroup }),
})

/** How often warnings turn out right, and rules that were stopped because they did not. */
export function precisionRoutes(app: FastifyInstance, { hedui }: RouteContext): void {
  app.get<{ Querystring: { region?: string } }>(
    '/v1/reports/precision',
    {
      config: { roles: ['centre', 'reviewer', 'auditor'] },
      schema: {
        tags: ['reports'],
        summary: 'How often the warnings of each rule turned out right, and what cases came to',
        description:
          'By rule, source, kind of match and way of initiation, over the last decided ones. It names nobody.',
        querystring: { type: 'object', additionalProperties: false, properties: { region: REGION } },
        response: { 200: REPORT, 400: PROBLEM, 403: PROBLEM },
      },
      serializerCompiler: asItIs,
    },
    async (request) => reportPrecision(hedui, request.query),
  )

  app.get<{ Querystring: { region?: string; rule?: string; actor: string; reason: string } }>(
    '/v1/reports/subgroups',
    {
      config: { roles: ['centre', 'reviewer', 'auditor'] },
      exposeHeadRoute: false,
      schema: {
        tags: ['reports'],
        summary: 'Whether warnings are wrong more often about some people than about others',
        description:
          'By kind of name, age and area; what is so few that it could point at somebody is hidden. Asking is audited.',
        querystring: {
          type: 'object',
          additionalProperties: false,
          required: ['actor', 'reason'],
          properties: { region: REGION, rule: text, actor: ACTOR, reason: REASON_TEXT },
        },
        response: { 200: SUBGROUPS, ...PROBLEMS },
      },
      serializerCompiler: asItIs,
    },
    async (request) => reportSubgroups(hedui, { ...request.query, role: request.caller.role }),
  )

  app.get(
    '/v1/rules/stops',
    {
      config: { roles: ['centre', 'reviewer', 'auditor', 'admin'] },
      schema: {
        tags: ['rules'],
        summary: 'Rules that were stopped from issuing packets and released again, the latest first',
        response: { 200: shape({ stops: list(STOP) }), 403: PROBLEM },
      },
      serializerCompiler: asItIs,
    },
    async () => ({ stops: await showRuleStops(hedui) }),
  )

  app.post<{ Params: { rule: string }; Body: { region?: string; actor: string; reason: string } }>(
    '/v1/rules/:rule/release',
    {
      config: { roles: ['centre', 'admin'] },
      schema: {
        tags: ['rules'],
        summary: 'Let a stopped rule issue packets again',
        description: 'From then on only what is decided afterwards counts.',
        params: idParams('rule'),
        body: actBody(
          {
            region: { type: 'string', pattern: '^\\d{0,12}$', description: 'of the stop; "" unless given' },
            reason: REASON_TEXT,
          },
          ['region'],
        ),
        response: { 200: STOP, ...ACT_PROBLEMS },
      },
      serializerCompiler: asItIs,
    },
    async (request) => releaseRule(hedui, { ...request.body, rule: request.params.rule, role: request.caller.role }),
  )
}
