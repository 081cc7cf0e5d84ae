import t from 'tap'
import { HeduiError } from '../../src/errors.ts'
import { parseManifest } from '../../src/feeds/manifest.ts'
import { ADAPTER, adapterWith } from './manifests.ts'

function problems(text: string): HeduiError[] {
  try {
    parseManifest(text, 'adapters/land.yaml')
    return []
  } catch (error) {
    if (!(error instanceof HeduiError)) throw error
    return [error, ...error.others]
  }
}

t.test('an adapter that uses every word is taken', async (t) => {
  t.match(parseManifest(ADAPTER, 'adapters/land.yaml'), {
    id: 'land',
    trust: 'verified',
    freshnessDays: 60,
    maxQuarantinedShare: 0.1,
    file: { format: 'delimited', quote: '"' },
  })
})

t.test('what an adapter does not say is what design §6 says', async (t) => {
  const text = adapterWith(
    ['trust: verified\n', ''],
    ['maxQuarantinedShare: 0.1\n', ''],
    ['retain: all\n', ''],
    ['file: { format: delimited, encoding: utf-8, delimiter: ",", header: true }', 'file: { format: delimited }'],
  )
  t.match(parseManifest(text, 'land.yaml'), {
    maxQuarantinedShare: 0.05,
    minOverlap: 0.5,
    retain: 'all',
    examples: [],
    file: { encoding: 'utf-8', delimiter: ',', header: true, quote: '"' },
  })
})

t.test('prefer may be one or a list', async (t) => {
  const one = adapterWith([
    'prefer:\n      - { field: kind, order: [certificate, contract] }\n      - { field: current, order: [true, false] }',
    'prefer: { field: kind, order: [certificate, contract] }',
  ])
  t.same(parseManifest(one, 'land.yaml').records[0]!.prefer, [{ field: 'kind', order: ['certificate', 'contract'] }])
})

