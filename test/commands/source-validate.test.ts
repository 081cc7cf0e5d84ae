import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { ValidationReport } from '../../src/services/validate-source.ts'
import { run } from '../support/cli.ts'
import { bytesOf, rowOf, writeSource } from '../support/departments.ts'
import { LI, STRANGER, WANG, ZHAO } from '../support/people.ts'

const folder = t.testdir({})
const home = join(folder, 'home')
/** Where no database answers and no secret is set. */
const NOTHING = { HEDUI_HOME: home, HEDUI_SECRET: undefined, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }

const validate = (...args: string[]) => run(['source', 'validate', ...args], NOTHING, folder)
const reportOf = async (...args: string[]) => {
  const { code, stdout } = await validate(...args, '--json')
  return { code, report: JSON.parse(stdout) as ValidationReport }
}

const taxRows = (count: number, more = {}) =>
  Array.from({ length: count }, (_, i) =>
    rowOf.tax(WANG, { 税款所属期起: `2026-${String((i % 12) + 1).padStart(2, '0')}-01`, ...more }),
  )

t.test('a good file ends with 0 and needs no database, no secret and no register', async (t) => {
  const rows = [...taxRows(30), rowOf.tax(STRANGER), rowOf.tax({ ...LI, idNumber: '3699********0' })]
  writeSource(folder, 'tax', rows)
  const { code, report } = await reportOf('tax', 'tax.txt')
  t.equal(code, 0)
  t.match(report, {
    source: 'tax',
    file: 'tax.txt',
    sha256: /^[0-9a-f]{64}$/,
    outcome: 'published',
    heldBecause: [],
    head: { asOf: '2026-11-01', rows: 32 },
    furtherColumns: ['序号'],
    counts: { rows: 32, sound: 31, unidentified: 1, quarantined: 0, organizations: 0 },
    quality: { quarantine: [], known: null, overlap: null },
  })
  const text = await validate('tax', 'tax.txt')
  t.match(text, {
    code: 0,
    stdout: /^tax: would be published\n.*head line of 2026-11-01.*32 rows; rows and tail line agree/s,
  })
  t.match(text.stdout, /姓名 +32 +0 +0\.0 % +3\n/)
  t.notMatch(text.stdout, /王守仁|36990119/)
  t.notOk(existsSync(join(home, 'secret.key')), 'nothing is made')
})

t.test('a file that would be held ends with 1 and says why, by code, column and line', async (t) => {
  const bad = [...taxRows(8), ...taxRows(5, { 本期收入: '面议' }), ...taxRows(1, { 所得项目: '' })]
  writeSource(folder, 'tax', bad, { name: 'bad.txt' })
  const { code, report } = await reportOf('tax', 'bad.txt')
  t.equal(code, 1)
  t.match(report, {
    outcome: 'held',
    heldBecause: ['quarantined-share'],
    quality: {
      quarantine: [
        { code: 'RECORD_UNPARSEABLE', column: '本期收入', count: 5, lines: [11, 12, 13] },
        { code: 'RECORD_MISSING', column: '所得项目', count: 1, lines: [16] },
      ],
    },
  })
  const text = await validate('tax', 'bad.txt')
  t.match(text.stdout, /would be held\n.*held because more of its rows are quarantined than the adapter allows/s)
  t.match(text.stdout, /RECORD_UNPARSEABLE +本期收入 +5 +11, 12, 13\n/)
})

t.test('a file of no rows, or without a column, would be held', async (t) => {
  writeSource(folder, 'vehicle', [], { name: 'empty.csv' })
  t.match(await reportOf('vehicle', 'empty.csv'), { code: 1, report: { outcome: 'held', heldBecause: ['empty'] } })
  const rows = Array.from({ length: 30 }, () => {
    const { aab004: _, ...rest } = rowOf.contribution(WANG)
    return rest as ReturnType<typeof rowOf.contribution>
  })
  writeSource(folder, 'social-insurance', rows)
  const { code, report } = await reportOf('social-insurance', 'social-insurance.jsonl')
  t.equal(code, 1)
  t.match(report, { outcome: 'held', heldBecause: ['column-absent:aac040', 'column-absent:aab004'] })
})

t.test('a file that would be refused as a whole ends with 1 and names the reason', async (t) => {
  writeSource(folder, 'tax', taxRows(3), { name: 'short.txt', head: 4 })
  t.match(await reportOf('tax', 'short.txt'), {
    code: 1,
    report: { outcome: 'refused', refusedBecause: { code: 'SOURCE_TRUNCATED', message: /short\.txt.*4 rows/ } },
  })
  writeSource(folder, 'vehicle', [rowOf.vehicle(ZHAO)], { name: 'other.csv' })
  const other = await validate('property', 'other.csv')
  t.match(other, { code: 1, stdout: /property: would be refused as a whole\n.*SOURCE_/s })
})

t.test('what is no answer about the file is an error', async (t) => {
  t.match(await validate('tax', 'none.txt'), { code: 1, stdout: '', stderr: /INPUT_FILE/ })
  t.match(await validate('taxes', 'tax.txt'), { code: 1, stdout: '', stderr: /INPUT_UNKNOWN_SOURCE/ })
  t.match(await validate('tax'), { code: 2, stderr: /FILE is missing/ })
})

t.test('a gzipped file is unpacked and leaves nothing', async (t) => {
  mkdirSync(home, { recursive: true })
  writeFileSync(join(folder, 'tax.txt.gz'), gzipSync(bytesOf('tax', taxRows(5))))
  t.match(await reportOf('tax', 'tax.txt.gz'), { code: 0, report: { counts: { rows: 5 } } })
  const left = readdirSync(home, { recursive: true }).filter((name) => String(name).includes('unpacked'))
  t.same(left, [])
})
