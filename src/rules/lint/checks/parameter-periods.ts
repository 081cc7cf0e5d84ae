import { SCHEMES } from '../../../domain/household-schema.ts'
import type { ParameterValue } from '../../parameters.ts'
import { type Check, parameterError, parameterWarning } from '../check.ts'
import type { Problem } from '../finding.ts'
import type { ValueToLint } from '../parameters-to-lint.ts'

/** Values of one parameter that cover the same days, leave days out, or are never in force. */
export const parameterPeriods: Check = {
  name: 'parameter-period',
  *run({ parameters }) {
    const byParameter = Map.groupBy(parameters.values, ({ parameter }) => parameter)
    for (const values of byParameter.values()) {
      const groups = Map.groupBy(values, ({ value: { region, scheme } }) => `${region} ${scheme ?? ''}`)
      for (const group of groups.values()) yield* periodsOf(sorted(group))
      for (const value of values) {
        yield* hidden(value, groups)
        yield* oddRegion(value)
      }
    }
  },
}

const sorted = (group: readonly ValueToLint[]) =>
  [...group].sort(({ value: a }, { value: b }) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))

const inForce = ({ from, until }: ParameterValue, day: string) => from <= day && (until === undefined || day <= until)

/** The day after a date. */
function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}

/** Values of one region and scheme, by `from`. */
function* periodsOf(group: readonly ValueToLint[]): Generator<Problem> {
  for (const [i, { value, yaml, path }] of group.entries()) {
    if (value.until === undefined) continue
    const place = yaml.placeOf([...path, 'until'])
    const next = group[i + 1]?.value
    if (next && next.from <= value.until) {
      yield parameterError(
        place,
        `holds until ${value.until}, and the next value of this region and scheme from ${next.from}`,
      )
      continue
    }
    const after = dayAfter(value.until)
    const back = group
      .slice(0, i)
      .filter((earlier) => inForce(earlier.value, after))
      .at(-1)
    if (back && next?.from !== after)
      yield parameterWarning(
        place,
        `from ${after} the earlier value from ${back.value.from} is in force again; give that one an "until"`,
      )
    else if (next && next.from !== after)
      yield parameterWarning(place, `nothing holds between ${value.until} and ${next.from} for this region and scheme`)
  }
}

/** A value for all schemes in whose days each scheme has one of its own. */
function* hidden(
  { value, yaml, path }: ValueToLint,
  groups: ReadonlyMap<string, readonly ValueToLint[]>,
): Generator<Problem> {
  if (value.scheme !== undefined) return
  const isHidden = SCHEMES.every((scheme) => covers(sorted(groups.get(`${value.region} ${scheme}`) ?? []), value))
  if (isHidden)
    yield parameterError(
      yaml.placeOf(path),
      'is never in force: each scheme has a value of its own for all of its days',
    )
}

function covers(group: readonly ValueToLint[], { from, until }: ParameterValue): boolean {
  let day = from
  for (const { value } of group) {
    if (!inForce(value, day)) continue
    if (value.until === undefined) return true
    if (until !== undefined && value.until >= until) return true
    day = dayAfter(value.until)
  }
  return false
}

/** GB/T 2260: the first two digits are a province, and codes are 2, 4, 6, 9 or 12 digits long. */
const PROVINCES = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)/

function* oddRegion({ value: { region }, yaml, path }: ValueToLint): Generator<Problem> {
  const place = yaml.placeOf([...path, 'region'])
  if (region !== '' && !PROVINCES.test(region))
    yield parameterWarning(place, `no household is in the region ${region}: its first two digits are no province`)
  else if (![0, 2, 4, 6, 9, 12].includes(region.length))
    yield parameterWarning(place, `the region ${region} has ${region.length} digits; codes have 2, 4, 6, 9 or 12`)
}
