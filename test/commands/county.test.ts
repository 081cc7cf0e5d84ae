import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { run } from '../support/cli.ts'
import { type Row, rowOf, writeSource } from '../support/departments.ts'
import { createDatabase, ROOT } from '../support/hedui.ts'
import { householdOf, LI, memberOf, WANG, ZHAO } from '../support/people.ts'

const { connectionString } = await createDatabase(t)
const folder = t.testdir({})
const env = { DATABASE_URL: connectionString, INIT_CWD: folder }
const hedui = (...args: string[]) => run(args, env)
const plates = (count: number, more: Row = {}) =>
  Array.from({ length: count }, (_, i) => rowOf.vehicle(i === 0 ? WANG : ZHAO, { 号牌号码: `赣XD${i}`, ...more }))

t.test('the household file: good lines are taken, refused ones told, exit 1', async (t) => {
  const good = JSON.stringify(householdOf('H1', [memberOf('P1', WANG)]))
  const bad = JSON.stringify({ ...householdOf('H2', [memberOf('P1', LI)]), scheme: 'x' })
  writeFileSync(join(folder, 'h.ndjson'), `${good}\n${bad}\n`)
  const { code, stdout, stderr } = await hedui('households', 'import', 'h.ndjson', '--as-of', '2026-10-01', '--json')
  t.equal(code, 1)
  t.match(JSON.parse(stdout), { lines: 2, imported: 1, refused: 1, refusals: [{ line: 2, field: 'scheme' }] })
  t.match(stderr, /line 2 scheme: INPUT_INVALID must be one of urban-dibao/)
  writeFileSync(join(folder, 'h.ndjson'), `${good}\n`)
  const again = await hedui('households', 'import', 'h.ndjson', '--as-of', '2026-10-01')
  t.match(again, { code: 0, stdout: /1 households read: 0 new, 0 updated, 1 unchanged, 0 refused/ })
})

t.test('ingest --json gives what the design promises', async (t) => {
  writeSource(folder, 'vehicle', [...plates(3), rowOf.vehicle({ ...WANG, name: '王守义' })])
  const { code, stdout } = await hedui('ingest', 'vehicle', 'vehicle.csv', '--as-of', '2026-10-25', '--json')
  t.equal(code, 0)
  const report = JSON.parse(stdout)
  t.match(report, {
    delivery: /^[0-9a-f-]{36}$/,
    state: 'published',
    rows: 4,
    kept: 3,
    dropped: 0,
    quarantined: 0,
    unidentified: 0,
    leads: 1,
    replaced: 0,
    voided: 0,
  })
  const again = JSON.parse((await hedui('ingest', 'vehicle', 'vehicle.csv', '--as-of', '2026-10-25', '--json')).stdout)
  t.equal(again.delivery, report.delivery)
})

