import { strictEqual } from 'node:assert'
import { globSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Dossier } from '../src/domain/dossier.ts'
import { parseYuan } from '../src/domain/money.ts'
import { checkDossier } from '../src/rules/check-dossier.ts'
import { parseRuleSet, type RuleSet } from '../src/rules/rule-set.ts'
import { checkDossierWithTraces } from '../src/rules/trace-dossier.ts'
import { loadAdapters } from '../src/services/load-adapters.ts'
import { checkByHand, type Verdict } from './rules-by-hand.ts'
import { makeDossiers } from './rules-dossiers.ts'
import { createJsonEngineCheck } from './rules-json-engine.ts'

export interface RulesBenchOptions {
  readonly households: number
  readonly repeats: number
}

const ROOT = join(import.meta.dirname, '..')
const EIGHT = ['deposits', 'securities', 'property', 'insurance', 'income', 'vehicles', 'contributions', 'benefits']
const TRACED = 'ours, with traces of warnings'
const say = (text: string) => process.stdout.write(`${text}\n`)

/** One of the programs that are compared: `run` checks every dossier and gives a count, so that no work is left out. */
interface Contestant {
  readonly name: string
  readonly run: (dossiers: readonly Dossier[]) => number | Promise<number>
}

const readTexts = (folder: string) =>
  globSync(`${folder}/*.yaml`, { cwd: ROOT })
    .sort()
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))

/** The eight warnings of the default profile alone, as they are shipped. */
async function loadEight(): Promise<RuleSet> {
  const adapters = await loadAdapters(join(ROOT, 'adapters'))
  const all = parseRuleSet({
    rules: readTexts('rules/eight-warnings'),
    parameters: readTexts('rules/parameters'),
    sources: new Map([...adapters].map(([id, { manifest }]) => [id, manifest.records.map(({ type }) => type)])),
  })
  const rules = all.rules.filter(({ definition }) => EIGHT.includes(definition.id) && !definition.region)
  strictEqual(rules.length, EIGHT.length)
  return { ...all, rules }
}

const number = (value: string | number | null) => (typeof value === 'string' ? parseYuan(value) : value)

/** A dossier's results by ours in the form of the others: money in fen, no texts. */
function ourVerdicts(ruleSet: RuleSet, dossier: Dossier): Verdict[] {
  const { results } = checkDossier(ruleSet, dossier, null, (error) => {
    throw error
  })
  return results.map(({ rule, person, outcome, measure, limit, evidence }) => ({
    rule,
    person,
    outcome,
    measure: number(measure),
    limit: number(limit),
    evidence,
  }))
}

/** Throws where the three do not give the same outcome, measure, limit and evidence for every dossier. */
async function requireSame(ruleSet: RuleSet, dossiers: readonly Dossier[]): Promise<void> {
  const byJsonEngine = createJsonEngineCheck()
  const outcomes = new Map<string, number>()
  let warnedHouseholds = 0
  let evidence = 0
  for (const dossier of dossiers) {
    const ours = ourVerdicts(ruleSet, dossier)
    const expected = JSON.stringify(ours)
    strictEqual(JSON.stringify(checkByHand(dossier)), expected, `${dossier.household.id} by hand`)
    strictEqual(JSON.stringify(await byJsonEngine(dossier)), expected, `${dossier.household.id} by json-rules-engine`)
    for (const { outcome } of ours) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    if (ours.some(({ outcome }) => outcome === 'warned')) warnedHouseholds++
    for (const verdict of ours) evidence += verdict.evidence.length
  }
  const people = dossiers.reduce((sum, dossier) => sum + dossier.people.length, 0)
  const records = dossiers.reduce((sum, dossier) => sum + dossier.records.length, 0)
  say(
    `${dossiers.length} households, ${(people / dossiers.length).toFixed(2)} people a household, ` +
      `${(records / people).toFixed(1)} records a person; ${((100 * warnedHouseholds) / dossiers.length).toFixed(1)} % warned, ` +
      `results ${[...outcomes].map(([outcome, count]) => `${outcome} ${count}`).join(', ')}; ${evidence} rows of evidence`,
  )
  say('the three give the same outcome, measure, limit and evidence for every household\n')
}

