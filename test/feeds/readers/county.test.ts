import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { FileFormat } from '../../../src/feeds/file-format.ts'
import { CSV, read } from './reading.ts'

const county = join(import.meta.dirname, '../../../../shared/county')

const SOURCES: Record<string, { format: FileFormat; columns: string[] }> = {
  vehicle: { format: { ...CSV, encoding: 'gb18030' }, columns: ['所有人', '号牌号码'] },
  property: { format: CSV, columns: ['不动产单元号', '权利人'] },
  tax: { format: { ...CSV, encoding: 'gb18030', delimiter: '|', quote: 'none', comment: '#' }, columns: ['姓名'] },
  'social-insurance': { format: { format: 'jsonl', encoding: 'utf-8' }, columns: ['aac003', 'aae019'] },
  bank: { format: { format: 'xlsx', sheet: '核对结果' }, columns: ['户名', '余额'] },
}

/** The kinds of defect in expected-rows.json that a reader finds; the others are found when values are parsed. */
const CODES: Record<string, string> = {
  undecodable: 'RECORD_UNDECODABLE',
  'replacement-character': 'RECORD_UNDECODABLE',
  'too-few-columns': 'RECORD_COLUMNS',
  'too-many-columns': 'RECORD_COLUMNS',
  malformed: 'RECORD_MALFORMED',
}

interface Expected {
  readonly file: string
  readonly rows: number
  readonly quarantined: readonly [number, string][]
}

t.test('the sample county', { skip: existsSync(county) ? false : 'is not here' }, async (t) => {
  const expected: Record<string, Expected> = JSON.parse(readFileSync(join(county, 'expected-rows.json'), 'utf8'))
  for (const [source, { format, columns }] of Object.entries(SOURCES)) {
    const { file, rows, quarantined } = expected[source]!
    t.test(`${file} has the rows and the defects of its description`, async (t) => {
      const got = await read(join(county, file), format, columns)
      t.equal(got.rows.length, rows)
      t.same(got.file.head, source === 'tax' ? { asOf: '2026-11-01', rows } : null)
      const defects = got.rows.flatMap(({ line, defect }) => (defect ? [[line, defect.code, defect.column]] : []))
      const known = quarantined
        .map(([line, what]) => [line, ...what.split(':')] as const)
        .flatMap(([line, kind, column]) => (CODES[kind!] ? [[line, CODES[kind!], column ?? null]] : []))
      t.same(defects, known)
    })
  }
})
