import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseHousehold } from '../../src/domain/household.ts'
import { parseIdNumber } from '../../src/domain/id-number.ts'
import type { HeduiError } from '../../src/errors.ts'
import { parseManifest } from '../../src/feeds/manifest.ts'
import { compileManifest, type RowOutcome } from '../../src/feeds/map-row.ts'
import { openFile } from '../../src/feeds/readers/open-file.ts'
import { SOURCES } from '../../src/sample/assumptions.ts'
import type { RegisterSource } from '../../src/sample/register-layouts.ts'
import { type RegisterSampleOptions, writeSampleRegister } from '../../src/sample/write-sample-register.ts'

const ADAPTERS = join(import.meta.dirname, '..', '..', 'adapters')
const ROWS = 20_000
const folder = t.testdir({})
const write = (name: string, options: Partial<RegisterSampleOptions> = {}) =>
  writeSampleRegister({ source: 'vehicle', rows: ROWS, seed: 11, known: 0.05, ...options, out: join(folder, name) })

const hashes = (name: string) =>
  readdirSync(join(folder, name))
    .sort()
    .map(
      (file) =>
        [
          file,
          createHash('sha256')
            .update(readFileSync(join(folder, name, file)))
            .digest('hex'),
        ] as const,
    )

/** What the shipped adapter makes of each row; the one of the bank reads the same columns from a text file. */
async function outcomes(source: RegisterSource, name: string): Promise<RowOutcome[]> {
  const shipped = readFileSync(join(ADAPTERS, `${source}.yaml`), 'utf8')
  const text = shipped.replace(
    '{ format: xlsx, sheet: 核对结果 }',
    '{ format: delimited, encoding: utf-8, delimiter: "," }',
  )
  const manifest = parseManifest(text, source)
  const mapper = compileManifest(manifest)
  const file = await openFile(join(folder, name, `${source}.csv`), manifest.file, mapper.columns)
  const rows: RowOutcome[] = []
  for await (const batch of file.rows()) for (const row of batch) rows.push(mapper.map(row))
  return rows
}

