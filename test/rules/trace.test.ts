import fc from 'fast-check'
import t from 'tap'
import type { RuleResult } from '../../src/domain/check-result.ts'
import type { Dossier } from '../../src/domain/dossier.ts'
import { parseYuan } from '../../src/domain/money.ts'
import { createAjv } from '../../src/domain/schema-errors.ts'
import type { Trace, TraceNode, TraceRecord, TraceValue } from '../../src/domain/trace.ts'
import { TRACE_SCHEMA } from '../../src/domain/trace-schema.ts'
import { checkDossier } from '../../src/rules/check-dossier.ts'
import { checkDossierWithTraces } from '../../src/rules/trace-dossier.ts'
import { dossiers } from './random-dossiers.ts'
import { shippedRules } from './rule-sets.ts'

const rules = await shippedRules()
const isTrace = createAjv().compile(TRACE_SCHEMA)
const EIGHT = ['deposits', 'securities', 'property', 'insurance', 'income', 'vehicles', 'contributions', 'benefits']
const SETTINGS = { numRuns: 600, seed: 20_261_101 }

const explained = (given: Dossier) => checkDossierWithTraces(rules, given, 'run', { of: 'all' })
const amount = (value: TraceValue) => (typeof value === 'string' ? parseYuan(value) : value)
const named = ({ source, type, person, key, asOf, delivery, row }: TraceRecord) =>
  JSON.stringify({ source, type, person, key, asOf, delivery, row })
const inState = ({ records }: Trace, ...states: TraceRecord['state'][]) =>
  records.filter(({ state }) => states.includes(state))

t.test('explaining changes no result, and each trace says what its result says', async (t) => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(dossiers, (given) => {
      const { result, traces } = explained(given)
      if (JSON.stringify(result) !== JSON.stringify(checkDossier(rules, given, 'run'))) throw new Error('the result')
      if (traces.length !== result.results.length) throw new Error('one trace a result')
      result.results.forEach((each, i) => {
        requireSame(each, traces[i]!)
        reached.add(each.measure === null ? each.outcome : `${each.rule} has a value`).add(each.outcome)
      })
    }),
    SETTINGS,
  )
  for (const what of ['warned', 'clear', 'unverifiable', 'not-applicable', ...EIGHT.map((id) => `${id} has a value`)])
    t.ok(reached.has(what), what)
})

/** Throws where a trace and its result differ. */
function requireSame(result: RuleResult, trace: Trace): void {
  const said = (of: RuleResult | Trace) =>
    JSON.stringify([of.rule, of.person, of.outcome, of.unit, of.measure, of.limit, of.note ?? null])
  if (said(result) !== said(trace)) throw new Error(`${said(result)} ${said(trace)}`)
  const without = trace.missing.map(({ authorization, ...missing }) => missing)
  if (JSON.stringify(without) !== JSON.stringify(result.missing)) throw new Error('missing')
  const evidence = inState(trace, 'taken', 'counted-once').map(named)
  const expected = result.evidence.map((item) => JSON.stringify(item))
  if (evidence.sort().join() !== expected.sort().join()) throw new Error(`${trace.rule}: ${evidence} not ${expected}`)
  const step = (name: string) => trace.steps.find((each) => each.step === name)
  if (result.measure === null) return
  if (step('measure')!.value !== result.measure || step('limit')!.value !== result.limit) throw new Error('values')
  if (step('warn')!.value !== (result.outcome === 'warned')) throw new Error('warn')
}

t.test('the parts of a calculation come to what the rule came to', async () => {
  const check = (node: TraceNode): void => {
    const values = node.terms?.map(({ value }) => amount(value)) ?? []
    const found = amount(node.value)
    if (node.operator === '*' && found !== values.reduce((a, b) => Number(a) * Number(b), 1))
      throw new Error(JSON.stringify(node))
    if (node.operator === '>' && found !== Number(values[0]) > Number(values[1])) throw new Error(JSON.stringify(node))
    if (node.operator === 'sum') {
      const items = node.terms![0]!.items!.map(({ value }) => Number(amount(value)))
      if (found !== items.reduce((a, b) => a + b, 0)) throw new Error(JSON.stringify(node))
    }
    for (const term of node.terms ?? []) if (term.state === 'done') check(term)
  }
  fc.assert(
    fc.property(dossiers, (given) => {
      for (const { steps } of explained(given).traces)
        for (const { step, calculation, value } of steps)
          if (calculation && calculation.state === 'done') {
            check(calculation)
            const isSame = JSON.stringify(calculation.value) === JSON.stringify(value)
            if (!isSame && amount(calculation.value) !== amount(value)) throw new Error(`${step} ${value}`)
          }
    }),
    SETTINGS,
  )
})

t.test('every record is taken, counted once or set aside, and what the records give is the measure', async () => {
  fc.assert(
    fc.property(dossiers, (given) => {
      for (const trace of explained(given).traces) {
        for (const { state, because, gives } of trace.records) {
          if ((state === 'taken') !== (because === null)) throw new Error(`${trace.rule} ${state} ${because?.clause}`)
          if (state === 'counted-once' && because!.standsFor === undefined) throw new Error('stands for')
          if (state !== 'taken' && gives !== null) throw new Error('gives')
        }
        const gives = trace.records.flatMap((record) => record.gives ?? [])
        const sum = gives.reduce<number>((total, each) => total + Number(amount(each)), 0)
        const isMonths = trace.unit === 'months'
        if (
          trace.measure === null ||
          trace.steps.some(({ step, calculation }) => step === 'measure' && calculation?.kind === 'fact')
        )
          continue
        if ((isMonths ? gives.length : sum) !== amount(trace.measure))
          throw new Error(`${trace.rule} ${gives} ${trace.measure}`)
      }
    }),
    SETTINGS,
  )
})

t.test('a record is set aside by a clause that stands in the rule', async () => {
  const texts = new Map(
    rules.rules.map(({ definition }) => [definition.id, JSON.stringify(definition).replace(/\\n|\s+/g, '')]),
  )
  fc.assert(
    fc.property(dossiers, (given) => {
      for (const { rule, records } of explained(given).traces)
        for (const { because } of records)
          if (because && !texts.get(rule)!.includes(because.clause.replace(/\s+/g, ''))) throw new Error(because.clause)
    }),
    SETTINGS,
  )
})

t.test('a trace is JSON of its schema, and the same byte for byte in whatever order records come', async () => {
  const shuffled = dossiers.chain((given) =>
    fc.tuple(fc.constant(given), fc.shuffledSubarray([...given.records], { minLength: given.records.length })),
  )
  fc.assert(
    fc.property(shuffled, ([given, records]) => {
      const { traces } = explained(given)
      for (const trace of traces) {
        const text = JSON.stringify(trace)
        if (!isTrace(JSON.parse(text))) throw new Error(JSON.stringify(isTrace.errors))
      }
      return JSON.stringify(traces) === JSON.stringify(explained({ ...given, records }).traces)
    }),
    SETTINGS,
  )
})

t.test('only warned results are explained unless all are asked for', async (t) => {
  let count = 0
  fc.assert(
    fc.property(dossiers, (given) => {
      const { result, traces } = checkDossierWithTraces(rules, given, null)
      const warned = result.results.filter(({ outcome }) => outcome === 'warned')
      count += warned.length
      const same = (of: readonly (RuleResult | Trace)[]) => of.map(({ rule, person }) => `${rule} ${person}`).join()
      return same(warned) === same(traces)
    }),
    SETTINGS,
  )
  t.ok(count > 100)
})
