import { BYTE_ORDER_MARK, csvLine } from '../domain/csv-line.ts'
import { dateInChina } from '../domain/dates.ts'
import type { TownshipReport } from '../domain/township-report.ts'
import { openRuleBook } from '../services/choose-rule-set.ts'
import { reportTownships } from '../services/report-townships.ts'
import { type Command, dateOf, JSON_OPTION, regionOf, textOf } from './command.ts'
import { openReportFile, withReports } from './report-file.ts'
import { textTable } from './text-table.ts'
import { withHedui } from './with-hedui.ts'

export const townships: Command = {
  name: 'townships',
  usage: 'townships [--region CODE] [--as-of DATE] [--csv FILE] [--actor NAME] [--json]',
  summary: 'townships by recipients per population, with shares warned and unverifiable: where to look first',
  options: {
    region: { type: 'string' },
    'as-of': { type: 'string' },
    csv: { type: 'string' },
    actor: { type: 'string' },
    ...JSON_OPTION,
  },
  positionals: [],
  run: (input) => {
    const { config, terminal, values } = input
    const region = regionOf(input)
    const day = dateOf(input, 'as-of')
    return withHedui(input, async (hedui) => {
      const asOf = day ?? dateInChina(hedui.now())
      const { ruleSet } = await (await openRuleBook(hedui)).inForceOn(asOf)
      const actor = textOf(input, 'actor') ?? config.user
      const report = await reportTownships({ ...hedui, ruleSet }, { asOf, region, actor, role: 'centre' })
      const csv = await openReportFile(input, 'csv')
      await withReports([csv], async () => {
        await csv?.write(BYTE_ORDER_MARK + tableOf(report).map(csvLine).join(''))
      })
      if (values.json) await terminal.print(JSON.stringify(report))
      else for (const line of describeReport(report)) await terminal.print(line)
      return 0
    })
  },
}

const HEAD = [
  'rank',
  'township',
  'households',
  'recipients',
  'population',
  'per thousand',
  'checked',
  'warned %',
  'unverifiable %',
]

function tableOf({ townships: rows }: TownshipReport): (string | number | null)[][] {
  const cells = rows.map((row) => [
    row.rank,
    row.township,
    row.households,
    row.recipients,
    row.population,
    row.perThousand,
    row.checked,
    row.warnedPercent,
    row.unverifiablePercent,
  ])
  return [HEAD, ...cells]
}

function describeReport(report: TownshipReport): string[] {
  if (report.townships.length === 0) return [`no household is granted as of ${report.asOf}`]
  const unknown = report.townships.filter(({ population }) => population === null).length
  return [
    ...textTable(tableOf(report).map((cells) => cells.map((cell) => cell ?? '—'))),
    ...(unknown > 0
      ? [`of ${unknown} townships the population is not known: give the parameter population for their nine digits`]
      : []),
  ]
}
