import t from 'tap'
import type { JsonLinesFormat } from '../../../src/feeds/file-format.ts'
import { parseExactly } from '../../../src/feeds/readers/parse-exactly.ts'
import { brief, plain, read, refusal, written } from './reading.ts'

const folder = t.testdir({})
const JSONL: JsonLinesFormat = { format: 'jsonl', encoding: 'utf-8' }
const number = (text: string) => ['number', text]

const values: [json: string, cell: unknown][] = [
  ['"x"', 'x'],
  ['""', ''],
  ['null', undefined],
  ['true', 'true'],
  ['false', 'false'],
  ['12', number('12')],
  ['-3.5', number('-3.5')],
  ['369901199001011234', number('369901199001011234')],
  ['-369901199001011234', number('-369901199001011234')],
  ['123456789.123456789', number('123456789.123456789')],
  ['3.6990119900101123E+17', number('3.6990119900101123E+17')],
  ['0.00000012', number('0.00000012')],
  ['1e400', number('1e400')],
  ['"369901199001011234"', '369901199001011234'],
  ['"\\u738b\\ud840\\udc00"', '王𠀀'],
]

t.test('reads a value', async (t) => {
  for (const [json, cell] of values) {
    const { rows } = await read(written(folder, `{"a": ${json}, "b":"1"}`), JSONL, ['a', 'b'])
    t.same(rows[0]?.cells.map(plain), [cell, '1'], json)
  }
})

const lines: [it: string, line: string, row: unknown][] = [
  ['gives nothing for an absent property', '{"b":"1"}', [1, [undefined, '1']]],
  ['takes the last of doubled keys', '{"a":"1","a":"2","b":""}', [1, ['2', '']]],
  ['does not take what every object inherits', '{}', [1, [undefined, undefined]]],
  ['quarantines an object in a mapped column', '{"a":"1","b":{"c":1}}', [1, 'RECORD_MALFORMED', 'b']],
  ['quarantines an array in a mapped column', '{"a":["1"],"b":"1"}', [1, 'RECORD_MALFORMED', 'a']],
  ['takes nested values in other columns', '{"a":"1","b":"2","c":[{"d":[]}]}', [1, ['1', '2']]],
  ['quarantines what is not JSON', '{"a":', [1, 'RECORD_MALFORMED', null]],
  ['quarantines an array', '["a"]', [1, 'RECORD_MALFORMED', null]],
  ['quarantines a number', '369901199001011234', [1, 'RECORD_MALFORMED', null]],
  ['quarantines null', 'null', [1, 'RECORD_MALFORMED', null]],
  ['quarantines deep nesting', `{"a":"1","z":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, [1, ['1', undefined]]],
  ['names the property that holds U+FFFD', '{"a":"1","c":"\uFFFD"}', [1, 'RECORD_UNDECODABLE', 'c']],
  ['finds U+FFFD that is escaped', '{"a":"\\ufffd"}', [1, 'RECORD_UNDECODABLE', 'a']],
  ['finds U+FFFD within nested values', '{"a":"1","c":[{"d":"\uFFFD"}]}', [1, 'RECORD_UNDECODABLE', 'c']],
  ['finds U+FFFD in a name', '{"a":"1","\uFFFD":"1"}', [1, 'RECORD_UNDECODABLE', null]],
  ['finds U+FFFD outside of strings', '{"a":\uFFFD}', [1, 'RECORD_UNDECODABLE', null]],
  ['finds U+FFFD in a value that a doubled key hides', '{"a":"\uFFFD","a":"1"}', [1, 'RECORD_UNDECODABLE', null]],
  ['quarantines an escaped NUL', '{"a":"\\u0000"}', [1, 'RECORD_UNDECODABLE', 'a']],
  ['quarantines half of a pair of surrogates', '{"a":"\\ud800"}', [1, 'RECORD_UNDECODABLE', 'a']],
  ['gives up a line of more than 1 MB', `{"a":"${'x'.repeat(1 << 21)}"}`, [1, 'RECORD_MALFORMED', null]],
]

t.test('json lines', async (t) => {
  for (const [it, line, row] of lines) {
    const { rows } = await read(written(folder, `${line}\n`), JSONL, ['a', 'b'])
    t.same(rows.map(brief), [row], it)
  }
})

t.test('does not take toString for a column', async (t) => {
  const { rows } = await read(written(folder, '{"__proto__":"1"}\n'), JSONL, ['toString', '__proto__'])
  t.same(rows.map(brief), [[1, [undefined, '1']]])
})

t.test('skips a BOM, blank lines and CR', async (t) => {
  const { rows } = await read(written(folder, '\uFEFF{"a":"1"}\r\n\r\n \n{"a":"2"}'), JSONL, ['a'])
  t.same(rows.map(brief), [
    [1, ['1']],
    [4, ['2']],
  ])
})

t.test('reports further and absent columns once the rows are read', async (t) => {
  const { file } = await read(written(folder, '{"a":null,"x":1}\n{"y":1}\n'), JSONL, ['a', 'b'])
  t.same([...file.furtherColumns], ['x', 'y'])
  t.same([...file.absentColumns], ['b'])
})

t.test('keeps no more than 200 further columns', async (t) => {
  const text = Array.from({ length: 500 }, (_, i) => `{"k${i}":1}\n`).join('')
  t.equal((await read(written(folder, text), JSONL, [])).file.furtherColumns.size, 200)
})

t.test('reads gb18030 and an empty file', async (t) => {
  const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from('cdf5ceb0', 'hex'), Buffer.from('"}\n')])
  t.same((await read(written(folder, bytes), { ...JSONL, encoding: 'gb18030' }, ['a'])).rows.map(brief), [
    [1, ['王伟']],
  ])
  t.same((await read(written(folder, ''), JSONL, ['a'])).rows, [])
  t.match(await refusal(read(written(folder, '\0'), JSONL, ['a'])), { code: 'SOURCE_FILE' })
})

t.test('parses like JSON.parse where numbers are plain', (t) => {
  t.same(parseExactly('{"a":[1,{"b":2.5}],"c":"e 1e5"}'), JSON.parse('{"a":[1,{"b":2.5}],"c":"e 1e5"}'))
  t.throws(() => parseExactly('{'), SyntaxError)
  t.end()
})