/** Households that one contestant checks before it is another's turn, so that a slow moment of the machine meets all. */
const TURN = 2000

/** Before each turn, or one would sweep up after another. */
const collectGarbage = (() => {
  setFlagsFromString('--expose_gc')
  return runInNewContext('gc') as () => void
})()

/** Households/s of each contestant in one turn. */
type Turn = ReadonlyMap<string, number>

/** All dossiers once by each contestant; they take turns, each of them first in its turn. */
async function measureRound(contestants: readonly Contestant[], dossiers: readonly Dossier[]): Promise<Turn[]> {
  const turns: Turn[] = []
  for (let start = 0; start < dossiers.length; start += TURN) {
    const some = dossiers.slice(start, start + TURN)
    const rates = new Map<string, number>()
    const counts = new Set<number>()
    for (let i = 0; i < contestants.length; i++) {
      const { name, run } = contestants[(turns.length + i) % contestants.length]!
      collectGarbage()
      const begun = performance.now()
      counts.add(await run(some))
      rates.set(name, (1000 * some.length) / (performance.now() - begun))
    }
    strictEqual(counts.size, 1, 'all give as many results')
    turns.push(rates)
  }
  return turns
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const round = (value: number) => Math.round(value * 100) / 100

/** Checks dossiers in memory by three programs, in turns; see rules.md. The last line is JSON. */
export async function benchRules({ households, repeats }: RulesBenchOptions): Promise<void> {
  say(`machine: ${availableParallelism()} × ${cpus()[0]?.model}, node ${process.version}`)
  const ruleSet = await loadEight()
  const dossiers = makeDossiers(households)
  await requireSame(ruleSet, dossiers)

  const byJsonEngine = createJsonEngineCheck()
  const contestants: readonly Contestant[] = [
    {
      name: 'ours',
      run: (all) => all.reduce((sum, dossier) => sum + checkDossier(ruleSet, dossier, null).results.length, 0),
    },
    {
      name: TRACED,
      run: (all) =>
        all.reduce((sum, dossier) => sum + checkDossierWithTraces(ruleSet, dossier, null).result.results.length, 0),
    },
    { name: 'by hand', run: (all) => all.reduce((sum, dossier) => sum + checkByHand(dossier).length, 0) },
    {
      name: 'json-rules-engine',
      run: async (all) => {
        let sum = 0
        for (const dossier of all) sum += (await byJsonEngine(dossier)).length
        return sum
      },
    },
  ]
  const turns: Turn[] = []
  // The first round warms up and does not count.
  for (let round = 0; round <= repeats; round++) {
    const measured = await measureRound(contestants, dossiers)
    if (round > 0) turns.push(...measured)
  }
  report(contestants, turns)
}

function report(contestants: readonly Contestant[], turns: readonly Turn[]): void {
  say('| | households/s | µs a household | slowest and fastest turn |\n|---|---:|---:|---|')
  for (const { name } of contestants) {
    const rates = turns.map((turn) => turn.get(name)!)
    const [rate, least, most] = [median(rates), Math.min(...rates), Math.max(...rates)]
    say(`| ${name} | ${Math.round(rate)} | ${(1e6 / rate).toFixed(1)} | ${Math.round(least)} – ${Math.round(most)} |`)
  }
  const load = loadavg().map((value) => value.toFixed(1))
  say(`\nmedians of ${turns.length} turns; loads of the machine (1, 5, 15 minutes) at the end: ${load.join(' ')}`)
  // Of what ran next to each other, so that a machine that is slow for minutes weighs on both.
  const ratio = (over: string, under: string) => round(median(turns.map((turn) => turn.get(over)! / turn.get(under)!)))
  say(
    JSON.stringify({
      bench: 'rules',
      vsJsonRulesEngine: ratio('ours', 'json-rules-engine'),
      vsHandWritten: ratio('ours', 'by hand'),
      traceCost: ratio('ours', TRACED),
    }),
  )
}
