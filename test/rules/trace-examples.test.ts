import t from 'tap'
import type { Trace, TraceNode } from '../../src/domain/trace.ts'
import { viewDossier } from '../../src/rules/dossier-view.ts'
import { evaluateRule } from '../../src/rules/evaluate-rule.ts'
import { renderTrace } from '../../src/rules/render-trace.ts'
import { exampleDossier, exampleParameters } from '../../src/rules/run-example.ts'
import { traceResult } from '../../src/rules/trace-result.ts'
import { shippedRules } from './rule-sets.ts'

const { rules, parameters } = await shippedRules()

/** Parts that the engine cannot run by themselves are shown whole; none may be of a shipped rule. */
function failedParts({ steps, error }: Trace): string[] {
  const failed = (node: TraceNode): string[] => [
    ...(node.state === 'failed' ? [node.expression] : []),
    ...(node.terms ?? []).flatMap(failed),
  ]
  return error === null ? steps.flatMap(({ calculation }) => (calculation ? failed(calculation) : [])) : []
}

t.test('every example of every shipped rule can be explained', async (t) => {
  for (const rule of rules) {
    const { id, region = '', examples } = rule.definition
    for (const [i, example] of examples.entries()) {
      const name = `${id} ${region} ${example.title ?? i}`
      const used = exampleParameters(parameters, example.given.params ?? {})
      evaluateRule(
        rule,
        viewDossier(exampleDossier(rule, example)),
        used,
        () => {},
        (of, evaluation, result) => {
          const trace = traceResult(of, evaluation, result)
          t.same([trace.outcome, trace.measure, trace.limit], [result.outcome, result.measure, result.limit], name)
          t.same(failedParts(trace), [], name)
          const taken = trace.records.filter(({ state }) => state === 'taken' || state === 'counted-once')
          for (const { key, row } of result.evidence)
            t.ok(
              taken.some((record) => record.key === key && record.row === row),
              `${name}: ${key}`,
            )
          for (const { state, because } of trace.records) t.equal(state === 'taken', because === null, name)
          for (const language of ['zh', 'en'] as const)
            t.notMatch(JSON.stringify(renderTrace(trace, language)), /undefined|NaN|\[object/)
        },
      )
    }
  }
})
