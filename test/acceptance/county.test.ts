import { deepEqual, equal } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { CheckResult } from '../../src/domain/check-result.ts'
import { COUNTY } from '../support/hedui.ts'
import { randomFrom, shuffleRows, withoutOrigin } from '../support/shuffle-rows.ts'
import { CODE_OF_DEFECT, rowsOfDelivery } from '../support/truth.ts'
import { AS_OF, createWork, type Work } from '../support/work.ts'

const SOURCES = Object.keys(AS_OF) as (keyof typeof AS_OF)[]
const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n')

if (!existsSync(join(COUNTY, 'expected.ndjson'))) {
  t.plan(0, `the sample county of the independent program does not lie beside the project (${COUNTY})`)
  process.exit(0)
}

const expectedRows = JSON.parse(readFileSync(join(COUNTY, 'expected-rows.json'), 'utf8'))
const expected = linesOf(join(COUNTY, 'expected.ndjson')).map((line) => JSON.parse(line))

/** Imports the county, ingests its five files (from `folder`) and gives their deliveries. */
async function ingestAll(work: Work, retain?: 'all', folder = COUNTY): Promise<Map<string, string>> {
  const report = await work.importLines(
    linesOf(join(COUNTY, 'households.ndjson')).map((line) => JSON.parse(line)),
    { asOf: '2026-11-01' },
  )
  deepEqual([report.imported, report.refused], [400, 0])
  const deliveries = new Map<string, string>()
  for (const source of SOURCES) {
    const more = { asOf: AS_OF[source], ...(retain ? { retain } : {}) }
    const { delivery, state } = await work.ingest(source, join(folder, expectedRows[source].file), more)
    equal(state, 'published', source)
    deliveries.set(source, delivery)
  }
  return deliveries
}

/** A result in the words of expected.ndjson. */
function inExpectedWords({ householdId, outcome, results, leads }: CheckResult) {
  return {
    householdId,
    outcome,
    results: results.map((result) => ({
      rule: result.rule,
      person: result.person,
      outcome: result.outcome,
      measure: result.measure,
      limit: result.limit,
      missing: [...new Set(result.missing.map(({ why }) => why))].sort(),
      evidence: result.evidence.map(({ source, type, person, row }) => [source, type, person, row].join(' ')).sort(),
    })),
    leads: leads.map(({ source, person, row, why }) => [source, person, row, why].join(' ')).sort(),
  }
}

type Expected = (typeof expected)[number]
const expectedWords = ({ householdId, outcome, results, leads }: Expected) => ({
  householdId,
  outcome,
  results: results.map((result: Expected) => ({
    rule: result.rule,
    person: result.person,
    outcome: result.outcome,
    measure: result.measure,
    limit: result.limit,
    missing: [
      ...new Set(result.missing.map((why: string | { why: string }) => (typeof why === 'string' ? why : why.why))),
    ].sort(),
    evidence: result.evidence.map((item: unknown[]) => item.join(' ')).sort(),
  })),
  leads: leads.map((lead: Expected) => [lead.source, lead.person, lead.row, lead.why].join(' ')).sort(),
})

const work = await createWork(t)
const deliveries = await ingestAll(work, 'all')
const first = await work.check()

t.test('gives each household the result that an independent program gives it', async (t) => {
  t.equal(first.results.length, 400)
  const given = new Map(first.results.map((result) => [result.householdId, inExpectedWords(result)]))
  for (const household of expected) {
    const differences = given.get(household.householdId)
    const want = expectedWords(household)
    if (JSON.stringify(differences) !== JSON.stringify(want)) t.same(differences, want, household.householdId)
  }
  t.equal(expected.filter(({ householdId }) => given.has(householdId)).length, 400)
})

const python = spawnSync('python3', ['--version']).status === 0
t.test(
  'passes the comparison of the independent program',
  { skip: python ? false : 'there is no python3' },
  async (t) => {
    const file = join(work.folder, 'r.ndjson')
    writeFileSync(file, `${first.lines.join('\n')}\n`)
    const done = spawnSync('python3', [join(COUNTY, 'compare.py'), file, join(COUNTY, 'expected.ndjson')], {
      encoding: 'utf8',
    })
    t.equal(done.status, 0, done.stdout + done.stderr)
  },
)

t.test('does with each row what the independent program says', async (t) => {
  for (const source of SOURCES) {
    const want = expectedRows[source]
    const have = await rowsOfDelivery(work, deliveries.get(source)!)
    for (const name of ['unidentified', 'nameDiffers', 'matched', 'replaced', 'voided', 'voids'] as const)
      t.same(have[name], want[name], `${source} ${name}`)
    const defects = want.quarantined.map(([row, why]: [number, string]) => {
      const [kind, column] = why.split(':')
      return column === undefined ? [row, CODE_OF_DEFECT[kind!]] : [row, CODE_OF_DEFECT[kind!], column]
    })
    // Where the independent program names no column (no identity, a broken line), ours may.
    const named = have.quarantined.map((row, i) => row.slice(0, defects[i]?.length ?? 3))
    t.same(named, defects, `${source} quarantined`)
    const [delivery] = await work.query<{ counts: Record<string, number> }>(
      'select counts from delivery where id = $1',
      [deliveries.get(source)],
    )
    const { counts } = delivery!
    t.equal(counts.rows, want.rows, `${source} rows`)
    t.equal(counts.replaced, want.replaced.length + want.othersReplaced.length, `${source} replaced, strangers too`)
    t.equal(counts.voided, want.voided.length + want.othersVoided.length, `${source} voided, strangers too`)
    t.equal(counts.voids, want.voids.length + want.othersVoids.length, `${source} voids, strangers too`)
    const { rows, ...fates } = counts
    t.equal(
      rows,
      Object.values(fates).reduce((sum, count) => sum + count, 0),
      `${source}: the fates add up`,
    )
  }
})

t.test('checked again, gives the same bytes but for the run', async (t) => {
  const second = await work.check()
  const withoutRun = (line: string) => line.replace(/^\{"run":"[^"]*"/, '{"run":"-"')
  t.same(second.lines.map(withoutRun), first.lines.map(withoutRun))
  t.not(second.summary.run, first.summary.run)
})

t.test('with rows of strangers not kept (bank) gives the same results', async (t) => {
  const other = await createWork(t)
  await ingestAll(other)
  const { lines } = await other.check()
  t.same(lines.map(withoutDelivery), first.lines.map(withoutDelivery))
  const [bank] = await other.query<{ retain: string; counts: { dropped: number } }>(
    `select retain, counts from delivery where source = 'bank'`,
  )
  t.equal(bank!.retain, 'known')
  t.ok(bank!.counts.dropped > 3000)
})

function withoutDelivery(line: string): string {
  return JSON.stringify(JSON.parse(line), (key, value) => (key === 'run' || key === 'delivery' ? '-' : value))
}

t.test('with the rows of all five files shuffled gives the same bytes but for run, delivery and row', async (t) => {
  const other = await createWork(t)
  const random = randomFrom(20261101)
  for (const source of SOURCES) {
    const { file, rows } = expectedRows[source]
    const moved = await shuffleRows(
      join(COUNTY, file),
      join(other.folder, file),
      work.hedui.adapters.get(source)!,
      random,
    )
    t.ok(moved > rows * 0.9, `${source}: ${moved} of ${rows} rows moved`)
  }
  await ingestAll(other, 'all', other.folder)
  const { lines } = await other.check()
  t.same(lines.map(withoutOrigin), first.lines.map(withoutOrigin))
})