t.test('a warned household is exit 0, on paper and as lines', async (t) => {
  const all = await hedui('check', '--all', '--as-of', '2026-11-01', '--out', 'r.ndjson')
  t.equal(all.code, 0)
  t.match(all.stderr, /1 households as of 2026-11-01: 1 warned/)
  const [line] = readFileSync(join(folder, 'r.ndjson'), 'utf8').trimEnd().split('\n')
  t.match(JSON.parse(line!), { householdId: 'H1', outcome: 'warned', asOf: '2026-11-01' })
  const one = await hedui('check', '--household', 'H1', '--as-of', '2026-11-01', '--out', '-')
  t.equal(one.stdout.replace(/"run":"[^"]*"/, ''), `${line!.replace(/"run":"[^"]*"/, '')}\n`)
  const json = JSON.parse((await hedui('check', '--region', '3699', '--as-of', '2026-11-01', '--json')).stdout)
  t.match(json, { households: 1, warned: 1, warningsByRule: { vehicles: 1, deposits: 0 } })
  const none = await hedui('check', '--household', 'H1', 'H404')
  t.match(none, { code: 1, stderr: /INPUT_NOT_FOUND .*H404/ })
  t.match(await hedui('check', '--all', '--out', 'no/such/folder/r'), { code: 1, stderr: /INPUT_FILE/ })
})

t.test('a held delivery is exit 0; a person releases or discards it', async (t) => {
  writeSource(folder, 'vehicle', [...plates(2), ...plates(1, { 购置价: '面议' })], { name: 'bad.csv' })
  const held = await hedui('ingest', 'vehicle', 'bad.csv', '--as-of', '2026-10-30', '--json')
  t.equal(held.code, 0)
  const { delivery, state } = JSON.parse(held.stdout)
  t.equal(state, 'held')
  t.match(held.stderr, new RegExp(`held, not used by checks.*deliveries release ${delivery} --actor`, 's'))
  const rows = await hedui('quarantine', 'show', delivery, '--json')
  t.match(JSON.parse(rows.stdout), { row: 4, column: '购置价', code: 'RECORD_UNPARSEABLE' })
  t.equal((await hedui('deliveries', 'release', delivery, '--actor', '张三', '--reason', '已核')).code, 0)
  const twice = await hedui('deliveries', 'release', delivery, '--actor', '张三')
  t.match(twice, { code: 1, stderr: /STATE_DELIVERY/ })
  const shown = JSON.parse((await hedui('deliveries', 'show', delivery, '--json')).stdout)
  t.match(shown.events.at(-1), { state: 'published', actor: '张三', reason: '已核' })
  t.equal((await hedui('deliveries', 'discard', delivery, '--actor', '张三')).code, 0)
  const list = JSON.parse((await hedui('deliveries', 'list', '--json')).stdout)
  t.same(list.map(({ state }: { state: string }) => state).toSorted(), ['discarded', 'published'])
})

t.test('refusals are exit 1 with their code on stderr', async (t) => {
  t.match(await hedui('ingest', 'vehicel', 'vehicle.csv', '--as-of', '2026-10-25'), {
    code: 1,
    stdout: '',
    stderr: /INPUT_UNKNOWN_SOURCE .*did you mean vehicle\?/,
  })
  t.match(await hedui('ingest', 'vehicle', 'none.csv', '--as-of', '2026-10-25'), { code: 1, stderr: /INPUT_FILE/ })
  t.match(await hedui('ingest', 'vehicle', 'vehicle.csv'), { code: 2, stderr: /as-of date/ })
  t.match(await hedui('ingest', 'property', 'vehicle.csv', '--as-of', '2026-10-25'), { code: 1, stderr: /SOURCE_/ })
})

t.test('doctor says what is sound', async (t) => {
  const { code, stdout } = await hedui('doctor')
  t.equal(code, 0, stdout)
  t.match(stdout, /sound +adapters: \d+, \d+ examples.*sound +rules: \d+, \d+ examples, sha256:[0-9a-f]{64}\n/s)
  t.match(
    stdout,
    /sound +calendar: 2024, 2025, 2026; deadlines from \d{4}-\d{2}-\d{2} on are provisional until its year/,
  )
  t.match(stdout, /sound +procedures: national, 3699\n/)
  t.match(stdout, /sound +secret, schema, deliveries: 2 deliveries, 0 held\n/)
  const filesIn = (folder: string) => readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.yaml')).length
  t.match(stdout, `adapters: ${filesIn('adapters')},`)
  t.match(stdout, `rules: ${filesIn('rules/eight-warnings') + filesIn('rules/supplementary')},`)
  const other = { ...env, HEDUI_SECRET: Buffer.alloc(32, 9).toString('base64') }
  t.match(await run(['doctor'], other), { code: 1, stdout: /unsound .*DEFINITION_SECRET/ })
})

t.test('demo does not touch a database that holds other data', async (t) => {
  const { code, stderr } = await hedui('demo', '--no-serve', '--households', '5')
  t.equal(code, 1)
  t.match(stderr, /STATE_DEMO/)
  t.match((await hedui('check', '--household', 'H1', '--json')).code, 0, 'all is still there')
})
