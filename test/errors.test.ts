import t from 'tap'
import { CATALOGUE, type ErrorCode, HeduiError, throwIfAny } from '../src/errors.ts'

/** The kinds of design §14 and the HTTP statuses that they may have. */
const KINDS: Readonly<Record<string, (status: number) => boolean>> = {
  INPUT_: (status) => status >= 400 && status < 500,
  DEFINITION_: (status) => status === 500,
  RECORD_: (status) => status === 422,
  SOURCE_: (status) => status === 422 || status === 503,
  STATE_: (status) => status === 409,
}

t.test('every code is of one of the five kinds, with a status of its kind and a sentence', async (t) => {
  for (const [code, [status, help]] of Object.entries(CATALOGUE)) {
    const kind = Object.keys(KINDS).find((prefix) => code.startsWith(prefix))
    if (!kind) {
      t.fail(`${code} is of no kind`)
      continue
    }
    t.ok(KINDS[kind]!(status), `${code} has status ${status}`)
    t.match(help, /^\S.{7,}\S$/, `${code} has a sentence of help`)
    t.match(code, /^[A-Z]+(_[A-Z]+)+$/, `${code} is in capitals`)
  }
})

t.test('the five kinds are all there', async (t) => {
  for (const kind of Object.keys(KINDS))
    t.ok(
      Object.keys(CATALOGUE).some((code) => code.startsWith(kind)),
      kind,
    )
})

t.test('an error has the status of its code', async (t) => {
  for (const code of Object.keys(CATALOGUE) as ErrorCode[])
    t.equal(new HeduiError(code, 'x').status, CATALOGUE[code][0])
})

t.test('an error says where it is as far as that is known', async (t) => {
  for (const [place, located] of [
    [{}, 'is wrong'],
    [{ file: 'a.yaml' }, 'a.yaml: is wrong'],
    [{ file: 'a.yaml', line: 12, column: 5, path: 'limit' }, 'a.yaml:12:5 (limit): is wrong'],
    [{ line: 3, column: '余额' }, '3:余额: is wrong'],
    [{ path: 'people.0.id' }, '(people.0.id): is wrong'],
  ] as const) {
    t.equal(new HeduiError('DEFINITION_RULE', 'is wrong', place).located, located)
  }
})

t.test('many errors are thrown as one that names them all', async (t) => {
  t.doesNotThrow(() => throwIfAny([]))
  const cause = new Error('the cause')
  const first = new HeduiError('DEFINITION_RULE', 'one', { file: 'a', line: 1, cause })
  const second = new HeduiError('DEFINITION_PARAMETER', 'two', { file: 'b', line: 2 })
  try {
    throwIfAny([first, second])
    t.fail('throws')
  } catch (error) {
    t.ok(error instanceof HeduiError)
    const thrown = error as HeduiError
    t.match(thrown, { code: 'DEFINITION_RULE', message: 'one', place: { file: 'a', line: 1 }, cause })
    t.same(
      thrown.others.map(({ message }) => message),
      ['two'],
    )
  }
})
