import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openHedui } from '../../src/services/open-hedui.ts'
import { run as runCli, start } from '../support/cli.ts'
import { createDatabase, TODAY, testConfig } from '../support/hedui.ts'
import { fillRegister } from '../support/many-households.ts'
import { householdOf, memberOf, WANG } from '../support/people.ts'
import { beginRun, cutRun, doRun } from '../support/runs.ts'
import { createWork } from '../support/work.ts'

const folder = t.testdir({})
const { connectionString } = await createDatabase(t)
const hedui = await openHedui(testConfig(connectionString), { now: () => TODAY })
t.teardown(() => hedui.close())
const work = await createWork(t, hedui)
const cli = (...args: string[]) => runCli(args, { DATABASE_URL: connectionString, USER: 'Li' }, folder)
const page = async (...args: string[]) => {
  const { code, stdout, stderr } = await cli(...args)
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  return stdout
}
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8')
const audits = () => work.query('select actor, action, reason from audit order by id')

const before = [await page('runs', 'list'), await page('runs', 'list', '--json')]

await fillRegister(work, 10)
await work.importLines([
  householdOf('户000001', [memberOf('P1', WANG)], { category: '其他', region: '369902001' }),
  householdOf('=H2', [memberOf('P1', WANG)], { category: null, region: '369902001' }),
])
const whole = (await beginRun(work)).run
await doRun(work, whole)
const later = (await beginRun(work, { asOf: '2026-12-15', scope: { ids: ['H000000', 'H000004', '户000001'] } })).run
await doRun(work, later)
const open = (await beginRun(work)).run
await cutRun(work, open, 5)
await doRun(work, open, 1)

t.test('before there is a run the list says how to make one', async (t) => {
  t.same(before, ['no run yet: hedui check --all\n', '[]\n'])
})

t.test('runs list shows the latest first, as a table or as JSON', async (t) => {
  const lines = (await page('runs', 'list')).split('\n').map((line) => line.trim().split(/ {2,}/))
  const [head, ...rows] = lines
  t.same(head, ['run', 'as of', 'kind', 'state', 'households', 'warned', 'unverifiable'])
  t.same(
    rows.map((cells) => cells.slice(0, 5)),
    [
      [open, '2026-11-01', 'live', 'running', '12'],
      [later, '2026-12-15', 'live', 'finished', '3'],
      [whole, '2026-11-01', 'live', 'finished', '12'],
      [''],
    ],
  )
  t.equal(rows[0]!.length, 5, 'what it came to is not known yet')
  const json = JSON.parse(await page('runs', 'list', '--json', '--most', '1'))
  t.match(json, [{ run: open, state: 'running', finishedAt: null }])
  t.equal(json.length, 1)
})

t.test('runs show says state, progress and what was pinned', async (t) => {
  const lines = (await page('runs', 'show', open)).split('\n')
  t.equal(lines[0], `run ${open} as of 2026-11-01: running`)
  t.match(lines[1], /^ {2}5 of 12 households done, \d+ (s|min|h) to go$/)
  t.equal(lines[2], `  rules ${work.ruleSet.version}; what was known at 2026-11-01T04:00:00.000Z`)
  const done = await page('runs', 'show', whole)
  t.match(done, /: finished\n {2}12 of 12 households done\n.*\n {2}\d+ warned, \d+ unverifiable, 0 clear; 0 leads\n$/)
  t.match(JSON.parse(await page('runs', 'show', open, '--json')), { run: open, done: 5, households: 12 })
  t.match(await cli('runs', 'show', 'x'), { code: 1, stdout: '', stderr: /INPUT_NOT_FOUND there is no run of this id/ })
})

