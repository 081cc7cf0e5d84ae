import fc from 'fast-check'
import t from 'tap'
import type { DeliveredRow } from '../../../src/feeds/delivered-row.ts'
import { parseManifest } from '../../../src/feeds/manifest.ts'
import { compileManifest } from '../../../src/feeds/map-row.ts'
import { compileDropper } from '../../../src/feeds/readers/drop-strangers.ts'
import { readPart, type TextFormat } from '../../../src/feeds/readers/read-part.ts'
import { LI, STRANGER, WANG } from '../../support/people.ts'

const manifest = parseManifest(
  `id: car
title: { zh: 车, en: Cars }
owner: 交管
trust: verified
freshnessDays: 40
file: { format: delimited, encoding: utf-8, delimiter: ",", header: true }
identity: { name: 姓名, idNumber: 证号, idType: 证件, organizations: [执照] }
records:
  - type: vehicle
    key: [plateClass, plateNumber]
    fields:
      plateClass: { from: 种类, parse: code, required: true }
      plateNumber: { from: 号牌, parse: text, required: true }
`,
  'car.yaml',
)
const mapper = compileManifest(manifest)
const NAMES = ['种类', '证号', '姓名', '证件', '号牌']
const columns = { names: NAMES, rowsFrom: 1, columns: mapper.columns }
const isStrange = (idNumber: string) => idNumber !== WANG.idNumber && idNumber !== LI.idNumber
const drop = compileDropper(manifest, NAMES, (bytes, from) =>
  isStrange(Buffer.from(bytes.subarray(from, from + 18)).toString('latin1')),
)!

async function rowsOf(bytes: Uint8Array): Promise<DeliveredRow[]> {
  const rows: DeliveredRow[] = []
  const read = readPart({ index: 1, bytes, line: 1 }, manifest.file as TextFormat, columns, 'file')
  for await (const batch of read.rows) rows.push(...batch)
  return rows
}

const outcomesOf = (rows: readonly DeliveredRow[]) =>
  rows.map((row) => mapper.map(row, { date1904: false }, (number) => !isStrange(number)))

const number = fc.constantFrom(
  STRANGER.idNumber,
  STRANGER.idNumber,
  WANG.idNumber,
  STRANGER.idNumber,
  `"${STRANGER.idNumber}"`,
  `"${LI.idNumber}"`,
  STRANGER.idNumber.slice(0, 17),
  ` ${STRANGER.idNumber}`,
  `'${STRANGER.idNumber}`,
  `"${STRANGER.idNumber}""`,
  `${STRANGER.idNumber.slice(0, 17)}#`,
  '',
)
const word = fc.constantFrom(
  ...Array(20).fill('02'),
  '"0,2"',
  '"0""2"',
  '"0\n2"',
  '执照',
  '"执照"',
  '',
  'a"b',
  '"x',
  '"x"y',
  '02\r',
)
const row = fc
  .tuple(word, number, word, word, word, fc.constantFrom('\n', '\n', '\r\n', ',\n', ',02\n'))
  .map(([a, b, c, d, e, end]) => [a, b, c, d, e].join(',') + end)

t.test('what is dropped by its bytes is what the mapper drops, and all other rows stay as they are', async (t) => {
  let droppedInAll = 0
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (lines) => {
      const bytes = Buffer.from(lines.join(''))
      const whole = outcomesOf(await rowsOf(bytes))
      const { bytes: kept, dropped } = drop({ index: 1, bytes, line: 1 }, 1)
      const left = outcomesOf(await rowsOf(kept))
      const isKept = ({ kind }: { kind: string }) => kind !== 'dropped'
      t.strictSame(left.filter(isKept), whole.filter(isKept))
      t.equal(left.length + dropped, whole.length)
      droppedInAll += dropped
    }),
    { numRuns: 500 },
  )
  t.ok(droppedInAll > 100, `${droppedInAll} rows were dropped by their bytes`)
})

t.test('a quoted number of a stranger is read by its bytes, a doubled quote is not', async (t) => {
  const dropped = (line: string) => drop({ index: 1, bytes: Buffer.from(line), line: 1 }, 1).dropped
  t.equal(dropped(`02,"${STRANGER.idNumber}",张三,身份证,"赣X,1"\n`), 1)
  t.equal(dropped(`02,"${WANG.idNumber}",张三,身份证,"赣X,1"\n`), 0)
  t.equal(dropped(`02,${STRANGER.idNumber},"张""三",身份证,赣X1\n`), 0)
  t.equal(dropped(`02,${STRANGER.idNumber},张三,"执照",赣X1\n`), 0, 'an organization')
})
