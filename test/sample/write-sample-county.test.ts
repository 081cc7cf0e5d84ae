import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import t from 'tap'
import { parseIdNumber } from '../../src/domain/id-number.ts'
import { foldName, nameState } from '../../src/domain/person-name.ts'
import type { HeduiError } from '../../src/errors.ts'
import type { DeliveredRow } from '../../src/feeds/delivered-row.ts'
import type { FileFormat } from '../../src/feeds/file-format.ts'
import { openFile } from '../../src/feeds/readers/open-file.ts'
import { RULES, SOURCES, type Source } from '../../src/sample/assumptions.ts'
import {
  bankLayout,
  propertyLayout,
  socialInsuranceLayout,
  taxLayout,
  vehicleLayout,
} from '../../src/sample/layouts.ts'
import { type SampleOptions, writeSampleCounty } from '../../src/sample/write-sample-county.ts'

const folder = t.testdir({})
const write = (name: string, options: Partial<SampleOptions> = {}) =>
  writeSampleCounty({ households: 250, seed: 11, ...options, out: join(folder, name) })
const hashes = (name: string) =>
  readdirSync(join(folder, name))
    .sort()
    .map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(folder, name, file)))
        .digest('hex'),
    ])

const county = await write('county')
const truth = JSON.parse(readFileSync(join(folder, 'county/truth.json'), 'utf8'))
const households = readFileSync(join(folder, 'county/households.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))
const people = households.flatMap((household) => household.people)
const names = new Map<string, string>(people.map((person) => [person.idNumber, person.name]))

const delimited = { format: 'delimited', header: true, quote: '"', delimiter: ',' } as const
const FILES: Record<
  Source,
  { format: FileFormat; columns: readonly string[]; name: number; idNumber: number; idType: number | null }
> = {
  vehicle: { ...vehicleLayout, format: { ...delimited, encoding: 'gb18030' } },
  property: { ...propertyLayout, format: { ...delimited, encoding: 'utf-8' } },
  tax: { ...taxLayout, format: { ...delimited, encoding: 'gb18030', delimiter: '|', quote: 'none', comment: '#' } },
  'social-insurance': { ...socialInsuranceLayout, format: { format: 'jsonl', encoding: 'utf-8' } },
  bank: { ...bankLayout, format: { format: 'xlsx', sheet: '核对结果' } },
}

async function readBack(source: Source): Promise<DeliveredRow[]> {
  const { format, columns } = FILES[source]
  const file = await openFile(join(folder, 'county', county.files[source].file), format, columns)
  const rows: DeliveredRow[] = []
  for await (const batch of file.rows()) rows.push(...batch)
  return rows
}

const LISTS = [
  'quarantined',
  'unidentified',
  'nameDiffers',
  'nameMasked',
  'nameMissing',
  'matched',
  'replaced',
  'voided',
  'voids',
  'organizations',
]

t.test('gives the same bytes for the same options, and others for another seed', async (t) => {
  await write('again')
  await write('other', { seed: 12 })
  t.same(hashes('again'), hashes('county'))
  t.equal(hashes('county').length, 7)
  const before = new Set(hashes('county').map(([, hash]) => hash))
  t.same(
    hashes('other').filter(([, hash]) => before.has(hash!)),
    [],
  )
})

t.test('changes no household and no truth about results when only the defects change', async (t) => {
  const clean = await write('clean', { defects: 0 })
  const other = JSON.parse(readFileSync(join(folder, 'clean/truth.json'), 'utf8'))
  t.same(readFileSync(join(folder, 'clean/households.ndjson')), readFileSync(join(folder, 'county/households.ndjson')))
  t.same(other.warned, truth.warned)
  t.same(clean.warnings, county.warnings)
  for (const source of SOURCES) t.same(other.sources[source].quarantined, [])
})

t.test('invents people whose numbers are valid, of region 3699 and known under one name', async (t) => {
  t.equal(households.length, 250)
  t.equal(new Set(people.map((person) => person.idNumber)).size, county.people)
  for (const { idNumber, idType, name } of people) {
    if (idType === undefined && (parseIdNumber(idNumber) !== idNumber || !/^36990[1-5]/.test(idNumber)))
      t.fail(`not a number of 3699: ${idNumber}`)
    if (names.get(idNumber) !== name) t.fail('one number, two names')
  }
  t.ok(people.some((person) => person.idType === 'passport'))
  t.ok(households.every(({ people: [first] }) => first.role === 'applicant' && first.relation === 'self'))
})

t.test('plants every rule, just over and at its limit, and leaves most households clear', async (t) => {
  for (const rule of RULES) {
    t.ok(truth.warned[rule].length > 0, `${rule} warned`)
    t.ok(truth.justOver[rule].length > 0, `${rule} just over`)
    t.ok(truth.atLimit[rule].length > 0, `${rule} at the limit`)
    t.equal(truth.warned[rule].length, county.warnings[rule])
    const over = new Set(truth.warned[rule].map(String))
    for (const list of [truth.atLimit, truth.hidden, truth.unverifiable])
      t.notOk(
        list[rule].some((result: unknown) => over.has(String(result))),
        `${rule}: each result is one thing`,
      )
  }
  t.ok(county.warnedHouseholds / 250 > 0.15 && county.warnedHouseholds / 250 < 0.2)
  t.ok(county.unverifiableHouseholds / 250 > 0.03 && county.unverifiableHouseholds / 250 < 0.05)
})

for (const source of SOURCES)
  t.test(`${source}: says of each row of the file what it is`, async (t) => {
    const rows = await readBack(source)
    const said = truth.sources[source]
    const fate = new Map<number, string>()
    for (const list of LISTS)
      for (const entry of said[list]) {
        const line = Array.isArray(entry) ? entry[0] : entry
        t.notOk(fate.has(line), 'no row twice')
        fate.set(line, list)
      }
    t.equal(rows.length, county.files[source].rows)
    t.equal(rows.length, said.rows)
    t.equal(rows.length, fate.size + said.notMatched)
    const { name, idNumber, idType } = FILES[source]
    for (const row of rows) {
      const known = fate.get(row.line)
      fate.delete(row.line)
      if (row.defect) {
        if (known !== 'quarantined') t.fail(`line ${row.line} is broken: ${row.defect.code}`)
        continue
      }
      if (known === 'quarantined') continue
      const cell = (place: number) =>
        typeof row.cells[place] === 'object' ? row.cells[place].text : (row.cells[place] ?? '')
      const number = parseIdNumber(cell(idNumber))
      const registered = number === null ? undefined : names.get(number)
      const state = nameState(cell(name))
      const seen: (string | undefined)[] =
        idType !== null && cell(idType) === '统一社会信用代码'
          ? ['organizations']
          : number === null
            ? ['unidentified']
            : registered === undefined
              ? [undefined]
              : state === 'masked'
                ? ['nameMasked']
                : state === 'missing'
                  ? ['nameMissing']
                  : foldName(cell(name)) !== foldName(registered)
                    ? ['nameDiffers']
                    : ['matched', 'replaced', 'voided', 'voids']
      if (!seen.includes(known)) t.fail(`line ${row.line}: ${known} is not ${seen}`)
    }
    t.same([...fate.keys()], [], 'all rows of the truth are in the file')
  })

t.test('writes a workbook of which each part opens', async (t) => {
  const parts = unzipSync(readFileSync(join(folder, 'county/bank.xlsx')))
  const sheet = Buffer.from(parts['xl/worksheets/sheet1.xml']!).toString('utf8')
  t.equal(sheet.match(/<row /g)!.length, county.files.bank.rows + 1)
  t.ok(sheet.endsWith('</sheetData></worksheet>'))
})

t.test('refuses what it cannot make', async (t) => {
  const usage = { code: 'INPUT_USAGE' } satisfies Partial<HeduiError>
  await t.rejects(write('no', { households: 0 }), usage)
  await t.rejects(write('no', { households: 1_000_000 }), usage, 'more rows than a sheet holds')
  await t.rejects(write('no', { asOf: '2024-06-01' }), usage, 'no parameters then')
  await t.rejects(write('no', { asOf: 'soon' }), usage)
  await t.rejects(write('no', { defects: 2 }), usage)
})
