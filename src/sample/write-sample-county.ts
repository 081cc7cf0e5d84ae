import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDate } from '../domain/dates.ts'
import { HeduiError } from '../errors.ts'
import { DAYS_OLD, minimumWageFen, type Rule, SOURCES, type Source } from './assumptions.ts'
import { createCounty } from './county.ts'
import { createFileSink } from './file-sink.ts'
import { propertyLayout, socialInsuranceLayout, taxLayout, vehicleLayout } from './layouts.ts'
import { createCsvFile, createJsonLinesFile, createTaxFile, type RowFile } from './row-files.ts'
import { createTruth } from './truth.ts'
import { createWorkbookFile } from './workbook-file.ts'
import { SHEET_ROWS } from './workbook-writer.ts'

export interface SampleOptions {
  readonly households: number
  /** Any integer; the same options give the same bytes. */
  readonly seed: number
  /** Absolute path of the folder, which is created; files in it are overwritten. */
  readonly out: string
  /** The check date that the county is made for, from 2025-01-01 on. */
  readonly asOf?: string
  /** Share of rows with a defect, 0 to 0.5. */
  readonly defects?: number
  readonly progress?: (stage: string, done: number, total: number) => void
}

export interface SampleSummary {
  readonly asOf: string
  readonly households: number
  /** Different people in the households, and people of no household. */
  readonly people: number
  readonly strangers: number
  readonly files: Readonly<Record<Source, { file: string; asOf: string; rows: number; bytes: number }>>
  readonly householdsBytes: number
  /** Results that must be warnings, by rule, and households by outcome. */
  readonly warnings: Readonly<Record<Rule, number>>
  readonly warnedHouseholds: number
  readonly unverifiableHouseholds: number
}

/** Rows of bank.xlsx a household, somewhat below the mean: a county that cannot fit is refused before it is begun. */
const BANK_ROWS_AT_LEAST = 8

function check({ households, seed, asOf, defects }: Required<Omit<SampleOptions, 'progress' | 'out'>>): void {
  const refuse = (message: string) => {
    throw new HeduiError('INPUT_USAGE', message)
  }
  if (!Number.isSafeInteger(households) || households < 1) refuse('the number of households must be a positive integer')
  if (!Number.isSafeInteger(seed) || seed < 0) refuse('the seed must be an integer from 0 on')
  if (!isDate(asOf)) refuse('the check date must be a date like 2026-11-01')
  if (!(defects >= 0 && defects <= 0.5)) refuse('the share of defects must be between 0 and 0.5')
  if (households * BANK_ROWS_AT_LEAST > SHEET_ROWS)
    refuse(
      `a sheet of a workbook holds ${SHEET_ROWS} rows, and bank.xlsx would need more; ask for at most 100000 households`,
    )
  minimumWageFen(asOf)
}

const daysBefore = (date: string, days: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)

/**
 * Writes a county of invented people into a folder: households.ndjson, the five departments' files in the layouts of
 * the sample county, and truth.json, which says what must become of every row and which results must warn. Streams to
 * disk. Throws HeduiError INPUT_USAGE for wrong options or a county that bank.xlsx cannot hold, INPUT_FILE for a folder
 * that cannot be written.
 */
export async function writeSampleCounty(options: SampleOptions): Promise<SampleSummary> {
  const { households, seed, out, asOf = '2026-11-01', defects = 0.02, progress } = options
  check({ households, seed, asOf, defects })
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw new HeduiError('INPUT_FILE', 'the folder for the sample county cannot be made', { file: out, cause })
  })
  const drawnOn = Object.fromEntries(SOURCES.map((source) => [source, daysBefore(asOf, DAYS_OLD[source])])) as Record<
    Source,
    string
  >
  const at = (source: Source) => ({ folder: out, seed, drawnOn: drawnOn[source] })
  const register = await createFileSink(join(out, 'households.ndjson'))
  const files: Record<Source, RowFile> = {
    vehicle: await createCsvFile(vehicleLayout, at('vehicle'), { encoding: 'gb18030', newline: '\r\n' }),
    property: await createCsvFile(propertyLayout, at('property'), { encoding: 'utf-8', newline: '\n' }),
    tax: await createTaxFile(taxLayout, at('tax')),
    'social-insurance': await createJsonLinesFile(socialInsuranceLayout, at('social-insurance')),
    bank: await createWorkbookFile(at('bank')),
  }
  try {
    const truth = createTruth(asOf)
    const county = createCounty({ seed, households, asOf, defects, drawnOn }, files, truth)
    let done = 0
    for (const line of county.households()) {
      register.write(Buffer.from(line))
      if (++done % 100 !== 0) continue
      await register.flush()
      for (const source of SOURCES) await files[source].flush()
      progress?.('households', done, households)
    }
    progress?.('households', households, households)

    const named = {
      vehicle: 'vehicle.csv',
      property: 'property.csv',
      tax: 'tax.txt',
      'social-insurance': 'social-insurance.jsonl',
      bank: 'bank.xlsx',
    } as const
    const written = {} as Record<Source, { file: string; asOf: string; rows: number; bytes: number }>
    for (const [i, source] of SOURCES.entries()) {
      county.finish(source)
      written[source] = { file: named[source], asOf: drawnOn[source], ...(await files[source].close()) }
      progress?.('files', i + 1, SOURCES.length)
    }
    const householdsBytes = await register.close()
    const sink = await createFileSink(join(out, 'truth.json'))
    await truth.write(sink, { households, seed, asOf, defects }, written)
    await sink.close()
    const { warned, unverifiable } = truth.outcomes()
    const { people, strangers } = county.counts()
    return {
      asOf,
      households,
      people,
      strangers,
      files: written,
      householdsBytes,
      warnings: truth.counts(),
      warnedHouseholds: warned,
      unverifiableHouseholds: unverifiable,
    }
  } catch (error) {
    for (const file of [register, ...Object.values(files)]) await file.abandon()
    throw error
  }
}
