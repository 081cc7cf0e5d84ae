import { openRuleBook } from '../services/choose-rule-set.ts'
import { checkTipOff } from '../services/tip-offs/check-tip-off.ts'
import { readTipOff } from '../services/tip-offs/read-tip-off.ts'
import {
  type Reporter,
  recordTipOff,
  TIP_OFF_CHANNELS,
  type TipOffChannel,
} from '../services/tip-offs/record-tip-off.ts'
import { recordTipOffVisit, settleTipOff } from '../services/tip-offs/settle-tip-off.ts'
import { findTipOffs, showTipOff, type TipOffView } from '../services/tip-offs/show-tip-offs.ts'
import { reportRuleErrors } from './check.ts'
import {
  ACTOR_OPTION,
  type Command,
  dateOf,
  JSON_OPTION,
  numberOf,
  regionOf,
  requireActor,
  requireReason,
  textOf,
} from './command.ts'
import { formOptions, readForm, readInputFile } from './form-options.ts'
import { ROLE, say } from './list-page.ts'
import { textTable } from './text-table.ts'
import { withHedui } from './with-hedui.ts'

const TEXT = { type: 'string' } as const
const REPORT = {
  properties: {
    channel: { ...TEXT, enum: TIP_OFF_CHANNELS },
    receivedOn: TEXT,
    text: TEXT,
    reporter: { type: 'object', properties: { name: TEXT, phone: TEXT, idNumber: TEXT } },
  },
} as const
const ACT_OPTIONS = { ...ACTOR_OPTION, ...JSON_OPTION } as const

const optionsOf = (schema: Parameters<typeof formOptions>[0]) =>
  Object.fromEntries(formOptions(schema).map(({ name, multiple }) => [name, { type: 'string' as const, multiple }]))

function describe({
  id,
  state,
  householdId,
  receivedOn,
  channel,
  named,
  run,
  case: held,
  events,
}: TipOffView): string[] {
  return [
    `tip-off ${id}: ${state}; household ${householdId}, of ${receivedOn} (${channel}, ${named ? 'named' : 'anonymous'})`,
    ...(run === null ? [] : [`  checked by run ${run}`]),
    ...(held === null ? [] : [`  case ${held}`]),
    ...events.map(
      ({ number, at, actor, action, reason }) => `  ${number} ${at} ${actor}: ${action}${reason ? ` (${reason})` : ''}`,
    ),
  ]
}

export const tipOffAdd: Command = {
  name: 'tip-off add',
  usage:
    'tip-off add HOUSEHOLD --actor NAME --channel CHANNEL (--text TEXT | --input FILE.json) [--received-on DATE] [--reporter-name NAME [--reporter-phone TEXT] [--reporter-id-number TEXT]] [--json]',
  summary: `keep a report against a household, sealed; channel: ${TIP_OFF_CHANNELS.join(', ')}; without a reporter it is anonymous`,
  options: { ...ACT_OPTIONS, input: TEXT, ...optionsOf(REPORT) },
  positionals: ['HOUSEHOLD'],
  run: async (input) => {
    const actor = requireActor(input)
    const form = readForm(REPORT, input, await readInputFile(input))
    const report = {
      household: input.positionals[0]!,
      channel: String(form.channel ?? '') as TipOffChannel,
      text: String(form.text ?? ''),
      reporter: (form.reporter ?? null) as Reporter | null,
      ...(form.receivedOn === undefined ? {} : { receivedOn: String(form.receivedOn) }),
    }
    return withHedui(input, async (hedui) => {
      const kept = await recordTipOff(hedui, { ...report, actor, role: ROLE })
      return say(input, kept, describe(kept))
    })
  },
}

export const tipOffList: Command = {
  name: 'tip-off list',
  usage: 'tip-off list [--state STATE] [--region CODE] [--household ID] [--after TIPOFF] [--most N] [--json]',
  summary: 'reports in the order in which they came, without what was said and who said it',
  options: { ...JSON_OPTION, state: TEXT, region: TEXT, household: TEXT, after: TEXT, most: TEXT },
  positionals: [],
  run: async (input) => {
    const [state, household, after] = ['state', 'household', 'after'].map((name) => textOf(input, name))
    const asked = { state, household, after, region: regionOf(input) }
    const count = numberOf(input, 'most', { least: 1, otherwise: 100 })
    return withHedui(input, async (hedui) => {
      const found = await findTipOffs(hedui, { ...asked, count })
      const rows = found.tipOffs.map((each) => [
        each.id,
        each.householdId,
        each.receivedOn,
        each.state,
        each.case ?? '',
      ])
      const head = ['tip-off', 'household', 'received', 'state', 'case']
      const lines = rows.length > 0 ? textTable([head, ...rows]) : ['no tip-off']
      return say(input, found, found.next ? [...lines, `more: --after ${found.next}`] : lines)
    })
  },
}

