import type { ErrorObject } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { didYouMean } from './closest-word.ts'

/** The one Ajv of the program: every error is reported, nothing is dropped, coerced or defaulted. */
export function createAjv(): Ajv2020 {
  return new Ajv2020({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true })
}

export interface SchemaProblem {
  /** Path into the value, one part a level. */
  readonly path: readonly (string | number)[]
  /** What is wrong and what is allowed; names fields, never holds a value. */
  readonly message: string
}

const pathOf = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))

function describe(error: ErrorObject): SchemaProblem | null {
  const path = pathOf(error.instancePath)
  const { params, parentSchema } = error
  switch (error.keyword) {
    case 'additionalProperties': {
      const word = String(params.additionalProperty)
      const allowed = Object.keys((parentSchema as { properties?: object }).properties ?? {})
      const hint = didYouMean(word, allowed)
      return { path: [...path, word], message: `unknown field "${word}"; allowed: ${allowed.join(', ')}${hint}` }
    }
    case 'required':
      return { path, message: `lacks the field "${params.missingProperty}"` }
    case 'enum':
      return { path, message: `must be one of ${(params.allowedValues as unknown[]).join(', ')}` }
    case 'const':
      return { path, message: `must be ${JSON.stringify(params.allowedValue)}` }
    case 'type':
      return { path, message: `must be ${[params.type].flat().join(' or ')}` }
    case 'pattern': {
      const description = (parentSchema as { description?: string }).description
      return { path, message: `must be ${description ?? `of the form ${params.pattern}`}` }
    }
    case 'propertyNames':
      return {
        path: [...path, String(params.propertyName)],
        message: `"${params.propertyName}" is not a name that is allowed here`,
      }
    // These only say that one of the errors reported beside them applies.
    case 'if':
    case 'oneOf':
    case 'anyOf':
      return null
    default:
      return { path, message: error.message ?? error.keyword }
  }
}

/** Ajv's errors as problems that name fields and what is allowed, each place and sentence once. */
export function describeSchemaErrors(errors: readonly ErrorObject[] | null | undefined): SchemaProblem[] {
  const problems = (errors ?? []).map(describe).filter((problem) => problem !== null)
  const seen = new Set<string>()
  const unique = problems.filter(({ path, message }) => {
    const text = `${path.join('/')} ${message}`
    return !seen.has(text) && seen.add(text)
  })
  return unique.length > 0 || !errors?.length ? unique : [{ path: [], message: 'is not of an allowed form' }]
}
