import { HeduiError, throwIfAny } from '../errors.ts'
import { type LocatedYaml, parseLocatedYaml, requireValid, type YamlPath } from './located-yaml.ts'
import { type ProcedureProfile, type Procedures, procedureOf, WAITING_STATES } from './procedure.ts'
import { profileValidators } from './procedure-schema.ts'

/**
 * The profiles of several files, one a region. Throws HeduiError DEFINITION_PROCEDURE, located, for a wrong form, a region
 * that stands twice, a national profile that is missing or not whole, and limits that contradict each other once a region's
 * profile is laid over those above it.
 */
export function parseProcedures(files: readonly { readonly file: string; readonly text: string }[]): Procedures {
  const read = files.map(({ file, text }) => {
    const yaml = parseLocatedYaml(text, file, 'DEFINITION_PROCEDURE')
    const validate = profileValidators()[isNational(yaml.value) ? 'national' : 'other']
    return { yaml, profile: requireValid<ProcedureProfile>(yaml, validate, 'DEFINITION_PROCEDURE') }
  })
  const profiles = read.map(({ profile }) => profile)
  const problems: HeduiError[] = []
  const problem = ({ placeOf }: LocatedYaml, path: YamlPath, message: string) =>
    problems.push(new HeduiError('DEFINITION_PROCEDURE', message, placeOf(path)))
  read.forEach(({ yaml, profile }, i) => {
    if (profiles.findIndex(({ region }) => region === profile.region) < i) {
      problem(yaml, ['region'], 'another file has the profile of this region already')
    }
    const ids = (profile.legalBasis ?? []).map(({ id }) => id)
    ids.forEach((id, at) => {
      if (ids.indexOf(id) < at) problem(yaml, ['legalBasis', at, 'id'], `the id "${id}" stands twice`)
    })
  })
  if (!profiles.some(isNational)) {
    throw new HeduiError('DEFINITION_PROCEDURE', 'no file has the national profile (region: "")', {
      file: files[0]?.file,
    })
  }
  throwIfAny(problems)
  for (const { yaml, profile } of read) {
    for (const [path, message] of contradictions(profiles, profile.region)) problem(yaml, path, message)
  }
  throwIfAny(problems)
  return Object.freeze(profiles)
}

const isNational = (value: unknown) => (value as { region?: unknown } | null)?.region === ''

function contradictions(profiles: Procedures, region: string): (readonly [YamlPath, string])[] {
  const { limits, precision } = procedureOf(profiles, region)
  const found: (readonly [YamlPath, string])[] = []
  for (const state of WAITING_STATES) {
    const { escalateDays, lapseDays } = limits[state]
    if (escalateDays >= lapseDays) {
      found.push([
        ['limits', state],
        `a case of this state lapses after ${lapseDays} working days, which must be later than it escalates (${escalateDays})`,
      ])
    }
  }
  if (precision.leastDecided > precision.window) {
    found.push([
      ['precision'],
      `of the latest ${precision.window} decided warnings there are never ${precision.leastDecided}`,
    ])
  }
  return found
}