/** Each: what is wrong, the text and what stands in its place, the path, and what the message says is allowed. */
const WRONG: readonly (readonly [string, string, string, string, RegExp])[] = [
  [
    'an unknown word',
    'freshnessDays: 60',
    'freshnessDays: 60\nfreshnesDay: 1',
    'freshnesDay',
    /unknown field "freshnesDay"; allowed: id, title, owner, .*did you mean freshnessDays\?/,
  ],
  ['an unknown trust', 'trust: verified', 'trust: sure', 'trust', /verified, unverified/],
  ['an unknown retain', 'retain: all', 'retain: some', 'retain', /all, known/],
  ['an unknown format', 'format: delimited', 'format: csv', 'file.format', /delimited, fixed, jsonl, xlsx/],
  ['an unknown encoding', 'encoding: utf-8', 'encoding: latin1', 'file.encoding', /utf-8, gb18030, gbk/],
  [
    'a word of another format',
    'delimiter: ","',
    'sheet: 核对结果',
    'file.sheet',
    /allowed: format, encoding, delimiter/,
  ],
  ['a delimiter of two characters', 'delimiter: ","', 'delimiter: ",,"', 'file.delimiter', /1 character/],
  [
    'an unknown word of identity',
    'address: 坐落',
    'adress: 坐落',
    'identity.adress',
    /allowed: name, idNumber, idType, address, organizations; did you mean address\?/,
  ],
  [
    'an unknown record type',
    'type: vehicle',
    'type: vehicles',
    'records.1.type',
    /vehicle, property, income, contribution, benefit, deposit, security, policy/,
  ],
  [
    'an unknown word of a record',
    'key: [unit]',
    'key: [unit]\n    keys: [unit]',
    'records.0.keys',
    /allowed: type, when, key, prefer, void, fields/,
  ],
  [
    'an unknown word of when',
    'when: { column: 类别, in: [房屋] }',
    'when: { column: 类别, is: [房屋] }',
    'records.0.when.is',
    /allowed: column, in/,
  ],
  ['an unknown word of void', 'equals: 作废', 'equal: 作废', 'records.0.void.equal', /allowed: column, equals/],
  [
    'an unknown parse',
    'parse: letters',
    'parse: letter',
    'records.1.fields.statuses.parse',
    /text, code, money, area, integer, decimal, share, date, month, letters, flag/,
  ],
  [
    'an unknown word of a field',
    'parse: code, required: true',
    'parse: code, requird: true',
    'records.0.fields.unit.requird',
    /allowed: from, parse, map, otherwise, default, required, sensitive/,
  ],
  [
    'an unknown field',
    'price: { from: 价格',
    'cost: { from: 价格',
    'records.1.fields.cost',
    /vehicle has no field "cost"; allowed: plateClass, plateNumber/,
  ],
  [
    'an unknown field in the key',
    'key: [unit]',
    'key: [units]',
    'records.0.key.0',
    /no field "units"; allowed: unit, .*did you mean unit\?/,
  ],
  [
    'a key that is not mapped',
    'key: [unit]',
    'key: [unit, address]',
    'records.0.key.1',
    /"address", which is not mapped/,
  ],
  ['an unknown field in prefer', 'field: kind, order', 'field: kinds, order', 'records.0.prefer.0', /no field "kinds"/],
  [
    'an unknown word in the order of prefer',
    'order: [certificate, contract]',
    'order: [certificat, contract]',
    'records.0.prefer.0',
    /certificate, contract/,
  ],
  [
    'a word that the field does not hold',
    '网签: contract',
    '网签: contrct',
    'records.0.fields.kind',
    /"contrct" is not what "kind" holds: certificate, contract/,
  ],
  [
    'an otherwise that the field does not hold',
    'otherwise: certificate',
    'otherwise: cert',
    'records.0.fields.kind',
    /"cert" is not what "kind" holds: certificate, contract/,
  ],
  ['a word for a flag', '历史: false', '历史: historic', 'records.0.fields.current', /true or false/],
  [
    'an otherwise without a map',
    'parse: code, required: true',
    'parse: code, otherwise: x',
    'records.0.fields.unit',
    /"otherwise" goes with "map"/,
  ],
  [
    'a map of money',
    'price: { from: 价格, parse: money }',
    'price: { from: 价格, parse: money, map: { a: b } }',
    'records.1.fields.price',
    /text or code/,
  ],
  [
    'a parse of another kind',
    'price: { from: 价格, parse: money }',
    'price: { from: 价格, parse: date }',
    'records.1.fields.price',
    /"price" holds money; parse must be money, not date/,
  ],
  [
    'a date as text',
    'from: 登记时间, parse: date',
    'from: 登记时间, parse: text',
    'records.0.fields.registeredOn',
    /parse must be date, not text/,
  ],
  [
    'a default of another kind',
    'parse: share, default: 1',
    'parse: share, default: all',
    'records.0.fields.share',
    /default of "share" must be/,
  ],
  [
    'a date whose default is no date',
    'from: 登记时间, parse: date',
    'from: 登记时间, parse: date, default: 5',
    'records.0.fields.registeredOn',
    /default of "registeredOn" must be/,
  ],
  [
    'a field without a column or a default',
    'nature: { parse: text, default: 国有 }',
    'nature: { parse: text }',
    'records.0.fields.nature',
    /"from" or a default/,
  ],
  [
    'a field that the type needs',
    '      area: { from: 面积, parse: area }\n',
    '',
    'records.0.fields',
    /property needs the field "area"/,
  ],
  ['organizations without idType', 'idType: 证件种类, ', '', 'identity.organizations', /needs "idType"/],
  ['no header and no columns', 'header: true', 'header: false', 'file', /needs "columns"/],
  ['a header and columns', 'header: true', 'header: true, columns: [a, b]', 'file.columns', /header: false/],
  ['an id with a capital', 'id: land', 'id: Land', 'id', /lower-case letters/],
  ['days that are no number', 'freshnessDays: 60', 'freshnessDays: many', 'freshnessDays', /integer/],
  ['a share above one', 'maxQuarantinedShare: 0.1', 'maxQuarantinedShare: 5', 'maxQuarantinedShare', /<= 1/],
  ['an overlap above one', 'maxQuarantinedShare: 0.1', 'minOverlap: 50', 'minOverlap', /<= 1/],
  ['no owner', 'owner: 自然资源部门\n', '', '', /lacks the field "owner"/],
  ['one word twice', 'retain: all', 'retain: all\nretain: known', '', /unique/],
  ['no YAML', 'id: land', 'id: [land', '', /./],
]

t.test('a wrong word stops an adapter with file, line, path and the words allowed', async (t) => {
  for (const [what, from, to, path, message] of WRONG) {
    const text = adapterWith([from, to])
    const found = problems(text)
    const problem = found.find((each) => (each.place.path ?? '') === path)
    if (!problem) {
      t.fail(`${what} is refused at ${path}; found ${found.map(({ located }) => located).join('; ') || 'nothing'}`)
      continue
    }
    const { code, place } = problem
    t.equal(code, 'DEFINITION_ADAPTER', what)
    t.equal(place.file, 'adapters/land.yaml', what)
    t.match(problem.message, message, what)
    t.ok(found.length <= 2, `${what}: little else, ${found.map(({ located }) => located)}`)
    t.ok(typeof place.line === 'number' && typeof place.column === 'number', `${what}: ${problem.located}`)
    const name = path.split('.').at(-1)!
    const line = text.split('\n')[place.line! - 1]!
    // A part of a list has no name to find; the line then holds what stands in the list.
    if (path && !/^\d+$/.test(name)) t.ok(line.includes(name), `${what}: line ${place.line} holds ${name}`)
    else if (path)
      t.ok(
        to.split('\n').some((part) => line.includes(part)),
        `${what}: line ${place.line}`,
      )
  }
})

t.test('all that is wrong in an adapter is reported at once', async (t) => {
  const found = problems(
    adapterWith(['key: [unit]', 'key: [units]'], ['parse: letters', 'parse: text'], ['网签: contract', '网签: x']),
  )
  t.same(
    found.map(({ place }) => place.path),
    ['records.0.fields.kind', 'records.0.key.0', 'records.1.fields.statuses'],
  )
})
