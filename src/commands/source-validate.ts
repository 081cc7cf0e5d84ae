import { resolve } from 'node:path'
import { loadAdapters } from '../services/load-adapters.ts'
import { type ValidationReport, validateSource } from '../services/validate-source.ts'
import { type Command, JSON_OPTION, textOf } from './command.ts'
import { describeHeld } from './ingest.ts'
import { describeQuality, describeRows } from './quality-page.ts'

export const sourceValidate: Command = {
  name: 'source validate',
  usage: 'source validate SOURCE FILE [--password-file FILE] [--json]',
  summary: 'what ingest would say of a file, for the department that sends it; no database, no secret',
  options: { 'password-file': { type: 'string' }, ...JSON_OPTION },
  positionals: ['SOURCE', 'FILE'],
  run: async (input) => {
    const { config, terminal, values, positionals } = input
    const [source, file] = positionals as [string, string]
    const passwordFile = textOf(input, 'password-file')
    const adapters = await loadAdapters(config.adaptersFolder)
    const progress = terminal.progress(source, 'rows')
    const report = await validateSource(
      { config, adapters, now: () => new Date() },
      {
        source,
        path: resolve(config.callerFolder, file),
        ...(passwordFile ? { passwordFile: resolve(config.callerFolder, passwordFile) } : {}),
      },
      (rows) => progress.update(rows),
    ).finally(() => progress.end())
    if (values.json) await terminal.print(JSON.stringify(report))
    else for (const line of describeValidation(report)) await terminal.print(line)
    return report.outcome === 'published' ? 0 : 1
  },
}

function describeValidation(report: ValidationReport): string[] {
  const { source, file, bytes, sha256 } = report
  const about = `  file ${file}, ${bytes} bytes, sha256 ${sha256}`
  if (report.outcome === 'refused') {
    const { code, message } = report.refusedBecause
    return [`${source}: would be refused as a whole`, about, `  ${code} ${message}`]
  }
  const { outcome, heldBecause, head, furtherColumns, quality } = report
  const { rows, ...outcomes } = report.counts
  const age = quality.ageDays === null ? '' : `, ${quality.ageDays} days old today`
  return [
    `${source}: would be ${outcome}`,
    about,
    ...(heldBecause.length > 0 ? [`  held because ${describeHeld(heldBecause)}`] : []),
    head
      ? `  head line of ${head.asOf}${age}, ${head.rows} rows; rows and tail line agree with it`
      : '  no head line: the as-of date comes with the file (ingest --as-of)',
    ...(furtherColumns.length > 0 ? [`  columns not mapped: ${furtherColumns.join(', ')}`] : []),
    '',
    ...describeRows(rows, outcomes),
    ...describeQuality(quality),
    '',
    'The centre also holds a file that has less than half the rows, or too few of the people, of the one before.',
  ]
}
