import type { FastifyInstance } from 'fastify'
import { RULE_COMPARISON_SCHEMA } from '../../domain/rule-comparison-schema.ts'
import { chooseCompared, ruleSetName } from '../../services/choose-compared.ts'
import { compareRuleSets } from '../../services/compare-rule-sets.ts'
import { ComparisonWriter } from '../../services/write-comparison.ts'
import type { RouteContext } from '../app.ts'
import { PROBLEM_SCHEMA } from '../problem.ts'
import { streamBody } from '../stream-body.ts'

interface CompareBody {
  readonly old: string
  readonly new: string
  readonly run: string
  readonly maxSharePercent?: number
}

const ruleSet = {
  type: 'string',
  pattern: '^(live|(sha256:)?[0-9a-f]{4,64})$',
  description: '"live" (the set in force today), or the version of a set that was kept or a unique beginning of one',
} as const

const BODY = {
  type: 'object',
  additionalProperties: false,
  required: ['old', 'new', 'run'],
  properties: {
    old: ruleSet,
    new: ruleSet,
    run: { type: 'string', description: 'the id of a finished run, whose date and records are used' },
    maxSharePercent: {
      type: 'number',
      minimum: 0,
      maximum: 100,
      description: 'the share of its households above which a rule of the new set is flagged; a setting otherwise',
    },
  },
} as const

const PROBLEM = {
  description: 'what is wrong, by code and field',
  content: { 'application/problem+json': { schema: PROBLEM_SCHEMA } },
} as const

/** POST /v1/rules/compare: what another rule set would have made of a past run. */
export function rulesCompareRoutes(app: FastifyInstance, { hedui, rules }: RouteContext): void {
  app.post<{ Body: CompareBody }>(
    '/v1/rules/compare',
    {
      config: { roles: ['centre', 'auditor'] },
      schema: {
        tags: ['rules'],
        summary: 'Compare two rule sets',
        description:
          'What the new set would have made of a past run, on the records as they were for it. Nothing is kept but who ' +
          'compared what. The answer is written while it is made; one that breaks off is no answer.',
        body: BODY,
        response: { 200: RULE_COMPARISON_SCHEMA, 400: PROBLEM, 403: PROBLEM, 404: PROBLEM, 409: PROBLEM, 415: PROBLEM },
      },
    },
    async (request, reply) => {
      const { run, maxSharePercent = hedui.config.maxWarnedSharePercent } = request.body
      const { ruleSet: old } = await chooseCompared(hedui, rules, ruleSetName(request.body.old))
      const { ruleSet: other } = await chooseCompared(hedui, rules, ruleSetName(request.body.new))
      const onRuleError = (error: unknown, rule: string) => request.log.error({ err: error, rule }, 'a rule failed')
      return streamBody(reply, 'application/json; charset=utf-8', async (sink) => {
        const writer = new ComparisonWriter(sink)
        const summary = await compareRuleSets(
          { ...hedui, onRuleError },
          { run, old, new: other, maxSharePercent, ...request.caller },
          { change: (change) => writer.change(change) },
        )
        await writer.end(summary)
      })
    },
  )
}
