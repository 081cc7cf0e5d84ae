import { resolve } from 'node:path'
import { HeduiError } from '../errors.ts'
import { writeSampleCounty } from '../sample/write-sample-county.ts'
import { type Command, dateOf, JSON_OPTION, numberOf, textOf } from './command.ts'
import { stagedProgress } from './terminal.ts'

export const sample: Command = {
  name: 'sample',
  usage: 'sample --households N --seed N --out DIR [--as-of DATE] [--defects SHARE] [--json]',
  summary: 'make a county of invented people: households, five files, and the truth beside them',
  options: {
    households: { type: 'string' },
    seed: { type: 'string' },
    out: { type: 'string' },
    'as-of': { type: 'string' },
    defects: { type: 'string' },
    ...JSON_OPTION,
  },
  positionals: [],
  run: async (input) => {
    const { config, terminal, values } = input
    const out = textOf(input, 'out')
    if (!out) throw new HeduiError('INPUT_USAGE', `--out is missing\nusage: hedui ${sample.usage}`)
    const asOf = dateOf(input, 'as-of')
    const defects = textOf(input, 'defects')
    const progress = stagedProgress(terminal)
    const summary = await writeSampleCounty({
      households: numberOf(input, 'households', { least: 1, otherwise: 2000 }),
      seed: numberOf(input, 'seed', { least: 0, otherwise: 1 }),
      out: resolve(config.callerFolder, out),
      ...(asOf ? { asOf } : {}),
      ...(defects === undefined ? {} : { defects: Number(defects) }),
      progress: (stage, done, total) => progress.update(`sample ${stage}`, stage, done, total),
    }).finally(progress.end)
    if (values.json) {
      await terminal.print(JSON.stringify(summary))
      return 0
    }
    await terminal.print(`${summary.households} households of ${summary.people} people as of ${summary.asOf}`)
    for (const [source, { file, asOf: date, rows }] of Object.entries(summary.files)) {
      await terminal.print(
        `  ${file.padEnd(24)} ${String(rows).padStart(9)} rows  hedui ingest ${source} ${file} --as-of ${date}`,
      )
    }
    return 0
  },
}
