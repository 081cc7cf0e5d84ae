import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDate } from '../domain/dates.ts'
import { HeduiError } from '../errors.ts'
import { DAYS_OLD, minimumWageFen } from './assumptions.ts'
import { createFileSink } from './file-sink.ts'
import { createRegister, ROWS_A_PERSON } from './register.ts'
import { createRegisterFile, type RegisterFile } from './register-file.ts'
import { REGISTER_SOURCES, type RegisterSource } from './register-layouts.ts'

export interface RegisterSampleOptions {
  readonly source: RegisterSource
  readonly rows: number
  /** Any integer; the same options give the same bytes. */
  readonly seed: number
  /** Absolute path of the folder, which is created; files in it are overwritten. */
  readonly out: string
  /** Share of rows that belong to people of households.ndjson, which is written where it is above 0. */
  readonly known?: number
  /** Households in households.ndjson; enough for `known` where it is not given. */
  readonly households?: number
  /** The check date, from 2025-01-01 on. */
  readonly asOf?: string
  /** Share of rows with a defect, 0 to 0.5. */
  readonly defects?: number
  readonly progress?: (stage: string, done: number, total: number) => void
}

export interface RegisterSampleSummary {
  readonly source: RegisterSource
  readonly file: string
  /** The date on which the file was drawn, for `ingest --as-of`. */
  readonly asOf: string
  readonly rows: number
  readonly bytes: number
  /** People that have rows; one of the households' counts as often as it is drawn. */
  readonly people: number
  readonly knownRows: number
  readonly households: number
}

/** People between two visits of the disk. */
const AT_ONCE = 1000
/** Adults of a household, somewhat below the mean, so that there are enough. */
const ADULTS = 1.5
/** Numbers of region 3699 for people of 18 to 85, with room for days on which many are born. */
const MOST_ROWS = 50_000_000

type Checked = Required<Omit<RegisterSampleOptions, 'out' | 'progress'>>

function check({ source, rows, seed, known, households, asOf, defects }: Checked): void {
  const refuse = (message: string) => {
    throw new HeduiError('INPUT_USAGE', message)
  }
  if (!REGISTER_SOURCES.includes(source)) refuse(`the source must be one of ${REGISTER_SOURCES.join(', ')}`)
  if (!Number.isSafeInteger(rows) || rows < 1 || rows > MOST_ROWS)
    refuse(`the number of rows must be an integer from 1 to ${MOST_ROWS}`)
  if (!Number.isSafeInteger(seed) || seed < 0) refuse('the seed must be an integer from 0 on')
  if (!(known >= 0 && known <= 1)) refuse('the share of known people must be between 0 and 1')
  if (!Number.isSafeInteger(households) || households < 0 || (known > 0 && households < 1))
    refuse('the number of households must be a positive integer')
  if (!isDate(asOf)) refuse('the check date must be a date like 2026-11-01')
  if (!(defects >= 0 && defects <= 0.5)) refuse('the share of defects must be between 0 and 0.5')
  minimumWageFen(asOf)
}

const daysBefore = (date: string, days: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)

/**
 * Writes the register of a whole city as one file, vehicle.csv or bank.csv, of invented people, and households.ndjson
 * where some of them are to be known. Streams to disk in constant memory. Throws HeduiError INPUT_USAGE for wrong
 * options, INPUT_FILE for a folder that cannot be written.
 */
export async function writeSampleRegister(options: RegisterSampleOptions): Promise<RegisterSampleSummary> {
  const { source, rows, seed, out, known = 0, asOf = '2026-11-01', defects = 0.02, progress } = options
  const households = options.households ?? Math.ceil((rows * known) / ROWS_A_PERSON / ADULTS)
  check({ source, rows, seed, known, households, asOf, defects })
  await mkdir(out, { recursive: true }).catch((cause: unknown) => {
    throw new HeduiError('INPUT_FILE', 'the folder for the sample register cannot be made', { file: out, cause })
  })
  const drawnOn = daysBefore(asOf, DAYS_OLD[source])
  const list = households > 0 ? await createFileSink(join(out, 'households.ndjson')) : null
  let file: RegisterFile | undefined
  try {
    const register = createRegister({ source, seed, rows, known, households, defects, asOf, drawnOn }, (text) =>
      list?.write(Buffer.from(text)),
    )
    file = await createRegisterFile(register.layout, { folder: out, seed, ...FORMATS[source] })
    let people = 0
    let done = 0
    for (const group of register.groups()) {
      file.add(group)
      done += group.length
      if (++people % AT_ONCE !== 0) continue
      await file.flush()
      await list?.flush()
      progress?.('rows', done, rows)
    }
    progress?.('rows', rows, rows)
    await list?.close()
    const written = await file.close()
    const knownRows = register.knownRows()
    return { source, file: register.layout.file, asOf: drawnOn, ...written, people, knownRows, households }
  } catch (error) {
    for (const each of [list, file]) await each?.abandon()
    throw error
  }
}

const FORMATS = {
  vehicle: { encoding: 'gb18030', newline: '\r\n' },
  bank: { encoding: 'utf-8', newline: '\n' },
} as const
