import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'

import type { CheckResult } from '../domain/check-result.ts'
import { dateInChina } from '../domain/dates.ts'
import { HeduiError } from '../errors.ts'
import { checkHouseholds, type RunScope, type RunSummary } from '../services/check-households.ts'
import { type ChosenRuleSet, chooseFolder, chooseVersion, openRuleBook } from '../services/choose-rule-set.ts'
import { countUnknownDue } from '../services/list-due.ts'
import type { Hedui } from '../services/open-hedui.ts'
import { cancelRun } from '../services/steer-run.ts'
import { type Command, type CommandInput, dateOf, JSON_OPTION, regionOf, textOf, timeOf } from './command.ts'
import { readIdsFile } from './ids-file.ts'
import { announceRun, startThreads } from './run-threads.ts'
import { withHedui } from './with-hedui.ts'

export const check: Command = {
  name: 'check',
  usage:
    'check (--all | --household ID … | --ids-file FILE | --region CODE | --due [--region CODE]) [--as-of DATE] [--known-at TIME] [--rules DIR | --rule-set VERSION] [--out FILE] [--actor NAME] [--json]',
  summary:
    'run the rules in force over households, or try others; --out writes one result a line, --out - to standard output',
  options: {
    all: { type: 'boolean' },
    household: { type: 'string', multiple: true },
    'ids-file': { type: 'string' },
    region: { type: 'string' },
    due: { type: 'boolean' },
    'as-of': { type: 'string' },
    'known-at': { type: 'string' },
    rules: { type: 'string' },
    'rule-set': { type: 'string' },
    out: { type: 'string' },
    actor: { type: 'string' },
    ...JSON_OPTION,
  },
  // "--household ID …": further ids may follow as plain words.
  positionals: Array.from({ length: 1000 }, () => '[ID]'),
  run: async (input) => {
    const { config, terminal, values } = input
    const scope = await scopeOf(input)
    const day = dateOf(input, 'as-of')
    const knownAt = timeOf(input, 'known-at')
    if (values.rules !== undefined && values['rule-set'] !== undefined) {
      throw new HeduiError('INPUT_USAGE', `--rules or --rule-set, not both\nusage: hedui ${check.usage}`)
    }
    return withHedui(input, async (hedui, interruption) => {
      const asOf = day ?? dateInChina(hedui.now())
      const { ruleSet, trial, notice } = await chooseRules(input, hedui, asOf)
      if (notice) terminal.say(notice)
      if ('due' in scope) await sayUnknownDue(input, { ...hedui, ruleSet }, { asOf, region: scope.region ?? '' })
      const out = await openOut(input)
      const progress = terminal.progress('checked', 'households')
      const onRuleError = reportRuleErrors((line) => terminal.say(line))
      const onBroken = (_: unknown, householdId: string) =>
        terminal.say(`household ${householdId} could not be checked`)
      const actor = textOf(input, 'actor') ?? config.user
      const summary = await checkHouseholds(
        { ...hedui, ruleSet, onRuleError, onBroken },
        { scope, asOf, knownAt, trial, actor },
        {
          write: out.write,
          progress: (done, total) => progress.update(done, total),
          begun: (run) => interruption.before(() => cancelInterrupted(input, hedui, { run, actor })),
          threads: () => startThreads(hedui, { onRuleError, onBroken }),
          announce: (run, ranges) => announceRun(hedui, run, ranges),
        },
      ).finally(() => progress.end())
      await out.close()
      if (values.json) await terminal.print(JSON.stringify(summary))
      else for (const line of describeRun(summary)) terminal.say(line)
      return summary.failures.length > 0 ? 1 : 0
    })
  },
}

/** What is done stays, and the run can go on; nobody goes on with it unasked. */
async function cancelInterrupted(
  { terminal }: CommandInput,
  hedui: Hedui,
  { run, actor }: { run: string; actor: string },
) {
  await cancelRun(hedui, { run, actor, reason: 'interrupted' })
  terminal.say(`the run was cancelled; hedui runs resume ${run} lets it go on`)
}

async function chooseRules(input: CommandInput, hedui: Hedui, asOf: string): Promise<ChosenRuleSet> {
  const folder = textOf(input, 'rules')
  const version = textOf(input, 'rule-set')
  if (folder !== undefined) return chooseFolder(hedui, resolve(input.config.callerFolder, folder), asOf)
  if (version !== undefined) return chooseVersion(hedui, version, asOf)
  return (await openRuleBook(hedui)).inForceOn(asOf)
}

/** Households of which nobody knows when they are due are not checked, and not passed over in silence. */
async function sayUnknownDue(
  { terminal }: CommandInput,
  context: Parameters<typeof countUnknownDue>[0],
  moment: Parameters<typeof countUnknownDue>[1],
): Promise<void> {
  const unknown = await countUnknownDue(context, moment)
  if (unknown > 0) {
    terminal.say(`of ${unknown} granted households it is not known when they are due; hedui due says which and why`)
  }
}