export const tipOffShow: Command = {
  name: 'tip-off show',
  usage: 'tip-off show TIPOFF [--json]',
  summary: 'a report and what happened to it, without what was said and who said it',
  options: JSON_OPTION,
  positionals: ['TIPOFF'],
  run: (input) =>
    withHedui(input, async (hedui) => {
      const view = await showTipOff(hedui, input.positionals[0]!)
      return say(input, view, describe(view))
    }),
}

export const tipOffRead: Command = {
  name: 'tip-off read',
  usage: 'tip-off read TIPOFF --actor NAME --reason TEXT [--json]',
  summary: 'what was said, and who said it; kept in the audit',
  options: { ...ACT_OPTIONS, reason: TEXT },
  positionals: ['TIPOFF'],
  run: async (input) => {
    const who = { actor: requireActor(input), reason: requireReason(input), role: ROLE }
    return withHedui(input, async (hedui) => {
      const report = await readTipOff(hedui, { tipOff: input.positionals[0]!, ...who })
      const { text, reporter } = report
      const by = reporter ? [reporter.name, reporter.phone, reporter.idNumber].filter(Boolean).join(', ') : 'anonymous'
      return say(input, report, [text, `  ${by}`])
    })
  },
}

export const tipOffCheck: Command = {
  name: 'tip-off check',
  usage: 'tip-off check TIPOFF --actor NAME [--as-of DATE] [--json]',
  summary: 'check the household as in any run; what warns makes a case like any warning',
  options: { ...ACT_OPTIONS, 'as-of': TEXT },
  positionals: ['TIPOFF'],
  run: async (input) => {
    const [actor, asOf] = [requireActor(input), dateOf(input, 'as-of')]
    const onRuleError = reportRuleErrors((line) => input.terminal.say(line))
    return withHedui(input, async (hedui) => {
      const rules = await openRuleBook(hedui)
      const request = { tipOff: input.positionals[0]!, asOf, actor, role: ROLE }
      const view = await checkTipOff({ ...hedui, rules, onRuleError }, request)
      return say(input, view, describe(view))
    })
  },
}

const VISIT = {
  properties: {
    on: TEXT,
    visitors: { type: 'array', items: TEXT },
    findings: TEXT,
    by: { ...TEXT, enum: ['township', 'county'] },
  },
} as const

export const tipOffVisit: Command = {
  name: 'tip-off visit',
  usage: 'tip-off visit TIPOFF --actor NAME --on DATE --visitors NAME … --findings TEXT --by township|county [--json]',
  summary: 'keep a visit to the household; two visitors at least',
  options: { ...ACT_OPTIONS, ...optionsOf(VISIT) },
  positionals: ['TIPOFF'],
  run: async (input) => {
    const actor = requireActor(input)
    const form = readForm(VISIT, input)
    const visit = {
      on: String(form.on ?? ''),
      visitors: (form.visitors ?? []) as string[],
      findings: String(form.findings ?? ''),
      by: form.by === 'county' ? ('county' as const) : ('township' as const),
    }
    return withHedui(input, async (hedui) => {
      const view = await recordTipOffVisit(hedui, { tipOff: input.positionals[0]!, ...visit, actor, role: ROLE })
      return say(input, view, describe(view))
    })
  },
}

export const tipOffSettle: Command = {
  name: 'tip-off settle',
  usage: 'tip-off settle TIPOFF --actor NAME --reason TEXT [--json]',
  summary: 'end a report: nothing was found, or its case has ended',
  options: { ...ACT_OPTIONS, reason: TEXT },
  positionals: ['TIPOFF'],
  run: async (input) => {
    const who = { actor: requireActor(input), reason: requireReason(input), role: ROLE }
    return withHedui(input, async (hedui) => {
      const view = await settleTipOff(hedui, { tipOff: input.positionals[0]!, ...who })
      return say(input, view, describe(view))
    })
  },
}
