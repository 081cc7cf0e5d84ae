import { BYTE_ORDER_MARK, csvLine } from '../domain/csv-line.ts'
import { dateInChina } from '../domain/dates.ts'
import { parsePerMille } from '../domain/draw-sample.ts'
import type { SpotCheckList } from '../domain/spot-check.ts'
import { HeduiError } from '../errors.ts'
import { drawSpotChecks } from '../services/draw-spot-checks.ts'
import { type Command, type CommandInput, dateOf, JSON_OPTION, regionOf, textOf } from './command.ts'
import { openReportFile, withReports } from './report-file.ts'
import { textTable } from './text-table.ts'
import { withHedui } from './with-hedui.ts'

export const spotCheck: Command = {
  name: 'spot-check',
  usage: 'spot-check --seed TEXT --share PERCENT [--region CODE] [--as-of DATE] [--csv FILE] [--actor NAME] [--json]',
  summary:
    'a random work list of granted households, by township and category, that anyone with the seed can draw again',
  options: {
    seed: { type: 'string' },
    share: { type: 'string' },
    region: { type: 'string' },
    'as-of': { type: 'string' },
    csv: { type: 'string' },
    actor: { type: 'string' },
    ...JSON_OPTION,
  },
  positionals: [],
  run: (input) => {
    const { config, terminal, values } = input
    const { seed, perMille } = drawOf(input)
    const region = regionOf(input)
    const day = dateOf(input, 'as-of')
    return withHedui(input, async (hedui) => {
      const asOf = day ?? dateInChina(hedui.now())
      const actor = textOf(input, 'actor') ?? config.user
      const list = await drawSpotChecks(hedui, { seed, perMille, asOf, region, actor, role: 'centre' })
      const csv = await openReportFile(input, 'csv')
      await withReports([csv], async () => {
        await csv?.write(BYTE_ORDER_MARK + tableOf(list).map(csvLine).join(''))
      })
      if (values.json) await terminal.print(JSON.stringify(list))
      else for (const line of describeList(list)) await terminal.print(line)
      return 0
    })
  },
}

function drawOf(input: CommandInput): { seed: string; perMille: number } {
  const seed = textOf(input, 'seed')?.trim()
  const share = textOf(input, 'share')?.replace(/%$/, '') ?? ''
  const perMille = parsePerMille(share)
  if (!seed || perMille === null) {
    throw new HeduiError(
      'INPUT_USAGE',
      `--seed takes any text, --share percent from 0.1 to 100\nusage: hedui ${spotCheck.usage}`,
    )
  }
  return { seed, perMille }
}

const tableOf = ({ households }: SpotCheckList) => [
  ['household', 'township', 'category', 'scheme'],
  ...households.map(({ household, township, category, scheme }) => [household, township, category ?? '', scheme]),
]

function describeList(list: SpotCheckList): string[] {
  const { households, strata, sharePercent, seed, asOf } = list
  if (households.length === 0) return [`no household is granted as of ${asOf}`]
  const total = strata.reduce((sum, { size }) => sum + size, 0)
  return [
    ...textTable(tableOf(list).map((cells) => cells.map((cell) => cell || '—'))),
    `${households.length} of ${total} granted households: ${sharePercent} % of each of ${strata.length} townships and categories, at least one; seed ${seed}`,
  ]
}
