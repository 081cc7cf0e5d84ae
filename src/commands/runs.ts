import { HeduiError } from '../errors.ts'
import { QUERY_REASONS, type QueryReason } from '../services/check-application.ts'
import { diffRuns, type HouseholdDifference, type RunDifference } from '../services/diff-runs.ts'
import { RESULT_FORMATS, type ResultFormat } from '../services/export-results.ts'
import { type ShownRun, showRun } from '../services/follow-run.ts'
import { type ListedRun, listLatestRuns } from '../services/list-runs.ts'
import { readResults } from '../services/read-results.ts'
import { cancelRun, resumeRun } from '../services/steer-run.ts'
import {
  ACTOR_OPTION,
  type Command,
  type CommandInput,
  JSON_OPTION,
  numberOf,
  requireActor,
  textOf,
} from './command.ts'
import { openReportFile, withReports } from './report-file.ts'
import { textTable } from './text-table.ts'
import { withHedui } from './with-hedui.ts'

export const runsList: Command = {
  name: 'runs list',
  usage: 'runs list [--most N] [--json]',
  summary: 'the latest runs, with trials and shadows',
  options: { ...JSON_OPTION, most: { type: 'string' } },
  positionals: [],
  run: (input) => {
    const most = numberOf(input, 'most', { least: 1, otherwise: 50 })
    return withHedui(input, async (hedui) => {
      const { terminal, values } = input
      const runs = await listLatestRuns(hedui, most)
      if (values.json) await terminal.print(JSON.stringify(runs))
      else if (runs.length === 0) await terminal.print('no run yet: hedui check --all')
      else for (const line of textTable([LIST_HEAD, ...runs.map(listRow)])) await terminal.print(line)
      return 0
    })
  },
}

const LIST_HEAD = ['run', 'as of', 'kind', 'state', 'households', 'warned', 'unverifiable']

function listRow({ run, asOf, trial, shadowOf, state, households, counts }: ListedRun): (string | number)[] {
  const kind = shadowOf ? 'shadow' : trial ? 'trial' : 'live'
  return [run, asOf, kind, state, households, counts?.warned ?? '', counts?.unverifiable ?? '']
}

export const runsShow: Command = {
  name: 'runs show',
  usage: 'runs show RUN [--json]',
  summary: 'one run: state, progress, what it pinned, which households could not be checked',
  options: JSON_OPTION,
  positionals: ['RUN'],
  run: (input) =>
    withHedui(input, async (hedui) => {
      const { terminal, values, positionals } = input
      const shown = await showRun(hedui, positionals[0]!)
      if (values.json) await terminal.print(JSON.stringify(shown))
      else for (const line of describeShown(shown)) await terminal.print(line)
      return 0
    }),
}

function describeShown(shown: ShownRun): string[] {
  const { run, asOf, knownAt, state, reason, households, done, etaSeconds, counts, failures, ruleSet, trial } = shown
  const eta = etaSeconds === null ? '' : `, ${describeSeconds(etaSeconds)} to go`
  return [
    `${trial ? 'trial ' : ''}run ${run} as of ${asOf}: ${state}${reason ? ` (${reason})` : ''}`,
    `  ${done} of ${households} households done${eta}`,
    `  rules ${ruleSet}; what was known at ${knownAt.toISOString()}`,
    ...(counts
      ? [`  ${counts.warned} warned, ${counts.unverifiable} unverifiable, ${counts.clear} clear; ${counts.leads} leads`]
      : []),
    ...(failures.length > 0 ? [`  ${failures.length} households could not be checked`] : []),
    ...failures.map(({ householdId, code }) => `    ${householdId}  ${code}`),
  ]
}

