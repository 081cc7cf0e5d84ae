import type { Reader } from '../src/db/connect.ts'
import type { CheckResult } from '../src/domain/check-result.ts'
import { parseYuan } from '../src/domain/money.ts'

/** What one rule came to over all households: the engine's and the statement's must be the same. */
export interface RuleOutcomes {
  warned: number
  clear: number
  unverifiable: number
  /** In fen for money. */
  measures: number
  limits: number
  evidence: number
}

export const noOutcomes = (): RuleOutcomes => ({
  warned: 0,
  clear: 0,
  unverifiable: 0,
  measures: 0,
  limits: 0,
  evidence: 0,
})

const amount = (value: string | number | null) => (typeof value === 'string' ? parseYuan(value)! : (value ?? 0))

/** Adds a result line of the engine. */
export function addLine(outcomes: Map<string, RuleOutcomes>, line: string): void {
  for (const result of (JSON.parse(line) as CheckResult).results) {
    if (result.outcome === 'not-applicable') continue
    const of = outcomes.get(result.rule) ?? noOutcomes()
    outcomes.set(result.rule, of)
    of[result.outcome]++
    of.measures += amount(result.measure)
    of.limits += amount(result.limit)
    of.evidence += result.evidence.length
  }
}

/** Of a table that a statement has made. */
export async function outcomesOfTable(reader: Reader, table: string): Promise<RuleOutcomes> {
  const { rows } = await reader.query(
    `select count(*) filter (where warned)::int as warned, count(*) filter (where not warned)::int as clear,
       count(*) filter (where warned is null)::int as unverifiable, coalesce(sum(measure), 0)::float8 as measures,
       coalesce(sum("limit"), 0)::float8 as limits, coalesce(sum(cardinality(evidence)), 0)::float8 as evidence
     from ${table}`,
  )
  return rows[0]
}

/** Throws where engine and statements disagree: ratios of different work would mean nothing. */
export function requireEqual(
  engine: Readonly<Record<string, RuleOutcomes>>,
  statements: Readonly<Record<string, RuleOutcomes>>,
): void {
  const differences = [...new Set([...Object.keys(engine), ...Object.keys(statements)])].flatMap((rule) => {
    const [left, right] = [engine[rule] ?? noOutcomes(), statements[rule] ?? noOutcomes()]
    const names = (Object.keys(left) as (keyof RuleOutcomes)[]).filter((name) => left[name] !== right[name])
    return names.map((name) => `${rule} ${name}: engine ${left[name]}, statement ${right[name]}`)
  })
  if (differences.length > 0) throw new Error(`engine and SQL disagree:\n${differences.join('\n')}`)
}
