import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RegisterSource } from '../src/sample/register-layouts.ts'
import { type RegisterSampleSummary, writeSampleRegister } from '../src/sample/write-sample-register.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Everything of the benchmarks: the server's data, the files, what was copied out of it. */
export const BENCH_FOLDER = join(ROOT, '.hedui', 'bench')
const ADAPTERS = join(ROOT, 'adapters')

/** Share of the rows that belong to people of the households. */
const KNOWN = 0.05
/**
 * The same number whatever the size of the file, so that its memory alone can differ: some 100,000 people. Enough for
 * the rows of the smaller file; at the larger one a person has several.
 */
const HOUSEHOLDS = 30_000

export interface Dataset {
  readonly source: RegisterSource
  readonly rows: number
  readonly bytes: number
  readonly path: string
  readonly households: string
  readonly asOf: string
}

/** A file of the generator, made where it is not there. A folder is complete when it has its summary. */
export async function ensureDataset(source: RegisterSource, rows: number): Promise<Dataset> {
  const folder = join(BENCH_FOLDER, 'files', `${source}-${rows}`)
  const summaryFile = join(folder, 'summary.json')
  if (!existsSync(summaryFile)) {
    const begun = performance.now()
    await rm(folder, { recursive: true, force: true })
    const made = await writeSampleRegister({
      source,
      rows,
      seed: 1,
      known: KNOWN,
      households: HOUSEHOLDS,
      out: folder,
    })
    await writeFile(summaryFile, JSON.stringify(made))
    const seconds = (performance.now() - begun) / 1000
    process.stdout.write(
      `  made ${made.file} of ${rows} rows in ${seconds.toFixed(1)} s (${perSecond(rows, seconds)})\n`,
    )
  }
  const { file, asOf } = JSON.parse(await readFile(summaryFile, 'utf8')) as RegisterSampleSummary
  const path = join(folder, file)
  const { size } = await stat(path)
  return { source, rows, bytes: size, path, households: join(folder, 'households.ndjson'), asOf }
}

export const perSecond = (rows: number, seconds: number) => `${Math.round(rows / seconds / 1000)}k rows/s`

const SHEET = 'file: { format: xlsx, sheet: 核对结果 }'
const DELIMITED = 'file: { format: delimited, encoding: utf-8, delimiter: "," }'

/** A folder of adapters in which the bank delivers its columns as delimited text. */
export async function writeAdapters(): Promise<string> {
  const folder = join(BENCH_FOLDER, 'adapters')
  await mkdir(folder, { recursive: true })
  const bank = await readFile(join(ADAPTERS, 'bank.yaml'), 'utf8')
  if (!bank.includes(SHEET)) throw new Error(`adapters/bank.yaml has another line than "${SHEET}"`)
  const texts = {
    bank: bank.replace(SHEET, DELIMITED),
    vehicle: await readFile(join(ADAPTERS, 'vehicle.yaml'), 'utf8'),
    property: await readFile(join(ADAPTERS, 'property.yaml'), 'utf8'),
    tax: await readFile(join(ADAPTERS, 'tax.yaml'), 'utf8'),
    'social-insurance': await readFile(join(ADAPTERS, 'social-insurance.yaml'), 'utf8'),
  }
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(join(folder, `${name}.new`), text)
    await rename(join(folder, `${name}.new`), join(folder, `${name}.yaml`))
  }
  return folder
}
