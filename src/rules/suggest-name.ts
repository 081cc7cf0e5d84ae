import type { Environment } from '@marcbachmann/cel-js'
import { didYouMean } from '../domain/closest-word.ts'
import { fieldNames } from './field-names.ts'
import type { Parameters } from './parameters.ts'

/** What cel-js says of an expression that does not fit. */
export interface TypeProblem {
  readonly code?: string
  readonly node?: { readonly args?: unknown }
}

/** "; did you mean balance?" for a field, parameter, variable or function that there is not, or "". */
export function suggestName({ code, node }: TypeProblem, environment: Environment, parameters: Parameters): string {
  const args = Array.isArray(node?.args) ? node.args : []
  if (code === 'unknown_variable' && typeof node?.args === 'string') {
    const names = environment.getDefinitions().variables.filter(({ type }) => type !== 'type')
    return didYouMean(
      node.args,
      names.map(({ name }) => name),
    )
  }
  if (code === 'no_such_key' && typeof args[1] === 'string') {
    const type = (args[0] as { checkedType?: { name?: string } } | null)?.checkedType?.name ?? ''
    return didYouMean(args[1], type === 'Parameters' ? [...parameters.keys()] : fieldNames(type))
  }
  if (code !== 'no_matching_overload' || typeof args[0] !== 'string') return ''
  const functions = new Set(environment.getDefinitions().functions.map(({ name }) => name))
  // Of a function that there is it is the arguments that do not fit.
  return functions.has(args[0]) ? '' : didYouMean(args[0], [...functions])
}
