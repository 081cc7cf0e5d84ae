import { CASE_STATES, type CaseStateName } from '../domain/case/words.ts'
import { type CaseSearch, findCases } from '../services/cases/find-cases.ts'
import { readAttachment } from '../services/cases/read-attachment.ts'
import { readNotice } from '../services/cases/read-notice.ts'
import { showCase } from '../services/cases/show-case.ts'
import { tickCases } from '../services/cases/tick-cases.ts'
import { describeCase } from './case-page.ts'
import {
  ACTOR_OPTION,
  type Command,
  dateOf,
  JSON_OPTION,
  numberOf,
  regionOf,
  requireReason,
  textOf,
} from './command.ts'
import { everyOf, readerOf, say } from './list-page.ts'
import { textTable } from './text-table.ts'
import { withHedui } from './with-hedui.ts'
import { writeFileOf } from './write-file.ts'

export const caseList: Command = {
  name: 'case list',
  usage:
    'case list [--state STATE …] [--all] [--escalated] [--region CODE] [--household ID] [--due-by DATE] [--after CURSOR] [--most N] [--json]',
  summary: 'open cases, what is due first; --all: ended ones too',
  options: {
    ...JSON_OPTION,
    state: { type: 'string', multiple: true },
    all: { type: 'boolean' },
    escalated: { type: 'boolean' },
    region: { type: 'string' },
    household: { type: 'string' },
    'due-by': { type: 'string' },
    after: { type: 'string' },
    most: { type: 'string' },
  },
  positionals: [],
  run: async (input) => {
    const { values } = input
    const states = everyOf<CaseStateName>(input, 'state', CASE_STATES)
    const search: CaseSearch = {
      states,
      ...(states || values.all ? {} : { open: true }),
      ...(values.escalated ? { escalated: true } : {}),
      region: regionOf(input),
      household: textOf(input, 'household'),
      dueBy: dateOf(input, 'due-by'),
      cursor: textOf(input, 'after'),
      most: numberOf(input, 'most', { least: 1, otherwise: 50 }),
    }
    return withHedui(input, async (hedui) => {
      const found = await findCases(hedui, search)
      const rows = found.cases.map(({ id, householdId, state, escalated, dueOn, provisional, seen }) => [
        id,
        householdId,
        escalated ? `${state}, escalated` : state,
        dueOn === null ? '' : `${dueOn}${provisional ? ' or later' : ''}`,
        String(seen),
      ])
      const lines =
        rows.length > 0 ? textTable([['case', 'household', 'state', 'due', 'events'], ...rows]) : ['no case']
      return say(input, found, found.next ? [...lines, `more: --after ${found.next}`] : lines)
    })
  },
}

export const caseShow: Command = {
  name: 'case show',
  usage: 'case show CASE [--reason TEXT] [--actor NAME] [--json]',
  summary: 'one case: warnings, packets, answers, what is allowed; --json: with every event. Kept in the audit',
  options: { ...ACTOR_OPTION, ...JSON_OPTION, reason: { type: 'string' } },
  positionals: ['CASE'],
  run: (input) => {
    const reader = { ...readerOf(input), reason: textOf(input, 'reason') ?? 'review' }
    return withHedui(input, async (hedui) => {
      const view = await showCase(hedui, input.positionals[0]!, reader)
      return say(input, view, describeCase(view))
    })
  },
}

const FILE_OPTIONS = { ...ACTOR_OPTION, ...JSON_OPTION, reason: { type: 'string' }, out: { type: 'string' } } as const

export const caseNotice: Command = {
  name: 'case notice',
  usage: 'case notice NOTICE --reason TEXT [--out FILE] [--actor NAME] [--json]',
  summary: 'write the notice of an outcome, or the application for arbitration; kept in the audit',
  options: FILE_OPTIONS,
  positionals: ['NOTICE'],
  run: async (input) => {
    const reader = { ...readerOf(input), reason: requireReason(input) }
    return withHedui(input, async (hedui) => writeFileOf(input, await readNotice(hedui, input.positionals[0]!, reader)))
  },
}

export const caseAttachment: Command = {
  name: 'case attachment',
  usage: 'case attachment CASE SHA256 --reason TEXT [--out FILE] [--actor NAME] [--json]',
  summary: 'write a file that came with an answer or a proof of service; kept in the audit',
  options: FILE_OPTIONS,
  positionals: ['CASE', 'SHA256'],
  run: async (input) => {
    const reader = { ...readerOf(input), reason: requireReason(input) }
    const [id, attachment] = input.positionals as [string, string]
    return withHedui(input, async (hedui) =>
      writeFileOf(input, await readAttachment(hedui, { case: id, attachment }, reader)),
    )
  },
}

export const casesTick: Command = {
  name: 'cases tick',
  usage: 'cases tick [--json]',
  summary:
    'let time pass in all open cases: deadlines expire, cases that nobody handles escalate and lapse; work does it too',
  options: JSON_OPTION,
  positionals: [],
  run: (input) =>
    withHedui(input, async (hedui) => {
      const { failures, ...report } = await tickCases(hedui, { all: true })
      const { looked, settled, expired, escalated, lapsed, checkpoint } = report
      for (const { case: id } of failures) input.terminal.say(`case ${id} could not be looked at`)
      await say(input, { ...report, failures: failures.map((failure) => failure.case) }, [
        `${looked} open cases: ${expired} expired, ${escalated} escalated, ${lapsed} lapsed, ${settled} deadlines settled`,
        ...(checkpoint ? ['the ends of all chains are signed'] : []),
      ])
      return failures.length > 0 ? 1 : 0
    }),
}
