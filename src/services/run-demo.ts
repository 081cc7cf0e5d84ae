import { join } from 'node:path'
import { beginDemo, demoState } from '../db/queries/demo.ts'
import { HeduiError } from '../errors.ts'
import { type SampleSummary, writeSampleCounty } from '../sample/write-sample-county.ts'
import { type OpeningReport, openCases } from './cases/open-cases.ts'
import { checkHouseholds, type RunSummary } from './check-households.ts'
import type { RuleBook } from './choose-rule-set.ts'
import { type DemoPacket, issueDemoPackets } from './demo-cases.ts'
import { type ImportReport, importHouseholds } from './import-households.ts'
import { type DeliveryReport, ingestDelivery } from './ingest-delivery.ts'
import type { Hedui } from './open-hedui.ts'

/** What a stage of the demonstration took. */
export interface Stage {
  readonly name: string
  /** Rows of files, lines of households, households, cases or packets. */
  readonly count: number
  readonly unit: 'rows' | 'households' | 'cases' | 'packets'
  readonly seconds: number
}

export interface DemoReport {
  readonly folder: string
  readonly sample: SampleSummary
  readonly imported: ImportReport
  readonly deliveries: readonly DeliveryReport[]
  readonly run: RunSummary
  /** null: the rules are not in force, and no case comes of a trial. */
  readonly cases: { readonly opening: OpeningReport; readonly packets: readonly DemoPacket[] } | null
  readonly stages: readonly Stage[]
}

export interface DemoRequest {
  readonly households: number
  readonly seed: number
  readonly rules: RuleBook
  readonly progress: (stage: string, unit: string, done: number, total?: number) => void
}

/**
 * Makes a county of invented people, takes its files as a centre would, checks every household and opens the cases. Only in a database
 * that is empty or holds nothing but an earlier demonstration, which is removed: throws HeduiError STATE_DEMO otherwise.
 */
export async function runDemo(hedui: Hedui, { households, seed, rules, progress }: DemoRequest): Promise<DemoReport> {
  if ((await demoState(hedui.database)) === 'other') {
    throw new HeduiError(
      'STATE_DEMO',
      'the database holds more than a demonstration, which would be mixed up with it: set another HEDUI_HOME',
    )
  }
  await beginDemo(hedui.database)
  const stages: Stage[] = []
  const timed = async <T>(name: string, unit: Stage['unit'], work: () => Promise<T>, count: (result: T) => number) => {
    const begun = hedui.now().getTime()
    const result = await work()
    stages.push({ name, unit, count: count(result), seconds: (hedui.now().getTime() - begun) / 1000 })
    return result
  }
  const folder = join(hedui.config.home, 'demo-county')
  const sample = await timed(
    'sample',
    'households',
    () =>
      writeSampleCounty({
        households,
        seed,
        out: folder,
        progress: (stage, done, total) => progress(`sample ${stage}`, stage, done, total),
      }),
    (summary) => summary.households,
  )
  const actor = 'demo'
  const context = { ...hedui, demo: true }
  const imported = await timed(
    'households import',
    'households',
    () =>
      importHouseholds(
        { ...context, sources: [...hedui.adapters.keys()] },
        { file: join(folder, 'households.ndjson'), asOf: sample.asOf, actor },
        (lines) => progress('households import', 'lines', lines, households),
      ),
    (report) => report.lines,
  )
  const deliveries: DeliveryReport[] = []
  for (const [source, { file, asOf, rows }] of Object.entries(sample.files)) {
    const request = { source, path: join(folder, file), asOf, actor }
    const ingest = () => ingestDelivery(context, request, (done) => progress(`ingest ${source}`, 'rows', done, rows))
    deliveries.push(await timed(`ingest ${source}`, 'rows', ingest, (report) => report.rows))
  }
  const { ruleSet, trial } = await rules.inForceOn(sample.asOf)
  const run = await timed(
    'check',
    'households',
    () =>
      checkHouseholds(
        { ...hedui, ruleSet, onRuleError: () => {} },
        { scope: { all: true }, asOf: sample.asOf, trial, actor },
        { progress: (done, total) => progress('check', 'households', done, total) },
      ),
    (summary) => summary.households,
  )
  const draft = () => openCases(hedui, { run: run.run, actor, role: 'centre' })
  const opening = trial ? null : await timed('packet draft', 'cases', draft, ({ opened }) => opened)
  const issue = () => issueDemoPackets(hedui, actor)
  const packets = opening ? await timed('case confirm', 'packets', issue, ({ length }) => length) : []
  const cases = opening && { opening, packets }
  return { folder, sample, imported, deliveries, run, cases, stages }
}
