import { type LocatedYaml, parseLocatedYaml } from '../../domain/located-yaml.ts'
import { HeduiError } from '../../errors.ts'
import { type Parameter, type Parameters, type ParameterValue, parseParameters } from '../parameters.ts'
import { UNITS, type Unit } from '../rule-schema.ts'
import type { SourceText } from '../rule-set.ts'
import type { KnownParameter } from './infer-value.ts'
import { unitsOf } from './units.ts'

/** A value of a parameter with where it stands. */
export interface ValueToLint {
  readonly parameter: string
  readonly value: ParameterValue
  readonly yaml: LocatedYaml
  readonly path: readonly (string | number)[]
}

export interface ParametersToLint {
  /** For compiling rules: of an unsound file the names and units alone. */
  readonly parameters: Parameters
  /** Of sound files. */
  readonly values: readonly ValueToLint[]
  /** Where a parameter is named first. */
  readonly places: ReadonlyMap<string, { readonly yaml: LocatedYaml; readonly path: readonly string[] }>
  readonly errors: readonly HeduiError[]
}

/** Reads parameter files one by one, so that one that is wrong does not hide what is wrong in others. */
export function readParameters(files: readonly SourceText[]): ParametersToLint {
  const errors: HeduiError[] = []
  const values: ValueToLint[] = []
  const places = new Map<string, { yaml: LocatedYaml; path: readonly string[] }>()
  const known = new Map<string, Parameter>()
  for (const file of files) {
    const yaml = attempt(() => parseLocatedYaml(file.text, file.file, 'DEFINITION_PARAMETER'), errors)
    if (!yaml) continue
    const parsed = attempt(() => parseParameters([file]), errors) ?? salvage(yaml.value)
    for (const parameter of parsed.values()) {
      const { name } = parameter
      places.set(name, places.get(name) ?? { yaml, path: [name] })
      parameter.values.forEach((value, i) => {
        values.push({ parameter: name, value, yaml, path: [name, 'values', i] })
      })
      known.set(name, { ...parameter, values: [...(known.get(name)?.values ?? []), ...parameter.values] })
    }
  }
  // Only together: units that differ between files, values that stand in two.
  if (errors.length > 0) return { parameters: known, values, places, errors }
  return { parameters: attempt(() => parseParameters(files), errors) ?? known, values, places, errors }
}

/** What rules may name of a file that is not sound. */
function salvage(value: unknown): Parameters {
  if (typeof value !== 'object' || value === null) return new Map()
  const units = Object.entries(value).map(([name, { unit } = { unit: undefined }]) => [name, unit] as const)
  return new Map(
    units
      .filter(([, unit]) => UNITS.includes(unit as Unit))
      .map(([name, unit]) => [name, { name, unit: unit as Unit, values: [] }]),
  )
}

function attempt<T>(work: () => T, errors: HeduiError[]): T | null {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof HeduiError)) throw error
    errors.push(error, ...error.others)
    return null
  }
}

/** What the inference asks of parameters. */
export function knowParameters(parameters: Parameters): ReadonlyMap<string, KnownParameter> {
  return new Map(
    [...parameters.values()].map(({ name, unit, values }) => [
      name,
      {
        units: unitsOf(unit),
        largest: values.reduce<bigint | null>(
          (most, { value }) => (most === null || value > most ? value : most),
          null,
        ),
      },
    ]),
  )
}
