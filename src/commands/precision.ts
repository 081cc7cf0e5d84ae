import { reportPrecision } from '../services/precision/report-precision.ts'
import { reportSubgroups } from '../services/precision/report-subgroups.ts'
import { releaseRule, showRuleStops } from '../services/precision/stop-rules.ts'
import { ACTOR_OPTION, type Command, JSON_OPTION, regionOf, requireActor, requireReason, textOf } from './command.ts'
import { ROLE, say } from './list-page.ts'
import { percent, textTable } from './text-table.ts'
import { withHedui } from './with-hedui.ts'

export const precision: Command = {
  name: 'precision',
  usage: 'precision [--region CODE] [--json]',
  summary:
    'how often the warnings of each rule turned out right, and what cases came to; --json: by source and origin too',
  options: { ...JSON_OPTION, region: { type: 'string' } },
  positionals: [],
  run: async (input) => {
    const region = regionOf(input)
    return withHedui(input, async (hedui) => {
      const report = await reportPrecision(hedui, { region })
      const { inFavor, less, cases, open } = report.outcomes
      const rows = report.rules.map(({ rule, counts, stops }) => [
        rule,
        counts.decided,
        counts.right,
        `${percent(counts.interval.low)} to ${percent(counts.interval.high)}`,
        counts.confirmed,
        stops.length > 0 ? 'stopped' : '',
      ])
      return say(input, report, [
        ...(rows.length > 0
          ? textTable([['rule', 'decided', 'right', 'interval', 'silent', 'issues packets'], ...rows])
          : ['no warning was decided yet']),
        `cases ${cases}, open ${open}; in the household's favor: dismissed ${inFavor.dismissed}, continued ${inFavor.continued}, ` +
          `no issue ${inFavor.noIssue}, paid too little ${inFavor.underpaid}, lapsed ${inFavor.lapsed}`,
        `with less: lowered ${less.lowered}, deemed withdrawal ${less.deemedWithdrawal}, canceled ${less.cancelAndRecover}`,
      ])
    })
  },
}

export const precisionGroups: Command = {
  name: 'precision groups',
  usage: 'precision groups --actor NAME --reason TEXT [--region CODE] [--rule RULE] [--json]',
  summary: 'the same by kind of name, age and area of whom warnings concern; small cells are hidden. Kept in the audit',
  options: {
    ...ACTOR_OPTION,
    ...JSON_OPTION,
    reason: { type: 'string' },
    region: { type: 'string' },
    rule: { type: 'string' },
  },
  positionals: [],
  run: async (input) => {
    const who = { actor: requireActor(input), reason: requireReason(input), role: ROLE }
    const [region, rule] = [regionOf(input), textOf(input, 'rule')]
    return withHedui(input, async (hedui) => {
      const report = await reportSubgroups(hedui, { region, rule, ...who })
      const rows = Object.entries(report.subgroups).flatMap(([kind, groups]) =>
        Object.entries(groups).map(([group, counts]) =>
          counts === 'hidden'
            ? [kind, group, 'hidden', '', '']
            : [
                kind,
                group,
                String(counts.decided),
                String(counts.right),
                `${percent(counts.interval.low)} to ${percent(counts.interval.high)}`,
              ],
        ),
      )
      const head = ['by', 'group', 'decided', 'right', 'interval']
      return say(input, report, rows.length > 0 ? textTable([head, ...rows]) : ['no warning was decided yet'])
    })
  },
}

export const rulesStops: Command = {
  name: 'rules stops',
  usage: 'rules stops [--json]',
  summary: 'rules that were stopped from issuing packets and released again, the latest first',
  options: JSON_OPTION,
  positionals: [],
  run: (input) =>
    withHedui(input, async (hedui) => {
      const stops = await showRuleStops(hedui)
      const rows = stops.map(({ rule, region, at, action, actor, reason }) => [
        rule,
        region || 'all',
        at,
        action,
        actor,
        reason,
      ])
      const head = ['rule', 'region', 'at', 'act', 'by', 'reason']
      return say(input, stops, rows.length > 0 ? textTable([head, ...rows]) : ['no rule was ever stopped'])
    }),
}

export const rulesRelease: Command = {
  name: 'rules release',
  usage: 'rules release RULE --actor NAME --reason TEXT [--region CODE] [--json]',
  summary: 'let a stopped rule issue packets again',
  options: { ...ACTOR_OPTION, ...JSON_OPTION, reason: { type: 'string' }, region: { type: 'string' } },
  positionals: ['RULE'],
  run: async (input) => {
    const who = { actor: requireActor(input), reason: requireReason(input), role: ROLE }
    const region = regionOf(input)
    return withHedui(input, async (hedui) => {
      const released = await releaseRule(hedui, { rule: input.positionals[0]!, region, ...who })
      return say(input, released, [
        `${released.rule} issues packets again${released.region ? ` in ${released.region}` : ''}`,
      ])
    })
  },
}
