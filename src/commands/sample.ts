import { resolve } from 'node:path'
import { HeduiError } from '../errors.ts'
import { REGISTER_SOURCES } from '../sample/register-layouts.ts'
import { writeSampleCounty } from '../sample/write-sample-county.ts'
import { writeSampleRegister } from '../sample/write-sample-register.ts'
import { type Command, type CommandInput, dateOf, JSON_OPTION, numberOf, textOf } from './command.ts'
import { stagedProgress } from './terminal.ts'

export const sample: Command = {
  name: 'sample',
  usage:
    'sample --seed N --out DIR (--households N | --source vehicle|bank --rows N [--known SHARE [--households N]]) ' +
    '[--as-of DATE] [--defects SHARE] [--json]',
  summary:
    'make a county of invented people: households, five files, and the truth beside them; with --source the register of ' +
    'a whole city as one large file',
  options: {
    source: { type: 'string' },
    rows: { type: 'string' },
    known: { type: 'string' },
    households: { type: 'string' },
    seed: { type: 'string' },
    out: { type: 'string' },
    'as-of': { type: 'string' },
    defects: { type: 'string' },
    ...JSON_OPTION,
  },
  positionals: [],
  run: (input) => (input.values.source === undefined ? sampleCounty(input) : sampleRegister(input)),
}

/** What both kinds of sample are asked for. */
function commonOptions(input: CommandInput) {
  const out = textOf(input, 'out')
  if (!out) throw new HeduiError('INPUT_USAGE', `--out is missing\nusage: hedui ${sample.usage}`)
  const asOf = dateOf(input, 'as-of')
  const defects = textOf(input, 'defects')
  return {
    seed: numberOf(input, 'seed', { least: 0, otherwise: 1 }),
    out: resolve(input.config.callerFolder, out),
    ...(asOf ? { asOf } : {}),
    ...(defects === undefined ? {} : { defects: Number(defects) }),
  }
}

async function sampleCounty(input: CommandInput): Promise<number> {
  const { terminal, values } = input
  for (const name of ['rows', 'known'])
    if (values[name] !== undefined) throw new HeduiError('INPUT_USAGE', `--${name} needs --source`)
  const common = commonOptions(input)
  const progress = stagedProgress(terminal)
  const summary = await writeSampleCounty({
    ...common,
    households: numberOf(input, 'households', { least: 1, otherwise: 2000 }),
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
}

async function sampleRegister(input: CommandInput): Promise<number> {
  const { terminal, values } = input
  const source = REGISTER_SOURCES.find((each) => each === values.source)
  if (!source) throw new HeduiError('INPUT_USAGE', `--source must be one of ${REGISTER_SOURCES.join(', ')}`)
  const known = textOf(input, 'known')
  if (values.households !== undefined && known === undefined)
    throw new HeduiError('INPUT_USAGE', '--households with --source needs --known SHARE')
  const common = commonOptions(input)
  const progress = stagedProgress(terminal)
  const summary = await writeSampleRegister({
    ...common,
    source,
    rows: numberOf(input, 'rows', { least: 1, otherwise: 1_000_000 }),
    ...(known === undefined ? {} : { known: Number(known) }),
    ...(values.households === undefined
      ? {}
      : { households: numberOf(input, 'households', { least: 1, otherwise: 1 }) }),
    progress: (stage, done, total) => progress.update(`sample ${stage}`, stage, done, total),
  }).finally(progress.end)
  if (values.json) {
    await terminal.print(JSON.stringify(summary))
    return 0
  }
  const { file, rows, people, knownRows, households, asOf } = summary
  await terminal.print(`${file}: ${rows} rows of ${people} people as of ${asOf}`)
  if (households > 0)
    await terminal.print(`households.ndjson: ${households} households, to whom ${knownRows} rows belong`)
  await terminal.print(`  hedui ingest ${source} ${file} --as-of ${asOf}`)
  return 0
}
