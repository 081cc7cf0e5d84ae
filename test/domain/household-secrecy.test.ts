import fc from 'fast-check'
import t from 'tap'
import { parseHousehold } from '../../src/domain/household.ts'
import { HeduiError } from '../../src/errors.ts'
import { household, PERSON, SOURCES } from './households.ts'

/** A text that stands nowhere else, in several shapes that a value of a person may have. */
const MARKERS = ['机密甲乙丙', '369901********7777', '369901199902307777', '-7777.123', 'x7777|y']
const secret = (text: string) => MARKERS.some((marker) => text.includes(marker)) || text.includes('7777')

type Path = readonly (string | number)[]

/** Every place of a value, but for names of sources, which are no one's own. */
function places(value: unknown, path: Path = []): Path[] {
  if (path.at(-1) === 'sources') return []
  if (typeof value !== 'object' || value === null) return [path]
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(value).flatMap(([key, part]) =>
      places(part, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ]
}

const base = () => {
  const value = household()
  return {
    ...value,
    people: [...value.people, { ...structuredClone(PERSON), id: 'P2', idNumber: '11010519491231002X' }],
  }
}

function put(value: unknown, [key, ...rest]: Path, marker: unknown): void {
  const object = value as Record<string | number, unknown>
  if (rest.length === 0) object[key!] = marker
  else if (typeof object[key!] === 'object' && object[key!] !== null) put(object[key!], rest, marker)
}

t.test('no refusal of a household holds a value of a person', async (t) => {
  const marker = fc.oneof(
    fc.constantFrom(...MARKERS),
    fc.constantFrom(...MARKERS).map((text) => text.repeat(60)),
    fc.constant(-7777),
    fc.constant([7777]),
    fc.constant({ name: '机密甲乙丙' }),
  )
  let refused = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...places(base())), marker), { minLength: 1, maxLength: 4 }),
      (put_) => {
        const value = base()
        for (const [path, what] of put_) put(value, path, what)
        try {
          parseHousehold(value, SOURCES)
        } catch (error) {
          if (!(error instanceof HeduiError)) throw error
          refused++
          for (const { message, located } of [error, ...error.others]) {
            if (secret(message) || secret(located)) throw new Error(`a value stands in: ${message}`)
          }
        }
      },
    ),
    { numRuns: 1500 },
  )
  t.ok(refused > 500, `${refused} households were refused`)
})