t.test('runs results writes NDJSON, CSV and a workbook, and is audited', async (t) => {
  await work.query('delete from audit')
  const lines = (await page('runs', 'results', whole)).trimEnd().split('\n')
  t.same(
    lines.map((line) => JSON.parse(line).householdId),
    ['=H2', ...Array.from({ length: 10 }, (_, i) => `H00000${i}`), '户000001'],
  )
  const csv = await page('runs', 'results', whole, '--format', 'csv', '--actor', '陈', '--reason', 'tip-off')
  t.match(csv, /^\uFEFFhousehold,as of,.*\r\n'=H2,2026-11-01,unverifiable,deposits,,unverifiable,CNY,/)
  t.notMatch(csv, /\r\n\n|\n\n/, 'no blank lines')
  t.equal(await page('runs', 'results', whole, '--format', 'csv', '--out', 'r.csv'), '')
  t.equal(textOf('r.csv'), csv)
  t.equal(await page('runs', 'results', whole, '--format', 'xlsx', '--out', 'r.xlsx'), '')
  t.match(textOf('r.xlsx'), /^PK/)
  t.same(await audits(), [
    { actor: 'Li', action: 'read results', reason: 'review' },
    { actor: '陈', action: 'read results', reason: 'tip-off' },
    ...Array(2).fill({ actor: 'Li', action: 'read results', reason: 'review' }),
  ])
  t.match(await cli('runs', 'results', open, '--format', 'csv', '--out', 'n.csv'), { code: 1, stderr: /STATE_RUN/ })
  t.throws(() => textOf('n.csv'), { code: 'ENOENT' })
  t.throws(() => textOf('n.csv.part'), { code: 'ENOENT' })
})

t.test('runs diff tells each household and the totals', async (t) => {
  const text = await page('runs', 'diff', whole, later)
  // By December the bank's file of October is stale, and so is that of the vehicles: nothing can be said any more.
  t.match(text, /^H000004: warned → unverifiable\n {2}deposits: warned 24000\.00 \(limit 18360\.00\) → unverifiable$/m)
  t.match(text, /^H000001: unverifiable → not checked\n(?! )/m)
  t.match(text, /^ {2}only in the first +9$/m)
  t.match(text, /^ {2}households +12$/m)
  const lines = (await page('runs', 'diff', whole, later, '--json'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(lines.at(-1), { kind: 'totals', from: whole, to: later, households: 12, onlyInFrom: 9, noLongerWarned: 2 })
  t.ok(lines.slice(0, -1).every(({ kind }) => kind === 'household'))
  t.match(await cli('runs', 'diff', whole, open), { code: 1, stderr: /STATE_RUN .*only finished runs/ })
})

t.test('runs cancel stops and runs resume goes on, each with a name and a reason', async (t) => {
  const because = ['--actor', '陈', '--reason', '政策调整']
  t.match(await cli('runs', 'cancel', open, '--reason', 'x'), { code: 1, stderr: /INPUT_ACTOR/ })
  t.match(await cli('runs', 'cancel', open, '--actor', '陈', '--reason', ' '), { code: 2, stderr: /--reason TEXT/ })
  t.match(await cli('runs', 'resume', open, ...because), { code: 1, stderr: /STATE_RUN the run is running/ })
  t.equal(await page('runs', 'cancel', open, ...because), `${open}: cancelled\n`)
  t.match(await page('runs', 'show', open), /: cancelled \(政策调整\)\n {2}5 of 12 households done\n/)
  const broken = await cli('runs', 'results', open)
  t.match(broken, { code: 1, stderr: /STATE_RUN the run is cancelled: 政策调整; its results end here/ })
  t.equal(broken.stdout.trimEnd().split('\n').length, 5)
  t.match(await page('runs', 'resume', open, ...because), /^\S+: resumed; hedui work or serve goes on with it\n$/)
  const following = start(['runs', 'results', open], { DATABASE_URL: connectionString }, folder)
  await following.says(/H000003/)
  await doRun(work, open)
  const { code, stdout } = await following.done
  t.equal(code, 0)
  t.equal(stdout.trimEnd().split('\n').length, 12, 'who waits for the results gets them all')
})

t.test('townships prints the ranking, and writes it as CSV and JSON', async (t) => {
  const args = ['townships', '--as-of', '2026-11-01'] as const
  const lines = (await page(...args)).split('\n')
  t.equal(
    lines[0],
    '  rank  township   households  recipients  population  per thousand  checked  warned %  unverifiable %',
  )
  t.equal(lines.length, 9)
  // H000004 of one and H000009 of two people among 3,610: 0.83 per thousand.
  t.match(lines[1], /^ {5}1 {2}369901004 {11}2 {11}3 {7}3,610 {11}0\.8 {8}2 {2}/)
  t.match(lines[6], /^ {5}6 {2}369902001 .* — .* — /)
  t.match(lines[7], /^of 2 townships the population is not known/)
  const report = JSON.parse(await page(...args, '--json', '--region', '3699020', '--csv', 't.csv'))
  t.match(report, { region: '3699020', townships: [{ township: '369902001', households: 2, population: null }] })
  t.equal(
    textOf('t.csv'),
    '\uFEFFrank,township,households,recipients,population,per thousand,checked,warned %,unverifiable %\r\n' +
      '1,369902001,2,2,,,2,0.0,100.0\r\n',
  )
  t.equal(await page(...args, '--region', '11'), 'no household is granted as of 2026-11-01\n')
})

t.test('spot-check draws a list that check takes', async (t) => {
  await work.query('delete from audit')
  const args = [
    'spot-check',
    '--seed',
    '抽查',
    '--share',
    '100%',
    '--as-of',
    '2026-11-01',
    '--region',
    '369902',
  ] as const
  t.same((await page(...args, '--csv', 's.csv', '--actor', '陈')).split('\n'), [
    '  household  township   category  scheme',
    '  =H2        369902001  —         urban-dibao',
    '  户000001   369902001  其他      urban-dibao',
    '2 of 2 granted households: 100.0 % of each of 2 townships and categories, at least one; seed 抽查',
    '',
  ])
  t.equal(
    textOf('s.csv'),
    "\uFEFFhousehold,township,category,scheme\r\n'=H2,369902001,,urban-dibao\r\n户000001,369902001,其他,urban-dibao\r\n",
  )
  t.same(await audits(), [{ actor: '陈', action: 'draw spot checks', reason: 'spot-check' }])
  t.match(JSON.parse(await page(...args, '--json')), { seed: '抽查', households: [{ household: '=H2' }, {}] })
  const { code, stdout } = await cli('check', '--ids-file', 's.csv', '--as-of', '2026-11-01', '--json')
  t.equal(code, 0)
  const { run } = JSON.parse(stdout)
  t.match(JSON.parse(await page('runs', 'show', run, '--json')), { scope: { ids: ['=H2', '户000001'] }, households: 2 })
})

t.test('check --ids-file takes ids one a line, and says what is wrong with a file', async (t) => {
  writeFileSync(join(folder, 'ids.txt'), 'H000003\n\n  H000001\nH000003\n')
  const { stdout } = await cli('check', '--ids-file', 'ids.txt', '--as-of', '2026-11-01', '--out', '-')
  t.same(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).householdId),
    ['H000001', 'H000003'],
  )
  writeFileSync(join(folder, 'empty.csv'), '\uFEFFhousehold,township\r\n')
  writeFileSync(join(folder, 'unknown.txt'), 'NOBODY\n')
  for (const [file, says] of [
    ['none.csv', /INPUT_FILE .*none\.csv: cannot be read: ENOENT/],
    ['empty.csv', /INPUT_FILE .*empty\.csv: holds no household id/],
    ['unknown.txt', /INPUT_NOT_FOUND .*NOBODY/],
  ] as const) {
    t.match(await cli('check', '--ids-file', file), { code: 1, stderr: says })
  }
})
