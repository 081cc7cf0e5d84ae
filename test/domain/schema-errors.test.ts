import t from 'tap'
import { didYouMean } from '../../src/domain/closest-word.ts'
import { createAjv, describeSchemaErrors } from '../../src/domain/schema-errors.ts'

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: {
    id: { type: 'string', minLength: 1 },
    scheme: { enum: ['urban', 'rural'] },
    month: { type: 'string', pattern: '^\\d{4}-\\d{2}$', description: 'a month such as "2024-05"' },
    code: { type: 'string', pattern: '^\\d+$' },
    count: { type: ['integer', 'null'], minimum: 0 },
    format: { const: 'xlsx' },
    people: {
      type: 'array',
      items: { type: 'object', additionalProperties: false, properties: { name: { type: 'string' } } },
    },
    either: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
  },
} as const

function problems(value: unknown) {
  const validate = createAjv().compile(SCHEMA)
  validate(value)
  return describeSchemaErrors(validate.errors)
}

t.test('each problem names the field and what is allowed', async (t) => {
  for (const [value, path, message] of [
    [{}, [], 'lacks the field "id"'],
    [{ id: 1 }, ['id'], 'must be string'],
    [{ id: 'x', scheme: 'city' }, ['scheme'], 'must be one of urban, rural'],
    [{ id: 'x', month: 'May' }, ['month'], 'must be a month such as "2024-05"'],
    [{ id: 'x', code: 'y' }, ['code'], 'must be of the form ^\\d+$'],
    [{ id: 'x', count: 'y' }, ['count'], 'must be integer or null'],
    [{ id: 'x', format: 'csv' }, ['format'], 'must be "xlsx"'],
    [
      { id: 'x', people: [{}, { nam: 1 }] },
      ['people', 1, 'nam'],
      'unknown field "nam"; allowed: name; did you mean name?',
    ],
  ] as const) {
    t.same(problems(value), [{ path, message }])
  }
})

t.test('no problem holds the value that is wrong', async (t) => {
  const secret = '王伟369901197003070010'
  const value = {
    id: [secret],
    scheme: secret,
    month: secret,
    code: secret,
    count: secret,
    format: secret,
    people: secret,
    either: 1,
  }
  const found = problems(value)
  t.ok(found.length >= 7)
  t.notOk(JSON.stringify(found).includes(secret))
})

t.test('all problems are reported, each once', async (t) => {
  const found = problems({ scheme: 'x', extra: 1 })
  t.same(found.map(({ path }) => path.join('.')).sort(), ['', 'extra', 'scheme'])
  t.same(problems({ id: 'x' }), [])
  t.ok(problems({ id: 'x', either: 1 }).length > 0, 'also where no single alternative is to blame')
  t.same(describeSchemaErrors(null), [])
})

t.test('a field whose name holds / or ~ is named as it is', async (t) => {
  const validate = createAjv().compile({ type: 'object', additionalProperties: { type: 'integer' } })
  validate({ 'a/b~c': 'x' })
  t.same(describeSchemaErrors(validate.errors), [{ path: ['a/b~c'], message: 'must be integer' }])
})

t.test('a hint names the nearest word, and none where none is near', async (t) => {
  t.equal(didYouMean('vehicel', ['vehicle', 'property', 'tax']), '; did you mean vehicle?')
  t.equal(didYouMean('号牌种', ['号牌种类', '所有人']), '; did you mean 号牌种类?')
  t.equal(didYouMean('zzzz', ['vehicle', 'property', 'tax']), '')
  t.equal(didYouMean('x', []), '')
})
