import { HeduiError, throwIfAny } from '../errors.ts'
import { runAdapterExample } from '../feeds/run-example.ts'
import type { Adapters } from './load-adapters.ts'

/** Runs the examples of every adapter; throws HeduiError DEFINITION_EXAMPLE for those that do not give what they say. */
export function checkAdapterExamples(adapters: Adapters): number {
  const problems: HeduiError[] = []
  let count = 0
  for (const [id, { manifest, mapper }] of adapters) {
    manifest.examples.forEach((example, i) => {
      count++
      const difference = runAdapterExample(mapper, example)
      if (difference) problems.push(new HeduiError('DEFINITION_EXAMPLE', difference, { path: `${id} examples.${i}` }))
    })
  }
  throwIfAny(problems)
  return count
}
