import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkHouseholds } from '../../src/services/check-households.ts'
import { loadRuleSet, type RuleSet } from '../../src/services/load-rule-set.ts'
import { loadStoredRuleSet } from '../../src/services/load-stored-rule-set.ts'
import { showRuleFiles, writeRuleFiles } from '../../src/services/show-rule-sets.ts'
import { rowOf } from '../support/departments.ts'
import { householdOf, memberOf, WANG } from '../support/people.ts'
import { emptyFolder, rulesFolder } from '../support/rule-folders.ts'
import { createWork, errorOf, type Work } from '../support/work.ts'

/** A rule that reads money parameters, lets in an order that is not the alphabet's, and characters that YAML minds. */
const RICH = `id: rich
order: 20
title: { zh: "富: #", en: 'Rich "quoted" \\ text' }
basis: supplementary
authority:
  zh: "一号文：第二条 # 三"
  en: |
    two lines,
    the second: with a colon
scope: household
sources: [bank, vehicle]
unit: CNY
region: "3699"
let:
  zeta: deposits.filter(d, has(d.status) && d.status == 'open')
  alpha: zeta.filter(d, d.currency == "CNY")
evidence: alpha
measure: sum(evidence.map(d, d.balance)) + size(vehicles) * 0
limit: param.months * param.standardMonthly
warn: >-
  measure
  >= limit
reason:
  zh: 合计{measure}，标准{param.standardMonthly}
  en: "{measure} is not below {limit}"
`
const FILES = { 'eight-warnings/rich.yaml': RICH }

async function createCounty(test: Parameters<typeof createWork>[0]): Promise<Work> {
  const work = await createWork(test)
  await work.importLines([householdOf('H1', [memberOf('P1', WANG)]), householdOf('H2', [memberOf('P1', WANG)])])
  await work.deliver('vehicle', [rowOf.vehicle(WANG), rowOf.vehicle(WANG, { 号牌号码: '赣X2' })])
  await work.deliver('bank', [rowOf.deposit(WANG)])
  return work
}

/** The lines of a trial over everybody, without the run's id. */
async function linesOf({ hedui }: Work, ruleSet: RuleSet): Promise<string[]> {
  const lines: string[] = []
  const { run } = await checkHouseholds(
    { ...hedui, ruleSet, onRuleError: (error) => t.fail(String(error)) },
    { scope: { all: true }, asOf: '2026-11-01', trial: true, actor: 'test' },
    { write: async (line) => void lines.push(line) },
  )
  return lines.map((line) => line.replace(run, ''))
}

t.test('a version that was run gives the same bytes when it is run again from the database', async (t) => {
  const work = await createCounty(t)
  const { hedui } = work
  for (const folder of [rulesFolder(t, { files: FILES }), rulesFolder(t, { limit: 1 })]) {
    const original = await loadRuleSet(folder, hedui.adapters)
    const first = await linesOf(work, original)
    t.equal(first.length, 2)
    const stored = await loadStoredRuleSet(hedui.database, original.version.slice(0, 15), hedui.adapters)
    t.equal(stored.version, original.version)
    t.same(stored.texts, original.texts, 'and its files are those that were written')
    t.same(await linesOf(work, stored), first)
  }
})

t.test('the shipped rules run again too', async (t) => {
  const work = await createCounty(t)
  const first = await linesOf(work, work.ruleSet)
  t.ok(JSON.parse(first[0]!).results.length > 8)
  t.same(
    await linesOf(work, await loadStoredRuleSet(work.hedui.database, work.ruleSet.version, work.hedui.adapters)),
    first,
  )
})

t.test('a version that was kept without its texts runs again, and its files can be had', async (t) => {
  const work = await createCounty(t)
  const { database, adapters } = work.hedui
  const original = await loadRuleSet(rulesFolder(t, { files: FILES }), adapters)
  const first = await linesOf(work, original)
  await work.query('delete from rule_set')
  await work.query('delete from rule_set_text')
  // As the first release of the program kept it.
  await work.query('insert into rule_set (version, content, first_used_at) values ($1, $2, now())', [
    original.version,
    JSON.stringify(original.content),
  ])
  t.same(await linesOf(work, await loadStoredRuleSet(database, original.version, adapters)), first)
  t.same(await work.query('select version from rule_set_text'), [], 'nothing made up is kept as written')
  const shown = await showRuleFiles(work.hedui, original.version)
  t.same([shown.asWritten, shown.files.length], [false, 3])
  const folder = emptyFolder(t)
  await writeRuleFiles(work.hedui, { version: original.version, folder })
  t.equal((await loadRuleSet(folder, adapters)).version, original.version, 'files of the same version')
})

t.test('files are written back as they were, and nothing is overwritten', async (t) => {
  const work = await createWork(t)
  const folder = rulesFolder(t, { files: FILES, comment: 'why this limit' })
  const { version } = await loadRuleSet(folder, work.hedui.adapters)
  await linesOf(work, await loadRuleSet(folder, work.hedui.adapters))
  const out = join(emptyFolder(t), 'new')
  const files = await writeRuleFiles(work.hedui, { version, folder: out })
  t.same(files.toSorted(), ['eight-warnings/rich.yaml', 'parameters/all.yaml', 'supplementary/vehicle-count.yaml'])
  for (const file of files)
    t.equal(readFileSync(join(out, file), 'utf8'), readFileSync(join(folder, file), 'utf8'), file)
  const again = await errorOf(writeRuleFiles(work.hedui, { version, folder: out }))
  t.match(again, { code: 'INPUT_FILE', message: /is there already/ })
  await work.query(`update rule_set_text set files = '[{"file":"../../x.yaml","text":"id: x"}]'`)
  t.equal((await errorOf(writeRuleFiles(work.hedui, { version, folder: out }))).code, 'SOURCE_DATABASE')
})

t.test('content that is not what its version names is never run', async (t) => {
  const work = await createWork(t)
  const { database, adapters } = work.hedui
  const original = await loadRuleSet(rulesFolder(t, { limit: 7 }), adapters)
  await linesOf(work, original)
  await work.query(`update rule_set set content = replace(content::text, '"value":"7"', '"value":"9"')::json`)
  const error = await errorOf(loadStoredRuleSet(database, original.version, adapters))
  t.match(error, { code: 'SOURCE_DATABASE', message: /not what its version names/ })
})

t.test('a set whose source no adapter gives any more says so', async (t) => {
  const work = await createWork(t)
  const { database, adapters } = work.hedui
  const original = await loadRuleSet(rulesFolder(t), adapters)
  await linesOf(work, original)
  const fewer = new Map([...adapters].filter(([id]) => id !== 'vehicle'))
  t.match(await errorOf(loadStoredRuleSet(database, original.version, fewer)), {
    code: 'DEFINITION_RULE',
    message: /no source "vehicle"/,
  })
})
