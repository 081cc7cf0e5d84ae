import { isDate } from '../domain/dates.ts'
import { SCHEMES, type Scheme } from '../domain/household-schema.ts'
import { parseLocatedYaml, requireValid } from '../domain/located-yaml.ts'
import { parseYuan } from '../domain/money.ts'
import { createAjv } from '../domain/schema-errors.ts'
import { HeduiError, throwIfAny } from '../errors.ts'
import { AUTHORITY_SCHEMA, type Authority, readAuthority, type WrittenAuthority } from './authority.ts'
import { UNITS, type Unit } from './rule-schema.ts'

/** A value of a parameter, in force in a region (and for a scheme) from a day, until a day (inclusive) if any. */
export interface ParameterValue {
  /** Prefix of the region's code; "" is everywhere. */
  readonly region: string
  readonly scheme?: Scheme
  readonly from: string
  readonly until?: string
  /** Fen for money, the number itself otherwise. */
  readonly value: bigint
  readonly authority: Authority
}

export interface Parameter {
  readonly name: string
  readonly unit: Unit
  readonly title?: { readonly zh: string; readonly en: string }
  readonly values: readonly ParameterValue[]
}

export type Parameters = ReadonlyMap<string, Parameter>

type DeliveredValue = Omit<ParameterValue, 'value' | 'authority'> & {
  readonly value: string | number
  readonly authority: WrittenAuthority
}

type DeliveredParameters = Readonly<
  Record<
    string,
    {
      unit: Unit
      title?: { zh: string; en: string }
      values: DeliveredValue[]
    }
  >
>

const text = { type: 'string', minLength: 1 } as const
const date = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a date such as 2026-07-01' } as const

const validate = createAjv().compile<DeliveredParameters>({
  type: 'object',
  propertyNames: { pattern: '^[a-z][A-Za-z0-9]*$' },
  additionalProperties: {
    type: 'object',
    additionalProperties: false,
    required: ['unit', 'values'],
    properties: {
      unit: { enum: UNITS },
      title: {
        type: 'object',
        additionalProperties: false,
        required: ['zh', 'en'],
        properties: { zh: text, en: text },
      },
      values: {
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['region', 'from', 'value', 'authority'],
          properties: {
            region: { type: 'string', pattern: '^\\d{0,12}$', description: 'an administrative code in quotes, or ""' },
            scheme: { enum: SCHEMES },
            from: date,
            until: date,
            value: { type: ['string', 'integer'] },
            authority: AUTHORITY_SCHEMA,
          },
        },
      },
    },
  },
})

/** Whether an amount of this unit is money, written in yuan and kept in fen. */
export function isMoney(unit: Unit): boolean {
  return unit.startsWith('CNY')
}

/** A delivered value as the integer that rules compute with, or null where it is none. */
export function parameterValue(unit: Unit, value: string | number): bigint | null {
  if (isMoney(unit)) {
    const fen = typeof value === 'string' ? parseYuan(value) : null
    return fen === null ? null : BigInt(fen)
  }
  return /^-?\d{1,15}$/.test(String(value)) ? BigInt(value) : null
}

/**
 * The parameters of several files together; a parameter's values may stand in more than one. Throws HeduiError
 * DEFINITION_PARAMETER, located, for a wrong form, a unit that differs between files, or two values for one region,
 * scheme and day.
 */
export function parseParameters(files: readonly { readonly file: string; readonly text: string }[]): Parameters {
  const parameters = new Map<string, Parameter>()
  const problems: HeduiError[] = []
  for (const { file, text: yamlText } of files) {
    const yaml = parseLocatedYaml(yamlText, file, 'DEFINITION_PARAMETER')
    if (yaml.value === null) continue
    const delivered = requireValid(yaml, validate, 'DEFINITION_PARAMETER')
    for (const [name, { unit, title, values }] of Object.entries(delivered)) {
      const known = parameters.get(name)
      const problem = (path: (string | number)[], message: string) =>
        problems.push(new HeduiError('DEFINITION_PARAMETER', message, yaml.placeOf([name, ...path])))
      if (known && known.unit !== unit) problem(['unit'], `${name} is in ${known.unit} elsewhere`)
      const added = values.map((value, i) =>
        readValue(value, unit, (path, message) => problem(['values', i, ...path], message)),
      )
      const all = [...(known?.values ?? []), ...added]
      findTwice(all, (at) =>
        problem(
          ['values', Math.max(0, at - (known?.values.length ?? 0))],
          'there is a value for this region, scheme and day already',
        ),
      )
      const shownTitle = title ?? known?.title
      parameters.set(name, { name, unit, ...(shownTitle ? { title: shownTitle } : {}), values: all })
    }
  }
  throwIfAny(problems)
  return parameters
}

function readValue(
  { value, authority, ...rest }: DeliveredValue,
  unit: Unit,
  problem: (path: string[], message: string) => void,
): ParameterValue {
  if (!isDate(rest.from)) problem(['from'], 'must be a real date')
  if (rest.until && (!isDate(rest.until) || rest.until < rest.from))
    problem(['until'], 'must be a real date, not before "from"')
  const parsed = parameterValue(unit, value)
  if (parsed === null) {
    problem(
      ['value'],
      isMoney(unit) ? 'must be a decimal string of yuan in quotes, such as "765.00"' : 'must be an integer',
    )
  }
  return { ...rest, value: parsed ?? 0n, authority: readAuthority(authority) }
}

function findTwice(values: readonly ParameterValue[], found: (index: number) => void): void {
  const seen = new Set<string>()
  values.forEach(({ region, scheme, from }, i) => {
    const place = `${region}|${scheme ?? ''}|${from}`
    if (seen.has(place)) found(i)
    seen.add(place)
  })
}

/**
 * The value in force for a household on a day: of the longest region prefix, then with the scheme before without, then
 * of the latest `from` (design §8). Undefined where there is none: never zero.
 */
export function resolveParameter(
  parameter: Parameter | undefined,
  { region, scheme }: { readonly region: string; readonly scheme: Scheme | null },
  asOf: string,
): ParameterValue | undefined {
  let best: ParameterValue | undefined
  for (const value of parameter?.values ?? []) {
    const inForce = value.from <= asOf && (value.until === undefined || asOf <= value.until)
    if (!inForce || !region.startsWith(value.region) || (value.scheme && value.scheme !== scheme)) continue
    if (!best || comparePrecedence(value, best) > 0) best = value
  }
  return best
}

function comparePrecedence(a: ParameterValue, b: ParameterValue): number {
  return (
    a.region.length - b.region.length ||
    Number(a.scheme !== undefined) - Number(b.scheme !== undefined) ||
    (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)
  )
}
