import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { CheckResult, RuleResult } from '../../src/domain/check-result.ts'
import { HeduiError } from '../../src/errors.ts'
import type { RuleSet } from '../../src/rules/rule-set.ts'
import { checkHouseholds, type RunScope, type RunSummary } from '../../src/services/check-households.ts'
import { type ImportReport, type ImportRequest, importHouseholds } from '../../src/services/import-households.ts'
import { type DeliveryReport, type IngestRequest, ingestDelivery } from '../../src/services/ingest-delivery.ts'
import { loadRuleSet } from '../../src/services/load-rule-set.ts'
import type { Hedui } from '../../src/services/open-hedui.ts'
import { type FileOptions, type Row, type Source, writeSource } from './departments.ts'
import { createHedui } from './hedui.ts'

/** The dates of the sample county's files, and of the tests' own. */
export const AS_OF = {
  vehicle: '2026-10-25',
  property: '2026-10-20',
  tax: '2026-11-01',
  'social-insurance': '2026-10-28',
  bank: '2026-10-31',
} as const

export const CHECK_DATE = '2026-11-01'

export interface Deliver extends FileOptions {
  readonly asOf?: string
  readonly region?: string
  readonly retain?: 'all' | 'known'
}

/** The use cases with their usual arguments, on a database and in a folder of the test's own. */
export interface Work {
  readonly hedui: Hedui
  readonly folder: string
  readonly ruleSet: RuleSet
  importLines(households: readonly unknown[], more?: Partial<ImportRequest>): Promise<ImportReport>
  ingest(source: string, path: string, more?: Partial<IngestRequest>): Promise<DeliveryReport>
  /** Writes the rows as a file of the source and ingests it. */
  deliver(source: Source, rows: readonly Row[], options?: Deliver): Promise<DeliveryReport>
  check(options?: CheckOptions): Promise<Checked>
  /** The results of one household by rule, or by rule and person. */
  resultsOf(householdId: string, options?: CheckOptions): Promise<ReadonlyMap<string, RuleResult>>
  query<R = Record<string, unknown>>(text: string, values?: unknown[]): Promise<R[]>
}

export interface CheckOptions {
  readonly scope?: RunScope
  readonly asOf?: string
  readonly ruleSet?: RuleSet
}

export interface Checked {
  readonly summary: RunSummary
  readonly lines: readonly string[]
  readonly results: readonly CheckResult[]
}

const EVERYBODY: RunScope = { all: true }
let folders = 0

export async function createWork(test: Test, hedui?: Hedui): Promise<Work> {
  const opened = hedui ?? (await createHedui(test))
  const folder = mkdtempSync(join(test.testdir({}), `work${folders++}-`))
  const ruleSet = await loadRuleSet(opened.config.rulesFolder, opened.adapters)
  const work: Work = {
    hedui: opened,
    folder,
    ruleSet,
    importLines: (households, more = {}) =>
      importHouseholds(
        { ...opened, sources: [...opened.adapters.keys()] },
        { file: households.map((line) => JSON.stringify(line)), asOf: '2026-10-01', actor: 'test', ...more },
      ),
    ingest: (source, path, more = {}) => ingestDelivery(opened, { source, path, actor: 'test', ...more }),
    deliver(source, rows, { asOf = AS_OF[source], region, retain, ...options } = {}) {
      const path = writeSource(folder, source, rows, { asOf, ...options })
      return work.ingest(source, path, { asOf, ...(region ? { region } : {}), ...(retain ? { retain } : {}) })
    },
    async check({ scope = EVERYBODY, asOf = CHECK_DATE, ruleSet: other = ruleSet } = {}) {
      const lines: string[] = []
      const summary = await checkHouseholds(
        {
          ...opened,
          ruleSet: other,
          onRuleError: (error) => {
            throw error
          },
        },
        { scope, asOf, trial: false, actor: 'test' },
        {
          write: async (line) => {
            lines.push(line)
          },
        },
      )
      return { summary, lines, results: lines.map((line) => JSON.parse(line) as CheckResult) }
    },
    async resultsOf(householdId, options = {}) {
      const { results } = await work.check({ ...options, scope: { ids: [householdId] } })
      return new Map(
        results[0]!.results.map((result) => [
          result.person === null ? result.rule : `${result.rule} ${result.person}`,
          result,
        ]),
      )
    },
    query: async (text, values) => (await opened.database.pool.query(text, values)).rows,
  }
  return work
}

/** The HeduiError that the work ends with; anything else fails the test. */
export async function errorOf(work: Promise<unknown>): Promise<HeduiError> {
  try {
    await work
  } catch (error) {
    if (error instanceof HeduiError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

export interface RowFate {
  readonly row: number
  readonly type: string
  readonly fate: string
  readonly key: string
}

/** What became of the rows of a delivery that have an owner, by line. */
export function fatesOf(work: Work, delivery: string): Promise<RowFate[]> {
  return work.query<RowFate>(
    `select r.row, r.type, case when l.row is null then r.fate else 'lead' end as fate, r.key
     from record r left join lead_identity l using (delivery_id, person_hash, row) where delivery_id = $1 order by row`,
    [delivery],
  )
}
