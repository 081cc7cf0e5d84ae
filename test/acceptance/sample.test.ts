import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { RULES, SOURCES } from '../../src/sample/assumptions.ts'
import { writeSampleCounty } from '../../src/sample/write-sample-county.ts'
import { importHouseholds } from '../../src/services/import-households.ts'
import { releaseDelivery } from '../../src/services/release-delivery.ts'
import { CODE_OF_DEFECT, rowsOfDelivery } from '../support/truth.ts'
import { type Checked, createWork, type Work } from '../support/work.ts'

const COUNTIES = [
  { seed: 1, defects: 0.02 },
  { seed: 7, defects: 0.02 },
  { seed: 20261101, defects: 0.02 },
  { seed: 13, defects: 0.3 },
]

type Who = readonly [household: string, person: string | null]
const byText = (list: readonly Who[]) => list.map(([household, person]) => `${household} ${person ?? ''}`).sort()

/** Imports and ingests a county that the generator makes; held deliveries are released. */
async function takeCounty(work: Work, seed: number, defects: number) {
  const { files, asOf, households } = await writeSampleCounty({ households: 300, seed, defects, out: work.folder })
  const imported = await importHouseholds(
    { ...work.hedui, sources: [...work.hedui.adapters.keys()] },
    { file: join(work.folder, 'households.ndjson'), asOf, actor: 'test' },
  )
  const deliveries = new Map<string, string>()
  const states: string[] = []
  for (const source of SOURCES) {
    const file = files[source]
    const report = await work.ingest(source, join(work.folder, file.file), { asOf: file.asOf, retain: 'all' })
    states.push(report.state)
    if (report.state === 'held') await releaseDelivery(work.hedui, { id: report.delivery, actor: 'test' })
    deliveries.set(source, report.delivery)
  }
  const truth = JSON.parse(readFileSync(join(work.folder, 'truth.json'), 'utf8'))
  return { truth, imported, deliveries, states, households, asOf }
}

for (const { seed, defects } of COUNTIES) {
  t.test(`finds the truth of county ${seed} with ${defects * 100} % defects`, async (t) => {
    const work = await createWork(t)
    const { truth, imported, deliveries, states, households, asOf } = await takeCounty(work, seed, defects)
    t.match(imported, { imported: households, refused: 0 })
    t.same(
      states,
      SOURCES.map(() => (defects > 0.1 ? 'held' : 'published')),
    )
    for (const source of SOURCES) {
      const want = truth.sources[source]
      const have = await rowsOfDelivery(work, deliveries.get(source)!)
      for (const name of ['unidentified', 'nameDiffers', 'nameMasked', 'nameMissing'] as const)
        t.same(have[name], want[name], `${source} ${name}`)
      for (const name of ['matched', 'replaced', 'voided', 'voids'] as const)
        t.same(have[name], want[name], `${source} ${name}`)
      const defectsOf = want.quarantined.map(([row, why]: [number, string]) => [
        row,
        CODE_OF_DEFECT[why.split(':')[0]!],
      ])
      t.same(
        have.quarantined.map(([row, code]) => [row, code]),
        defectsOf.sort(([a]: [number], [b]: [number]) => a - b),
        `${source} quarantined`,
      )
      const [row] = await work.query<{ counts: Record<string, number> }>('select counts from delivery where id = $1', [
        deliveries.get(source),
      ])
      t.equal(row!.counts.organizations, want.organizations.length, `${source} organizations`)
      t.equal(row!.counts.rows, want.rows, `${source} rows`)
    }
    const checked = await work.check({ asOf })
    sameWarnings(t, checked, truth)
  })
}

// biome-ignore lint/suspicious/noExplicitAny: what the generator writes has no type
function sameWarnings(t: Test, { results }: Checked, truth: any): void {
  const all = results.flatMap(({ householdId, results }) => results.map((result) => ({ householdId, ...result })))
  const having = (rule: string, outcome: string): Who[] =>
    all
      .filter((result) => result.rule === rule && result.outcome === outcome)
      .map(({ householdId, person }) => [householdId, person])
  for (const rule of RULES) {
    t.same(byText(having(rule, 'warned')), byText(truth.warned[rule]), `${rule} warned`)
    t.same(byText(having(rule, 'unverifiable')), byText(truth.unverifiable[rule]), `${rule} unverifiable`)
    const clear = byText(having(rule, 'clear'))
    for (const who of byText(truth.atLimit[rule])) t.ok(clear.includes(who), `${rule} at the limit is clear: ${who}`)
  }
  const households = (outcome: string) =>
    results
      .filter((result) => result.outcome === outcome)
      .map(({ householdId }) => householdId)
      .sort()
  t.same(households('warned'), truth.outcomes.warned.toSorted())
  t.same(households('unverifiable'), truth.outcomes.unverifiable.toSorted())
}