async function scopeOf(input: CommandInput): Promise<RunScope> {
  const region = regionOf(input)
  const named = input.values.household as string[] | undefined
  const due = input.values.due === true
  const within = region !== undefined && !due
  const list = textOf(input, 'ids-file')
  const ways = [input.values.all === true, named !== undefined, list !== undefined, within, due].filter(Boolean).length
  if (ways !== 1 || (!named && input.positionals.length > 0)) {
    throw new HeduiError(
      'INPUT_USAGE',
      `say which households: --all, --household ID …, --ids-file FILE, --region CODE or --due\nusage: hedui ${check.usage}`,
    )
  }
  if (named) return { ids: [...new Set([...named, ...input.positionals])] }
  if (list !== undefined) return { ids: await readIdsFile(input, list) }
  if (due) return { due: true, ...(region === undefined ? {} : { region }) }
  return region === undefined ? { all: true } : { region }
}

interface Out {
  readonly write: (line: string) => Promise<void>
  close(): Promise<void>
}

async function openOut(input: CommandInput): Promise<Out> {
  const { config, terminal, values } = input
  const name = textOf(input, 'out')
  if (name === '-') return { write: (line) => terminal.print(line), close: async () => {} }
  if (name === undefined) {
    const shown = values.household !== undefined && !values.json
    const write = async (line: string) => {
      if (shown) for (const text of describeResult(JSON.parse(line))) await terminal.print(text)
    }
    return { write, close: async () => {} }
  }
  const path = resolve(config.callerFolder, name)
  const stream = createWriteStream(path)
  let failure: unknown = null
  stream.on('error', (error) => {
    failure = error
  })
  const fail = () => {
    const { code } = failure as NodeJS.ErrnoException
    return new HeduiError('INPUT_FILE', `cannot be written: ${code}`, { file: path, cause: failure })
  }
  await once(stream, 'open').catch(() => {})
  if (failure) throw fail()
  return {
    write: async (line) => {
      if (failure) throw fail()
      if (!stream.write(`${line}\n`)) await drained(stream)
    },
    close: async () => {
      stream.end()
      await finished(stream).catch(() => {})
      if (failure) throw fail()
    },
  }
}

/** Waits until a stream takes more, or has failed. */
function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.on('drain', done).on('close', done)
  })
}

/** Says once for each rule that it failed: the results are unverifiable, and the rule needs its author. */
export function reportRuleErrors(
  say: (line: string) => void,
): (error: unknown, rule: string, householdId: string) => void {
  const told = new Set<string>()
  return (error, rule, householdId) => {
    if (told.has(rule)) return
    told.add(rule)
    const { summary, message } = error as { summary?: string; message: string }
    say(
      `the rule ${rule} failed for household ${householdId} and maybe others, whose results are unverifiable: ${summary ?? message}`,
    )
  }
}

export function describeRun(summary: RunSummary): string[] {
  const {
    households,
    warned,
    unverifiable,
    clear,
    warningsByRule,
    leads,
    run,
    asOf,
    ruleSet,
    trial,
    shadows,
    failures,
  } = summary
  const width = Math.max(...Object.keys(warningsByRule).map((rule) => rule.length), 0)
  return [
    `${households} households as of ${asOf}: ${warned} warned, ${unverifiable} unverifiable, ${clear} clear; ${leads} leads`,
    ...Object.entries(warningsByRule).map(
      ([rule, count]) => `  ${rule.padEnd(width)}  ${String(count).padStart(6)} warnings`,
    ),
    `${trial ? 'trial ' : ''}run ${run}, rules ${ruleSet.slice(0, 19)}…`,
    ...(failures.length > 0 ? [`${failures.length} households could not be checked: ${listSome(failures)}`] : []),
    ...(trial ? ['a trial: its results are kept apart, and no case comes of them'] : []),
    ...shadows.map(describeShadow),
  ]
}

const SHOWN_FAILURES = 20

function listSome(failures: RunSummary['failures']): string {
  const shown = failures.slice(0, SHOWN_FAILURES).map(({ householdId, code }) => `${householdId} (${code})`)
  return [...shown, ...(failures.length > SHOWN_FAILURES ? ['…'] : [])].join(', ')
}

function describeShadow({ ruleSet, run, counts, ruleErrors, failed }: RunSummary['shadows'][number]): string {
  const name = `shadow ${ruleSet.slice(0, 19)}…`
  if (!counts) return `${name} failed and left nothing: ${failed}`
  const errors = ruleErrors > 0 ? `; ${ruleErrors} results unverifiable because a rule failed` : ''
  const { warned, unverifiable, clear } = counts
  return `${name} beside it: ${warned} warned, ${unverifiable} unverifiable, ${clear} clear${errors} (run ${run})`
}

function describeResult({ householdId, outcome, asOf, results, leads }: CheckResult): string[] {
  const lines = results.map((result) => {
    const who = result.person ? ` ${result.person}` : ''
    const values = result.measure === null ? '' : ` ${result.measure} (limit ${result.limit}, ${result.unit})`
    const missing = result.missing.map(({ why, source, person, parameter }) =>
      [why, source, person, parameter].filter(Boolean).join(' '),
    )
    return `  ${result.outcome.padEnd(14)} ${result.rule}${who}${values}${missing.length > 0 ? ` ${missing.join('; ')}` : ''}`
  })
  const reasons = results.flatMap(({ reason }) => (reason ? [`    ${reason.zh}`, `    ${reason.en}`] : []))
  const asked = leads.length > 0 ? [`  ${leads.length} leads: rows with a member's number and another name`] : []
  return [`${householdId}: ${outcome} as of ${asOf}`, ...lines, ...reasons, ...asked]
}
