import { BYTE_ORDER_MARK, csvLine } from '../domain/csv-line.ts'
import { dateInChina } from '../domain/dates.ts'
import type { DueHousehold, DueSummary, UnknownDue } from '../domain/due.ts'
import { openRuleBook } from '../services/choose-rule-set.ts'
import { type DueOutput, listDue } from '../services/list-due.ts'
import { type Command, type CommandInput, dateOf, JSON_OPTION, regionOf, textOf } from './command.ts'
import { openReportFile, type ReportFile, withReports } from './report-file.ts'
import { textTable } from './text-table.ts'
import { withHedui } from './with-hedui.ts'

export const due: Command = {
  name: 'due',
  usage: 'due [--region CODE] [--as-of DATE] [--csv FILE] [--actor NAME] [--json]',
  summary: 'granted households whose re-check is due, by category; check --due checks just them',
  options: {
    region: { type: 'string' },
    'as-of': { type: 'string' },
    csv: { type: 'string' },
    actor: { type: 'string' },
    ...JSON_OPTION,
  },
  positionals: [],
  run: (input) => {
    const { config, terminal } = input
    const region = regionOf(input)
    const day = dateOf(input, 'as-of')
    return withHedui(input, async (hedui) => {
      const asOf = day ?? dateInChina(hedui.now())
      const { ruleSet, notice } = await (await openRuleBook(hedui)).inForceOn(asOf)
      if (notice) terminal.say(notice)
      const csv = await openReportFile(input, 'csv')
      const actor = textOf(input, 'actor') ?? config.user
      await withReports([csv], async () => {
        const page = input.values.json ? new JsonPage(input) : new TextPage(input)
        await csv?.write(BYTE_ORDER_MARK + CSV_HEAD)
        const request = { asOf, region, actor, role: 'centre' }
        const summary = await listDue({ ...hedui, ruleSet }, request, withCsv(page, csv))
        await page.end(summary)
      })
      return 0
    })
  },
}

interface Page extends Required<DueOutput> {
  end(summary: DueSummary): Promise<void>
}

/** Lines of fixed widths, the id last, so that a line can be printed before the next is known. */
class TextPage implements Page {
  readonly #print: (line: string) => Promise<void>
  #due = 0
  #unknown = 0

  constructor({ terminal }: CommandInput) {
    this.#print = terminal.print
  }

  due = async (household: DueHousehold): Promise<void> => {
    if (this.#due++ === 0)
      await this.#print(dueColumns(['due on', 'overdue', 'category', 'scheme', 'region', 'last check', 'household']))
    const { dueOn, overdueDays, category, scheme, region, lastCheckedOn, household: id } = household
    const checked = lastCheckedOn ?? 'never'
    await this.#print(dueColumns([dueOn, `${overdueDays} days`, category, scheme, region, checked, id]))
  }

  unknown = async ({ household, scheme, region, why, parameter }: UnknownDue): Promise<void> => {
    if (this.#unknown++ === 0) await this.#print(`${this.#due > 0 ? '\n' : ''}not known when they are due`)
    const reason = parameter ? `${why} ${parameter}` : why
    await this.#print(`  ${reason.padEnd(32)}  ${scheme.padEnd(15)}  ${region.padEnd(12)}  ${household}`)
  }

  async end({ asOf, region, households, due: count, unknown, totals }: DueSummary): Promise<void> {
    const where = region ? ` in ${region}` : ''
    if (this.#due + this.#unknown > 0) await this.#print('')
    await this.#print(`${count} of ${households} granted households${where} are due by ${asOf}, ${unknown} not known`)
    if (totals.length === 0) return
    const rows = totals.map((row) => [row.category ?? 'none', row.households, row.due, row.unknown])
    for (const line of textTable([['category', 'granted', 'due', 'not known'], ...rows])) await this.#print(line)
  }
}

function dueColumns([dueOn, overdue, category, scheme, region, checked, id]: readonly string[]): string {
  const cells = [
    dueOn!.padEnd(10),
    overdue!.padStart(10),
    category!.padEnd(8),
    scheme!.padEnd(15),
    region!.padEnd(12),
    checked!.padEnd(10),
    id!,
  ]
  return `  ${cells.join('  ')}`
}

/** One object, written while it is made. */
class JsonPage implements Page {
  readonly #print: (line: string) => Promise<void>
  #open: 'due' | 'unknown' | null = null
  #first = true

  constructor({ terminal }: CommandInput) {
    this.#print = terminal.print
  }

  due = (household: DueHousehold): Promise<void> => this.#item('due', household)
  unknown = (household: UnknownDue): Promise<void> => this.#item('unknown', household)

  async #item(list: 'due' | 'unknown', item: object): Promise<void> {
    await this.#begin(list)
    await this.#print(`${this.#first ? '' : ','}${JSON.stringify(item)}`)
    this.#first = false
  }

  /** Opens the lists up to this one; those that are due come first. */
  async #begin(list: 'due' | 'unknown'): Promise<void> {
    if (this.#open === null) await this.#print('{"dueHouseholds":[')
    this.#open ??= 'due'
    if (list === this.#open) return
    await this.#print('],"unknownHouseholds":[')
    this.#open = list
    this.#first = true
  }

  async end(summary: DueSummary): Promise<void> {
    await this.#begin('unknown')
    await this.#print(`],${JSON.stringify(summary).slice(1)}`)
  }
}

const CSV_HEAD = csvLine([
  'household',
  'region',
  'scheme',
  'category',
  'state',
  'due on',
  'overdue days',
  'last check',
  'granted from',
  'months',
  'why',
])

function withCsv(page: Page, csv: ReportFile | null): DueOutput {
  return {
    async due(one) {
      const { household, region, scheme, category, dueOn, overdueDays, lastCheckedOn, grantedFrom, months } = one
      const dates = [dueOn, overdueDays, lastCheckedOn, grantedFrom, months]
      await csv?.write(csvLine([household, region, scheme, category, 'due', ...dates, null]))
      await page.due(one)
    },
    async unknown(one) {
      const { household, region, scheme, category, why, parameter } = one
      const reason = parameter ? `${why} ${parameter}` : why
      await csv?.write(csvLine([household, region, scheme, category, 'unknown', null, null, null, null, null, reason]))
      await page.unknown(one)
    },
  }
}
