import { didYouMean } from '../domain/closest-word.ts'
import { formatYuan, formatYuanGrouped } from '../domain/money.ts'
import { HOUSEHOLD_FIELDS, MONEY_FIELDS, PERSON_FIELDS } from './cel-environment.ts'
import { isMoney, type Parameters } from './parameters.ts'
import type { Unit } from './rule-schema.ts'

const scalars = (fields: Readonly<Record<string, string>>) =>
  Object.keys(fields).filter((field) => ['string', 'int', 'bool'].includes(fields[field]!))

const PLACE = /\{([^{}]*)\}/g

/**
 * What is wrong with the `{…}` of a reason, and which parameters it names. Only values whose unit is known may stand in
 * a text for citizens: a `let` of fen shown as yuan would be wrong by a factor of a hundred.
 */
export function checkReason(
  text: string,
  scope: 'household' | 'person',
  parameters: Parameters,
): { problems: string[]; parameters: string[] } {
  const allowed = [
    'measure',
    'limit',
    'asOf',
    ...scalars(HOUSEHOLD_FIELDS).map((field) => `household.${field}`),
    ...(scope === 'person' ? scalars(PERSON_FIELDS).map((field) => `person.${field}`) : []),
    ...[...parameters.keys()].map((name) => `param.${name}`),
  ]
  const paths = [...text.matchAll(PLACE)].map(([, path]) => path!.trim())
  const unknown = paths.filter((path) => !allowed.includes(path))
  return {
    problems: unknown.map(
      (path) => `{${path}} cannot stand in a reason; allowed: ${allowed.join(', ')}${didYouMean(path, allowed)}`,
    ),
    parameters: paths
      .filter((path) => path.startsWith('param.') && allowed.includes(path))
      .map((path) => path.slice(6)),
  }
}

/** A value of a unit as people read it: money as 1,234.50, area in m² with two places; what is not given as a dash. */
export function formatForPeople(value: unknown, unit: Unit | null): string {
  if (value === undefined) return '—'
  if (unit && isMoney(unit)) return formatYuanGrouped(value as bigint)
  if (unit === 'dm2') return formatYuan(value as bigint)
  return String(value)
}

/** A reason with its `{…}` filled from the values of an evaluation. */
export function fillReason(
  text: string,
  values: Readonly<Record<string, unknown>>,
  { unit, parameters }: { unit: Unit; parameters: Parameters },
): string {
  return text.replace(PLACE, (_, path: string) => {
    const parts = path.trim().split('.')
    const value = parts.reduce<unknown>(
      (object, part) => (object as Record<string, unknown> | undefined)?.[part],
      values,
    )
    return formatForPeople(value, unitOf(parts, unit, parameters))
  })
}

function unitOf([first, second]: string[], unit: Unit, parameters: Parameters): Unit | null {
  if (first === 'measure' || first === 'limit') return unit
  if (first === 'param') return parameters.get(second!)?.unit ?? null
  return MONEY_FIELDS.has(`${first}.${second}`) ? 'CNY' : null
}
