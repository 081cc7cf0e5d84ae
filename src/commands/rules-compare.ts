import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parsePercent } from '../config.ts'
import { BYTE_ORDER_MARK } from '../domain/csv-line.ts'
import type { ComparisonSummary, HouseholdChange } from '../domain/rule-comparison.ts'
import { HeduiError } from '../errors.ts'
import { chooseCompared, type RuleSetName, ruleSetName } from '../services/choose-compared.ts'
import { openRuleBook } from '../services/choose-rule-set.ts'
import { compareRuleSets } from '../services/compare-rule-sets.ts'
import type { Hedui } from '../services/open-hedui.ts'
import { ComparisonWriter } from '../services/write-comparison.ts'
import { reportRuleErrors } from './check.ts'
import { type Command, type CommandInput, JSON_OPTION, textOf } from './command.ts'
import { CHANGE_HEAD, changeLine, describeChange, describeComparison, describeFlags } from './comparison-page.ts'
import { openReportFile, type ReportFile, withReports } from './report-file.ts'
import { withHedui } from './with-hedui.ts'

export const rulesCompare: Command = {
  name: 'rules compare',
  usage: 'rules compare OLD NEW --run RUN [--max-share PERCENT] [--out FILE] [--csv FILE] [--actor NAME] [--json]',
  summary:
    'what NEW would have made of a past run: OLD and NEW are versions, folders or "live"; --out JSON, --csv the households',
  options: {
    run: { type: 'string' },
    'max-share': { type: 'string' },
    out: { type: 'string' },
    csv: { type: 'string' },
    actor: { type: 'string' },
    ...JSON_OPTION,
  },
  positionals: ['OLD', 'NEW'],
  run: (input) => {
    const run = textOf(input, 'run')
    if (!run) throw new HeduiError('INPUT_USAGE', `say which run: --run RUN\nusage: hedui ${rulesCompare.usage}`)
    const maxSharePercent = maxShareOf(input)
    return withHedui(input, async (hedui) => {
      await compare(input, hedui, { run, maxSharePercent })
      return 0
    })
  },
}

function maxShareOf(input: CommandInput): number {
  const text = textOf(input, 'max-share')
  const percent = text === undefined ? input.config.maxWarnedSharePercent : parsePercent(text)
  if (percent === null) throw new HeduiError('INPUT_USAGE', '--max-share must be a share in percent, 0 to 100')
  return percent
}

async function compare(
  input: CommandInput,
  hedui: Hedui,
  { run, maxSharePercent }: { run: string; maxSharePercent: number },
): Promise<void> {
  const { config, terminal, positionals, values } = input
  const book = await openRuleBook(hedui)
  const chosen = [
    await chooseCompared(hedui, book, await nameOf(input, positionals[0]!)),
    await chooseCompared(hedui, book, await nameOf(input, positionals[1]!)),
  ] as const
  for (const notice of new Set(chosen.map((each) => each.notice))) if (notice) terminal.say(notice)
  const [old, other] = [chosen[0].ruleSet, chosen[1].ruleSet]
  const titles = new Map([...old.rules, ...other.rules].map(({ definition: { id, title } }) => [id, title.zh]))
  const out = await openReportFile(input, 'out')
  const csv = await openReportFile(input, 'csv').catch(async (error) => {
    await out?.abandon()
    throw error
  })
  const reports = new Reports({ out, csv, json: values.json ? terminal.print : null, titles })
  const progress = terminal.progress('compared', 'households')
  const summary = await withReports([out, csv], async () => {
    await reports.begin()
    const made = await compareRuleSets(
      { ...hedui, onRuleError: reportRuleErrors((line) => terminal.say(line)) },
      { run, old, new: other, maxSharePercent, actor: textOf(input, 'actor') ?? config.user, role: 'centre' },
      { change: (change) => reports.change(change), progress: (done, total) => progress.update(done, total) },
    ).finally(() => progress.end())
    await reports.end(made)
    return made
  })
  if (values.json) for (const line of describeFlags(summary)) terminal.say(line)
  else for (const line of [...describeComparison(summary), ...reports.first()]) await terminal.print(line)
}

/** A folder of the caller, where there is one of the name; else a version. */
async function nameOf({ config }: CommandInput, text: string): Promise<RuleSetName> {
  if (text === 'live' || /^sha256:/i.test(text)) return ruleSetName(text)
  const folder = resolve(config.callerFolder, text)
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) return { kind: 'folder', folder }
  if (/^[0-9a-f]+…?$/i.test(text)) return ruleSetName(text)
  throw new HeduiError('INPUT_NOT_FOUND', `there is no folder ${text}; allowed: a folder, a version, or live`)
}

/** Households named on the terminal. */
const SHOWN = 20

/** Where changes go while they are found. */
class Reports {
  readonly #csv: ReportFile | null
  readonly #titles: ReadonlyMap<string, string>
  readonly #writers: readonly ComparisonWriter[]
  readonly #shown: HouseholdChange[] = []
  #outcomes = 0

  constructor({ out, csv, json, titles }: ReportTargets) {
    this.#csv = csv
    this.#titles = titles
    this.#writers = [
      ...(out ? [new ComparisonWriter(out.write)] : []),
      // A line of the terminal ends in the line feed that it adds.
      ...(json ? [new ComparisonWriter((text) => json(text.replace(/\n$/, '')))] : []),
    ]
  }

  async begin(): Promise<void> {
    await this.#csv?.write(BYTE_ORDER_MARK + CHANGE_HEAD)
  }

  async change(change: HouseholdChange): Promise<void> {
    await this.#csv?.write(changeLine(change, this.#titles.get(change.rule) ?? ''))
    for (const writer of this.#writers) await writer.change(change)
    if (!change.kinds.some((kind) => kind === 'newly-warned' || kind === 'no-longer-warned')) return
    this.#outcomes++
    if (this.#shown.length < SHOWN) this.#shown.push(change)
  }

  async end(summary: ComparisonSummary): Promise<void> {
    for (const writer of this.#writers) await writer.end(summary)
  }

  /** The first changes that make or end a warning, as lines. */
  first(): string[] {
    if (this.#outcomes === 0) return []
    const more = this.#outcomes - this.#shown.length
    return [
      '',
      'warned before or after, not both',
      ...this.#shown.map(describeChange),
      ...(more > 0 ? [`  … ${more} more: --csv FILE or --out FILE lists them all`] : []),
    ]
  }
}

interface ReportTargets {
  readonly out: ReportFile | null
  readonly csv: ReportFile | null
  readonly json: ((line: string) => Promise<void>) | null
  readonly titles: ReadonlyMap<string, string>
}