function describeSeconds(seconds: number): string {
  if (seconds < 100) return `${seconds} s`
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

const ACT_OPTIONS = { ...ACTOR_OPTION, reason: { type: 'string' } } as const

const act = (name: 'cancel' | 'resume', summary: string, does: typeof cancelRun, told: string): Command => ({
  name: `runs ${name}`,
  usage: `runs ${name} RUN --actor NAME --reason TEXT`,
  summary,
  options: ACT_OPTIONS,
  positionals: ['RUN'],
  run: (input) => {
    const actor = requireActor(input)
    const reason = textOf(input, 'reason')?.trim()
    if (!reason) throw new HeduiError('INPUT_USAGE', `say why, with --reason TEXT`)
    return withHedui(input, async (hedui) => {
      const run = input.positionals[0]!
      await does(hedui, { run, actor, reason })
      await input.terminal.print(`${run}: ${told}`)
      return 0
    })
  },
})

export const runsCancel = act('cancel', 'stop a run; what is done stays, and it can be resumed', cancelRun, 'cancelled')
export const runsResume = act(
  'resume',
  'let a stopped run go on with what is not done; hedui work or serve does it',
  resumeRun,
  'resumed; hedui work or serve goes on with it',
)

export const runsResults: Command = {
  name: 'runs results',
  usage: 'runs results RUN [--format ndjson|csv|xlsx] [--out FILE] [--actor NAME] [--reason REASON]',
  summary: 'the results of a run as NDJSON (while it goes on, too), or as a table for a spreadsheet',
  options: { ...ACT_OPTIONS, format: { type: 'string' }, out: { type: 'string' } },
  positionals: ['RUN'],
  run: (input) => {
    const request = { run: input.positionals[0]!, format: formatOf(input), ...readerOf(input) }
    return withHedui(input, async (hedui) => {
      const file = await openReportFile(input, 'out')
      await withReports([file], () =>
        readResults(hedui, request, async (piece) => {
          if (file) await file.write(piece)
          else await input.terminal.print(String(piece).replace(/\n$/, ''))
        }),
      )
      return 0
    })
  },
}

/** Who reads what concerns people, and why: kept in the audit. */
function readerOf(input: CommandInput): { actor: string; role: string; reason?: QueryReason } {
  const reason = textOf(input, 'reason') as QueryReason | undefined
  if (reason !== undefined && !QUERY_REASONS.includes(reason))
    throw new HeduiError('INPUT_USAGE', `--reason must be one of ${QUERY_REASONS.join(', ')}`)
  return { actor: textOf(input, 'actor') ?? input.config.user, role: 'centre', ...(reason ? { reason } : {}) }
}

function formatOf(input: CommandInput): ResultFormat {
  const format = (textOf(input, 'format') ?? 'ndjson') as ResultFormat
  if (!RESULT_FORMATS.includes(format))
    throw new HeduiError('INPUT_USAGE', `--format must be one of ${RESULT_FORMATS.join(', ')}`)
  if (format === 'xlsx' && textOf(input, 'out') === undefined)
    throw new HeduiError('INPUT_USAGE', 'a workbook goes into a file: --out FILE')
  return format
}

export const runsDiff: Command = {
  name: 'runs diff',
  usage: 'runs diff RUN OTHER [--actor NAME] [--reason REASON] [--json]',
  summary: 'which households became warned, cleared or changed from one run to another, with amounts',
  options: { ...ACT_OPTIONS, ...JSON_OPTION },
  positionals: ['RUN', 'OTHER'],
  run: (input) => {
    const [from, to] = input.positionals as [string, string]
    const reader = readerOf(input)
    return withHedui(input, async (hedui) => {
      const { terminal, values } = input
      const totals = await diffRuns(hedui, { from, to, ...reader }, async (one) => {
        if (values.json) await terminal.print(JSON.stringify({ kind: 'household', ...one }))
        else for (const line of describeDifference(one)) await terminal.print(line)
      })
      if (values.json) await terminal.print(JSON.stringify({ kind: 'totals', ...totals }))
      else for (const line of ['', ...describeTotals(totals)]) await terminal.print(line)
      return 0
    })
  },
}

function describeDifference({ household, from, to, changes }: HouseholdDifference): string[] {
  const side = (result: HouseholdDifference['changes'][number]['old']) => {
    if (!result) return 'none'
    return result.measure === null ? result.outcome : `${result.outcome} ${result.measure} (limit ${result.limit})`
  }
  return [
    `${household}: ${from ?? 'not checked'} → ${to ?? 'not checked'}`,
    ...changes.map(
      ({ rule, person, old, new: other }) => `  ${rule}${person ? ` ${person}` : ''}: ${side(old)} → ${side(other)}`,
    ),
  ]
}

function describeTotals(totals: RunDifference): string[] {
  const rows: [string, number][] = [
    ['households', totals.households],
    ['that differ', totals.differing],
    ['became warned', totals.becameWarned],
    ['no longer warned', totals.noLongerWarned],
    ['became unverifiable', totals.becameUnverifiable],
    ['became clear', totals.becameClear],
    ['with changed amounts', totals.changedAmounts],
    ['only in the first', totals.onlyInFrom],
    ['only in the second', totals.onlyInTo],
  ]
  return textTable([['from the first run to the second', 'count'], ...rows])
}
