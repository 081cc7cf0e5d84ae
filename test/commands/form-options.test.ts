import t from 'tap'
import {
  describeOption,
  type FormSchema,
  fieldsOfFile,
  formOptions,
  readForm,
  requireFields,
} from '../../src/commands/form-options.ts'
import { HeduiError } from '../../src/errors.ts'
import { CASE_ACTS } from '../../src/services/cases/case-acts.ts'

const TEXT: FormSchema = { type: 'string' }
const FORM: FormSchema = {
  type: 'object',
  required: ['on', 'proof', 'people', 'answers'],
  properties: {
    on: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
    since: { type: ['string', 'null'], pattern: '^\\d{4}-\\d{2}$' },
    days: { type: 'integer' },
    access: { type: 'boolean' },
    verdict: { enum: ['accepted', 'refused', null] },
    people: { type: 'array', items: TEXT },
    proof: { type: 'object', required: ['kind'], properties: { kind: TEXT, pageNumber: { type: 'integer' } } },
    correction: { type: ['object', 'null'], required: ['source'], properties: { source: TEXT } },
    answers: { type: 'array', items: { type: 'object', properties: { statement: TEXT } } },
  },
}

t.test('the plain fields of a form are options; lists of objects come from a file', async (t) => {
  t.same(
    formOptions(FORM).map((option) => [describeOption(option), option.required]),
    [
      ['--on DATE', true],
      ['--since MONTH', false],
      ['--days N', false],
      ['--access yes|no', false],
      ['--verdict accepted|refused', false],
      ['--people TEXT …', true],
      ['--proof-kind TEXT', true],
      ['--proof-page-number N', false],
      // Who says nothing of a correction need not say its source.
      ['--correction-source TEXT', false],
    ],
  )
  t.same(fieldsOfFile(FORM), ['answers'])
})

t.test('options are laid over the file, inside of objects too', async (t) => {
  const values = { on: '2026-11-02', days: '3', access: 'no', people: ['周敏', '孙伟'], 'proof-kind': '回证' }
  t.same(readForm(FORM, { values }, { on: '2026-11-01', proof: { kind: 'x', pageNumber: 2 }, answers: [] }), {
    on: '2026-11-02',
    days: 3,
    access: false,
    people: ['周敏', '孙伟'],
    proof: { kind: '回证', pageNumber: 2 },
    answers: [],
  })
  t.same(readForm(FORM, { values: {} }), {}, 'what is not given is not there')
  for (const [values, says] of [
    [{ days: '-1' }, /--days must be a whole number/],
    [{ days: '1.5' }, /--days/],
    [{ access: 'true' }, /--access must be yes or no/],
  ] as const)
    t.throws(() => readForm(FORM, { values }), { code: 'INPUT_USAGE', message: says })
})

t.test('what a form must have is asked for in the words of the command', async (t) => {
  const full = { on: 'x', proof: {}, people: [], answers: [] }
  requireFields(FORM, full, 'case x')
  for (const [field, says] of [
    ['on', /^--on DATE is missing\nusage: hedui case x$/],
    ['proof', /^--proof-kind TEXT is missing/],
    ['answers', /^"answers" in --input FILE\.json is missing/],
  ] as const) {
    const { [field]: _, ...rest } = full
    t.throws(() => requireFields(FORM, rest, 'case x'), { code: 'INPUT_USAGE', message: says })
  }
  t.throws(
    () => requireFields({ required: ['reason'] }, {}, 'x'),
    new HeduiError('INPUT_REASON', 'say why, with --reason TEXT'),
  )
})

t.test('every field of every act can be given on the command line', async (t) => {
  const RESERVED = ['actor', 'json', 'input', 'seen', 'attach']
  for (const { name, schema } of CASE_ACTS) {
    const options = formOptions(schema as FormSchema)
    const names = options.map((option) => option.name)
    t.equal(new Set(names).size, names.length, `${name}: no option twice`)
    t.same(
      names.filter((each) => RESERVED.includes(each)),
      [],
      `${name}: none is another option's name`,
    )
    const fields = Object.keys(schema.properties as object)
    const given = new Set([...options.map(({ path }) => path[0]), ...fieldsOfFile(schema as FormSchema)])
    t.same(
      fields.filter((field) => !given.has(field)),
      [],
      name,
    )
  }
})