const householdsOf = (name: string) =>
  readFileSync(join(folder, name, 'households.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

const ofKind = (rows: readonly RowOutcome[], kind: RowOutcome['kind']) => rows.filter((row) => row.kind === kind)

t.test('gives the same bytes for the same options, and others for another seed', async (t) => {
  for (const source of ['vehicle', 'bank'] as const) {
    await write(`${source}-1`, { source })
    await write(`${source}-2`, { source })
    await write(`${source}-3`, { source, seed: 12 })
    t.same(hashes(`${source}-1`), hashes(`${source}-2`))
    t.same(
      hashes(`${source}-1`).map(([file]) => file),
      [`${source}.csv`, 'households.ndjson'].sort(),
    )
    const before = new Set(hashes(`${source}-1`).map(([, hash]) => hash))
    t.notOk(hashes(`${source}-3`).some(([, hash]) => before.has(hash)))
  }
})

for (const source of ['vehicle', 'bank'] as const)
  t.test(`${source}: the adapter reads the rows asked for, of which about 2 % are bad`, async (t) => {
    const summary = await write(source, { source })
    const rows = await outcomes(source, source)
    t.equal(rows.length, ROWS)
    t.equal(summary.rows, ROWS)
    const quarantined = ofKind(rows, 'quarantined').length
    const records = rows.filter((row) => row.kind === 'record')
    const unidentified = records.filter(({ identity }) => identity.idNumber === null)
    t.ok(quarantined > 0.005 * ROWS && quarantined < 0.012 * ROWS, `${quarantined} quarantined`)
    t.ok(
      unidentified.length > 0.005 * ROWS && unidentified.length < 0.012 * ROWS,
      `${unidentified.length} unidentified`,
    )
    t.equal(ofKind(rows, 'organization').length > 0, source === 'vehicle')
    const codes = new Set(rows.flatMap((row) => (row.kind === 'quarantined' ? [row.code] : [])))
    for (const code of ['RECORD_MISSING', 'RECORD_UNPARSEABLE', 'RECORD_NO_IDENTITY', 'RECORD_UNDECODABLE'] as const)
      t.ok(codes.has(code), code)
    t.same(
      new Set(unidentified.map(({ identity }) => identity.unidentified)),
      new Set(['missing', 'masked', 'invalid']),
    )

    const rowsOf = Map.groupBy(records, ({ identity }) => identity.idNumber)
    rowsOf.delete(null)
    const perPerson = (records.length - unidentified.length) / rowsOf.size
    t.ok(perPerson > 1.2 && perPerson < 1.4, `${perPerson} rows a person`)
    t.ok([...rowsOf.keys()].every((number) => /^36990[1-5]/.test(number!)))
    t.ok(summary.people > ROWS / 1.4)
  })

t.test('as many rows as asked for belong to people of the households', async (t) => {
  const summary = await write('known')
  const lines = householdsOf('known')
  t.equal(lines.length, summary.households)
  for (const line of lines) parseHousehold(line, SOURCES)
  const numbers = new Set(lines.flatMap(({ people }) => people.map(({ idNumber }: { idNumber: string }) => idNumber)))
  t.equal(summary.knownRows, ROWS * 0.05)
  const known = (await outcomes('vehicle', 'known')).flatMap((row, i) =>
    row.kind === 'record' && numbers.has(row.identity.idNumber!) ? [{ number: row.identity.idNumber!, place: i }] : [],
  )
  t.ok(known.length > ROWS * 0.048 && known.length <= ROWS * 0.05, `${known.length} of sound numbers`)
  t.ok(new Set(known.map(({ number }) => number)).size > known.length / 1.5, 'enough people for them')
  const late = known.filter(({ place }) => place > ROWS / 2).length
  t.ok(late > known.length * 0.45 && late < known.length * 0.55, 'they are spread over the file')
})

t.test('takes few households or many, and none where nobody is known', async (t) => {
  const few = await write('few', { households: 30 })
  t.equal(few.knownRows, ROWS * 0.05)
  t.equal(householdsOf('few').length, 30)
  const many = await write('many', { households: 3000 })
  t.equal(many.knownRows, ROWS * 0.05)
  t.equal(householdsOf('many').length, 3000)
  t.equal(new Set(householdsOf('many').map(({ id }) => id)).size, 3000)
  await write('none', { known: 0 })
  t.same(readdirSync(join(folder, 'none')), ['vehicle.csv'])
})

t.test('writes what the source would write: encoding, line ends, quotes', async (t) => {
  await write('bytes')
  const text = new TextDecoder('gb18030').decode(readFileSync(join(folder, 'bytes', 'vehicle.csv')))
  t.ok(text.startsWith('序号,号牌种类,'))
  t.ok(text.endsWith('\r\n'))
  t.match(text, /"[^"\r\n]*,后院"/u)
  t.match(text, /\n\(老宅\)"/u, 'a quoted line break')
  t.match(text, /\ufffd/u, 'bytes that are of no character')
  t.ok([...text.matchAll(/36990[1-5]\d{11}[\dX]/gu)].some(([number]) => parseIdNumber(number) === number))
})

t.test('reports progress to its end', async (t) => {
  const told: number[] = []
  await write('told', { progress: (_, done) => told.push(done) })
  t.equal(told.at(-1), ROWS)
  t.same(
    told,
    told.toSorted((a, b) => a - b),
  )
})

t.test('refuses what it cannot make', async (t) => {
  const usage = { code: 'INPUT_USAGE' } satisfies Partial<HeduiError>
  await t.rejects(write('no', { rows: 0 }), usage)
  await t.rejects(write('no', { rows: 1e9 }), usage, 'more people than numbers')
  await t.rejects(write('no', { seed: -1 }), usage)
  await t.rejects(write('no', { known: 1.1 }), usage)
  await t.rejects(write('no', { households: 0 }), usage)
  await t.rejects(write('no', { asOf: '2024-06-01' }), usage, 'no parameters then')
  await t.rejects(write('no', { defects: 0.6 }), usage)
  await t.rejects(write('no', { source: 'tax' as RegisterSource }), usage)
})
