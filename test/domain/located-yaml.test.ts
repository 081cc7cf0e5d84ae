import t from 'tap'
import { parseLocatedYaml, requireValid } from '../../src/domain/located-yaml.ts'
import { createAjv } from '../../src/domain/schema-errors.ts'
import { HeduiError } from '../../src/errors.ts'

/** Line and column, both from 1, of the only place where `needle` stands. */
function placeIn(text: string, needle: string): { line: number; column: number } {
  const at = text.indexOf(needle)
  if (at < 0 || text.indexOf(needle, at + 1) >= 0) throw new Error(`${needle} does not stand once in the text`)
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

function failure(work: () => unknown): HeduiError {
  try {
    work()
  } catch (error) {
    if (error instanceof HeduiError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const parse = (text: string) => parseLocatedYaml(text, 'a.yaml', 'DEFINITION_RULE')

t.test('a value is found by its path', async (t) => {
  const text = 'id: one\nlist:\n  - a: 1\n    b: 2\n  - { c: 3, d: [4, 55] }\n'
  const yaml = parse(text)
  t.same(yaml.value, {
    id: 'one',
    list: [
      { a: 1, b: 2 },
      { c: 3, d: [4, 55] },
    ],
  })
  for (const [path, needle] of [
    [['id'], 'id'],
    [['list', 0, 'b'], 'b: 2'],
    [['list', 1], '{ c'],
    [['list', 1, 'c'], 'c: 3'],
    [['list', 1, 'd', 1], '55'],
  ] as const) {
    t.match(yaml.placeOf(path), { file: 'a.yaml', ...placeIn(text, needle), path: path.join('.') })
  }
})

t.test('the place of what is not there is that of what is above it', async (t) => {
  const text = '# a comment\nlist:\n  - a: 1\n'
  t.match(parse(text).placeOf(['list', 0, 'x', 'y']), { ...placeIn(text, 'a: 1'), path: 'list.0.x.y' })
  t.match(parse(text).placeOf(['nothing']), { line: 2, column: 1 })
})

t.test('an unknown key is reported where it stands, with what is allowed', async (t) => {
  const text = 'title: x\nnested:\n  meazure: 1\n'
  const validate = createAjv().compile({
    type: 'object',
    additionalProperties: false,
    properties: {
      title: { type: 'string' },
      nested: { type: 'object', additionalProperties: false, properties: { measure: { type: 'integer' } } },
    },
  })
  const error = failure(() => requireValid(parse(text), validate, 'DEFINITION_RULE'))
  t.match(error, {
    code: 'DEFINITION_RULE',
    place: { file: 'a.yaml', ...placeIn(text, 'meazure'), path: 'nested.meazure' },
  })
  t.match(error.message, /unknown field "meazure"; allowed: measure; did you mean measure\?/)
  t.match(error.located, /^a\.yaml:3:3 \(nested\.meazure\): /)
})

t.test('what is not YAML is refused with line and column', async (t) => {
  for (const [what, text, needle] of [
    ['a key twice', 'id: one\ntitle: x\nid: two\n', 'id: two'],
    ['a key twice in a flow map', 'x: { a: 1, a: 2 }\n', 'a: 2'],
    ['an open list', 'x: [1, 2\ny: 3\n', 'y: 3'],
    ['an open quote', 'x: "abc\n', null],
    ['a tab for indentation', 'x:\n\ty: 1\n', '\ty'],
    ['a key that is a list', '? [a, b]\n: 1\n', null],
  ] as const) {
    const error = failure(() => parse(text))
    t.equal(error.code, 'DEFINITION_RULE', what)
    t.match(error.place, { file: 'a.yaml', line: Number, column: Number }, what)
    if (needle) t.equal(error.place.line, placeIn(text, needle).line, `${what}: ${error.located}`)
  }
  t.match(failure(() => parse('id: one\nid: two\n')).place, { line: 2, column: 1 })
})

t.test('an alias of what is not there is refused with its place', async (t) => {
  const error = failure(() => parse('a: 1\nx: *nothing\n'))
  t.match(error, { code: 'DEFINITION_RULE', place: { file: 'a.yaml', line: 2 } })
})

t.test('a file with more than one document is refused', async (t) => {
  t.throws(() => parse('a: 1\n---\nb: 2\n'), { code: 'DEFINITION_RULE' })
})

/** Each holds BAD once in its expression; its place must be found from its offset in the value. */
const SCALARS: readonly (readonly [string, string])[] = [
  ['plain', 'x: one + BAD + two\n'],
  ['plain, at the start', 'x: BAD + two\n'],
  ['plain, nested', 'x:\n  y:\n    x: one + BAD\n'],
  ['double quoted', 'x: "one + BAD"\n'],
  ['single quoted', "x: 'one + BAD'\n"],
  ['single quoted, with doubled quotes before', "x: 'a == ''b'' && BAD'\n"],
  ['double quoted, with escapes before', 'x: "a == \\"b\\" && BAD"\n'],
  ['block, first line', 'x: |\n  BAD + one\n  two\n'],
  ['block, last line', 'x: |\n  one\n  two + BAD\n'],
  ['block, indented further', 'x: |\n  one\n      two + BAD\n'],
  ['block, after an empty line', 'x: |\n  one\n\n  two + BAD\n'],
  ['block, with a comment in its head', 'x: | # a comment\n  one\n  BAD\n'],
  ['block, with strip', 'x: |-\n  one BAD\ny: 1\n'],
  ['folded, first line', 'x: >-\n  one + BAD\n  two\n'],
  ['folded, later line', 'x: >-\n  one\n  + two\n  + BAD\n'],
  ['folded, more indented', 'x: >-\n  one\n    || two && BAD\n'],
  ['folded, after an empty line', 'x: >\n  one\n\n  two BAD\n'],
]

t.test('the place of a character in a string is its place in the file', async (t) => {
  for (const [what, text] of SCALARS) {
    const yaml = parse(text)
    let path: string[] = ['x']
    let value = (yaml.value as Record<string, unknown>).x
    while (typeof value === 'object') {
      const [[key, inner]] = Object.entries(value as object) as [[string, unknown]]
      path = [...path, key]
      value = inner
    }
    const offset = (value as string).indexOf('BAD')
    t.match(yaml.placeInString(path, offset), placeIn(text, 'BAD'), what)
  }
})

t.test('the place of a character in what is no string is that of the value', async (t) => {
  t.match(parse('a: 1\nx: 12\n').placeInString(['x'], 1), { line: 2, column: 1 })
  t.match(parse('a: 1\n').placeInString(['x'], 1), { line: 1, column: 1 })
})
